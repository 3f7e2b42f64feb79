-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "Architecture" AS ENUM ('MNAD_PREDICTION', 'MNAD_RECONSTRUCTION', 'MEMAE', 'MPN', 'PMB');

-- CreateEnum
CREATE TYPE "Split" AS ENUM ('TRAIN', 'CALIBRATION', 'TEST');

-- CreateEnum
CREATE TYPE "DatasetLayout" AS ENUM ('MNAD', 'UCSD', 'VIDEO_FOLDER');

-- CreateEnum
CREATE TYPE "DatasetVersionState" AS ENUM ('IMPORTING', 'READY', 'FAILED');

-- CreateEnum
CREATE TYPE "ClipState" AS ENUM ('READY', 'QUARANTINED');

-- CreateEnum
CREATE TYPE "JobKind" AS ENUM ('INGEST', 'TRAIN', 'SCORE', 'EVALUATE', 'EXPORT');

-- CreateEnum
CREATE TYPE "JobState" AS ENUM ('QUEUED', 'STARTING', 'RUNNING', 'PAUSING', 'PAUSED', 'CANCELING', 'CANCELED', 'SUCCEEDED', 'FAILED', 'INTERRUPTED');

-- CreateEnum
CREATE TYPE "ScoringRunState" AS ENUM ('PENDING', 'RUNNING', 'COMPLETE', 'FAILED', 'CANCELED');

-- CreateEnum
CREATE TYPE "HistogramKind" AS ENUM ('RAW', 'CORRECTED');

-- CreateEnum
CREATE TYPE "RetentionClass" AS ENUM ('KEEP', 'EXPIRABLE');

-- CreateTable
CREATE TABLE "project" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "project_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "camera" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL DEFAULT 'UTC',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "camera_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "upload" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "createdById" UUID NOT NULL,
    "fileName" TEXT NOT NULL,
    "sizeBytes" BIGINT,
    "blobHash" TEXT,
    "completedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "upload_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dataset" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dataset_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dataset_version" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "datasetId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "state" "DatasetVersionState" NOT NULL DEFAULT 'IMPORTING',
    "layout" "DatasetLayout" NOT NULL,
    "contentHash" TEXT,
    "report" JSONB,
    "ingestJobId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "readyAt" TIMESTAMPTZ(3),

    CONSTRAINT "dataset_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "clip" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "datasetVersionId" UUID NOT NULL,
    "cameraId" UUID,
    "split" "Split" NOT NULL,
    "state" "ClipState" NOT NULL DEFAULT 'READY',
    "quarantineReason" TEXT,
    "ordinal" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "frameCount" INTEGER NOT NULL,
    "frameRate" DOUBLE PRECISION,
    "ptsMs" BYTEA,
    "startedAt" TIMESTAMPTZ(3),
    "archiveHash" TEXT,
    "archiveIndex" BYTEA,
    "archiveMediaType" TEXT,
    "sourceHash" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "clip_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "frame_pack" (
    "id" UUID NOT NULL,
    "clipId" UUID NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "channels" INTEGER NOT NULL,
    "blobHash" TEXT NOT NULL,

    CONSTRAINT "frame_pack_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "frame_labels" (
    "clipId" UUID NOT NULL,
    "labels" BYTEA NOT NULL,
    "abnormalCount" INTEGER NOT NULL,
    "maskHash" TEXT,
    "maskIndex" BYTEA,

    CONSTRAINT "frame_labels_pkey" PRIMARY KEY ("clipId")
);

-- CreateTable
CREATE TABLE "model" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "architecture" "Architecture" NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "model_version" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "modelId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "datasetVersionId" UUID NOT NULL,
    "trainJobId" UUID,
    "hyperparameters" JSONB NOT NULL,
    "checkpointHash" TEXT NOT NULL,
    "calibration" JSONB NOT NULL,
    "metrics" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "kind" "JobKind" NOT NULL,
    "state" "JobState" NOT NULL DEFAULT 'QUEUED',
    "input" JSONB NOT NULL,
    "result" JSONB,
    "idempotencyKey" TEXT,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "maxAttempts" INTEGER NOT NULL DEFAULT 3,
    "phase" TEXT,
    "done" DOUBLE PRECISION,
    "total" DOUBLE PRECISION,
    "unit" TEXT,
    "etaMs" DOUBLE PRECISION,
    "figures" JSONB,
    "resume" JSONB,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "cancelRequested" BOOLEAN NOT NULL DEFAULT false,
    "workerId" TEXT,
    "device" TEXT,
    "heartbeatAt" TIMESTAMPTZ(3),
    "createdById" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),
    "revision" INTEGER NOT NULL DEFAULT 0,
    "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_event" (
    "id" UUID NOT NULL,
    "jobId" UUID NOT NULL,
    "fromState" "JobState",
    "toState" "JobState" NOT NULL,
    "attempt" INTEGER NOT NULL,
    "message" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "job_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "scoring_run" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "modelVersionId" UUID NOT NULL,
    "datasetVersionId" UUID NOT NULL,
    "jobId" UUID NOT NULL,
    "state" "ScoringRunState" NOT NULL DEFAULT 'PENDING',
    "lanes" TEXT[],
    "maskThreshold" DOUBLE PRECISION,
    "policyId" UUID,
    "evaluation" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "scoring_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "frame_score_block" (
    "scoringRunId" UUID NOT NULL,
    "clipId" UUID NOT NULL,
    "block" INTEGER NOT NULL,
    "frameCount" INTEGER NOT NULL,
    "lanes" TEXT[],
    "values" BYTEA NOT NULL,
    "mins" DOUBLE PRECISION[],
    "maxs" DOUBLE PRECISION[],
    "means" DOUBLE PRECISION[],
    "counts" INTEGER[],

    CONSTRAINT "frame_score_block_pkey" PRIMARY KEY ("scoringRunId","clipId","block")
);

-- CreateTable
CREATE TABLE "score_pyramid" (
    "scoringRunId" UUID NOT NULL,
    "clipId" UUID NOT NULL,
    "level" INTEGER NOT NULL,
    "chunk" INTEGER NOT NULL,
    "bucketCount" INTEGER NOT NULL,
    "lanes" TEXT[],
    "values" BYTEA NOT NULL,

    CONSTRAINT "score_pyramid_pkey" PRIMARY KEY ("scoringRunId","clipId","level","chunk")
);

-- CreateTable
CREATE TABLE "error_histogram_block" (
    "scoringRunId" UUID NOT NULL,
    "clipId" UUID NOT NULL,
    "block" INTEGER NOT NULL,
    "kind" "HistogramKind" NOT NULL DEFAULT 'RAW',
    "edgesVersion" INTEGER NOT NULL,
    "frameCount" INTEGER NOT NULL,
    "counts" BYTEA NOT NULL,

    CONSTRAINT "error_histogram_block_pkey" PRIMARY KEY ("scoringRunId","clipId","block","kind")
);

-- CreateTable
CREATE TABLE "error_map_block" (
    "scoringRunId" UUID NOT NULL,
    "clipId" UUID NOT NULL,
    "block" INTEGER NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "scaleMax" DOUBLE PRECISION NOT NULL,
    "frameCount" INTEGER NOT NULL,
    "blobHash" TEXT NOT NULL,
    "offsets" BYTEA NOT NULL,
    "retention" "RetentionClass" NOT NULL DEFAULT 'EXPIRABLE',

    CONSTRAINT "error_map_block_pkey" PRIMARY KEY ("scoringRunId","clipId","block")
);

-- CreateTable
CREATE TABLE "localization_mask" (
    "id" UUID NOT NULL,
    "scoringRunId" UUID NOT NULL,
    "clipId" UUID NOT NULL,
    "frameIndex" INTEGER NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "threshold" DOUBLE PRECISION NOT NULL,
    "areaPx" INTEGER NOT NULL,
    "runs" BYTEA NOT NULL,

    CONSTRAINT "localization_mask_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "localization_region" (
    "id" UUID NOT NULL,
    "maskId" UUID NOT NULL,
    "x" INTEGER NOT NULL,
    "y" INTEGER NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "areaPx" INTEGER NOT NULL,
    "centroidX" DOUBLE PRECISION NOT NULL,
    "centroidY" DOUBLE PRECISION NOT NULL,
    "peak" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "localization_region_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "decision_policy" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "rules" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "decision_policy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "scoringRunId" UUID NOT NULL,
    "policyId" UUID NOT NULL,
    "clipId" UUID NOT NULL,
    "startFrame" INTEGER NOT NULL,
    "endFrame" INTEGER NOT NULL,
    "peakFrame" INTEGER NOT NULL,
    "peakAbnormality" DOUBLE PRECISION NOT NULL,
    "meanAbnormality" DOUBLE PRECISION NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" UUID NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "token" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "userId" UUID NOT NULL,
    "activeOrganizationId" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" UUID NOT NULL,
    "accountId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "userId" UUID NOT NULL,
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "idToken" TEXT,
    "accessTokenExpiresAt" TIMESTAMPTZ(3),
    "refreshTokenExpiresAt" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" UUID NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organization" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "logo" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "metadata" TEXT,

    CONSTRAINT "organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "member" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "role" TEXT NOT NULL DEFAULT 'member',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "member_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invitation" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "inviterId" UUID NOT NULL,

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "apikey" (
    "id" UUID NOT NULL,
    "configId" TEXT NOT NULL DEFAULT 'default',
    "name" TEXT,
    "start" TEXT,
    "referenceId" TEXT NOT NULL,
    "prefix" TEXT,
    "key" TEXT NOT NULL,
    "refillInterval" INTEGER,
    "refillAmount" INTEGER,
    "lastRefillAt" TIMESTAMPTZ(3),
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "rateLimitEnabled" BOOLEAN NOT NULL DEFAULT true,
    "rateLimitTimeWindow" INTEGER,
    "rateLimitMax" INTEGER,
    "requestCount" INTEGER NOT NULL DEFAULT 0,
    "remaining" INTEGER,
    "lastRequest" TIMESTAMPTZ(3),
    "expiresAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "permissions" TEXT,
    "metadata" TEXT,

    CONSTRAINT "apikey_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "project_organizationId_slug_key" ON "project"("organizationId", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "camera_projectId_slug_key" ON "camera"("projectId", "slug");

-- CreateIndex
CREATE INDEX "upload_projectId_createdAt_idx" ON "upload"("projectId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "dataset_projectId_slug_key" ON "dataset"("projectId", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "dataset_version_ingestJobId_key" ON "dataset_version"("ingestJobId");

-- CreateIndex
CREATE UNIQUE INDEX "dataset_version_datasetId_number_key" ON "dataset_version"("datasetId", "number");

-- CreateIndex
CREATE INDEX "clip_datasetVersionId_ordinal_idx" ON "clip"("datasetVersionId", "ordinal");

-- CreateIndex
CREATE INDEX "clip_cameraId_startedAt_idx" ON "clip"("cameraId", "startedAt");

-- CreateIndex
CREATE UNIQUE INDEX "clip_datasetVersionId_split_name_key" ON "clip"("datasetVersionId", "split", "name");

-- CreateIndex
CREATE UNIQUE INDEX "frame_pack_clipId_width_height_channels_key" ON "frame_pack"("clipId", "width", "height", "channels");

-- CreateIndex
CREATE UNIQUE INDEX "model_projectId_slug_key" ON "model"("projectId", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "model_version_trainJobId_key" ON "model_version"("trainJobId");

-- CreateIndex
CREATE INDEX "model_version_projectId_createdAt_idx" ON "model_version"("projectId", "createdAt");

-- CreateIndex
CREATE INDEX "model_version_datasetVersionId_idx" ON "model_version"("datasetVersionId");

-- CreateIndex
CREATE UNIQUE INDEX "model_version_modelId_number_key" ON "model_version"("modelId", "number");

-- CreateIndex
CREATE INDEX "job_projectId_createdAt_idx" ON "job"("projectId", "createdAt");

-- CreateIndex
CREATE INDEX "job_state_heartbeatAt_idx" ON "job"("state", "heartbeatAt");

-- CreateIndex
CREATE INDEX "job_projectId_changedAt_idx" ON "job"("projectId", "changedAt");

-- CreateIndex
CREATE INDEX "job_changedAt_idx" ON "job"("changedAt");

-- CreateIndex
CREATE UNIQUE INDEX "job_projectId_idempotencyKey_key" ON "job"("projectId", "idempotencyKey");

-- CreateIndex
CREATE UNIQUE INDEX "job_number_key" ON "job"("number");

-- CreateIndex
CREATE INDEX "job_event_jobId_id_idx" ON "job_event"("jobId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "scoring_run_jobId_key" ON "scoring_run"("jobId");

-- CreateIndex
CREATE INDEX "scoring_run_projectId_createdAt_idx" ON "scoring_run"("projectId", "createdAt");

-- CreateIndex
CREATE INDEX "scoring_run_datasetVersionId_createdAt_idx" ON "scoring_run"("datasetVersionId", "createdAt");

-- CreateIndex
CREATE INDEX "scoring_run_modelVersionId_idx" ON "scoring_run"("modelVersionId");

-- CreateIndex
CREATE INDEX "scoring_run_policyId_idx" ON "scoring_run"("policyId");

-- CreateIndex
CREATE UNIQUE INDEX "scoring_run_number_key" ON "scoring_run"("number");

-- CreateIndex
CREATE INDEX "frame_score_block_clipId_idx" ON "frame_score_block"("clipId");

-- CreateIndex
CREATE INDEX "score_pyramid_clipId_idx" ON "score_pyramid"("clipId");

-- CreateIndex
CREATE INDEX "error_histogram_block_clipId_idx" ON "error_histogram_block"("clipId");

-- CreateIndex
CREATE INDEX "error_map_block_clipId_idx" ON "error_map_block"("clipId");

-- CreateIndex
CREATE INDEX "localization_mask_clipId_idx" ON "localization_mask"("clipId");

-- CreateIndex
CREATE UNIQUE INDEX "localization_mask_scoringRunId_clipId_frameIndex_key" ON "localization_mask"("scoringRunId", "clipId", "frameIndex");

-- CreateIndex
CREATE INDEX "localization_region_maskId_idx" ON "localization_region"("maskId");

-- CreateIndex
CREATE UNIQUE INDEX "decision_policy_projectId_name_number_key" ON "decision_policy"("projectId", "name", "number");

-- CreateIndex
CREATE INDEX "event_projectId_createdAt_idx" ON "event"("projectId", "createdAt");

-- CreateIndex
CREATE INDEX "event_clipId_idx" ON "event"("clipId");

-- CreateIndex
CREATE INDEX "event_policyId_idx" ON "event"("policyId");

-- CreateIndex
CREATE UNIQUE INDEX "event_scoringRunId_policyId_clipId_startFrame_key" ON "event"("scoringRunId", "policyId", "clipId", "startFrame");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "session"("token");

-- CreateIndex
CREATE INDEX "session_userId_idx" ON "session"("userId");

-- CreateIndex
CREATE INDEX "account_userId_idx" ON "account"("userId");

-- CreateIndex
CREATE INDEX "verification_identifier_idx" ON "verification"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "organization_slug_key" ON "organization"("slug");

-- CreateIndex
CREATE INDEX "member_userId_idx" ON "member"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "member_organizationId_userId_key" ON "member"("organizationId", "userId");

-- CreateIndex
CREATE INDEX "invitation_organizationId_idx" ON "invitation"("organizationId");

-- CreateIndex
CREATE INDEX "invitation_email_idx" ON "invitation"("email");

-- CreateIndex
CREATE INDEX "apikey_key_idx" ON "apikey"("key");

-- CreateIndex
CREATE INDEX "apikey_referenceId_idx" ON "apikey"("referenceId");

-- CreateIndex
CREATE INDEX "apikey_configId_idx" ON "apikey"("configId");

-- AddForeignKey
ALTER TABLE "project" ADD CONSTRAINT "project_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "camera" ADD CONSTRAINT "camera_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "upload" ADD CONSTRAINT "upload_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dataset" ADD CONSTRAINT "dataset_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dataset_version" ADD CONSTRAINT "dataset_version_datasetId_fkey" FOREIGN KEY ("datasetId") REFERENCES "dataset"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dataset_version" ADD CONSTRAINT "dataset_version_ingestJobId_fkey" FOREIGN KEY ("ingestJobId") REFERENCES "job"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "clip" ADD CONSTRAINT "clip_datasetVersionId_fkey" FOREIGN KEY ("datasetVersionId") REFERENCES "dataset_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "clip" ADD CONSTRAINT "clip_cameraId_fkey" FOREIGN KEY ("cameraId") REFERENCES "camera"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "frame_pack" ADD CONSTRAINT "frame_pack_clipId_fkey" FOREIGN KEY ("clipId") REFERENCES "clip"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "frame_labels" ADD CONSTRAINT "frame_labels_clipId_fkey" FOREIGN KEY ("clipId") REFERENCES "clip"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model" ADD CONSTRAINT "model_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "model"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_datasetVersionId_fkey" FOREIGN KEY ("datasetVersionId") REFERENCES "dataset_version"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_trainJobId_fkey" FOREIGN KEY ("trainJobId") REFERENCES "job"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job" ADD CONSTRAINT "job_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_event" ADD CONSTRAINT "job_event_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "job"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scoring_run" ADD CONSTRAINT "scoring_run_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scoring_run" ADD CONSTRAINT "scoring_run_modelVersionId_fkey" FOREIGN KEY ("modelVersionId") REFERENCES "model_version"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scoring_run" ADD CONSTRAINT "scoring_run_datasetVersionId_fkey" FOREIGN KEY ("datasetVersionId") REFERENCES "dataset_version"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scoring_run" ADD CONSTRAINT "scoring_run_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "job"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scoring_run" ADD CONSTRAINT "scoring_run_policyId_fkey" FOREIGN KEY ("policyId") REFERENCES "decision_policy"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "frame_score_block" ADD CONSTRAINT "frame_score_block_scoringRunId_fkey" FOREIGN KEY ("scoringRunId") REFERENCES "scoring_run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "frame_score_block" ADD CONSTRAINT "frame_score_block_clipId_fkey" FOREIGN KEY ("clipId") REFERENCES "clip"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "score_pyramid" ADD CONSTRAINT "score_pyramid_scoringRunId_fkey" FOREIGN KEY ("scoringRunId") REFERENCES "scoring_run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "score_pyramid" ADD CONSTRAINT "score_pyramid_clipId_fkey" FOREIGN KEY ("clipId") REFERENCES "clip"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "error_histogram_block" ADD CONSTRAINT "error_histogram_block_scoringRunId_fkey" FOREIGN KEY ("scoringRunId") REFERENCES "scoring_run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "error_histogram_block" ADD CONSTRAINT "error_histogram_block_clipId_fkey" FOREIGN KEY ("clipId") REFERENCES "clip"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "error_map_block" ADD CONSTRAINT "error_map_block_scoringRunId_fkey" FOREIGN KEY ("scoringRunId") REFERENCES "scoring_run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "error_map_block" ADD CONSTRAINT "error_map_block_clipId_fkey" FOREIGN KEY ("clipId") REFERENCES "clip"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "localization_mask" ADD CONSTRAINT "localization_mask_scoringRunId_fkey" FOREIGN KEY ("scoringRunId") REFERENCES "scoring_run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "localization_mask" ADD CONSTRAINT "localization_mask_clipId_fkey" FOREIGN KEY ("clipId") REFERENCES "clip"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "localization_region" ADD CONSTRAINT "localization_region_maskId_fkey" FOREIGN KEY ("maskId") REFERENCES "localization_mask"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "decision_policy" ADD CONSTRAINT "decision_policy_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event" ADD CONSTRAINT "event_scoringRunId_fkey" FOREIGN KEY ("scoringRunId") REFERENCES "scoring_run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event" ADD CONSTRAINT "event_policyId_fkey" FOREIGN KEY ("policyId") REFERENCES "decision_policy"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event" ADD CONSTRAINT "event_clipId_fkey" FOREIGN KEY ("clipId") REFERENCES "clip"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_inviterId_fkey" FOREIGN KEY ("inviterId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;


