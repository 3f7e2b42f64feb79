// Pictures, masks, error maps and exported models as bytes, for members of the organization. What a frame's path names
// never changes, so browsers may keep it; what is missing and what is forbidden look the same.
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { inflate } from "node:zlib";
import { isAppError } from "@engram/core";
import { type Database, readErrorMapBlock, unpackUint32 } from "@engram/db";
import type { BlobStore } from "@engram/storage";
import { type Request, type RequestHandler, type Response, Router } from "express";
import { errorMapRange } from "../modules/frame-score/service.ts";
import { isUuid } from "../schema/global-id.ts";
import type { Viewer } from "../schema/viewer.ts";
import { limitRequests } from "../security.ts";
import { ArchiveCache } from "./archive-cache.ts";
import { openModelExport } from "./model-export.ts";

const inflateAsync = promisify(inflate);
/** Whole models, tens of megabytes each. */
const EXPORTS_PER_MINUTE = 60;
const LARGEST_FRAME = 2 ** 31 - 1;
const PICTURE = /^image\/[a-z0-9.+-]+$/;

export interface MediaOptions {
  readonly database: Database;
  readonly storage: BlobStore;
  findViewer(req: Request): Promise<Viewer | null>;
}

export interface Download {
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** of a file to be saved rather than shown */
  readonly fileName?: string;
  readonly body: Readable | Uint8Array;
}

type Find = (req: Request, organizationId: string) => Promise<Download | null>;

interface Wanted {
  readonly organizationId: string;
  readonly clipId: string;
  readonly frame: number;
  /** "" where the path has none */
  readonly runId: string;
}

export function createMediaRouter(options: MediaOptions): Router {
  const { database, storage } = options;
  const frames = new ArchiveCache((clipId) => findFrameArchive(database, clipId));
  const masks = new ArchiveCache((clipId) => findMaskArchive(database, clipId));
  const router = Router();
  const serve = (path: string, find: Find, ...guards: RequestHandler[]) =>
    router.get(path, ...guards, (req, res) => answer(options, req, res, find));

  serve(
    "/clips/:clipId/frames/:frame",
    ofFrame((wanted) => openFrame(storage, frames, wanted)),
  );
  serve(
    "/clips/:clipId/masks/:frame",
    ofFrame((wanted) => openFrame(storage, masks, wanted)),
  );
  serve(
    "/runs/:runId/clips/:clipId/frames/:frame/error-map",
    ofFrame((wanted) => openErrorMap(options, wanted)),
  );
  serve(
    "/exports/:exportId",
    (req, organizationId) => openModelExport(options, req.params.exportId, organizationId),
    limitRequests(EXPORTS_PER_MINUTE),
  );
  return router;
}

function ofFrame(find: (wanted: Wanted) => Promise<Download | null>): Find {
  return async (req, organizationId) => {
    const wanted = parseRequest(req, organizationId);
    return wanted && find(wanted);
  };
}

async function answer(options: MediaOptions, req: Request, res: Response, find: Find): Promise<void> {
  const viewer = await options.findViewer(req);
  if (viewer === null) return void res.status(401).end();
  const download = await find(req, viewer.organizationId).catch(nullWhereMissing);
  if (!download) return void res.status(404).end();
  res.set({
    "content-type": download.mediaType,
    "content-length": String(download.sizeBytes),
    "cache-control": download.fileName ? "private, no-store" : "private, max-age=31536000, immutable",
    vary: "cookie, authorization, x-api-key",
    "x-content-type-options": "nosniff",
    // Nothing that was uploaded may run as a page of ours.
    "content-security-policy": "default-src 'none'; sandbox",
  });
  if (download.fileName) res.attachment(download.fileName).type(download.mediaType);
  if (download.body instanceof Uint8Array) return void res.end(download.body);
  await pipeline(download.body, res).catch((err: NodeJS.ErrnoException) => {
    if (err.code !== "ERR_STREAM_PREMATURE_CLOSE") throw err;
  });
}

function nullWhereMissing(err: unknown): null {
  if (isAppError(err) && err.code === "NOT_FOUND") return null;
  throw err;
}

function parseRequest(req: Request, organizationId: string): Wanted | null {
  const { clipId, frame, runId = "" } = req.params;
  if (typeof clipId !== "string" || typeof frame !== "string" || typeof runId !== "string") return null;
  const number = /^\d{1,10}$/.test(frame) ? Number(frame) : Number.NaN;
  const isWellFormed = isUuid(clipId) && number <= LARGEST_FRAME && (runId === "" || isUuid(runId));
  return isWellFormed ? { organizationId, clipId, runId, frame: number } : null;
}

async function openFrame(
  storage: BlobStore,
  archives: ArchiveCache,
  wanted: Wanted,
): Promise<Download | null> {
  const archive = await archives.find(wanted.clipId);
  if (archive === null || archive.organizationId !== wanted.organizationId) return null;
  const start = archive.index[2 * wanted.frame];
  const length = archive.index[2 * wanted.frame + 1];
  if (start === undefined || length === undefined || length === 0) return null;
  const body = await storage.open(archive.hash, { start, length });
  return { mediaType: archive.mediaType, sizeBytes: length, body };
}

async function findFrameArchive(database: Database, id: string) {
  const clip = await database.prisma.clip.findUnique({
    where: { id },
    select: { organizationId: true, archiveHash: true, archiveIndex: true, archiveMediaType: true },
  });
  if (!clip?.archiveHash || !clip.archiveIndex || !clip.archiveMediaType) return null;
  const { organizationId, archiveHash: hash, archiveMediaType } = clip;
  const mediaType = PICTURE.test(archiveMediaType) ? archiveMediaType : "application/octet-stream";
  return { organizationId, hash, mediaType, index: unpackUint32(clip.archiveIndex) };
}

async function findMaskArchive(database: Database, clipId: string) {
  const labels = await database.prisma.frameLabels.findUnique({
    where: { clipId },
    select: { maskHash: true, maskIndex: true, clip: { select: { organizationId: true } } },
  });
  if (!labels?.maskHash || !labels.maskIndex) return null;
  const { organizationId } = labels.clip;
  return {
    organizationId,
    hash: labels.maskHash,
    mediaType: "image/png",
    index: unpackUint32(labels.maskIndex),
  };
}

async function openErrorMap({ database, storage }: MediaOptions, wanted: Wanted): Promise<Download | null> {
  const { organizationId, runId: scoringRunId, clipId, frame } = wanted;
  const run = await database.prisma.scoringRun.findUnique({
    where: { id: scoringRunId, organizationId },
    select: { id: true },
  });
  const block = run && (await readErrorMapBlock(database, { scoringRunId, clipId }, frame));
  const range = block && errorMapRange(block.offsets, frame);
  if (!block || !range) return null;
  const sizeBytes = (block.width * block.height * block.bitsPerPixel) / 8;
  const body = await inflateAsync(await storage.read(block.blobHash, range), { maxOutputLength: sizeBytes });
  if (body.byteLength !== sizeBytes)
    throw new Error(`An error map has ${body.byteLength} bytes, expected ${sizeBytes}.`);
  return { mediaType: "application/octet-stream", sizeBytes, body };
}
