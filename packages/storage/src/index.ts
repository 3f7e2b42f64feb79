// Blobs by sha256: what the rows of the database point at.
export {
  assertBlobHash,
  type BlobFolder,
  type BlobSource,
  type BlobStore,
  type ByteRange,
  type FolderFile,
  isBlobHash,
  type StoredBlob,
} from "./blob-store.ts";
export { createBlobStore } from "./create-blob-store.ts";
