// The bytes of uploads, by tus: HEAD and PATCH of an upload that `createUpload` made, by members of its organization.
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";
import type { Request, Response } from "express";
import type { ApiLog } from "../config.ts";
import type { UploadService } from "../modules/upload/service.ts";
import { isUuid } from "../schema/global-id.ts";
import { hasRole, type Viewer } from "../schema/viewer.ts";

export const UPLOADS_PATH = "/uploads";
const UNFINISHED_EXPIRES_MS = 7 * 24 * 60 * 60 * 1000;

export function createUploadFiles(directory: string): FileStore {
  return new FileStore({ directory, expirationPeriodInMilliseconds: UNFINISHED_EXPIRES_MS });
}

export interface UploadHandlerOptions {
  readonly files: FileStore;
  readonly maxUploadBytes: number;
  readonly uploads: UploadService;
  readonly log: ApiLog;
  findViewer(req: Request): Promise<Viewer | null>;
}

export function createUploadHandler(options: UploadHandlerOptions) {
  const { files, maxUploadBytes, uploads, findViewer, log } = options;
  const tus = new Server({
    path: UPLOADS_PATH,
    datastore: files,
    maxSize: maxUploadBytes,
    relativeLocation: true,
    // Of a fault that is not the protocol's own, tus would send the message, paths and all.
    onResponseError(_req, err) {
      if ("status_code" in err) return undefined;
      log.error({ err }, "An upload failed unexpectedly.");
      return { status_code: 500, body: "Something went wrong on the server.\n" };
    },
  });
  return {
    async handle(req: Request, res: Response): Promise<void> {
      // Uploads are made by createUpload alone, and read by jobs alone.
      if (req.method === "OPTIONS") return tus.handle(req, res);
      if (req.method !== "HEAD" && req.method !== "PATCH") return void res.status(405).end();
      const id = req.params.id;
      const viewer = await findViewer(req);
      if (viewer === null) return void res.status(401).end();
      const isOpen =
        hasRole(viewer, "MEMBER") &&
        typeof id === "string" &&
        isUuid(id) &&
        (await uploads.isOpen(viewer, id));
      if (!isOpen) return void res.status(404).end();
      return tus.handle(req, res);
    },
    /** What cannot be removed is logged: it must not keep the server from starting. */
    async removeExpired(): Promise<void> {
      await tus
        .cleanUpExpiredUploads()
        .catch((err: unknown) => log.warn({ err }, "Not every expired upload could be removed."));
    },
  };
}
