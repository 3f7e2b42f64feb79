// npx tsx bench/figures/pmb.ts trains PMB on drawn plates and writes the picture of docs/detectors/pmb.md, a scratched plate as
// it is, as it was rebuilt, its error map, and what histogram error estimation leaves of that.
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { backgroundRule, resolveHyperparameters } from "@engram/core";
import {
  calibrate,
  createDetector,
  type FrameSource,
  measureErrors,
  openScorer,
  smoothErrorMap,
  trainDetector,
} from "@engram/detectors";
import { openDevice } from "@engram/engine";
import { encodeRawPng } from "@engram/media";
import { plates, scratchedPlate } from "./plates.ts";

const FILE = resolve(import.meta.dirname, "../../docs/detectors/images/pmb-plate.png");
/** Screen pixels a pixel, and between the panels. */
const [SCALE, GAP] = [3, 6];
/** The error that is drawn white. */
const WHITE = 0.25;

const hyperparameters = resolveHyperparameters("PMB", "tiny", { shiftPixels: 2, epochs: 60, seed: 0 });
const { size } = hyperparameters;
const detector = createDetector("PMB", hyperparameters);
const device = await openDevice("onnx-cpu");
const signal = new AbortController().signal;
const whole = (source: FrameSource) => ({ source, firstFrame: 0, endFrame: source.frameCount });
const { model, metrics } = await trainDetector({
  ...{ detector, device, signal, resumeFrom: null },
  clips: [whole(plates(size, 24, 1))],
  onProgress: () => undefined,
  onCheckpoint: async () => undefined,
});
const scorer = await openScorer({ detector, state: model, device, memory: "FROZEN" });
const { backgroundError } = await calibrate(scorer, [whole(plates(size, 6, 1001))], signal, () => undefined);
await scorer.dispose();

const plate = await scratchedPlate(size, 2001).read(0, 1);
const program = await device.compile(detector.scoreStep(model, 1), {});
const outputs = await program.run({ target: Float32Array.from(plate) });
await program.dispose();
await device.dispose();
const reconstruction = outputs.reconstruction as Float32Array;
const errorMap = outputs.errorMap as Float32Array;
const { corrected } = measureErrors(errorMap, size, backgroundRule(hyperparameters, backgroundError));
if (corrected === null) throw new Error("The calibration learned no background error.");
const heat = (map: Float32Array) =>
  Uint8Array.from(smoothErrorMap(map, size), (error) => Math.min(255, (255 * error) / WHITE));
const panels = [
  plate,
  Uint8Array.from({ length: size * size }, (_, pixel) => 255 * meanColour(pixel)),
  heat(errorMap),
  heat(corrected.errorMap),
];
await writeFile(FILE, await encodeRawPng(sideBySide(panels)));
const { loss } = metrics.epochs.at(-1)!;
process.stdout.write(
  `${FILE}: loss ${loss.toFixed(4)}, background error ${corrected.backgroundError.toFixed(3)}\n`,
);

function meanColour(pixel: number): number {
  return (reconstruction[3 * pixel]! + reconstruction[3 * pixel + 1]! + reconstruction[3 * pixel + 2]!) / 3;
}

function sideBySide(panels: readonly Uint8Array[]) {
  const side = size * SCALE;
  const width = panels.length * side + (panels.length - 1) * GAP;
  const data = new Uint8Array(width * side).fill(255);
  for (const [index, panel] of panels.entries()) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const pixel = Math.floor(y / SCALE) * size + Math.floor(x / SCALE);
        data[y * width + index * (side + GAP) + x] = panel[pixel]!;
      }
    }
  }
  return { width, height: side, channels: 1 as const, data };
}
