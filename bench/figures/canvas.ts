// The sheet that figures of docs/detectors are drawn on: blocks one below the other, as SVG, rendered to a PNG on white, so
// that it reads on a dark page as on a light one.
import sharp from "sharp";

/** Pixels of the sheet, of which a page shows about two thirds. */
const WIDTH = 1200;
const MARGIN = 24;
export const INNER_WIDTH = WIDTH - 2 * MARGIN;
const FONT = "Liberation Sans, Helvetica, Arial, sans-serif";
export const INK = "#1f2328";
export const FAINT = "#59636e";

/** A part of a figure, drawn in a frame of its own from (0, 0) to (INNER_WIDTH, height). */
export interface Block {
  readonly height: number;
  readonly svg: string;
}

const GAP = 22;

/** Blocks stacked to one picture. */
export async function renderFigure(blocks: readonly Block[]): Promise<Buffer> {
  let y = MARGIN;
  const placed = blocks.map(({ height, svg }) => {
    const group = `<g transform="translate(${MARGIN} ${y})">${svg}</g>`;
    y += height + GAP;
    return group;
  });
  const height = Math.ceil(y - GAP + MARGIN);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${WIDTH}" height="${height}" font-family="${FONT}">
    <rect width="${WIDTH}" height="${height}" fill="#ffffff"/>${placed.join("")}</svg>`;
  return sharp(Buffer.from(svg)).png({ palette: true, quality: 95, effort: 9 }).toBuffer();
}

interface TextStyle {
  readonly size?: number;
  readonly fill?: string;
  readonly anchor?: "start" | "middle" | "end";
  readonly weight?: "normal" | "bold";
}

export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { size = 16, fill = INK, anchor = "start", weight = "normal" } = style;
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}" text-anchor="${anchor}" font-weight="${weight}">${escaped}</text>`;
}

export function rectangle(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`;
}
