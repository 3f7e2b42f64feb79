// Opaque ids of the schema: base64url of `Type:uuid`.
import { AppError } from "@engram/core";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const DECODED = /^([A-Za-z]{1,40}):(.+)$/;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

export function encodeGlobalId(typename: string, id: string): string {
  return Buffer.from(`${typename}:${id}`, "utf8").toString("base64url");
}

/** @throws AppError BAD_INPUT */
export function decodeGlobalId(globalId: string): { typename: string; id: string } {
  const [, typename, id] = DECODED.exec(Buffer.from(globalId, "base64url").toString("utf8")) ?? [];
  if (typename !== undefined && id !== undefined && isUuid(id)) return { typename, id };
  throw new AppError("BAD_INPUT", `"${globalId.slice(0, 80)}" is no id of this API.`);
}

/** Types that `node` finds. */
const NODE_TYPES: ReadonlySet<string> = new Set([
  ...["Project", "Dataset", "DatasetVersion", "Clip", "Model", "ModelVersion", "ModelExport"],
  ...["Job", "ScoringRun", "DecisionPolicy", "Event"],
]);

/** @throws AppError BAD_INPUT also for what is no Node */
export function decodeNodeId(globalId: string): { typename: string; id: string } {
  const decoded = decodeGlobalId(globalId);
  if (NODE_TYPES.has(decoded.typename)) return decoded;
  throw new AppError("BAD_INPUT", `"${globalId.slice(0, 80)}" is the id of no Node.`);
}

/** The uuid behind a global id of one type; null where it is of another type, as if there were no such thing. */
export function uuidOf(typename: string, globalId: string): string | null {
  const decoded = decodeGlobalId(globalId);
  return decoded.typename === typename ? decoded.id : null;
}
