// `npm start` and `npm run demo`.
import { parseArgs } from "node:util";
import { isAppError, READY_LINE } from "@engram/core";
import pino from "pino";
import { runDemo } from "./demo.ts";
import { readEnvironment } from "./env.ts";
import { type Platform, startPlatform } from "./platform.ts";

const HELP = `Usage: main.ts <start|demo|serve> [options]

  start           the platform: API, web app and a worker, until Ctrl-C
  demo            the platform, then: draw a scene, import, train, score, evaluate
  serve           the API and a worker without the web app, for a command that needs a server

  --exit          demo: stop when done instead of staying up
  --port N        listen on this port (default 3000, 0 = any free one); PORT does the same
  --data FOLDER   where everything is kept (default ./data); ENGRAM_DATA does the same
  --help          this text

Other settings are environment variables: see .env.example.`;

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      exit: { type: "boolean", default: false },
      port: { type: "string" },
      data: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const mode = positionals[0] ?? "start";
  if (values.help || positionals.length > 1 || !["start", "demo", "serve"].includes(mode)) {
    print(HELP);
    return values.help ? 0 : 2;
  }
  const config = readEnvironment({
    ...process.env,
    ...(values.port === undefined ? {} : { PORT: values.port }),
    ...(values.data === undefined ? {} : { ENGRAM_DATA: values.data }),
  });
  const log = pino({ level: config.logLevel, base: null }, pino.destination({ dest: 2, sync: true }));
  const stop = new AbortController();
  let failure: Error | null = null;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());
  // A command that started this server ends it by closing the channel, also when it is killed (perhaps already).
  if (mode === "serve") process.on("disconnect", () => stop.abort());
  if (mode === "serve" && process.connected === false) stop.abort();

  const platform = await startPlatform({
    config,
    log,
    hasWeb: mode !== "serve",
    onFatal: (err) => {
      failure = err;
      stop.abort();
    },
  });
  try {
    await serveUntilStopped(platform, mode, values.exit);
  } catch (err) {
    // What made the platform stop says more than what that stop broke.
    throw failure ?? err;
  } finally {
    await platform.stop();
  }
  if (failure) throw failure;
  return 0;

  async function serveUntilStopped(running: Platform, what: string, exitWhenDone: boolean): Promise<void> {
    if (stop.signal.aborted) return;
    if (what === "serve") print(READY_LINE);
    if (what === "start") await announce(running);
    if (what === "demo") {
      print(`Engram is up at ${running.server.baseUrl}\n`);
      await runDemo({ config, signal: stop.signal, print });
      print("");
      if (exitWhenDone) return;
      await announce(running);
    }
    if (!stop.signal.aborted) await new Promise((resolve) => stop.signal.addEventListener("abort", resolve));
  }
}

async function announce(platform: Platform): Promise<void> {
  print(`Engram is up at ${platform.server.baseUrl}`);
  print(`Sign in once with this link:\n\n  ${await platform.createSignInLink()}\n`);
  print("Another link: npx engram sign-in-link. Stop with Ctrl-C.");
}

// Who reads this may be gone (a closed terminal, a command that was killed): that is no reason not to stop in order.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (err: NodeJS.ErrnoException) => {
    if (err.code !== "EPIPE" && err.code !== "EIO") throw err;
  });
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (err: unknown) => {
    // Expected failures are one sentence; anything else is a fault of ours and shows where.
    const text = isAppError(err)
      ? err.message
      : err instanceof Error
        ? (err.stack ?? err.message)
        : String(err);
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  },
);
