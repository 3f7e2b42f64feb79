// The typed GraphQL client of Engram: every operation of the web app and the command line, and the way to send them.
export type { TypedDocumentNode } from "@graphql-typed-document-node/core";
export * from "./architecture-input.ts";
export * from "./client.ts";
export * from "./errors.ts";
export type * from "./generated/graphql.ts";
export * from "./operations/architecture.ts";
export * from "./operations/clip.ts";
export * from "./operations/dataset.ts";
export * from "./operations/event.ts";
export * from "./operations/job.ts";
export * from "./operations/model.ts";
export * from "./operations/project.ts";
export * from "./operations/scoring-run.ts";
export * from "./operations/upload.ts";
export * from "./operations/viewer.ts";
export * from "./operations/worker.ts";
export * from "./pages.ts";
export type { ProjectEvent, ProjectEventsOptions } from "./project-events.ts";
