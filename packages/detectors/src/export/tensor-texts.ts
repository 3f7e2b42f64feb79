// A sentence for each input and output of an exported scoring graph, for readers who have nothing but the file.

/** By the names of the scoring step; frames are in [0, 1] wherever an error is spoken of. */
const TENSOR_TEXTS: Readonly<Record<string, string>> = {
  frames:
    "The frames before the target, stacked along the channel axis, oldest first, three colours each, values 0 to 255.",
  target: "The last frame of the window, RGB, values 0 to 255.",
  gate: "The memory is updated where regularScore is below this: 0 never updates it, 2 always does.",
  memory_items:
    "The memory: as in memory.safetensors for the first frame, afterwards memory_items_next of the run before.",
  memory_items_next: "The memory for the next run: memory_items itself where the gate stayed closed.",
  predictionError:
    "Mean squared error of the frame against what the model made of it, frames in [0, 1]; larger is more abnormal.",
  regionError:
    "Mean absolute error of the square, a twelfth of the frame wide and high, where it is largest; larger is more abnormal.",
  featureDistance:
    "Distance of the frame's features from their nearest memory items or prototypes: mean square, or norm where the hyper-parameters say so; larger is more abnormal.",
  absoluteError:
    "Mean absolute error of everything that was rebuilt, a whole window where there is one, uncut and in frames of [-1, 1]; larger is more abnormal.",
  regularScore: "Error-weighted mean of the error, which the gate is compared with.",
  memoryUpdated: "1 where this run changed the memory, else 0.",
  framePeak: "Largest value of the frame that the model made, in [0, 1]: the peak that PSNR is taken with.",
  reconstruction: "The picture as the model made it of itself, RGB, in [0, 1].",
  errorMap: "Absolute error of each pixel, mean over colours, frames in [0, 1].",
};

/** @throws Error for a tensor that nobody has described: whoever adds one to a scoring step writes its sentence here */
export function textOf(name: string): string {
  const text = TENSOR_TEXTS[name];
  if (text === undefined) throw new Error(`The exported tensor "${name}" has no describing sentence.`);
  return text;
}
