// What is asked for with a job, ids already told apart from those of other types, which are null.
import type {
  CalibrationMode,
  ExportFormat,
  ImportableArchitecture,
  IngestInput,
  MemoryMode,
  Precision,
  Preset,
  TrainableArchitecture,
} from "@engram/core";

export interface IngestRequest {
  readonly projectId: string | null;
  readonly source: { readonly uploadId: string | null } | { readonly serverPath: string };
  readonly datasetName: string;
  readonly layout: IngestInput["layout"];
  readonly isDryRun: boolean;
  readonly idempotencyKey: string | null;
}

export interface TrainRequest {
  readonly datasetVersionId: string | null;
  readonly architecture: TrainableArchitecture;
  readonly overrides: Readonly<Record<string, unknown>>;
  readonly preset: Preset;
  readonly calibration: CalibrationMode;
  readonly modelName: string | null;
  readonly idempotencyKey: string | null;
}

export interface ImportModelRequest {
  readonly uploadId: string | null;
  readonly datasetVersionId: string | null;
  /** null, as width and items: read off the weights */
  readonly architecture: ImportableArchitecture | null;
  readonly width: number | null;
  readonly items: number | null;
  /** null: as published */
  readonly size: number | null;
  /** null: the file's */
  readonly modelName: string | null;
  readonly idempotencyKey: string | null;
}

export interface ScoreRequest {
  readonly modelVersionId: string | null;
  readonly datasetVersionId: string | null;
  readonly precision: Precision;
  readonly memory: MemoryMode;
  readonly idempotencyKey: string | null;
}

export interface EvaluateRequest {
  readonly scoringRunId: string | null;
  readonly idempotencyKey: string | null;
}

export interface ExportRequest {
  readonly modelVersionId: string | null;
  readonly format: ExportFormat;
  readonly idempotencyKey: string | null;
}
