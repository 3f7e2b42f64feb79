// What a trained detector's error maps say of the test pictures, as they are and after histogram error estimation.
import { calibrate, type Detector, type FrameResult, openScorer, smoothErrorMap } from "@engram/detectors";
import type { Device, TensorDataMap } from "@engram/engine";
import { createPixelEvaluator, evaluateFrames, type Measured, stretchErrorMap } from "@engram/numerics";
import type { ImageSet } from "../data/image-set.ts";

export interface ImageFigures {
  /** of pictures, by the peak of the error map */
  readonly imageAuroc: Measured;
  readonly imageF1Max: Measured;
  /** of pixels, by the smoothed error map stretched to the picture's own size */
  readonly pixelAuroc: Measured;
  /** area under the per-region overlap, false-positive rates up to 0.3 */
  readonly aupro: Measured;
  readonly pixelF1Max: Measured;
}

export type Correction = "raw" | "corrected";

export interface ImageScores {
  readonly figures: Readonly<Record<Correction, ImageFigures>>;
  readonly millisecondsPerPicture: number;
}

/** Beyond so many pixels a figure is right to a few units in its fifth decimal, and quickly. */
const EXACT_PIXELS = 1_000_000;

export async function scoreImages(
  detector: Detector,
  state: TensorDataMap,
  { heldOut, test, pictures }: ImageSet,
  device: Device,
  signal: AbortSignal,
): Promise<ImageScores> {
  const options = { detector, state, device, memory: "FROZEN" as const };
  const normal = await openScorer(options);
  const range = { source: heldOut, firstFrame: 0, endFrame: heldOut.frameCount };
  const { backgroundError } = await calibrate(normal, [range], signal, () => undefined);
  await normal.dispose();
  const scorer = await openScorer({ ...options, backgroundError });
  const results: FrameResult[] = [];
  const started = performance.now();
  for await (const result of scorer.scoreClip(test, undefined, signal)) results.push(result);
  const millisecondsPerPicture = (performance.now() - started) / results.length;
  await scorer.dispose();
  const raw = results.map(({ lanes, errorMap }) => ({ peak: lanes.PEAK_ERROR, errorMap }));
  const corrected = results.map(({ lanes, corrected }) => {
    if (corrected === null) throw new Error("Error maps were not corrected: there is no background error.");
    return { peak: lanes.CORRECTED_ERROR!, errorMap: corrected.errorMap };
  });
  const { size } = detector.hyperparameters;
  const figures = { raw: measure(raw, pictures, size), corrected: measure(corrected, pictures, size) };
  return { figures, millisecondsPerPicture };
}

function measure(
  scored: readonly { readonly peak: number; readonly errorMap: Float32Array }[],
  pictures: ImageSet["pictures"],
  size: number,
): ImageFigures {
  const pixels = createPixelEvaluator({ exactPixels: EXACT_PIXELS });
  for (const [index, { width, height, mask }] of pictures.entries()) {
    const values = smoothErrorMap(scored[index]!.errorMap, size);
    const { values: scores } = stretchErrorMap({ values, width: size, height: size }, width, height);
    pixels.add({ scores, mask: mask ?? new Uint8Array(width * height), width, height });
  }
  const labelled = {
    scores: scored.map(({ peak }) => peak),
    labels: pictures.map(({ mask }) => Number(mask !== null)),
  };
  // Of one clip no resample is drawn: there is no interval.
  const { auroc, f1Max } = evaluateFrames([labelled], { replicates: 1, level: 0.95, seed: 0 }).micro;
  const ofPixels = pixels.finish();
  const known = ({ value, reason }: Measured): Measured => ({ value, reason });
  return {
    imageAuroc: known(auroc),
    imageF1Max: known(f1Max),
    pixelAuroc: known(ofPixels.auroc),
    aupro: known(ofPixels.aupro),
    pixelF1Max: known(ofPixels.f1Max),
  };
}
