-- AlterEnum
ALTER TYPE "Split" ADD VALUE 'VALIDATION';

-- AlterTable
ALTER TABLE "model_version" ADD COLUMN     "bestCheckpointHash" TEXT,
ADD COLUMN     "lastCheckpointHash" TEXT;
