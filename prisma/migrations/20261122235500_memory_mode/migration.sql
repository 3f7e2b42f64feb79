-- CreateEnum
CREATE TYPE "MemoryMode" AS ENUM ('UPDATE', 'FROZEN');

-- AlterTable
ALTER TABLE "scoring_run" ADD COLUMN     "memory" "MemoryMode" NOT NULL DEFAULT 'UPDATE';
