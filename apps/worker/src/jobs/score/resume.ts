// Where an interrupted scoring goes on: the memory items as they stood after the last whole clip. They carry over from
// clip to clip, so a run that is cut off gives the same numbers only if they are kept.
import type { TensorData, TensorDataMap } from "@engram/engine";
import type { BlobStore } from "@engram/storage";
import { z } from "zod";
import type { JobContext } from "../job-context.ts";
import { keepResume } from "../keep-resume.ts";

const scoreResumeSchema = z.strictObject({
  /** clips that are scored and written, in the order of scoring */
  clipsDone: z.int(),
  totals: z.strictObject({
    scoredFrames: z.int(),
    flaggedFrames: z.int(),
    memoryUpdates: z.int(),
  }),
  memoryHash: z.string(),
});
export type ScoreResume = z.infer<typeof scoreResumeSchema>;

const memoryFileSchema = z.strictObject({
  /** makes the blob this job's own, so that removing it takes it from nobody else */
  jobId: z.uuid(),
  tensors: z.record(z.string(), z.strictObject({ shape: z.array(z.int()), base64: z.string() })),
});

export function readScoreResume(resume: unknown): ScoreResume | null {
  return scoreResumeSchema.nullable().parse(resume ?? null);
}

export async function loadMemory(blobs: BlobStore, hash: string): Promise<TensorDataMap> {
  const file = memoryFileSchema.parse(JSON.parse(Buffer.from(await blobs.read(hash)).toString("utf8")));
  return Object.fromEntries(
    Object.entries(file.tensors).map(([name, { shape, base64 }]): [string, TensorData] => {
      const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
      return [name, { shape, dtype: "float32", data: new Float32Array(bytes.buffer) }];
    }),
  );
}

/** Stores the memory in place of the one before. @throws AppError CONFLICT where the attempt is over */
export async function saveScoreResume(
  context: Pick<JobContext, "db" | "blobs" | "job">,
  memory: TensorDataMap,
  at: Omit<ScoreResume, "memoryHash">,
  previousHash: string | null,
): Promise<ScoreResume> {
  const tensors = Object.fromEntries(
    Object.entries(memory).map(([name, { shape, data }]) => {
      const base64 = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
      return [name, { shape, base64 }];
    }),
  );
  const file = Buffer.from(JSON.stringify({ jobId: context.job.id, tensors }));
  const { hash: memoryHash } = await context.blobs.put(file);
  const resume = { ...at, memoryHash };
  await keepResume(context, resume, [memoryHash], previousHash === null ? [] : [previousHash]);
  return resume;
}
