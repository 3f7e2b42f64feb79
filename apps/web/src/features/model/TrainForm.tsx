"use client";
import { createTrainJobMutation, type Preset } from "@engram/sdk";
import { useRouter } from "next/navigation";
import { type SyntheticEvent, useState } from "react";
import { Field } from "../../components/Field.tsx";
import { FormFoot } from "../../components/FormFoot.tsx";
import { formatArchitecture, formatEnum } from "../../lib/format.ts";
import { createIdempotencyKey } from "../../lib/idempotency-key.ts";
import { jobPath } from "../../lib/route.ts";
import { useApiMutation } from "../../lib/use-api.ts";
import { HyperparameterFields } from "./HyperparameterFields.tsx";
import styles from "./TrainForm.module.css";
import { type ArchitectureInfo, prepareTrainInput, presetOf, presetValues } from "./train-form.ts";

interface TrainFormProps {
  readonly datasetVersionId: string;
  readonly architectures: readonly ArchitectureInfo[];
  readonly onClose: () => void;
}

export function TrainForm({ datasetVersionId, architectures, onClose }: TrainFormProps) {
  const router = useRouter();
  const create = useApiMutation(createTrainJobMutation);
  const [slug, setSlug] = useState(architectures[0]?.slug ?? "");
  const [preset, setPreset] = useState<Preset>("COMPACT");
  const [entries, setEntries] = useState<Readonly<Record<string, string>>>({});
  const [failure, setFailure] = useState<string | null>(null);
  const architecture = architectures.find((one) => one.slug === slug);
  if (!architecture) return <p>No architecture can be trained here.</p>;

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const result = prepareTrainInput(architecture, preset, entries);
    if ("failure" in result) return setFailure(`${result.failure.field}: ${result.failure.message}`);
    setFailure(null);
    create.mutate(
      {
        input: {
          datasetVersionId,
          preset,
          architecture: result.architecture,
          idempotencyKey: createIdempotencyKey(),
        },
      },
      { onSuccess: ({ createTrainJob: { job } }) => job && router.push(jobPath(job.number)) },
    );
  };
  const refusals = create.data?.createTrainJob.userErrors.map(({ message }) => message) ?? [];
  return (
    <form onSubmit={submit} className={styles.form}>
      <Field label="Architecture" hint={architecture.summary}>
        <select value={slug} onChange={(event) => setSlug(event.target.value)}>
          {architectures.map((one) => (
            <option key={one.slug} value={one.slug}>
              {formatArchitecture(one.architecture)}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Preset" hint="What is left empty below is the preset’s.">
        <select value={preset} onChange={(event) => setPreset(presetOf(event.target.value) ?? preset)}>
          {architecture.presets.map(({ name }) => {
            const value = presetOf(name);
            return value === null ? null : (
              <option key={name} value={value}>
                {formatEnum(name)}
              </option>
            );
          })}
        </select>
      </Field>
      <HyperparameterFields
        hyperparameters={architecture.hyperparameters}
        defaults={presetValues(architecture, preset)}
        entries={entries}
        onChange={(name, text) => setEntries({ ...entries, [name]: text })}
      />
      <FormFoot
        submitLabel="Start training"
        isPending={create.isPending}
        failures={[failure, create.error?.message ?? null, ...refusals].filter((text) => text !== null)}
        onClose={onClose}
      />
    </form>
  );
}
