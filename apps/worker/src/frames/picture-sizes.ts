// The sizes of independent pictures, each of which may have its own.
import { type Clip, unpackUint32 } from "@engram/db";

/** Width and height of each picture of an IMAGES clip; null for a video. */
export function pictureSizes(
  clip: Pick<Clip, "kind" | "width" | "height" | "frameSizes">,
): ((frameIndex: number) => { readonly width: number; readonly height: number }) | null {
  if (clip.kind === "VIDEO") return null;
  const { width, height } = clip;
  if (clip.frameSizes === null) return () => ({ width, height });
  const sizes = unpackUint32(clip.frameSizes);
  return (frameIndex) => ({ width: sizes[2 * frameIndex]!, height: sizes[2 * frameIndex + 1]! });
}
