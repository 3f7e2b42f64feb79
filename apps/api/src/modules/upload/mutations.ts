import type { Upload } from "@engram/db";
import { type UserError, withUserErrors } from "../../errors.ts";
import { builder } from "../../schema/builder.ts";
import type { ApiContext } from "../../schema/context.ts";
import { UploadPurpose } from "../../schema/enums.ts";
import { encodeGlobalId, uuidOf } from "../../schema/global-id.ts";
import type { Viewer } from "../../schema/viewer.ts";
import { UserErrorType } from "../shared/user-error.ts";

const UploadType = builder.objectRef<Upload>("Upload").implement({
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeGlobalId("Upload", id) }),
    url: t.string({
      description: "Where a tus client sends the bytes: HEAD and PATCH, with the session or the API key.",
      resolve: ({ id }, _args, { services }) => `${services.baseUrl}/uploads/${id}`,
    }),
    isComplete: t.boolean({ resolve: ({ completedAt }) => completedAt !== null }),
    sizeBytes: t.float({
      nullable: true,
      resolve: ({ sizeBytes }) => (sizeBytes === null ? null : Number(sizeBytes)),
    }),
  }),
});

interface Payload {
  readonly upload: Upload | null;
  readonly userErrors: readonly UserError[];
}

const payloadType = (name: string) =>
  builder.objectRef<Payload>(name).implement({
    fields: (t) => ({
      upload: t.expose("upload", { type: UploadType, nullable: true }),
      userErrors: t.field({ type: [UserErrorType], resolve: ({ userErrors }) => [...userErrors] }),
    }),
  });
const CreateUploadPayload = payloadType("CreateUploadPayload");
const CompleteUploadPayload = payloadType("CompleteUploadPayload");

const CreateUploadInput = builder.inputType("CreateUploadInput", {
  fields: (t) => ({
    projectId: t.id({ required: true }),
    fileName: t.string({ required: true }),
    purpose: t.field({ type: UploadPurpose, required: true, defaultValue: "DATASET" }),
    sizeBytes: t.float({
      description:
        "How much will be sent. A tus client that starts at the upload's URL (uploadUrl, as tus-js-client calls it) needs it given, or must defer the length.",
    }),
  }),
});

const CompleteUploadInput = builder.inputType("CompleteUploadInput", {
  fields: (t) => ({ uploadId: t.id({ required: true }), sha256: t.string() }),
});

function submit(context: ApiContext, work: (viewer: Viewer) => Promise<Upload>): Promise<Payload> {
  const { viewer } = context;
  if (viewer === null) throw new Error("A mutation for members was resolved without one.");
  return withUserErrors<{ upload: Upload | null }>({ upload: null }, async () => ({
    upload: await work(viewer),
  }));
}

builder.mutationFields((t) => ({
  createUpload: t.field({
    type: CreateUploadPayload,
    args: { input: t.arg({ type: CreateUploadInput, required: true }) },
    resolve: (_root, { input }, context) =>
      submit(context, (viewer) =>
        context.services.uploads.create(viewer, {
          projectId: uuidOf("Project", input.projectId),
          fileName: input.fileName,
          purpose: input.purpose,
          sizeBytes: input.sizeBytes ?? null,
        }),
      ),
  }),
  completeUpload: t.field({
    type: CompleteUploadPayload,
    args: { input: t.arg({ type: CompleteUploadInput, required: true }) },
    resolve: (_root, { input }, context) =>
      submit(context, (viewer) =>
        context.services.uploads.complete(viewer, uuidOf("Upload", input.uploadId), input.sha256 ?? null),
      ),
  }),
}));
