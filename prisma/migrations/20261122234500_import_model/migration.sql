-- AlterEnum
ALTER TYPE "JobKind" ADD VALUE 'IMPORT_MODEL';

-- CreateEnum
CREATE TYPE "UploadPurpose" AS ENUM ('DATASET', 'WEIGHTS');

-- AlterTable
ALTER TABLE "upload" ADD COLUMN     "purpose" "UploadPurpose" NOT NULL DEFAULT 'DATASET';

-- AlterTable
ALTER TABLE "model_version" ADD COLUMN     "importedFrom" JSONB;
