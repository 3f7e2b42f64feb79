// A trained detector as files for use elsewhere: its scoring step as one ONNX graph, and its numbers by name.
import {
  ENCODED_NAMES,
  type EncodedStep,
  type EncodedTensor,
  encodeSafetensors,
  encodeStep,
  type TensorDataMap,
} from "@engram/engine";
import packageJson from "../../package.json" with { type: "json" };
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
  /** the pieces of a safetensors file: weights and statistics under the detector's names, not folded into each other */
  readonly weights: readonly Uint8Array[];
  /** likewise: the memory under the names of the graph's inputs */
  readonly memory: readonly Uint8Array[];
  readonly preprocessing: ReturnType<typeof describePreprocessing>;
  readonly codeVersion: string;
}

/**
 * The trace of the detector's scoring step for colour frames, weights inside, and what belongs beside it.
 *
 * @param state a trained state; what scoring does not need of it is left out
 */
export function exportModel(detector: Detector, state: TensorDataMap): ExportedModel {
  const model = detector.deployable(state);
  const step = detector.scoreStep(model, EXPORT_CHANNELS);
  const { version } = packageJson;
  const encoded = encodeStep(step, {
    version,
    description: `${detector.architecture} detector: scores one frame against the ${detector.windowFrames - 1} before it. Raw frames in, raw scores out.`,
    describe: textOf,
  });
  return {
    encoded,
    inputs: encoded.inputs.map(described),
    outputs: encoded.outputs.map(described),
    ...encodeNumbers(detector, model),
    preprocessing: describePreprocessing(detector),
    codeVersion: version,
  };
}

function described(tensor: EncodedTensor): DescribedTensor {
  return { ...tensor, description: textOf(tensor.name) };
}

function encodeNumbers({ architecture, memorySpecs }: Detector, model: TensorDataMap) {
  const entries = Object.entries(model);
  const isMemory = (name: string) => name in memorySpecs;
  const weights = entries.filter(([name]) => !isMemory(name));
  const memory = entries
    .filter(([name]) => isMemory(name))
    .map(([name, data]) => [ENCODED_NAMES.state(name), data]);
  return {
    weights: encodeSafetensors(Object.fromEntries(weights), { architecture }),
    memory: encodeSafetensors(Object.fromEntries(memory), { architecture }),
  };
}
