import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

export interface TempFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** Other accounts may pass through it, as PostgreSQL's must where the tests run as root. */
export async function makeTempFolder(name = "files"): Promise<TempFolder> {
  const folder = await mkdtemp(path.join(tmpdir(), `engram-test-${name}-`));
  await chmod(folder, 0o711);
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
