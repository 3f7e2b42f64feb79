// What a picture is, told by its first bytes and never by its name.

export type ImageFormat = "JPEG" | "PNG" | "TIFF" | "BMP";

const SIGNATURES: readonly (readonly [ImageFormat, readonly number[]])[] = [
  ["JPEG", [0xff, 0xd8, 0xff]],
  ["PNG", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["TIFF", [0x49, 0x49, 0x2a, 0x00]],
  ["TIFF", [0x4d, 0x4d, 0x00, 0x2a]],
  ["BMP", [0x42, 0x4d]],
];

export function imageFormat(bytes: Uint8Array): ImageFormat | null {
  const found = SIGNATURES.find(([, signature]) => signature.every((byte, i) => bytes[i] === byte));
  return found?.[0] ?? null;
}

const IMAGE_EXTENSION = /\.(jpe?g|png|tiff?|bmp)$/i;

export function hasImageExtension(name: string): boolean {
  return IMAGE_EXTENSION.test(name);
}
