// What resolvers call. Made once, at the start.
import type { LiveService } from "../live/live-service.ts";
import type { FrameScoreService } from "../modules/frame-score/service.ts";
import type { JobService } from "../modules/job/service.ts";
import type { PictureService } from "../modules/picture/service.ts";
import type { ScoringRunService } from "../modules/scoring-run/service.ts";
import type { TimelineService } from "../modules/timeline/service.ts";
import type { UploadService } from "../modules/upload/service.ts";
import type { WorkerService } from "../modules/worker/service.ts";

export interface Services {
  readonly baseUrl: string;
  readonly jobs: JobService;
  readonly uploads: UploadService;
  readonly timelines: TimelineService;
  readonly frameScores: FrameScoreService;
  readonly pictures: PictureService;
  readonly scoringRuns: ScoringRunService;
  readonly workers: WorkerService;
  readonly live: LiveService;
}
