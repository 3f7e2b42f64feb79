// Jobs as the commands see them.
import { AppError, type ErrorCode } from "@engram/core";
import { type EngramClient, jobQuery } from "@engram/sdk";

export async function fetchJob(client: EngramClient, number: number) {
  const { project } = await client.request(jobQuery, { number });
  if (!project?.job) throw new AppError("NOT_FOUND", `There is no job ${number}.`);
  return project.job;
}

export type WatchedJob = Awaited<ReturnType<typeof fetchJob>>;

interface UserError {
  readonly code: string;
  readonly message: string;
  readonly field?: string | null;
}

/** What a mutation gave. @throws AppError with the first of its user errors */
export function payload<T>(
  answer: { readonly userErrors: readonly UserError[] },
  value: T | null | undefined,
): T {
  const error = answer.userErrors[0];
  if (error)
    throw new AppError(error.code as ErrorCode, error.message, error.field ? { field: error.field } : {});
  if (value == null)
    throw new AppError("INTERNAL", "The server answered with neither a result nor an error.");
  return value;
}
