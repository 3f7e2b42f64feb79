import type { FrameInterval } from "@engram/numerics";
import { builder } from "../../schema/builder.ts";

export const FrameIntervalType = builder.objectRef<FrameInterval>("FrameInterval").implement({
  fields: (t) => ({ startFrame: t.exposeInt("startFrame"), endFrame: t.exposeInt("endFrame") }),
});
