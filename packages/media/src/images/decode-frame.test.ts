import { encode } from "bmp-ts";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { greyPicture, ramp } from "../testing/fixtures.ts";
import { decodeFrame } from "./decode-frame.ts";
import { encodePng } from "./encode-png.ts";
import { inspectPicture } from "./inspect-picture.ts";
import { withChannels } from "./raw-image.ts";

const grey = ramp(24, 16, 1);
const colours = Uint8Array.from({ length: 24 * 16 * 3 }, (_, i) => (i * 7) % 256);
const colourPicture = () => sharp(colours, { raw: { width: 24, height: 16, channels: 3 } });

function bmp(): Uint8Array {
  const data = Buffer.alloc(24 * 16 * 4);
  for (let i = 0; i < 24 * 16; i++)
    data.set([255, colours[3 * i + 2]!, colours[3 * i + 1]!, colours[3 * i]!], 4 * i);
  return encode({ data, width: 24, height: 16, bitPP: 24 }).data;
}

describe("decoding a frame", () => {
  it.each([
    ["PNG", () => greyPicture(24, 16, 1).png().toBuffer()],
    ["TIFF", () => greyPicture(24, 16, 1).tiff({ compression: "none" }).toBuffer()],
    ["TIFF with LZW", () => greyPicture(24, 16, 1).tiff({ compression: "lzw" }).toBuffer()],
  ])("gives one channel with the very samples of a grey %s", async (_, encoded) => {
    const image = await decodeFrame(await encoded());
    expect(image).toMatchObject({ width: 24, height: 16, channels: 1 });
    expect([...image.data]).toEqual([...grey]);
  });

  it.each([
    ["PNG", () => colourPicture().png().toBuffer()],
    ["PNG with alpha", () => colourPicture().ensureAlpha(0.5).png().toBuffer()],
    ["TIFF", () => colourPicture().tiff({ compression: "none" }).toBuffer()],
    ["BMP", async () => bmp()],
  ])("gives three channels with the very samples of a colour %s", async (_, encoded) => {
    const image = await decodeFrame(await encoded());
    expect(image).toMatchObject({ width: 24, height: 16, channels: 3 });
    expect([...image.data]).toEqual([...colours]);
  });

  it("sees that an RGB picture with equal channels is grey, as grey cameras' JPEGs are stored", async () => {
    const jpeg = await greyPicture(24, 16, 1).toColourspace("srgb").jpeg().toBuffer();
    expect((await sharp(jpeg).metadata()).channels).toBe(3);
    expect((await decodeFrame(jpeg)).channels).toBe(1);
  });

  it("scales 16-bit samples to 8 bits, and keeps all 16 in the PNG for viewing", async () => {
    const deep = Uint16Array.from({ length: 24 * 16 }, (_, i) => (i * 171) % 65536);
    const tiff = await sharp(deep, { raw: { width: 24, height: 16, channels: 1 } })
      .toColourspace("grey16")
      .tiff({ compression: "none" })
      .toBuffer();
    const image = await decodeFrame(tiff);
    expect([...image.data]).toEqual([...deep].map((sample) => Math.round(sample / 257)));
    const png = await encodePng(tiff, image);
    expect((await sharp(png).metadata()).depth).toBe("ushort");
    const kept = await sharp(png).toColourspace("grey16").raw({ depth: "ushort" }).toBuffer();
    expect([...new Uint16Array(kept.buffer, kept.byteOffset, kept.byteLength / 2)]).toEqual([...deep]);
    expect((await decodeFrame(png)).data).toEqual(image.data);
  });

  it("names what cannot be decoded: no picture, one cut short, an impossible bitmap", async () => {
    const jpeg = await colourPicture().jpeg().toBuffer();
    const png = await colourPicture().png().toBuffer();
    const huge = Buffer.from(bmp());
    huge.writeInt32LE(1_000_000, 18);
    huge.writeInt32LE(1_000_000, 22);
    for (const bytes of [
      new TextEncoder().encode("hello"),
      new Uint8Array(0),
      jpeg.subarray(0, jpeg.length - 60),
      png.subarray(0, png.length - 40),
      bmp().subarray(0, 200),
      huge,
    ]) {
      await expect(decodeFrame(bytes, "clip/7.jpg")).rejects.toMatchObject({
        code: "DECODE_FAILED",
        message: expect.stringMatching(/^clip\/7\.jpg cannot be decoded: .+\.$/),
      });
    }
  });
});

describe("a look at a picture", () => {
  it("tells size and format, and that the end is missing, without decoding", async () => {
    const jpeg = await colourPicture().jpeg().toBuffer();
    expect(await inspectPicture(jpeg, "x")).toEqual({ format: "JPEG", width: 24, height: 16 });
    expect(await inspectPicture(bmp(), "x")).toEqual({ format: "BMP", width: 24, height: 16 });
    await expect(inspectPicture(jpeg.subarray(0, -60), "x.jpg")).rejects.toThrow(
      "x.jpg cannot be decoded: it is cut short.",
    );
  });
});

describe("channels", () => {
  it("makes grey by the luma of BT.601, and RGB from grey by repeating it", () => {
    const pure = {
      width: 4,
      height: 1,
      channels: 3 as const,
      data: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9),
    };
    const luma = withChannels(pure, 1);
    expect([...luma.data]).toEqual([76, 150, 29, 9]);
    expect([...withChannels(luma, 3).data.subarray(0, 6)]).toEqual([76, 76, 76, 150, 150, 150]);
  });
});
