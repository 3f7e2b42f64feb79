-- Nothing below uses a member that is added to an enum here: PostgreSQL knows it only once this has been committed.

-- CreateEnum
CREATE TYPE "ClipKind" AS ENUM ('VIDEO', 'IMAGES');

-- CreateEnum
CREATE TYPE "UploadPurpose" AS ENUM ('DATASET', 'WEIGHTS');

-- CreateEnum
CREATE TYPE "MemoryMode" AS ENUM ('UPDATE', 'FROZEN');

-- AlterEnum
ALTER TYPE "Architecture" ADD VALUE 'MEMAE_IMAGE' BEFORE 'MPN';

-- AlterEnum
ALTER TYPE "DatasetLayout" ADD VALUE 'MVTEC' BEFORE 'VIDEO_FOLDER';

-- AlterEnum
ALTER TYPE "JobKind" ADD VALUE 'IMPORT_MODEL';

-- AlterEnum
ALTER TYPE "Split" ADD VALUE 'VALIDATION';

-- AlterTable
ALTER TABLE "clip" ADD COLUMN     "frameNames" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "frameSizes" BYTEA,
ADD COLUMN     "kind" "ClipKind" NOT NULL DEFAULT 'VIDEO';

-- AlterTable
ALTER TABLE "error_map_block" ADD COLUMN     "bitsPerPixel" INTEGER NOT NULL DEFAULT 8;

-- AlterTable
ALTER TABLE "upload" ADD COLUMN     "purpose" "UploadPurpose" NOT NULL DEFAULT 'DATASET';

-- AlterTable
ALTER TABLE "model_version" ADD COLUMN     "bestCheckpointHash" TEXT,
ADD COLUMN     "importedFrom" JSONB,
ADD COLUMN     "lastCheckpointHash" TEXT;

-- AlterTable
ALTER TABLE "scoring_run" ADD COLUMN     "memory" "MemoryMode" NOT NULL DEFAULT 'UPDATE';

-- REGION_ERROR became the mean of absolute errors: what a model version learned of the squared ones, on its calibration
-- frames, is no measure of the new lane. Without samples of it a version is decided by its other lanes.
UPDATE "model_version" SET "calibration" = "calibration" #- '{samples,REGION_ERROR}';
