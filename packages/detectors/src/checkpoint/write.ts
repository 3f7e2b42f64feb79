// Checkpoints on their way out. The tensors are hashed where they lie and never copied.
import {
  CHECKPOINT_FORMAT_VERSION,
  type CheckpointManifest,
  checkpointManifestSchema,
  type TrainingPosition,
  trainingPositionSchema,
} from "@engram/core";
import { encodeSafetensors, type TensorData, type TensorDataMap, tensorBytes } from "@engram/engine";
import packageJson from "../../package.json" with { type: "json" };
import type { Detector } from "../detector.ts";
import type { TrainingCheckpoint } from "../training-position.ts";
import {
  type CheckpointFile,
  MANIFEST_FILE,
  MEMORY_FILE,
  OPTIMIZER_FILE,
  POSITION_FILE,
  sha256,
  WEIGHTS_FILE,
} from "./files.ts";

type Entries = readonly (readonly [string, TensorData])[];

/** The deployable part of a state: weights, statistics and memory. The manifest comes last. */
export function modelCheckpointFiles(detector: Detector, state: TensorDataMap): CheckpointFile[] {
  return seal(detector, "MODEL", detector.deployable(state), []);
}

/** The whole state of a training run: what `trainDetector` needs to go on to the same numbers. */
export function trainingCheckpointFiles(
  detector: Detector,
  { state, position }: Pick<TrainingCheckpoint, "state" | "position">,
): CheckpointFile[] {
  return seal(detector, "TRAINING", state, [positionFile(position)]);
}

function positionFile(position: TrainingPosition): CheckpointFile {
  return { name: POSITION_FILE, content: [json(trainingPositionSchema.parse(position))] };
}

function seal(
  detector: Detector,
  kind: CheckpointManifest["kind"],
  state: TensorDataMap,
  others: readonly CheckpointFile[],
): CheckpointFile[] {
  const byFile = groupByFile(detector, state);
  const files = [
    ...[...byFile].map(([name, entries]) => ({
      name,
      content: encodeSafetensors(Object.fromEntries(entries)),
    })),
    ...others,
  ];
  const manifest = checkpointManifestSchema.parse({
    format: "engram-checkpoint",
    formatVersion: CHECKPOINT_FORMAT_VERSION,
    kind,
    architecture: detector.architecture,
    hyperparameters: detector.hyperparameters,
    codeVersion: packageJson.version,
    files: Object.fromEntries(files.map(({ name, content }) => [name, describeFile(content)])),
    tensors: Object.fromEntries(
      [...byFile].flatMap(([file, entries]) =>
        entries.map(([name, tensor]) => [name, describeTensor(file, tensor)]),
      ),
    ),
  });
  return [...files, { name: MANIFEST_FILE, content: [json(manifest)] }];
}

/** Files in a fixed order, names sorted: equal states give equal manifests. */
function groupByFile({ modelSpecs, memorySpecs }: Detector, state: TensorDataMap): Map<string, Entries> {
  const entries = Object.entries(state).sort(([a], [b]) => (a < b ? -1 : 1));
  const isOptimizer = (name: string) => !(name in modelSpecs);
  const optimizer = entries.filter(([name]) => isOptimizer(name));
  return new Map([
    [WEIGHTS_FILE, entries.filter(([name]) => !isOptimizer(name) && !(name in memorySpecs))],
    [MEMORY_FILE, entries.filter(([name]) => name in memorySpecs)],
    ...(optimizer.length > 0 ? [[OPTIMIZER_FILE, optimizer] as const] : []),
  ]);
}

function describeFile(content: readonly Uint8Array[]): CheckpointManifest["files"][string] {
  return { sha256: sha256(content), sizeBytes: content.reduce((sum, { length }) => sum + length, 0) };
}

function describeTensor(file: string, tensor: TensorData): CheckpointManifest["tensors"][string] {
  const { dtype, shape } = tensor;
  return { file, dtype, shape: [...shape], sha256: sha256([tensorBytes(tensor)]) };
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
