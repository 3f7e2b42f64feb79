// The comparison for people, as a Markdown table.
import type { Parity } from "./compare.ts";

export function formatParity({ clips, ...all }: Parity): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const small = (value: number) => value.toExponential(1);
  const frames = clips.reduce((sum, clip) => sum + clip.frames, 0);
  const points = (value: number) => (100 * value).toFixed(3);
  return [
    row(["clip", "frames", "PSNR: largest relative difference", "feature distance"]),
    row(["---", "---", "---", "---"]),
    ...clips.map((clip) =>
      row([clip.clip, clip.frames, small(clip.relativePsnr), small(clip.relativeDistance)]),
    ),
    row(["all", frames, small(all.maxRelativePsnr), small(all.maxRelativeDistance)]),
    "",
    `Frame AUROC, MNAD protocol: ${points(all.auroc)} here, ${points(all.referenceAuroc)} by the published code.`,
  ].join("\n");
}
