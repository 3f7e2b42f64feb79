// Pages of connections: `first` or `last` is required, 1 to 100, and a cursor must be one of ours.
import { AppError } from "@engram/core";
import { isUuid } from "./global-id.ts";

const LARGEST_PAGE = 100;
const CURSOR_PREFIX = "GPC:S:";

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
}

/** The page's size, its cursors unseen. @throws AppError BAD_INPUT */
export function pageLimit(args: PageArguments): number {
  const size = args.first ?? args.last;
  if (size === null || size === undefined || (args.first != null && args.last != null)) {
    throw new AppError("BAD_INPUT", `A list needs either "first" or "last", from 1 to ${LARGEST_PAGE}.`);
  }
  if (size < 1 || size > LARGEST_PAGE) {
    const name = args.first == null ? "last" : "first";
    throw new AppError("BAD_INPUT", `"${name}" must be from 1 to ${LARGEST_PAGE}, not ${size}.`, {
      field: name,
    });
  }
  return size;
}

/** The page's size, where cursors stand at rows. @throws AppError BAD_INPUT */
export function pageSize(args: PageArguments): number {
  const size = pageLimit(args);
  for (const name of ["after", "before"] as const) {
    const cursor = args[name];
    if (cursor != null && cursorId(cursor) === null) {
      throw new AppError("BAD_INPUT", `"${name}" is no cursor of this list.`, { field: name });
    }
  }
  return size;
}

export function encodeCursor(id: string): string {
  return Buffer.from(CURSOR_PREFIX + id, "utf8").toString("base64");
}

/** Whether a cursor is one of a list that is counted through: Pothos' `OffsetConnection:12`. */
export function isCursorOffset(cursor: string): boolean {
  return /^OffsetConnection:\d{1,9}$/.test(Buffer.from(cursor, "base64").toString("utf8"));
}

/** The id of the row that a cursor stands at. */
export function cursorId(cursor: string): string | null {
  const decoded = Buffer.from(cursor, "base64").toString("utf8");
  const id = decoded.startsWith(CURSOR_PREFIX) ? decoded.slice(CURSOR_PREFIX.length) : "";
  return isUuid(id) ? id : null;
}

/** Options of every connection over rows. */
export const PAGED = {
  cursor: "id",
  // Both are asked before the query is made, so that either refuses a page that is not allowed.
  defaultSize: (args: object) => pageSize(args),
  maxSize: (args: object) => pageSize(args),
} as const;
