// npm run bench:results: trains, scores and measures what docs/results.md reports. Hours of work: it may be interrupted
// and goes on where it was.
import { Argument, Command } from "commander";
import { readReferenceFigures } from "./parity/reference.ts";
import { runImages } from "./results/images.ts";
import { formatImages } from "./results/images-table.ts";
import { runPed2 } from "./results/ped2.ts";
import { formatPed2, summarizePed2 } from "./results/ped2-table.ts";

interface Options {
  readonly folder: string;
  readonly only?: string;
  readonly threads?: number;
  readonly json?: true;
}

const command = new Command("bench:results")
  .addArgument(new Argument("<table>").choices(["ped2", "images"]))
  .option("--folder <path>", "where runs are kept and resumed", "data/results")
  .option("--only <name>", "runs whose name begins so, such as mnad-prediction-0")
  .option("--threads <count>", "cores to compute on, default all", Number)
  .option("--json", "print one JSON object instead of tables")
  .parse();
const { folder, only, threads, json } = command.opts<Options>();

const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupt.abort());
const report = (message: string) => process.stderr.write(`${new Date().toISOString()} ${message}\n`);
const options = {
  folder,
  only: only ?? null,
  ...(threads !== undefined && { threads }),
  signal: interrupt.signal,
  report,
};
try {
  process.stdout.write(`${await table()}\n`);
} catch (err) {
  if (!interrupt.signal.aborted) throw err;
  report("Interrupted. The same command goes on at the last checkpoint, at most five minutes back.");
  process.exitCode = 130;
}

async function table(): Promise<string> {
  if (command.args[0] === "images") {
    const runs = await runImages(options);
    return json ? JSON.stringify({ table: "images", runs }) : formatImages(runs);
  }
  // Read first: what is missing should be said before hours of training.
  const reference = await readReferenceFigures();
  const summary = summarizePed2(await runPed2(options), reference);
  return json ? JSON.stringify({ table: "ped2", ...summary }) : formatPed2(summary);
}
