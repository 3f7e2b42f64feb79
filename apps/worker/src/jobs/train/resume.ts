// Where an interrupted training goes on: the last checkpoint, named in the job's row. Beside it stands that of the best
// epoch, which becomes the model where a figure is monitored.
import { AppError, type TrainResume } from "@engram/core";
import {
  type Detector,
  MANIFEST_FILE,
  openTrainingCheckpoint,
  type ResumePoint,
  type TrainingCheckpoint,
  trainingCheckpointFiles,
} from "@engram/detectors";
import type { TensorDataMap } from "@engram/engine";
import type { JobContext } from "../job-context.ts";
import { keepResume } from "../keep-resume.ts";
import { openCheckpoint } from "../open-checkpoint.ts";
import { checkpointsOf, readTrainResume } from "./resume-point.ts";

export class TrainingCheckpoints {
  readonly #context: JobContext;
  readonly #detector: Detector;
  #kept: TrainResume | null;

  constructor(context: JobContext, detector: Detector) {
    this.#context = context;
    this.#detector = detector;
    this.#kept = readTrainResume(context.job.resume);
  }

  /** What the job's row names now. */
  get kept(): TrainResume | null {
    return this.#kept;
  }

  /** null where no earlier attempt came far enough, or a checkpoint of it is gone */
  async load(): Promise<ResumePoint | null> {
    const { blobs, log } = this.#context;
    if (this.#kept === null) return null;
    for (const hash of checkpointsOf(this.#kept)) {
      if (await blobs.has(hash)) continue;
      log.warn("A checkpoint of the last attempt is gone: training begins again.");
      return null;
    }
    return openTrainingCheckpoint(await openCheckpoint(blobs, this.#kept.checkpointHash));
  }

  /** Takes the place of the last one, and of the best one where it is better. @throws AppError CONFLICT where the attempt is over */
  async save(checkpoint: TrainingCheckpoint): Promise<void> {
    const files = trainingCheckpointFiles(this.#detector, checkpoint);
    const { hash: checkpointHash } = await this.#context.blobs.putFolder(files, MANIFEST_FILE);
    const bestCheckpointHash = checkpoint.isBest ? checkpointHash : (this.#kept?.bestCheckpointHash ?? null);
    const epochs = checkpoint.position.finishedEpochs;
    const next: TrainResume = { checkpointHash, bestCheckpointHash, epochs: [...epochs] };
    await keepResume(this.#context, next, checkpointsOf(next), checkpointsOf(this.#kept));
    this.#kept = next;
  }

  async readBest(): Promise<TensorDataMap> {
    const hash = this.#kept?.bestCheckpointHash;
    if (!hash) throw new AppError("INTERNAL", "No checkpoint of the best epoch was kept.");
    const checkpoint = await openTrainingCheckpoint(await openCheckpoint(this.#context.blobs, hash));
    return checkpoint.readState();
  }
}
