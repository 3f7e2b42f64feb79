// The command `engram`: parse, connect, call, print. Exit 0 done, 1 failed (one sentence), 2 wrong usage.
import {
  AppError,
  architectureSlug,
  datasetLayoutSchema,
  exportFormatSchema,
  importableArchitectureSchema,
  isAppError,
  memoryModeSchema,
  parseArchitecture,
  precisionSchema,
  presetSchema,
  trainableArchitectureSchema,
} from "@engram/core";
import { Command, Option } from "commander";
import { devices } from "./commands/devices.ts";
import { evaluate } from "./commands/evaluate.ts";
import { exportModel } from "./commands/export.ts";
import { importFolder } from "./commands/import.ts";
import { importModel } from "./commands/import-model.ts";
import { cancel, listJobs } from "./commands/jobs.ts";
import { score } from "./commands/score.ts";
import { parseLanes, timeline } from "./commands/timeline.ts";
import { train } from "./commands/train.ts";
import { type Connection, connect, login } from "./connection.ts";
import { hyperparameterOptions, pickHyperparameters } from "./hyperparameter-options.ts";
import { handleInterrupts, isInterrupted } from "./interrupt.ts";
import { findLocalServer, requestSignInLink } from "./local-server.ts";
import { whole } from "./numbers.ts";
import { print } from "./output.ts";
import { readSettings } from "./settings.ts";
import { watchToSuccess } from "./watch.ts";

const program = new Command("engram")
  .description("Data sets in, anomaly timelines out.")
  .option(
    "--server <url>",
    "a server elsewhere (ENGRAM_URL); default: the one of the data folder, or one for this command",
  )
  .option("--data <folder>", "data folder of the server on this machine (ENGRAM_DATA; default ./data)")
  .exitOverride((err) => {
    throw err;
  });

const settings = () => readSettings(program.opts(), process.env);

async function withConnection(work: (connection: Connection) => Promise<void>): Promise<void> {
  const connection = await connect(settings());
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}

program
  .command("import")
  .description("upload a folder or a video, report what it holds, and import it as a data set")
  .argument("<path>", "folder of frames, folder of videos, or one video")
  .requiredOption("--name <name>", "name of the data set")
  .addOption(new Option("--layout <layout>", "instead of detecting it").choices(datasetLayoutSchema.options))
  .option("--dry-run", "only report, import nothing", false)
  .option("--json", "print the report as JSON", false)
  .action((path, { name, layout, dryRun, json }) =>
    withConnection((connection) =>
      importFolder(connection, path, { name, layout, isDryRun: dryRun, isJson: json }),
    ),
  );

const trainCommand = program
  .command("train")
  .description("train a detector on the newest version of a data set")
  .argument("<dataset>")
  .requiredOption(
    "--architecture <name>",
    trainableArchitectureSchema.options.map(architectureSlug).join(", "),
  )
  .addOption(
    new Option("--preset <preset>", "starting values").choices(presetSchema.options).default("compact"),
  )
  .addOption(
    new Option("--calibration <mode>", "hold the last tenth of each clip out, or train on all")
      .choices(["hold-out", "none"])
      .default("hold-out"),
  )
  .option("--name <name>", "name of the model")
  .option("--watch", "wait, showing progress", false)
  .option("--json", "print the result as JSON", false);
for (const option of hyperparameterOptions()) trainCommand.addOption(option);
trainCommand.action((dataset, options) =>
  withConnection((connection) =>
    train(connection, dataset, {
      architecture: options.architecture,
      preset: options.preset,
      calibration: options.calibration === "none" ? "NONE" : "HOLD_OUT",
      modelName: options.name,
      hyperparameters: pickHyperparameters(options),
      isWatching: options.watch,
      isJson: options.json,
    }),
  ),
);

program
  .command("import-model")
  .description("make a model of the weights that the authors' published code was trained to")
  .argument("<file>", "a .safetensors file of the state dict, with the memory as m_items or keys")
  .requiredOption("--dataset <slug>", "data set to calibrate it on")
  .addOption(
    new Option("--architecture <name>", "default: read off the weights").choices(
      importableArchitectureSchema.options.map(architectureSlug),
    ),
  )
  .option("--size <pixels>", "side of the frames that the weights were trained on (default: 256)", whole)
  .option("--width <channels>", "of the first convolution (default: read off the weights)", whole)
  .option("--items <number>", "of the memory (default: read off the weights)", whole)
  .option("--name <name>", "name of the model (default: the file's)")
  .option("--watch", "wait, showing progress", false)
  .option("--json", "print the result as JSON", false)
  .action((file, { architecture, watch, json, ...given }) =>
    withConnection((connection) =>
      importModel(connection, file, {
        ...given,
        architecture: architecture && importableArchitectureSchema.parse(parseArchitecture(architecture)),
        isWatching: watch,
        isJson: json,
      }),
    ),
  );

program
  .command("score")
  .description("score the test clips of a data set with a model")
  .argument("<dataset>")
  .option("--model <model>", "latest, name or name@number", "latest")
  .addOption(
    new Option(
      "--precision <precision>",
      "int8: a quarter to a third less time on a CPU, scores differ slightly",
    )
      .choices(precisionSchema.options.map((precision) => precision.toLowerCase()))
      .default("fp32"),
  )
  .addOption(
    new Option(
      "--memory <mode>",
      "update: normal frames change it for the next ones; frozen: it stays as trained",
    )
      .choices(memoryModeSchema.options.map((mode) => mode.toLowerCase()))
      .default("update"),
  )
  .option("--watch", "wait, showing progress", false)
  .option("--json", "print the result as JSON", false)
  .action((dataset, { model, precision, memory, watch, json }) =>
    withConnection((connection) =>
      score(connection, dataset, {
        model,
        precision: precisionSchema.parse(precision.toUpperCase()),
        memory: memoryModeSchema.parse(memory.toUpperCase()),
        isWatching: watch,
        isJson: json,
      }),
    ),
  );

program
  .command("timeline")
  .description("the timeline of a clip")
  .argument("<clip>", "<data set>/<training|testing>/<clip>")
  .option("--run <number>", "scoring run (default: the newest)", whole)
  .option("--lanes <lanes>", "comma-separated", parseLanes, parseLanes("abnormality,psnr,feature-distance"))
  .option("--from <frame>", "first frame", whole)
  .option("--to <frame>", "last frame", whole)
  .option("--points <number>", "at most this many points", whole, 1000)
  .option("--json", "print as JSON", false)
  .action((clip, { run, lanes, from, to, points, json }) =>
    withConnection(({ client }) =>
      timeline(client, clip, {
        run: run ?? null,
        lanes,
        from: from ?? null,
        to: to ?? null,
        maxPoints: points,
        isJson: json,
      }),
    ),
  );

program
  .command("evaluate")
  .description("compare a scoring run with the ground truth, and list its events")
  .argument("<dataset>")
  .option("--run <number>", "scoring run (default: the newest)", whole)
  .option("--json", "print as JSON", false)
  .action((dataset, { run, json }) =>
    withConnection((connection) => evaluate(connection, dataset, { run: run ?? null, isJson: json })),
  );

program
  .command("export")
  .description("files of a model for use elsewhere: waits for them and fetches them")
  .argument("<model>", "name or name@number")
  .addOption(
    new Option("--format <format>", "of the graph")
      .choices(exportFormatSchema.options.map((format) => format.toLowerCase()))
      .default("onnx"),
  )
  .option("--output <path>", "where to put them (default: <model>-v<number>-<format> in this folder)")
  .option("--archive", "keep them in one tar file", false)
  .option("--json", "print the result as JSON", false)
  .action((model, { format, output, archive, json }) =>
    withConnection((connection) =>
      exportModel(connection, model, {
        format: exportFormatSchema.parse(format.toUpperCase()),
        output,
        isArchive: archive,
        isJson: json,
      }),
    ),
  );

program
  .command("jobs")
  .description("the newest jobs")
  .option("--first <number>", "how many", whole, 20)
  .option("--json", "print as JSON", false)
  .action(({ first, json }) => withConnection(({ client }) => listJobs(client, { first, isJson: json })));

program
  .command("watch")
  .description("follow a job until it ends")
  .argument("<job>", "its number", whole)
  .action((job) =>
    withConnection(async ({ client }) => {
      await watchToSuccess(client, job);
    }),
  );

program
  .command("cancel")
  .description("cancel a job")
  .argument("<job>", "its number", whole)
  .action((job) => withConnection(({ client }) => cancel(client, job)));

program
  .command("devices")
  .description("what the workers can compute on")
  .option("--json", "print as JSON", false)
  .action(({ json }) => withConnection((connection) => devices(connection, { isJson: json })));

program
  .command("login")
  .description(
    "sign in to a server elsewhere with a one-time link; the key is kept in a file that only you can read",
  )
  .argument("<link>", "the link that the server printed")
  .action(async (link) => print(`Signed in at ${await login(settings(), link)}`));

program
  .command("sign-in-link")
  .description("a new one-time link to the web app of the server on this machine")
  .action(async () => {
    const { dataFolder } = settings();
    const server = await findLocalServer(dataFolder);
    if (!server)
      throw new AppError("UNAVAILABLE", `No server is running on ${dataFolder}: "npm start" starts one.`);
    print(await requestSignInLink(server));
  });

handleInterrupts();
// Whoever read the output has seen enough (`engram jobs | head`).
process.stdout.on("error", (err: NodeJS.ErrnoException) => {
  if (err.code !== "EPIPE") throw err;
  process.exit(0);
});
try {
  await program.parseAsync();
} catch (err) {
  const exitCode = (err as { exitCode?: unknown }).exitCode;
  if (isInterrupted()) {
    // the signal's own exit follows
  } else if (typeof exitCode === "number") {
    // commander has printed its help or what is wrong with the usage
    process.exitCode = exitCode === 0 ? 0 : 2;
  } else {
    process.stderr.write(`${isAppError(err) || err instanceof Error ? err.message : String(err)}\n`);
    process.exitCode = 1;
  }
}
