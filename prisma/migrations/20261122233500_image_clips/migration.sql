-- CreateEnum
CREATE TYPE "ClipKind" AS ENUM ('VIDEO', 'IMAGES');

-- AlterEnum
ALTER TYPE "DatasetLayout" ADD VALUE 'MVTEC' BEFORE 'VIDEO_FOLDER';

-- AlterTable
ALTER TABLE "clip" ADD COLUMN     "frameNames" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "frameSizes" BYTEA,
ADD COLUMN     "kind" "ClipKind" NOT NULL DEFAULT 'VIDEO';

-- AlterTable
ALTER TABLE "error_map_block" ADD COLUMN     "bitsPerPixel" INTEGER NOT NULL DEFAULT 8;
