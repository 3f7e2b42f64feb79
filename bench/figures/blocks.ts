// What figures are made of: a row of titled pictures, bars of shares, and the timeline of a clip.
import { labelsToIntervals } from "@engram/numerics";
import { type Block, FAINT, INK, INNER_WIDTH, rectangle, text } from "./canvas.ts";
import { HEAT_GRADIENT, imageElement, type Picture } from "./pictures.ts";

export interface Panel {
  readonly title: string;
  /** a picture, or what is drawn in its place */
  readonly content: Picture | ((width: number, height: number) => string);
  /** of a heat map: the value that is drawn brightest */
  readonly largest?: number;
}

const [COLUMNS, SPACING, TITLE] = [4, 16, 28];
const PANEL_WIDTH = (INNER_WIDTH - (COLUMNS - 1) * SPACING) / COLUMNS;

/** Up to four panels side by side. @param aspect width by height */
export async function panelRow(panels: readonly Panel[], aspect: number): Promise<Block> {
  const height = Math.round(PANEL_WIDTH / aspect);
  const drawn: string[] = [];
  for (const [index, { title, content, largest }] of panels.entries()) {
    const body =
      typeof content === "function"
        ? content(PANEL_WIDTH, height)
        : await imageElement(content, PANEL_WIDTH, height);
    drawn.push(
      `<g transform="translate(${index * (PANEL_WIDTH + SPACING)} 0)">
        ${text(0, 16, title, { weight: "bold" })}
        ${largest === undefined ? "" : heatScale(largest)}
        <g transform="translate(0 ${TITLE})">${body}</g></g>`,
    );
  }
  return { height: TITLE + height, svg: drawn.join("") };
}

function heatScale(largest: number): string {
  const end = PANEL_WIDTH;
  const label = String(largest);
  const bar = end - 8 * label.length - 8;
  return `<defs><linearGradient id="heat">${HEAT_GRADIENT}</linearGradient></defs>
    <rect x="${bar - 56}" y="6" width="56" height="10" fill="url(#heat)"/>
    ${text(bar - 62, 16, "0", { size: 14, fill: FAINT, anchor: "end" })}
    ${text(end, 16, label, { size: 14, fill: FAINT, anchor: "end" })}`;
}

export interface Bar {
  readonly colour: string;
  /** in [0, 1] */
  readonly share: number;
  /** the same of something it is compared with, drawn dark below it */
  readonly other?: number;
}

/** Shares as bars, with their percentages. */
export function shareBars(bars: readonly Bar[]): (width: number, height: number) => string {
  const largest = Math.max(...bars.flatMap(({ share, other = 0 }) => [share, other]));
  const [left, right] = [22, 48];
  return (width, height) => {
    const step = height / bars.length;
    const length = (share: number) => ((width - left - right) * share) / largest;
    const drawn = bars.map(({ colour, share, other }, index) => {
      const y = index * step + 2;
      const thickness = (step - 4) / (other === undefined ? 1 : 2);
      const percents = [share, ...(other === undefined ? [] : [other])].map((value) =>
        (100 * value).toFixed(0),
      );
      const end = left + length(Math.max(share, other ?? 0));
      return `${rectangle(0, y, 14, step - 4, colour)}${rectangle(left, y, length(share), thickness, colour)}
        ${other === undefined ? "" : rectangle(left, y + thickness, length(other), thickness, INK)}
        ${text(end + 6, y + step / 2 + 2, percents.join(" · "), { size: 12, fill: FAINT })}`;
    });
    return drawn.join("");
  };
}

export interface Timeline {
  /** 1 = abnormal, one a frame */
  readonly labels: readonly number[];
  /** the frame that the pictures are of */
  readonly shownFrame: number;
  /** abnormality in [0, 1], one a frame, NaN where there is none */
  readonly lanes: readonly { readonly name: string; readonly values: ArrayLike<number> }[];
}

const [LANE_HEIGHT, LANE_GAP, LABEL_WIDTH, AXIS] = [58, 12, 190, 40];
const [TRUTH, CURVE] = ["#ffd8a8", "#1864ab"];

/** A strip for each lane over the frames of the clip, what is truly abnormal shaded. */
export function timeline({ labels, shownFrame, lanes }: Timeline): Block {
  const width = INNER_WIDTH - LABEL_WIDTH;
  const x = (frame: number) => LABEL_WIDTH + (frame / labels.length) * width;
  const bottom = lanes.length * (LANE_HEIGHT + LANE_GAP) - LANE_GAP;
  const shade = labelsToIntervals(labels).map(({ startFrame, endFrame }) =>
    rectangle(x(startFrame), 0, x(endFrame + 1) - x(startFrame), bottom, TRUTH),
  );
  const strips = lanes.map(({ name, values }, index) => {
    const top = index * (LANE_HEIGHT + LANE_GAP);
    return `${rectangle(LABEL_WIDTH, top + LANE_HEIGHT, width, 1, "#afb8c1")}
      ${text(0, top + LANE_HEIGHT / 2 + 5, name)}
      ${text(LABEL_WIDTH - 6, top + 11, "1", { size: 12, fill: FAINT, anchor: "end" })}
      ${text(LABEL_WIDTH - 6, top + LANE_HEIGHT, "0", { size: 12, fill: FAINT, anchor: "end" })}
      <path d="${curve(
        values,
        (frame) => x(frame + 0.5),
        (value) => top + LANE_HEIGHT * (1 - value),
      )}" fill="none" stroke="${CURVE}" stroke-width="2" stroke-linejoin="round"/>`;
  });
  const ticks = Array.from({ length: Math.ceil(labels.length / 20) }, (_, i) => 20 * i).map((frame) =>
    text(x(frame + 0.5), bottom + 18, String(frame), { size: 13, fill: FAINT, anchor: "middle" }),
  );
  const shown = x(shownFrame + 0.5);
  const marker = `<line x1="${shown}" x2="${shown}" y1="0" y2="${bottom}" stroke="${INK}" stroke-width="1.5" stroke-dasharray="5 4"/>`;
  const legend = `${text(LABEL_WIDTH, bottom + 38, "frame of the clip", { size: 13, fill: FAINT })}
    ${rectangle(INNER_WIDTH - 400, bottom + 27, 16, 12, TRUTH)}
    ${text(INNER_WIDTH - 378, bottom + 38, "truly abnormal", { size: 13, fill: FAINT })}
    <line x1="${INNER_WIDTH - 250}" x2="${INNER_WIDTH - 226}" y1="${bottom + 33}" y2="${bottom + 33}" stroke="${INK}" stroke-width="1.5" stroke-dasharray="5 4"/>
    ${text(INNER_WIDTH - 218, bottom + 38, "the frame of the pictures above", { size: 13, fill: FAINT })}`;
  return { height: bottom + AXIS, svg: [...shade, ...strips, ...ticks, marker, legend].join("") };
}

function curve(
  values: ArrayLike<number>,
  x: (frame: number) => number,
  y: (value: number) => number,
): string {
  let path = "";
  let isDrawing = false;
  for (let frame = 0; frame < values.length; frame++) {
    const value = values[frame]!;
    if (Number.isFinite(value))
      path += `${isDrawing ? "L" : "M"}${x(frame).toFixed(1)} ${y(value).toFixed(1)}`;
    isDrawing = Number.isFinite(value);
  }
  return path;
}

const COLUMN_HEIGHT = 70;

/** Shares of many items as columns on one scale, series below each other. */
export function itemColumns(
  series: readonly { readonly title: string; readonly shares: ArrayLike<number> }[],
): Block {
  const largest = Math.max(...series.flatMap(({ shares }) => Array.from(shares)));
  const step = COLUMN_HEIGHT + TITLE + 6;
  const drawn = series.map(({ title, shares }, index) => {
    const top = index * step + TITLE;
    const width = INNER_WIDTH / shares.length;
    const columns = Array.from(shares, (share, item) => {
      const height = (COLUMN_HEIGHT * share) / largest;
      return rectangle(item * width, top + COLUMN_HEIGHT - height, width - 1.5, height, CURVE);
    });
    return `${text(0, top - 12, title, { weight: "bold" })}
      ${text(INNER_WIDTH, top - 12, `highest column: ${(100 * Math.max(...Array.from(shares))).toFixed(0)} %`, { size: 14, fill: FAINT, anchor: "end" })}
      ${columns.join("")}${rectangle(0, top + COLUMN_HEIGHT, INNER_WIDTH, 1, "#afb8c1")}`;
  });
  return { height: series.length * step - 4, svg: drawn.join("") };
}
