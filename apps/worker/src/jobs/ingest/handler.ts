// INGEST: a folder or an upload's archive is looked at (and only that, in a dry run), its clips are stored one by one,
// then the dataset version appears as a whole.
import { join } from "node:path";
import { AppError, type ImportReport, type IngestInput } from "@engram/core";
import {
  beginDatasetVersion,
  completeDatasetVersion,
  createClip,
  findDatasetBySlug,
  findLatestDatasetVersion,
} from "@engram/db";
import {
  datasetContentHash,
  extractArchive,
  type ImportPlan,
  type IngestedClip,
  ingestClip,
  inspectSource,
} from "@engram/media";
import { startPhase } from "../../progress.ts";
import { findCompleteUpload } from "../find-upload.ts";
import type { JobContext } from "../job-context.ts";
import { clipRow } from "./clip-row.ts";
import { resolveServerPath } from "./server-path.ts";

/** An archive may not unpack to more than this, however small it is itself. */
const UNPACK_LIMITS = { maxEntries: 2_000_000, maxBytes: 512 * 2 ** 30 };

export interface IngestResult {
  /** null after a dry run */
  readonly datasetVersionId: string | null;
  readonly report: ImportReport;
}

export async function ingest(context: JobContext, input: IngestInput): Promise<IngestResult> {
  const { folder, warnings } = await openSource(context, input.source);
  const { plan, report: found } = await inspect(context, folder, input);
  const report = { ...found, warnings: [...warnings, ...found.warnings] };
  if (input.isDryRun) return { datasetVersionId: null, report };
  const clips = await storeClips(context, plan);
  const stored = describeStored(report, clips);
  if (clips.every((clip) => clip.state === "QUARANTINED")) {
    const first = clips.find((clip) => clip.state === "QUARANTINED");
    throw new AppError("DECODE_FAILED", `Not one clip could be imported. ${first?.quarantineReason}`);
  }
  return { datasetVersionId: await saveVersion(context, input, clips, stored), report: stored };
}

interface OpenSource {
  readonly folder: string;
  /** what was left out before anything was looked at, one sentence each */
  readonly warnings: readonly string[];
}

async function openSource(context: JobContext, source: IngestInput["source"]): Promise<OpenSource> {
  switch (source.kind) {
    case "SERVER_PATH":
      return { folder: await resolveServerPath(source.path, context.importRoots), warnings: [] };
    case "UPLOAD": {
      const { blobs, signal } = context;
      const { fileName, blobHash } = await findCompleteUpload(context, source.uploadId, "DATASET");
      const folder = join(context.tempFolder, "source");
      const archive = await blobs.materialize(blobHash);
      const { skipped } = await extractArchive(archive, folder, { ...UNPACK_LIMITS, fileName, signal });
      const links = `Left out of the upload, links and special files: ${skipped}.`;
      return { folder, warnings: skipped > 0 ? [links] : [] };
    }
    default:
      throw source satisfies never;
  }
}

async function inspect(context: JobContext, folder: string, { layout }: IngestInput) {
  const { signal, report } = context;
  const progress = (done: number, total: number | null) =>
    report({ phase: "inspect", done, total, unit: "clips", etaMs: null, figures: {} });
  progress(0, null);
  return inspectSource(folder, { layout, signal, onClip: progress });
}

async function storeClips(context: JobContext, plan: ImportPlan): Promise<IngestedClip[]> {
  const { blobs, signal } = context;
  const total = plan.clips.reduce((sum, clip) => sum + clip.frameCount, 0);
  const phase = startPhase({ ...context, phase: "store", unit: "frames", total });
  const clips: IngestedClip[] = [];
  let done = 0;
  for (const clip of plan.clips) {
    signal.throwIfAborted();
    clips.push(
      await ingestClip(blobs, plan, clip, { signal, onFrame: (frames) => phase.update(done + frames) }),
    );
    done += clip.frameCount;
    phase.update(done);
  }
  return clips;
}

/** A clip that looked sound may turn out not to be once every frame of it is decoded. */
function describeStored(report: ImportReport, clips: readonly IngestedClip[]): ImportReport {
  const reasons = new Map(
    clips.map((clip) => [
      JSON.stringify([clip.split, clip.name]),
      clip.state === "QUARANTINED" ? clip.quarantineReason : null,
    ]),
  );
  return {
    ...report,
    clips: report.clips.map((clip) => ({
      ...clip,
      quarantineReason: reasons.get(JSON.stringify([clip.split, clip.name])) ?? clip.quarantineReason,
    })),
  };
}

/** The version's id: the dataset's latest where the content is the same, so that an import twice over changes nothing. */
async function saveVersion(
  { db, job, signal }: JobContext,
  { datasetName, datasetSlug }: IngestInput,
  clips: readonly IngestedClip[],
  report: ImportReport,
): Promise<string> {
  const { organizationId, projectId } = job;
  const contentHash = datasetContentHash(clips);
  const dataset = await findDatasetBySlug(db, projectId, datasetSlug);
  const latest = dataset && (await findLatestDatasetVersion(db, projectId, dataset.id));
  if (latest?.contentHash === contentHash) return latest.id;
  const { layout } = report;
  const version = await beginDatasetVersion(db, {
    ...{ organizationId, projectId, datasetName, datasetSlug, layout },
    ingestJobId: job.id,
  });
  const owner = { organizationId, projectId, datasetVersionId: version.id };
  for (const [ordinal, clip] of clips.entries()) {
    signal.throwIfAborted();
    await createClip(db, clipRow(owner, ordinal, clip));
  }
  await completeDatasetVersion(db, version.id, { contentHash, report });
  return version.id;
}
