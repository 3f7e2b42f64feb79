// npm run bench:parity: the weights that the authors' code was trained to, loaded by our importer, must score Ped2's test
// clips to that code's own figures. Exit status 1 where a bound is missed.
import { resolveHyperparameters } from "@engram/core";
import { createDetector, readPublishedWeights } from "@engram/detectors";
import { type DeviceId, openDevice } from "@engram/engine";
import { Command } from "commander";
import { checksum } from "./data/checksum.ts";
import { scoreClips } from "./data/score-clips.ts";
import { compareWithReference, isMatch, MAX_AUROC_DIFFERENCE, MAX_RELATIVE } from "./parity/compare.ts";
import { readReference } from "./parity/reference.ts";
import { formatParity } from "./parity/table.ts";

const { json, device: deviceId } = new Command("bench:parity")
  .description(
    "Per-frame PSNR and feature distance of Ped2 against the published code's own, with its weights.",
  )
  .option("--device <id>", "what to score on", "onnx-cpu")
  .option("--json", "print one JSON object instead of a table")
  .parse()
  .opts<{ readonly device: DeviceId; readonly json?: true }>();

const reference = await readReference();
const { size, gamma, lambda } = reference.settings;
const detector = createDetector(
  "MNAD_PREDICTION",
  resolveHyperparameters("MNAD_PREDICTION", "compact", { size, gamma, lambda }),
);
const { state } = readPublishedWeights(reference.weights, { width: detector.hyperparameters.width });
const device = await openDevice(deviceId);
const started = performance.now();
const report = (message: string) => process.stderr.write(`${message}\n`);
const clips = await scoreClips({ detector, state, device, folder: reference.data, report });
await device.dispose();
const seconds = (performance.now() - started) / 1000;
report(`data ${await checksum(reference.data)}, scored on ${deviceId} in ${Math.round(seconds)} s`);

const parity = compareWithReference(clips, reference);
const { clips: _, ...figures } = parity;
process.stdout.write(`${json ? JSON.stringify(figures) : formatParity(parity)}\n`);
if (!isMatch(parity)) {
  report(
    `Not the reference's figures: within ${MAX_RELATIVE} relative and ${MAX_AUROC_DIFFERENCE} of AUROC is the bound.`,
  );
  process.exitCode = 1;
}
