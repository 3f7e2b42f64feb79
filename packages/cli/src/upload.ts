// A folder travels as one tar archive, a single file as it is; both by tus, which goes on where it was cut off.
import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { AppError, type UploadPurpose } from "@engram/core";
import { completeUploadMutation, createUploadMutation } from "@engram/sdk";
import { create as createTar } from "tar";
import { Upload } from "tus-js-client";
import type { Connection } from "./connection.ts";
import { undoOnInterrupt } from "./interrupt.ts";
import { payload } from "./jobs.ts";
import { bytes } from "./output.ts";
import { createProgressLine } from "./progress-line.ts";

const CHUNK_BYTES = 16 * 2 ** 20;

export interface UploadSource {
  readonly file: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  dispose(): Promise<void>;
}

/** @throws AppError BAD_INPUT where `path` is neither a file nor a folder */
export async function openUploadSource(path: string): Promise<UploadSource> {
  const facts = await stat(path).catch((err: NodeJS.ErrnoException) => {
    if (err.code === "ENOENT") throw new AppError("BAD_INPUT", `${path} does not exist.`);
    throw err;
  });
  if (facts.isFile()) {
    return { file: path, fileName: basename(path), sizeBytes: facts.size, dispose: async () => undefined };
  }
  if (!facts.isDirectory()) throw new AppError("BAD_INPUT", `${path} is neither a file nor a folder.`);
  const folder = await mkdtemp(join(tmpdir(), "engram-upload-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  const forget = undoOnInterrupt(remove);
  const dispose = () => remove().finally(forget);
  try {
    const file = join(folder, "archive.tar");
    await createTar({ file, cwd: path, portable: true }, ["."]);
    return { file, fileName: `${basename(path)}.tar`, sizeBytes: (await stat(file)).size, dispose };
  } catch (err) {
    await dispose();
    throw err;
  }
}

/** Sends the source and disposes of it; the id of the complete upload. */
export async function upload(
  connection: Connection,
  projectId: string,
  source: UploadSource,
  purpose: UploadPurpose,
): Promise<string> {
  const line = createProgressLine();
  try {
    const { fileName, sizeBytes } = source;
    const created = await connection.client.request(createUploadMutation, {
      input: { projectId, fileName, sizeBytes, purpose },
    });
    const target = payload(created.createUpload, created.createUpload.upload);
    // The key goes to this server alone, at the address it was reached at, whatever it calls itself.
    const { pathname } = new URL(target.url, connection.baseUrl);
    await sendFile(source, new URL(pathname, connection.baseUrl).href, connection.apiKey, (sent) =>
      line.update("upload", `uploading ${bytes(sent)} of ${bytes(sizeBytes)}`),
    );
    const completed = await connection.client.request(completeUploadMutation, {
      input: { uploadId: target.id },
    });
    return payload(completed.completeUpload, completed.completeUpload.upload).id;
  } finally {
    line.end();
    await source.dispose();
  }
}

async function sendFile(
  source: UploadSource,
  url: string,
  apiKey: string,
  onProgress: (sentBytes: number) => void,
): Promise<void> {
  const stream = createReadStream(source.file, { highWaterMark: 2 ** 20 });
  try {
    await new Promise<void>((resolve, reject) => {
      const upload = new Upload(stream, {
        uploadUrl: url,
        uploadSize: source.sizeBytes,
        chunkSize: CHUNK_BYTES,
        headers: { authorization: `Bearer ${apiKey}` },
        retryDelays: [500, 2000, 5000],
        onProgress,
        onError: (err) =>
          reject(new AppError("UNAVAILABLE", `The upload failed: ${err.message}`, { cause: err })),
        onSuccess: () => resolve(),
      });
      upload.start();
    });
  } finally {
    stream.destroy();
  }
}
