// Blobs by sha256: what the rows of the database point at.
export {
  assertBlobHash,
  type BlobSource,
  type BlobStore,
  type ByteRange,
  isBlobHash,
  type StoredBlob,
} from "./blob-store.ts";
export { createBlobStore } from "./create-blob-store.ts";
