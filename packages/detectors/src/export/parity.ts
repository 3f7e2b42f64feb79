// The proof that goes with an export: the file, run as strangers will run it, against the detector as the platform runs
// it, over the same frames.
import { AppError, type ExportParity } from "@engram/core";
import {
  type Device,
  ENCODED_NAMES,
  type EncodedStep,
  openEncodedStep,
  type TensorData,
  type TensorDataMap,
} from "@engram/engine";
import { throwIfCanceled } from "../cancel.ts";
import { type Channels, type Detector, gateScalar } from "../detector.ts";
import { emptyBatch, type FrameSource, placeWindow, readFrames } from "../frames.ts";
import { EXPORT_CHANNELS } from "./preprocessing.ts";

/** Largest absolute difference that an output of the exported graph may have. */
export const PARITY_TOLERANCE = 1e-4;
/** Frames scored in a row, the memory carried along; once with the detector's own gate, once with one always open. */
const SAMPLE_FRAMES = 8;
const OPEN_GATE = 2;

export interface ParityOptions {
  readonly detector: Detector;
  /** a trained state */
  readonly state: TensorDataMap;
  /** what the detector itself runs on; the encoded graph runs on ONNX Runtime's CPU provider */
  readonly device: Device;
  readonly encoded: EncodedStep;
  /** its first frames are the sample; a clip too short for it is gone through again from its start */
  readonly clip: FrameSource;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void;
}

type Values = Readonly<Record<string, TensorData["data"]>>;

interface Contender {
  /** with the memory as trained */
  restart(): Promise<void>;
  /** of the next window, the memory as the one before left it: all outputs, and the memory for the next */
  score(window: Uint8Array, gate: number): Promise<Values>;
  dispose(): Promise<void>;
}

/**
 * The largest absolute difference of each output, and of the memory handed on, over the sample.
 *
 * @throws AppError EXPORT_MISMATCH naming the output that differs most, where that is more than `PARITY_TOLERANCE`, or
 *   one that is not a number; CANCELED within one frame of the signal
 */
export async function measureParity(options: ParityOptions): Promise<ExportParity> {
  const trained = await openDetector(options);
  try {
    const exported = await openExported(options);
    try {
      const parity = await compare(trained, exported, options);
      requireParity(parity);
      return parity;
    } finally {
      await exported.dispose();
    }
  } finally {
    await trained.dispose();
  }
}

async function compare(
  trained: Contender,
  exported: Contender,
  { detector, clip, signal, onProgress }: ParityOptions,
): Promise<ExportParity> {
  const windows = await readSample(detector, clip);
  const gates = detector.gate === null ? [OPEN_GATE] : [detector.gate, OPEN_GATE];
  const total = gates.length * windows.length;
  const differences: Record<string, number> = {};
  let done = 0;
  for (const gate of gates) {
    await trained.restart();
    await exported.restart();
    for (const window of windows) {
      throwIfCanceled(signal, "The export");
      const expected = await trained.score(window, gate);
      const came = await exported.score(window, gate);
      for (const [name, values] of Object.entries(expected)) {
        const known = differences[name] ?? Number.NEGATIVE_INFINITY;
        differences[name] = Math.max(known, largestDifference(values, came[name]!));
      }
      onProgress({ done: ++done, total });
    }
  }
  return { frames: total, tolerance: PARITY_TOLERANCE, differences };
}

/** The windows of the sample, uint8 [windowFrames, size, size, channels] each. */
async function readSample(
  { windowFrames, hyperparameters }: Detector,
  clip: FrameSource,
): Promise<Uint8Array[]> {
  const { size } = hyperparameters;
  const frameBytes = size * size * clip.channels;
  const frameCount = SAMPLE_FRAMES + windowFrames - 1;
  const held = await readFrames(clip, 0, Math.min(frameCount, clip.frameCount), size);
  const pixels = new Uint8Array(frameCount * frameBytes);
  for (let at = 0; at < pixels.length; at += held.length) {
    pixels.set(held.subarray(0, Math.min(held.length, pixels.length - at)), at);
  }
  return Array.from({ length: SAMPLE_FRAMES }, (_, first) =>
    pixels.subarray(first * frameBytes, (first + windowFrames) * frameBytes),
  );
}

async function openDetector({ detector, state, device, clip }: ParityOptions): Promise<Contender> {
  const model = detector.deployable(state);
  const memory = memoryOf(detector, model);
  const program = await device.compile(detector.scoreStep(model, clip.channels), memory);
  const batchOf = windowLayout(detector, clip.channels, clip.channels);
  return {
    restart: () => program.writeState(memory),
    async score(window, gate) {
      const outputs = await program.run(batchOf(window), gateScalar(detector, gate));
      const next = Object.entries(await program.readState());
      return {
        ...outputs,
        ...Object.fromEntries(next.map(([name, { data }]) => [ENCODED_NAMES.nextState(name), data])),
      };
    },
    dispose: () => program.dispose(),
  };
}

async function openExported({ detector, state, encoded, clip }: ParityOptions): Promise<Contender> {
  const memoryNames = Object.keys(detector.memorySpecs);
  const program = await openEncodedStep(encoded);
  const batchOf = windowLayout(detector, clip.channels, EXPORT_CHANNELS);
  let memory: Values = {};
  const carry = (dataOf: (name: string) => TensorData["data"]) => {
    memory = Object.fromEntries(memoryNames.map((name) => [ENCODED_NAMES.state(name), dataOf(name)]));
  };
  return {
    restart: async () => carry((name) => state[name]!.data),
    async score(window, gate) {
      const outputs = await program.run({ ...batchOf(window), ...memory, gate: Float32Array.of(gate) });
      carry((name) => outputs[ENCODED_NAMES.nextState(name)]!);
      return outputs;
    },
    dispose: () => program.dispose(),
  };
}

function memoryOf({ memorySpecs }: Detector, model: TensorDataMap): TensorDataMap {
  return Object.fromEntries(Object.keys(memorySpecs).map((name) => [name, model[name]!]));
}

/** Lays windows of a clip out for a step of so many channels. */
function windowLayout(
  { hyperparameters, windowFrames }: Detector,
  clipChannels: Channels,
  channels: Channels,
) {
  const shape = { size: hyperparameters.size, channels, windowFrames };
  const batch = emptyBatch(1, shape);
  return (window: Uint8Array): Values => {
    placeWindow(batch, 0, window, clipChannels, shape);
    return { ...batch };
  };
}

/** NaN where either is not a number. */
function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

function requireParity({ differences }: ExportParity): void {
  for (const [name, difference] of Object.entries(differences)) {
    if (Number.isNaN(difference)) throw mismatch(`its output "${name}" is not a number`);
  }
  const [name, difference] = Object.entries(differences).reduce((a, b) => (b[1] > a[1] ? b : a));
  if (difference <= PARITY_TOLERANCE) return;
  throw mismatch(
    `its output "${name}" differs by ${difference.toPrecision(3)}, allowed are ${PARITY_TOLERANCE}`,
  );
}

function mismatch(what: string): AppError {
  return new AppError(
    "EXPORT_MISMATCH",
    `The exported graph does not score as the trained detector does: ${what}.`,
  );
}
