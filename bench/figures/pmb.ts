// PMB: a scratched plate, what was made of it, its error map, and what histogram error estimation leaves of that.
import { backgroundRule, resolveHyperparameters } from "@engram/core";
import {
  calibrate,
  createDetector,
  type FrameSource,
  measureErrors,
  openScorer,
  trainDetector,
} from "@engram/detectors";
import { panelRow } from "./blocks.ts";
import { renderFigure } from "./canvas.ts";
import { errorPanels, openLook } from "./clip-figure.ts";
import type { Figures, Tools } from "./figure.ts";
import { pictureOf } from "./pictures.ts";
import { plates, scratchedPlate } from "./plates.ts";

const signal = new AbortController().signal;
const whole = (source: FrameSource) => ({ source, firstFrame: 0, endFrame: source.frameCount });

export async function drawPmb({ device, seed }: Tools): Promise<Figures> {
  const hyperparameters = resolveHyperparameters("PMB", "tiny", { shiftPixels: 2, seed });
  const { size } = hyperparameters;
  const detector = createDetector("PMB", hyperparameters);
  const { model: state } = await trainDetector({
    ...{ detector, device, signal, resumeFrom: null },
    clips: [whole(plates(size, 24, 1))],
    onProgress: () => undefined,
    onCheckpoint: async () => undefined,
  });
  const scorer = await openScorer({ detector, state, device, memory: "FROZEN" });
  const { backgroundError } = await calibrate(
    scorer,
    [whole(plates(size, 6, 1001))],
    signal,
    () => undefined,
  );
  await scorer.dispose();
  const plate = scratchedPlate(size, 2001);
  const look = await openLook(detector, device, detector.scoreStep(state, 1));
  const { reconstruction, errorMap } = await look.at(plate, 0);
  await look.dispose();
  const errors = errorMap as Float32Array;
  const { corrected } = measureErrors(errors, size, backgroundRule(hyperparameters, backgroundError));
  if (corrected === null) throw new Error("The calibration learned no background error.");
  const seen = Float32Array.from(await plate.read(0, 1), (value) => value / 255);
  const row = await panelRow(
    [
      { title: "Scratched plate", content: pictureOf(seen, size) },
      { title: "Rebuilt", content: pictureOf(reconstruction!, size) },
      ...errorPanels(errors, corrected, size),
    ],
    1,
  );
  return { "pmb-plate.png": await renderFigure([row]) };
}
