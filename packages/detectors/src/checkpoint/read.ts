// Checkpoints on their way in: nothing is believed before it was compared with the manifest, and the manifest with the
// name of the checkpoint. One copy of the state is made, the one that is returned.
import {
  type AppError,
  CHECKPOINT_FORMAT_VERSION,
  type CheckpointManifest,
  checkpointManifestSchema,
  trainingPositionSchema,
} from "@engram/core";
import { decodeSafetensors, type TensorDataMap, type TensorSpec } from "@engram/engine";
import type { Detector } from "../detector.ts";
import { createDetector } from "../registry.ts";
import type { ResumePoint } from "../training-position.ts";
import { damaged, describeDamage } from "./damage.ts";
import { type CheckpointFolder, MANIFEST_FILE, POSITION_FILE, sha256 } from "./files.ts";

/** @throws AppError CORRUPT_CHECKPOINT naming the file, and the tensor where there is one, that is damaged or missing */
export async function readModelCheckpoint(
  folder: CheckpointFolder,
): Promise<{ readonly detector: Detector; readonly state: TensorDataMap }> {
  const { manifest, detector } = await openCheckpoint(folder, "MODEL");
  return { detector, state: await readTensors(folder, manifest, detector.modelSpecs) };
}

/** @throws AppError CORRUPT_CHECKPOINT as `readModelCheckpoint`; what is wrong with the tensors only by `readState` */
export async function openTrainingCheckpoint(
  folder: CheckpointFolder,
): Promise<ResumePoint & { readonly detector: Detector }> {
  const { manifest, detector } = await openCheckpoint(folder, "TRAINING");
  const position = trainingPositionSchema.safeParse(
    parseJson(POSITION_FILE, await readFile(folder, manifest, POSITION_FILE)),
  );
  if (!position.success) throw invalid(POSITION_FILE, position.error.issues[0]);
  return {
    detector,
    position: position.data,
    // Which channels were trained on is no matter to the state.
    readState: () => readTensors(folder, manifest, detector.trainStep(1).state),
  };
}

async function openCheckpoint(folder: CheckpointFolder, kind: CheckpointManifest["kind"]) {
  if (!folder.names.includes(MANIFEST_FILE)) throw damaged(`${MANIFEST_FILE} is missing`);
  const bytes = await folder.read(MANIFEST_FILE);
  if (sha256([bytes]) !== folder.hash) throw damaged(`${MANIFEST_FILE} does not match its checksum`);
  const manifest = parseManifest(bytes);
  if (manifest.kind !== kind) throw damaged(`it is a ${manifest.kind} checkpoint, expected ${kind}`);
  const stray = folder.names.find((name) => name !== MANIFEST_FILE && !Object.hasOwn(manifest.files, name));
  if (stray !== undefined) throw damaged(`${stray} does not belong to it`);
  const missing = Object.keys(manifest.files).find((name) => !folder.names.includes(name));
  if (missing !== undefined) throw damaged(`${missing} is missing`);
  return { manifest, detector: createDetector(manifest.architecture, manifest.hyperparameters) };
}

function parseManifest(bytes: Uint8Array): CheckpointManifest {
  const given = parseJson(MANIFEST_FILE, bytes);
  const { formatVersion } = Object(given) as { formatVersion?: unknown };
  if (Number(formatVersion) > CHECKPOINT_FORMAT_VERSION) {
    throw damaged(
      `its format has version ${formatVersion}, but ${CHECKPOINT_FORMAT_VERSION} is the last known`,
    );
  }
  const manifest = checkpointManifestSchema.safeParse(given);
  if (!manifest.success) throw invalid(MANIFEST_FILE, manifest.error.issues[0]);
  return manifest.data;
}

async function readFile(
  folder: CheckpointFolder,
  manifest: CheckpointManifest,
  name: string,
): Promise<Uint8Array> {
  const expected = Object.hasOwn(manifest.files, name) ? manifest.files[name] : undefined;
  if (expected === undefined) throw damaged(`${name} is missing`);
  const bytes = await folder.read(name);
  if (bytes.length === expected.sizeBytes && sha256([bytes]) === expected.sha256) return bytes;
  throw damaged(describeDamage(manifest, name, bytes));
}

async function readTensors(
  folder: CheckpointFolder,
  manifest: CheckpointManifest,
  specs: Readonly<Record<string, TensorSpec>>,
): Promise<TensorDataMap> {
  requireSpecs(manifest.tensors, specs);
  const state: TensorDataMap[] = [];
  for (const name of new Set(Object.values(manifest.tensors).map(({ file }) => file))) {
    state.push(decodeSafetensors(await readFile(folder, manifest, name)).tensors);
  }
  const tensors = Object.assign({}, ...state) as TensorDataMap;
  requireSpecs(tensors, specs);
  return tensors;
}

function requireSpecs(
  given: Readonly<Record<string, TensorSpec>>,
  specs: Readonly<Record<string, TensorSpec>>,
): void {
  for (const [name, { shape, dtype }] of Object.entries(specs)) {
    const tensor = given[name];
    if (tensor === undefined) throw damaged(`tensor "${name}" is missing`);
    if (tensor.dtype === dtype && tensor.shape.join() === shape.join()) continue;
    throw damaged(`tensor "${name}" is ${tensor.dtype} [${tensor.shape}], expected ${dtype} [${shape}]`);
  }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(specs, name));
  if (unknown !== undefined) throw damaged(`tensor "${unknown}" does not belong to it`);
}

function parseJson(name: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw damaged(`${name} is not readable JSON`, cause);
  }
}

function invalid(name: string, issue?: { readonly path: PropertyKey[]; readonly message: string }): AppError {
  return damaged(
    `${name} is not valid at ${issue?.path.map(String).join(".") || "its top"}: ${issue?.message}`,
  );
}
