// What one project event means for the answers at hand: a job is patched in place, and what its change of state may
// have altered is fetched anew.
import type { JobFieldsFragment, JobKind } from "@engram/sdk";

/** Names of the operations to fetch anew once a job of the kind changed its state. */
export const TOUCHED_BY_STATE: Readonly<Record<JobKind, readonly string[]>> = {
  INGEST: ["Jobs", "Job", "Datasets", "Dataset", "DatasetClips", "DatasetVersions", "Pictures"],
  TRAIN: ["Jobs", "Job", "Models"],
  SCORE: [
    "Jobs",
    "Job",
    "Datasets",
    "Dataset",
    "ScoringRuns",
    "ScoringRun",
    "ScoringRunClips",
    "Pictures",
    "Events",
    "ClipTimeline",
    "FrameView",
  ],
  EVALUATE: ["Jobs", "Job", "Datasets", "ScoringRuns", "ScoringRun", "ScoringRunClips", "Pictures", "Events"],
  EXPORT: ["Jobs", "Job", "Models"],
  IMPORT_MODEL: ["Jobs", "Job", "Models"],
};

/** And while it runs, now and then: results come in as it goes. */
export const TOUCHED_BY_PROGRESS: Readonly<Record<JobKind, readonly string[]>> = {
  INGEST: [],
  TRAIN: ["Job"],
  SCORE: ["ScoringRunClips", "Pictures", "ClipTimeline"],
  EVALUATE: [],
  EXPORT: [],
  IMPORT_MODEL: [],
};

/** The job with the event's fields laid over it, unless it is another job or already newer. */
export function mergeJob<T extends { readonly id: string; readonly revision: number }>(
  job: T,
  event: JobFieldsFragment,
): T {
  return job.id === event.id && event.revision >= job.revision ? { ...job, ...event } : job;
}

interface JobsAnswer {
  readonly project: { readonly jobs: { readonly nodes: readonly JobFieldsFragment[] } } | null;
}

export function mergeJobIntoList<T extends JobsAnswer>(answer: T, event: JobFieldsFragment): T {
  const { project } = answer;
  if (!project?.jobs.nodes.some((job) => job.id === event.id)) return answer;
  const nodes = project.jobs.nodes.map((job) => mergeJob(job, event));
  return { ...answer, project: { ...project, jobs: { ...project.jobs, nodes } } };
}
