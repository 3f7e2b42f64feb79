import { describe, expect, it } from "vitest";
import { parseCsvLabels } from "./csv-labels.ts";
import { parseJsonLabels, parseMatlabRanges } from "./frame-labels.ts";

const clips = [
  { name: "01", frameCount: 4 },
  { name: "02", frameCount: 3 },
];
const plain = (file: { labels: ReadonlyMap<string, Uint8Array> }) =>
  Object.fromEntries([...file.labels].map(([name, labels]) => [name, [...labels]]));

describe("frame_labels.json", () => {
  it("gives labels by clip and names the entries that belong to none", () => {
    const file = parseJsonLabels(
      '{"01": [0, 1, 1, 0], "02": [true, false, false], "99": [1]}',
      clips,
      "l.json",
    );
    expect(plain(file)).toEqual({ "01": [0, 1, 1, 0], "02": [1, 0, 0] });
    expect(file.unmatched).toEqual(["99"]);
  });

  it("says in one sentence which clip and which two lengths do not fit", () => {
    expect(() => parseJsonLabels('{"01": [0, 1]}', clips, "frame_labels.json")).toThrow(
      "frame_labels.json holds 2 labels for clip 01, which has 4 frames.",
    );
  });

  it("refuses what is no such object", () => {
    for (const text of ["[", "[1]", '{"01": [2]}', '{"01": "no"}']) {
      expect(() => parseJsonLabels(text, clips, "l.json")).toThrow(/^l\.json cannot be read: /);
    }
  });
});

describe("UCSD's .m file", () => {
  const text = `TestVideoFile = {};
% TestVideoFile{end+1}.gt_frame = [1:1];
TestVideoFile{end+1}.gt_frame = [2:3];
TestVideoFile{end+1}.gt_frame = [1:1, 3];`;

  it("reads one-based inclusive ranges, several to a clip, in the order of the clips", () => {
    expect(plain(parseMatlabRanges(text, clips, "x.m"))).toEqual({ "01": [0, 1, 1, 0], "02": [1, 0, 1] });
  });

  it("refuses a range outside its clip and a file for other clips", () => {
    expect(() => parseMatlabRanges(text.replace("2:3", "2:5"), clips, "x.m")).toThrow(
      /clip 01, which has 4 frames/,
    );
    expect(() => parseMatlabRanges(text, clips.slice(1), "x.m")).toThrow(
      "x.m describes 2 clips, but there are 1 test clips.",
    );
  });
});

describe("labels.csv", () => {
  it("reads inclusive zero-based intervals; clips without a line are normal", () => {
    const file = parseCsvLabels(
      'clip,start_frame,end_frame\r\n01.avi, 1, 2\n"elsewhere, far",0,1\n',
      clips,
      "labels.csv",
    );
    expect(plain(file)).toEqual({ "01": [0, 1, 1, 0], "02": [0, 0, 0] });
    expect(file.unmatched).toEqual(["elsewhere, far"]);
  });

  it("takes its columns in any order", () => {
    const file = parseCsvLabels("note,end_frame,clip,start_frame\nhi,2,02,2", clips, "labels.csv");
    expect(plain(file)["02"]).toEqual([0, 0, 1]);
  });

  it("names the line that is wrong", () => {
    expect(() => parseCsvLabels("clip,start_frame,end_frame\n01,1,x", clips, "labels.csv")).toThrow(
      /labels\.csv, line 2/,
    );
    expect(() => parseCsvLabels("clip,from,to", clips, "labels.csv")).toThrow(
      /expected clip,start_frame,end_frame/,
    );
    expect(() => parseCsvLabels("clip,start_frame,end_frame\n01,1,4", clips, "labels.csv")).toThrow(
      "labels.csv marks frames 1 to 4 of clip 01, which has 4 frames (0 to 3).",
    );
  });
});
