// What every look at a clip begins with, and the words in which its pictures and their faults are spoken of.
import { isAppError } from "@engram/core";
import type { ClipFiles } from "../layouts/layout.ts";

/** A clip of a plan as it is before anything of it has been looked at. */
export function unlabelled(clip: ClipFiles) {
  return {
    name: clip.name,
    split: clip.split,
    kind: clip.kind,
    width: 0,
    height: 0,
    frameCount: 0,
    frameSizes: null,
    frameRate: null,
    isVariableFrameRate: false,
    labels: null,
    masks: clip.masks,
    quarantineReason: null,
  };
}

/** A picture as people look for it: with the folder that names its clip. */
export function pictureName(file: string): string {
  return file.split("/").slice(-2).join("/");
}

/** The reason for which a clip is set aside. @throws whatever is not the clip's own fault */
export function quarantineSentence(err: unknown): string {
  if (isAppError(err) && (err.code === "DECODE_FAILED" || err.code === "LIMIT_EXCEEDED")) return err.message;
  throw err;
}
