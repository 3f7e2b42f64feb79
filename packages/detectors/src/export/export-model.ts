// A trained detector for use elsewhere: its scoring step as one ONNX graph, and its tensors by name.
import { type EncodedStep, type EncodedTensor, encodeStep, type TensorDataMap } from "@engram/engine";
import packageJson from "../../package.json" with { type: "json" };
import { type CheckpointFile, MANIFEST_FILE } from "../checkpoint/files.ts";
import { modelCheckpointFiles } from "../checkpoint/write.ts";
import type { Detector } from "../detector.ts";
import { describePreprocessing, EXPORT_CHANNELS } from "./preprocessing.ts";
import { textOf } from "./tensor-texts.ts";

export interface DescribedTensor extends EncodedTensor {
  readonly description: string;
}

export interface ExportedModel {
  readonly encoded: EncodedStep;
  readonly inputs: readonly DescribedTensor[];
  readonly outputs: readonly DescribedTensor[];
  /** weights and memory as a checkpoint keeps them: under the detector's names, nothing folded into each other */
  readonly tensorFiles: readonly CheckpointFile[];
  readonly preprocessing: ReturnType<typeof describePreprocessing>;
  readonly codeVersion: string;
}

/**
 * The trace of the detector's scoring step for colour frames, weights inside, and what belongs beside it.
 *
 * @param state a trained state; what scoring does not need of it is left out
 */
export function exportModel(detector: Detector, state: TensorDataMap): ExportedModel {
  const { version } = packageJson;
  const encoded = encodeStep(detector.scoreStep(detector.deployable(state), EXPORT_CHANNELS), {
    version,
    description: `${detector.architecture} detector: scores one frame${lookedAt(detector)}. Raw frames in, raw scores out.`,
    describe: textOf,
  });
  return {
    encoded,
    inputs: encoded.inputs.map(described),
    outputs: encoded.outputs.map(described),
    tensorFiles: modelCheckpointFiles(detector, state).filter(({ name }) => name !== MANIFEST_FILE),
    preprocessing: describePreprocessing(detector),
    codeVersion: version,
  };
}

function lookedAt({ windowFrames, scoredFrame }: Detector): string {
  if (windowFrames === 1) return "";
  const before = windowFrames - 1;
  return scoredFrame === before ? ` against the ${before} before it` : ` by the ${windowFrames} around it`;
}

function described(tensor: EncodedTensor): DescribedTensor {
  return { ...tensor, description: textOf(tensor.name) };
}
