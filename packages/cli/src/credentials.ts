// API keys, by server, in a file that only its owner can read.
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "@engram/core";
import { z } from "zod";

const credentialsSchema = z.record(z.string(), z.object({ apiKey: z.string() }));

export async function loadApiKey(file: string, server: string): Promise<string | null> {
  return (await load(file))[server]?.apiKey ?? null;
}

export async function saveApiKey(file: string, server: string, apiKey: string): Promise<void> {
  const credentials = { ...(await load(file)), [server]: { apiKey } };
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, file);
}

async function load(file: string): Promise<z.infer<typeof credentialsSchema>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw err;
  }
  try {
    return credentialsSchema.parse(JSON.parse(text));
  } catch (err) {
    throw new AppError("BAD_INPUT", `${file} is damaged: remove it and sign in again.`, { cause: err });
  }
}
