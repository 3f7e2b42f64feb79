// npm run bench:region: what the error of the worst region tells that the error of the whole frame does not, on Ped2 with
// the published code's weights, or on the synthetic scene with a detector trained for it.
import { Command, Option } from "commander";
import { compareMixes, compareSmoothing } from "./region/ablation.ts";
import { scorePed2, scoreScene } from "./region/subjects.ts";
import { formatMixes, formatSmoothing } from "./region/table.ts";

const SUBJECTS = { ped2: scorePed2, scene: scoreScene } as const;

interface Options {
  readonly data: keyof typeof SUBJECTS;
  readonly json?: true;
}

const { data, json } = new Command("bench:region")
  .description("AUROC of region error and whole-frame PSNR without any normalization, by smoothing.")
  .addOption(new Option("--data <set>", "what to score").choices(Object.keys(SUBJECTS)).default("ped2"))
  .option("--json", "print one JSON object instead of tables")
  .parse()
  .opts<Options>();

const subject = await SUBJECTS[data]((message) => process.stderr.write(`${message}\n`));
const smoothing = compareSmoothing(subject.clips);
const mixes = subject.calibration === null ? [] : compareMixes(subject.clips, subject.calibration);
const { description } = subject;
const text = json
  ? JSON.stringify({ description, smoothing, mixes })
  : [description, formatSmoothing(smoothing), ...(mixes.length > 0 ? [formatMixes(mixes)] : [])].join("\n\n");
process.stdout.write(`${text}\n`);
