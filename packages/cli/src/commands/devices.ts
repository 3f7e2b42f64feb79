// `engram devices`: what each live worker can compute on. A worker looks at its devices in its first seconds.
import { setTimeout } from "node:timers/promises";
import { type EngramClient, workersQuery } from "@engram/sdk";
import type { Connection } from "../connection.ts";
import { bytes, note, print, printJson, table } from "../output.ts";

const ASK_AGAIN_MS = 500;
/** Seven devices, of which one may hang for a minute. */
const WAIT_AT_MOST_MS = 120_000;

export async function devices(
  { client, isOwnServer }: Connection,
  options: { readonly isJson: boolean },
): Promise<void> {
  const workers = await settledWorkers(client, isOwnServer);
  if (options.isJson) return printJson(workers);
  if (workers.length === 0) return print("No worker is alive.");
  for (const worker of workers) {
    print(`${worker.hostname}, version ${worker.version}, since ${worker.startedAt}`);
    if (worker.devices.length === 0) print("It has not reported its devices yet.");
    else print(tableOf(worker.devices));
    print();
  }
}

/** Waits while a worker has not looked at its devices yet; for the first worker, where the server is our own. */
async function settledWorkers(client: EngramClient, isWorkerExpected: boolean) {
  const deadline = performance.now() + WAIT_AT_MOST_MS;
  let hasSaid = false;
  for (;;) {
    const { workers } = await client.request(workersQuery, {});
    const isSettled = workers.every((worker) => worker.devices.length > 0);
    if (isSettled && (workers.length > 0 || !isWorkerExpected)) return workers;
    if (performance.now() > deadline) return workers;
    if (!hasSaid) note("The worker is still looking at its devices.");
    hasSaid = true;
    await setTimeout(ASK_AGAIN_MS);
  }
}

type WorkerDevices = Awaited<ReturnType<typeof settledWorkers>>[number]["devices"];

function tableOf(found: WorkerDevices): string {
  return table(
    ["device", "state", "default", "memory", "speed", "description"],
    found.map((device) => [
      device.name,
      device.state.toLowerCase().replace("_", " "),
      device.isDefault ? "yes" : "",
      device.memoryBytes == null ? "-" : bytes(device.memoryBytes),
      device.gflops == null ? "-" : `${Number(device.gflops.toPrecision(3))} GFLOP/s`,
      device.description,
    ]),
  );
}
