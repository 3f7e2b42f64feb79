// Where a training run leaves what it has come to, so that the command can be interrupted and go on: one folder a run,
// with the run's settings, its last checkpoint, its model and the scores of the test clips.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Calibration, calibrationSchema, laneSchema, trainingMetricsSchema } from "@engram/core";
import { type BlobStore, createBlobStore } from "@engram/storage";
import { z } from "zod";
import type { ScoredClip } from "../data/score-clips.ts";

const hashSchema = z.string().nullable();

const stateSchema = z.object({
  /** settings and data: a run of others begins again */
  key: z.string(),
  checkpointHash: hashSchema,
  modelHash: hashSchema,
  metrics: trainingMetricsSchema.nullable(),
});
export type RunState = z.infer<typeof stateSchema>;

const clipScoresSchema = z.object({
  name: z.string(),
  /** null: no score */
  lanes: z.partialRecord(laneSchema, z.array(z.number().nullable())),
  measures: z.record(z.string(), z.array(z.number().nullable())),
  labels: z.array(z.number()),
});
const scoresSchema = z.object({
  clips: z.array(clipScoresSchema),
  calibration: calibrationSchema.shape.samples,
  millisecondsPerFrame: z.number(),
});

export interface RunScores {
  readonly clips: readonly ScoredClip[];
  readonly calibration: Calibration["samples"];
  readonly millisecondsPerFrame: number;
}

export class RunFolder {
  readonly blobs: BlobStore;
  readonly #folder: string;
  readonly #key: string;

  /** @param settings whatever decides the run's numbers */
  constructor(folder: string, settings: unknown) {
    this.#folder = folder;
    this.#key = createHash("sha256").update(JSON.stringify(settings)).digest("hex");
    this.blobs = createBlobStore(join(folder, "checkpoints"));
  }

  /** How far the run has come; nowhere, where the folder holds a run of other settings. */
  async readState(): Promise<RunState> {
    const state = stateSchema.safeParse(await this.#read("run.json"));
    if (state.success && state.data.key === this.#key) return state.data;
    return { key: this.#key, checkpointHash: null, modelHash: null, metrics: null };
  }

  async writeState(state: Omit<RunState, "key">): Promise<void> {
    await this.#write("run.json", { ...state, key: this.#key });
  }

  /** null where the model was not scored yet */
  async readScores(modelHash: string): Promise<RunScores | null> {
    const stored = scoresSchema.safeParse(await this.#read(scoresFile(modelHash)));
    if (!stored.success) return null;
    const clips = stored.data.clips.map(
      ({ name, lanes, measures, labels }): ScoredClip => ({
        ...{ name, labels },
        lanes: mapValues(lanes, fromJson),
        measures: mapValues(measures, fromJson),
      }),
    );
    return { ...stored.data, clips };
  }

  async writeScores(modelHash: string, { clips, ...others }: RunScores): Promise<void> {
    const rows = clips.map(({ name, lanes, measures, labels }) => ({
      ...{ name, labels },
      // JSON has no NaN: it writes null.
      ...{
        lanes: mapValues(lanes, (column) => [...column]),
        measures: mapValues(measures, (column) => [...column]),
      },
    }));
    await this.#write(scoresFile(modelHash), { ...others, clips: rows });
  }

  async #read(name: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(join(this.#folder, name), "utf8"));
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw err;
    }
  }

  async #write(name: string, value: unknown): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const path = join(this.#folder, name);
    await writeFile(`${path}.new`, JSON.stringify(value));
    await rename(`${path}.new`, path);
  }
}

function scoresFile(modelHash: string): string {
  return `scores-${modelHash.slice(0, 16)}.json`;
}

function fromJson(values: readonly (number | null)[]): Float64Array {
  return Float64Array.from(values, (value) => value ?? Number.NaN);
}

function mapValues<V, W>(record: Readonly<Record<string, V>>, change: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
