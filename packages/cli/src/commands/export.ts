// `engram export`: a model version as files for use elsewhere, made by a job, fetched and unpacked.
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { lstat, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { AppError, type ExportFormat, exportName } from "@engram/core";
import { exportModelMutation } from "@engram/sdk";
import type { Connection } from "../connection.ts";
import { undoOnInterrupt } from "../interrupt.ts";
import { payload, type WatchedJob } from "../jobs.ts";
import { bytes, print, printJson } from "../output.ts";
import { createProgressLine } from "../progress-line.ts";
import { findNamedVersion } from "../project.ts";
import { unpackExport } from "../unpack-export.ts";
import { watchToSuccess } from "../watch.ts";

export interface ExportOptions {
  readonly format: ExportFormat;
  /** default: the export's name, in the current folder */
  readonly output?: string;
  /** keep the archive as it is fetched */
  readonly isArchive: boolean;
  readonly isJson: boolean;
}

type ModelExport = NonNullable<WatchedJob["modelExport"]>;

export async function exportModel(
  connection: Connection,
  reference: string,
  options: ExportOptions,
): Promise<void> {
  const { client } = connection;
  const { format, isArchive } = options;
  const version = await findNamedVersion(client, reference);
  const name = exportName(version.modelSlug, version.number, format);
  const output = resolve(options.output ?? (isArchive ? `${name}.tar` : name));
  await requireFree(output);
  const created = await client.request(exportModelMutation, {
    input: { modelVersionId: version.id, format },
  });
  const job = payload(created.exportModel, created.exportModel.job);
  const { modelExport } = await watchToSuccess(client, job.number);
  if (!modelExport)
    throw new AppError("NOT_FOUND", `The export that job ${job.number} made is not there any more.`);
  await fetchTo(connection, modelExport, output, isArchive);
  const { parity, sizeBytes } = modelExport;
  if (options.isJson) {
    printJson({
      job: job.number,
      model: version.modelSlug,
      version: version.number,
      format,
      output,
      sizeBytes,
      parity,
    });
    return;
  }
  const largest = Math.max(...parity.differences.map((difference) => difference.largest));
  print(`${version.modelSlug}@${version.number}: ${bytes(sizeBytes)} in ${output}`);
  print(
    `largest difference from the trained detector over ${parity.frames} frames: ${largest.toExponential(1)}`,
  );
}

/** Nothing that is there is overwritten. @throws AppError BAD_INPUT */
async function requireFree(output: string): Promise<void> {
  const isThere = await lstat(output).then(
    () => true,
    (err: NodeJS.ErrnoException) => {
      if (err.code === "ENOENT") return false;
      throw err;
    },
  );
  if (isThere) throw new AppError("BAD_INPUT", `${output} exists already: name another place with --output.`);
}

/** All of it appears at `output`, or nothing. */
async function fetchTo(
  { client }: Connection,
  modelExport: ModelExport,
  output: string,
  isArchive: boolean,
): Promise<void> {
  await mkdir(dirname(output), { recursive: true });
  const folder = await mkdtemp(join(dirname(output), `.${basename(output)}-`));
  const remove = () => rm(folder, { recursive: true, force: true });
  const forget = undoOnInterrupt(remove);
  try {
    const archive = join(folder, "archive.tar");
    await receive(await client.fetchMedia(modelExport.downloadUrl), modelExport, archive);
    if (isArchive) return await rename(archive, output);
    const unpacked = join(folder, "unpacked");
    await mkdir(unpacked);
    await unpackExport(archive, unpacked);
    await rename(unpacked, output);
  } finally {
    await remove().finally(forget);
  }
}

async function receive(response: Response, { sizeBytes, sha256 }: ModelExport, file: string): Promise<void> {
  if (response.body === null) throw new AppError("UNAVAILABLE", "The server sent nothing.");
  const line = createProgressLine();
  const hash = createHash("sha256");
  let received = 0;
  const watch = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      received += chunk.byteLength;
      line.update("fetch", `fetching ${bytes(received)} of ${bytes(sizeBytes)}`);
      yield chunk;
    }
  };
  try {
    await pipeline(Readable.fromWeb(response.body as ReadableStream), watch, createWriteStream(file));
  } catch (err) {
    throw new AppError("UNAVAILABLE", `The download failed after ${bytes(received)}: try again.`, {
      cause: err,
    });
  } finally {
    line.end();
  }
  if (hash.digest("hex") === sha256) return;
  throw new AppError(
    "UNAVAILABLE",
    "The export arrived damaged: its checksum is not the server's. Try again.",
  );
}
