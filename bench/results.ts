// npm run bench:results: trains, scores and measures what docs/results.md reports. Hours of work: it may be interrupted
// and goes on where it was.
import { Command } from "commander";
import { runPed2 } from "./results/ped2.ts";

interface Options {
  readonly folder: string;
  readonly only?: string;
  readonly threads?: number;
  readonly json?: true;
}

const { folder, only, threads } = new Command("bench:results")
  .argument("<table>", "ped2")
  .option("--folder <path>", "where runs are kept and resumed", "data/results")
  .option("--only <name>", "runs whose name begins so, such as mnad-prediction-0")
  .option("--threads <count>", "cores to compute on, default all", Number)
  .option("--json", "print one JSON object instead of tables")
  .parse()
  .opts<Options>();

const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupt.abort());
const report = (message: string) => process.stderr.write(`${new Date().toISOString()} ${message}\n`);
const runs = await runPed2({
  folder,
  only: only ?? null,
  ...(threads !== undefined && { threads }),
  signal: interrupt.signal,
  report,
});
process.stdout.write(`${runs.length}\n`);
