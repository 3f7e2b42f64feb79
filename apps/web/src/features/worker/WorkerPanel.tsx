"use client";
import { type DeviceState, type WorkersQuery, workersQuery } from "@engram/sdk";
import { Badge, type Tone } from "../../components/Badge.tsx";
import { Panel } from "../../components/Panel.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { Table } from "../../components/Table.tsx";
import { formatBytes, formatEnum, formatSignificant, UNKNOWN } from "../../lib/format.ts";
import { useApiQuery } from "../../lib/use-api.ts";

type Worker = WorkersQuery["workers"][number];

const STATE_TONE: Readonly<Record<DeviceState, Tone>> = {
  READY: "ok",
  REFUSED: "alarm",
  NOT_INSTALLED: "neutral",
  UNKNOWN: "neutral",
};

/** What jobs are computed on: the devices that are there, worker by worker. */
export function WorkerPanel() {
  const query = useApiQuery(workersQuery, {});
  return (
    <Panel title="What they are computed on" isFlush>
      <QueryState query={query} what="workers">
        {({ workers }) => (
          <Table
            caption="Devices of the workers"
            rows={installedDevices(workers)}
            rowKey={({ worker, device }) => `${worker.id} ${device.name}`}
            empty={
              workers.length === 0
                ? "No worker is alive: jobs wait until one is started."
                : "The workers are still looking at their devices."
            }
            columns={[
              { title: "Worker", isSecondary: true, cell: ({ worker }) => worker.hostname },
              { title: "Device", cell: ({ device }) => device.name },
              {
                title: "State",
                cell: ({ device }) => (
                  <Badge tone={STATE_TONE[device.state]}>
                    {formatEnum(device.state)}
                    {device.isDefault ? ", default" : ""}
                  </Badge>
                ),
              },
              {
                title: "Speed",
                isNumber: true,
                cell: ({ device: { gflops } }) =>
                  gflops == null ? UNKNOWN : `${formatSignificant(gflops)} GFLOP/s`,
              },
              {
                title: "Memory",
                isNumber: true,
                isSecondary: true,
                cell: ({ device }) => formatBytes(device.memoryBytes),
              },
              { title: "What it is", isSecondary: true, cell: ({ device }) => device.description },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}

function installedDevices(workers: readonly Worker[]) {
  return workers.flatMap((worker) =>
    worker.devices.filter((device) => device.state !== "NOT_INSTALLED").map((device) => ({ worker, device })),
  );
}
