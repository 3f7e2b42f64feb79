-- CreateEnum
CREATE TYPE "Precision" AS ENUM ('FP32', 'INT8');

-- CreateEnum
CREATE TYPE "ExportFormat" AS ENUM ('ONNX');

-- AlterTable
ALTER TABLE "scoring_run" ADD COLUMN     "precision" "Precision" NOT NULL DEFAULT 'FP32';

-- CreateTable
CREATE TABLE "model_export" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "modelVersionId" UUID NOT NULL,
    "jobId" UUID NOT NULL,
    "format" "ExportFormat" NOT NULL,
    "bundleHash" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "parity" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_export_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "worker" (
    "id" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "devices" JSONB NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeatAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "worker_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "model_export_jobId_key" ON "model_export"("jobId");

-- CreateIndex
CREATE INDEX "model_export_modelVersionId_createdAt_idx" ON "model_export"("modelVersionId", "createdAt");

-- CreateIndex
CREATE INDEX "worker_heartbeatAt_idx" ON "worker"("heartbeatAt");

-- AddForeignKey
ALTER TABLE "model_export" ADD CONSTRAINT "model_export_modelVersionId_fkey" FOREIGN KEY ("modelVersionId") REFERENCES "model_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_export" ADD CONSTRAINT "model_export_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "job"("id") ON DELETE CASCADE ON UPDATE CASCADE;
