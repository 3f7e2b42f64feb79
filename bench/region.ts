// npm run bench:region: what the error of the worst region tells that the error of the whole frame does not, on Ped2 with
// the published code's weights, or on the synthetic scene with a detector trained for it.
import { Command, Option } from "commander";
import { compareForms, compareMixes, compareSmoothing } from "./region/ablation.ts";
import { scoreHastened, scorePasted, scorePed2, scoreScene } from "./region/subjects.ts";
import { formatForms, formatMixes, formatSmoothing } from "./region/table.ts";

const SUBJECTS = {
  ped2: scorePed2,
  pasted: scorePasted,
  hastened: scoreHastened,
  scene: scoreScene,
} as const;

interface Options {
  readonly data: keyof typeof SUBJECTS;
  readonly seed: number;
  readonly json?: true;
}

const { data, seed, json } = new Command("bench:region")
  .description("AUROC of region error and whole-frame PSNR without any normalization, by smoothing.")
  .addOption(new Option("--data <set>", "what to score").choices(Object.keys(SUBJECTS)).default("ped2"))
  .option("--seed <seed>", "of the scene's detector, or of the pasted pieces", Number, 0)
  .option("--json", "print one JSON object instead of tables")
  .parse()
  .opts<Options>();

const subject = await SUBJECTS[data]((message) => process.stderr.write(`${message}\n`), seed);
const smoothing = compareSmoothing(subject.clips);
const forms = compareForms(subject.clips);
const mixes = subject.calibration === null ? [] : compareMixes(subject.clips, subject.calibration);
const { description } = subject;
const tables = [
  formatForms(forms),
  formatSmoothing(smoothing),
  ...(mixes.length > 0 ? [formatMixes(mixes)] : []),
];
const text = json
  ? JSON.stringify({ description, forms, smoothing, mixes })
  : [description, ...tables].join("\n\n");
process.stdout.write(`${text}\n`);
