import type { ImportReport } from "@engram/core";
import { builder } from "../../schema/builder.ts";
import { ClipKind, DatasetLayout, Split } from "../../schema/enums.ts";

const ImportReportClip = builder.objectRef<ImportReport["clips"][number]>("ImportReportClip").implement({
  fields: (t) => ({
    name: t.exposeString("name"),
    split: t.expose("split", { type: Split }),
    kind: t.expose("kind", { type: ClipKind }),
    frameCount: t.exposeInt("frameCount"),
    width: t.exposeInt("width", { nullable: true }),
    height: t.exposeInt("height", { nullable: true }),
    frameRate: t.exposeFloat("frameRate", { nullable: true }),
    isVariableFrameRate: t.exposeBoolean("isVariableFrameRate"),
    hasLabels: t.exposeBoolean("hasLabels"),
    hasMasks: t.exposeBoolean("hasMasks"),
    maskedFrames: t.exposeInt("maskedFrames", { nullable: true }),
    abnormalFrames: t.exposeInt("abnormalFrames", { nullable: true }),
    quarantineReason: t.exposeString("quarantineReason", { nullable: true }),
  }),
});

export const ImportReportType = builder.objectRef<ImportReport>("ImportReport").implement({
  fields: (t) => ({
    layout: t.expose("layout", { type: DatasetLayout }),
    clips: t.expose("clips", { type: [ImportReportClip] }),
    unmatched: t.exposeStringList("unmatched"),
    warnings: t.exposeStringList("warnings"),
    totalBytes: t.exposeFloat("totalBytes"),
  }),
});
