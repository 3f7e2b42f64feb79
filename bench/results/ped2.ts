// What is trained for the Ped2 table.
import { join } from "node:path";
import {
  architectureSlug,
  type Hyperparameters,
  resolveHyperparameters,
  type TrainableArchitecture,
} from "@engram/core";
import { createDetector } from "@engram/detectors";
import { openDevice } from "@engram/engine";
import { sharedPath } from "@engram/testkit";
import { checksum } from "../data/checksum.ts";
import { RunFolder } from "./run-folder.ts";
import { type RunOutcome, trainAndScore } from "./train-run.ts";

const PRESET = "compact";

interface Plan {
  readonly architecture: TrainableArchitecture;
  readonly epochs: number;
  readonly seed: number;
}

/** In the order in which they are trained; an architecture beside the main one has what an hour and a half allow. */
const PLANS: readonly Plan[] = [
  { architecture: "MNAD_PREDICTION", epochs: 10, seed: 0 },
  { architecture: "MNAD_PREDICTION", epochs: 10, seed: 1 },
  { architecture: "MNAD_PREDICTION", epochs: 10, seed: 2 },
  { architecture: "MNAD_RECONSTRUCTION", epochs: 6, seed: 0 },
  { architecture: "MPN", epochs: 6, seed: 0 },
  { architecture: "MEMAE", epochs: 10, seed: 0 },
];

export interface Ped2Options {
  /** where runs are kept */
  readonly folder: string;
  /** null: all */
  readonly only: string | null;
  /** of the device; two commands of one thread each, on different runs, train more in a day than one of two */
  readonly threads?: number;
  readonly signal: AbortSignal;
  readonly report: (message: string) => void;
}

export interface Ped2Run extends Plan, RunOutcome {
  readonly name: string;
  readonly hyperparameters: Hyperparameters;
  /** of the data set: `checksum` */
  readonly dataChecksum: string;
}

export function nameOf({ architecture, seed }: Plan): string {
  return `${architectureSlug(architecture)}-${seed}`;
}

export async function runPed2({ folder, only, threads, signal, report }: Ped2Options): Promise<Ped2Run[]> {
  const data = sharedPath("data/ped2");
  if (data === null) throw new Error("Ped2 is needed: see ENGRAM_SHARED in CONTRIBUTING.md.");
  const dataChecksum = await checksum(data);
  const device = await openDevice("onnx-cpu", { ...(threads !== undefined && { threads }) });
  const runs: Ped2Run[] = [];
  try {
    for (const plan of PLANS) {
      const name = nameOf(plan);
      if (only !== null && !name.startsWith(only)) continue;
      const { architecture, epochs, seed } = plan;
      const detector = createDetector(
        architecture,
        resolveHyperparameters(architecture, PRESET, { epochs, seed }),
      );
      const settings = { ...plan, preset: PRESET, dataChecksum };
      const run = new RunFolder(join(folder, "ped2", name), settings);
      const outcome = await trainAndScore({
        ...{ detector, folder: data, run, device, signal },
        report: (message) => report(`${name}: ${message}`),
      });
      const { hyperparameters } = detector;
      runs.push({ ...plan, ...outcome, name, hyperparameters, dataChecksum });
    }
  } finally {
    await device.dispose();
  }
  return runs;
}
