// The command `engram`: parse, connect, call, print. Exit 0 done, 1 failed (one sentence), 2 wrong usage.
import { AppError, datasetLayoutSchema, isAppError } from "@engram/core";
import { Command } from "commander";
import { choiceOption } from "./choice-option.ts";
import { devices } from "./commands/devices.ts";
import { evaluate } from "./commands/evaluate.ts";
import { importFolder } from "./commands/import.ts";
import { cancel, listJobs } from "./commands/jobs.ts";
import { parseLanes, timeline } from "./commands/timeline.ts";
import { connect, login, type WithConnection } from "./connection.ts";
import { handleInterrupts, isInterrupted } from "./interrupt.ts";
import { findLocalServer, requestSignInLink } from "./local-server.ts";
import { addModelCommands } from "./model-commands.ts";
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

const withConnection: WithConnection = async (work) => {
  const connection = await connect(settings());
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
};

program
  .command("import")
  .description("upload a folder or a video, report what it holds, and import it as a data set")
  .argument("<path>", "folder of frames, of videos or of pictures, or one video")
  .requiredOption("--name <name>", "name of the data set")
  .addOption(choiceOption("--layout <layout>", "instead of detecting it", datasetLayoutSchema.options))
  .option("--dry-run", "only report, import nothing", false)
  .option("--json", "print the report as JSON", false)
  .action((path, { name, layout, dryRun, json }) =>
    withConnection((connection) =>
      importFolder(connection, path, { name, layout, isDryRun: dryRun, isJson: json }),
    ),
  );

addModelCommands(program, withConnection);

program
  .command("timeline")
  .description("the timeline of a clip")
  .argument("<clip>", "<data set>/<training|testing>/<clip>")
  .option("--run <number>", "scoring run (default: the newest)", whole)
  .option("--lanes <lanes>", "comma-separated", parseLanes, parseLanes("abnormality,region-error,psnr"))
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
