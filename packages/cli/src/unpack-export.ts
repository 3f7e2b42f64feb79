// The archive of an export on its way to files. It comes from a server, which may not be one's own: nothing but plain
// files of one folder is taken, so that nothing is written, or linked to, outside of it.
import { AppError } from "@engram/core";
import { extract } from "tar";

const FILE_IN_FOLDER = /^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Puts the files of the archive's one folder into `folder`, which is there and is the caller's to remove.
 *
 * @throws AppError BAD_INPUT naming the first entry that is no plain file of that folder
 */
export async function unpackExport(archive: string, folder: string): Promise<void> {
  let refused: string | undefined;
  await extract({
    ...{ file: archive, cwd: folder, strip: 1, strict: true },
    // To the account that unpacks, even where that is root.
    preserveOwner: false,
    filter(path, entry) {
      const isTaken = "type" in entry && entry.type === "File" && FILE_IN_FOLDER.test(path);
      if (!isTaken) refused ??= path;
      return isTaken;
    },
  });
  if (refused === undefined) return;
  throw new AppError(
    "BAD_INPUT",
    `The export holds ${JSON.stringify(refused.slice(0, 80))}, expected plain files of one folder: none of it was kept.`,
  );
}
