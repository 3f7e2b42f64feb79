// Jobs as the commands see them.
import { AppError } from "@engram/core";
import { type EngramClient, jobQuery, requireSuccess } from "@engram/sdk";

export async function fetchJob(client: EngramClient, number: number) {
  const { project } = await client.request(jobQuery, { number });
  if (!project?.job) throw new AppError("NOT_FOUND", `There is no job ${number}.`);
  return project.job;
}

export type WatchedJob = Awaited<ReturnType<typeof fetchJob>>;

/** What a mutation gave. @throws EngramApiError the first of its user errors */
export function payload<T>(answer: Parameters<typeof requireSuccess>[0], value: T | null | undefined): T {
  requireSuccess(answer);
  if (value == null)
    throw new AppError("INTERNAL", "The server answered with neither a result nor an error.");
  return value;
}
