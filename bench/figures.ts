// npm run bench:figures -- <mnad|mpn|memae|pmb>: trains a small detector on pictures that are drawn by program and draws the
// figures of its page in docs/detectors from what it then sees.
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { openDevice } from "@engram/engine";
import { Argument, Command } from "commander";
import { trainOnScene } from "./data/train-on-scene.ts";
import type { DrawFigures } from "./figures/figure.ts";
import { drawMemae } from "./figures/memae.ts";
import { drawMnad } from "./figures/mnad.ts";
import { drawMpn } from "./figures/mpn.ts";
import { drawPmb } from "./figures/pmb.ts";

const FIGURES: Readonly<Record<string, DrawFigures>> = {
  mnad: drawMnad,
  mpn: drawMpn,
  memae: drawMemae,
  pmb: drawPmb,
};

const command = new Command("bench:figures")
  .addArgument(new Argument("<page>").choices(Object.keys(FIGURES)))
  .option("--folder <path>", "where the pictures go", "docs/detectors/images")
  .option("--seed <seed>", "of the training", Number, 0)
  .option("--threads <count>", "cores to compute on", Number, 1)
  .parse();
const { folder, seed, threads } = command.opts<{ folder: string; seed: number; threads: number }>();

const report = (message: string) => process.stderr.write(`${message}\n`);
const device = await openDevice("onnx-cpu", { threads });
const draw = FIGURES[command.args[0]!]!;
const figures = await draw({
  ...{ device, seed },
  train: (architecture) => trainOnScene(architecture, { device, seed, report }),
});
await device.dispose();
for (const [name, png] of Object.entries(figures)) {
  const file = resolve(folder, name);
  await writeFile(file, png);
  process.stdout.write(`${file}: ${Math.ceil(png.length / 1024)} KB\n`);
}
