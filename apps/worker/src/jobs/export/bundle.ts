// Files in one tar archive, with a manifest that names each by its sha256. Equal files give an archive of equal bytes.
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StoredBlob } from "@engram/storage";
import { create as createTar } from "tar";
import type { JobContext } from "../job-context.ts";

export interface BundleFile {
  readonly name: string;
  /** pieces, one behind the other */
  readonly content: readonly Uint8Array[];
}

export interface Bundle {
  /** what `manifest.json` says beside its list of files */
  readonly manifest: object;
  readonly files: readonly BundleFile[];
}

/** @param name of the folder that the archive unpacks to */
export async function storeBundle(
  { tempFolder, blobs }: Pick<JobContext, "tempFolder" | "blobs">,
  name: string,
  { manifest, files }: Bundle,
  modifiedAt: Date,
): Promise<StoredBlob> {
  const folder = join(tempFolder, name);
  await mkdir(folder);
  for (const file of files) await writeFile(join(folder, file.name), file.content);
  const listed = JSON.stringify({ ...manifest, files: files.map(listFile) }, null, 2);
  await writeFile(join(folder, "manifest.json"), `${listed}\n`);
  const names = ["manifest.json", ...files.map((file) => file.name)];
  return blobs.put(
    createTar(
      { cwd: tempFolder, portable: true, mtime: modifiedAt },
      names.map((file) => join(name, file)),
    ),
  );
}

function listFile({ name, content }: BundleFile) {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for (const piece of content) {
    hash.update(piece);
    sizeBytes += piece.byteLength;
  }
  return { name, sizeBytes, sha256: hash.digest("hex") };
}
