"use client";
import {
  hasGatedMemory,
  type MemoryMode,
  memoryModeSchema,
  type Precision,
  precisionSchema,
} from "@engram/core";
import { createScoreJobMutation } from "@engram/sdk";
import { useRouter } from "next/navigation";
import { type SyntheticEvent, useState } from "react";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { Field } from "../../components/Field.tsx";
import { FormFoot } from "../../components/FormFoot.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { createIdempotencyKey } from "../../lib/idempotency-key.ts";
import { jobPath } from "../../lib/route.ts";
import { useApiMutation } from "../../lib/use-api.ts";
import { type TrainedVersion, useModelVersions } from "../model/use-model-versions.ts";
import { MEMORY_MODE_NAMES, PRECISION_NAMES } from "./names.ts";
import styles from "./ScoreButton.module.css";

interface ScoreButtonProps {
  readonly datasetVersionId: string;
  readonly datasetName: string;
}

export function ScoreButton({ datasetVersionId, datasetName }: ScoreButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  const query = useModelVersions();
  const close = () => setIsOpen(false);
  return (
    <>
      <Button variant="primary" onClick={() => setIsOpen(true)}>
        Score
      </Button>
      {isOpen ? (
        <Dialog title={`Score ${datasetName}`} onClose={close}>
          <QueryState query={query} what="models">
            {(versions) => (
              <ScoreForm datasetVersionId={datasetVersionId} versions={versions} onClose={close} />
            )}
          </QueryState>
        </Dialog>
      ) : null}
    </>
  );
}

interface ScoreFormProps {
  readonly datasetVersionId: string;
  readonly versions: readonly TrainedVersion[];
  readonly onClose: () => void;
}

function ScoreForm({ datasetVersionId, versions, onClose }: ScoreFormProps) {
  const router = useRouter();
  const create = useApiMutation(createScoreJobMutation);
  const suggested =
    versions.find(({ version }) => version.datasetVersion.id === datasetVersionId) ?? versions[0];
  const [modelVersionId, setModelVersionId] = useState(suggested?.version.id ?? "");
  const [precision, setPrecision] = useState<Precision>("FP32");
  const [memory, setMemory] = useState<MemoryMode>("UPDATE");
  const chosen = versions.find(({ version }) => version.id === modelVersionId);
  const isGated = chosen !== undefined && hasGatedMemory(chosen.model.architecture);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const idempotencyKey = createIdempotencyKey();
    create.mutate(
      { input: { modelVersionId, datasetVersionId, precision, memory, idempotencyKey } },
      { onSuccess: ({ createScoreJob: { job } }) => job && router.push(jobPath(job.number)) },
    );
  };
  const refusals = create.data?.createScoreJob.userErrors.map(({ message }) => message) ?? [];
  return (
    <form className={styles.form} onSubmit={submit}>
      <p>Everything in the test split is scored; thresholds come from the model’s calibration.</p>
      {versions.length === 0 ? (
        <p>There is no model yet: train one first.</p>
      ) : (
        <Field label="Model version">
          <select value={modelVersionId} onChange={(event) => setModelVersionId(event.target.value)}>
            {versions.map(({ model, version }) => (
              <option key={version.id} value={version.id}>
                {model.name}, version {version.number} (trained on {version.datasetVersion.dataset.name})
              </option>
            ))}
          </select>
        </Field>
      )}
      <Field
        label="Precision"
        hint="8-bit integers take a quarter to a third less time on a processor; scores differ slightly from those that thresholds were calibrated on. On a GPU choose 32-bit."
      >
        <select
          value={precision}
          onChange={(event) => setPrecision(precisionSchema.parse(event.target.value))}
        >
          {precisionSchema.options.map((option) => (
            <option key={option} value={option}>
              {PRECISION_NAMES[option]}
            </option>
          ))}
        </select>
      </Field>
      {isGated ? (
        <Field label="Memory" hint="Frozen, no frame’s score depends on the frames before its window.">
          <select value={memory} onChange={(event) => setMemory(memoryModeSchema.parse(event.target.value))}>
            {memoryModeSchema.options.map((option) => (
              <option key={option} value={option}>
                {MEMORY_MODE_NAMES[option]}
              </option>
            ))}
          </select>
        </Field>
      ) : null}
      <FormFoot
        submitLabel="Start scoring"
        isPending={create.isPending}
        isDisabled={modelVersionId === ""}
        failures={create.error ? [create.error.message] : refusals}
        onClose={onClose}
      />
    </form>
  );
}
