// The API on an express app: accounts, GraphQL, its event stream, uploads, downloads.
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import { expressMiddleware } from "@as-integrations/express5";
import type { Database } from "@engram/db";
import type { JobQueue } from "@engram/queue";
import type { BlobStore } from "@engram/storage";
import { toNodeHandler } from "better-auth/node";
import express, { type Express, type Request } from "express";
import {
  AUTH_PATH,
  type Auth,
  createAuth,
  createSignInLink,
  SIGN_OUT_PATH,
  VERIFY_LINK_PATH,
} from "./auth/auth.ts";
import { type Bootstrapped, bootstrapOwner, findOwnerEmail, type Owner } from "./auth/bootstrap.ts";
import { CLI_LOGIN_PATH, cliLogin } from "./auth/cli-login.ts";
import { findViewer } from "./auth/find-viewer.ts";
import { requireTrustedOrigin } from "./auth/origins.ts";
import type { ApiConfig, ApiLog } from "./config.ts";
import { createMediaRouter } from "./downloads/media.ts";
import { createErrorFormatter } from "./errors.ts";
import { LiveService } from "./live/live-service.ts";
import { createStreamHandler, STREAM_PATH } from "./live/stream.ts";
import { createFrameScoreService } from "./modules/frame-score/service.ts";
import { JobService } from "./modules/job/service.ts";
import { createPictureService } from "./modules/picture/service.ts";
import { createScoringRunService } from "./modules/scoring-run/service.ts";
import { createTimelineService } from "./modules/timeline/service.ts";
import { UploadService } from "./modules/upload/service.ts";
import { createWorkerService } from "./modules/worker/service.ts";
import { costInExtensions, introspectionForMembers } from "./schema/apollo-plugins.ts";
import { QUERY_LIMITS } from "./schema/builder.ts";
import { type ApiContext, createContext } from "./schema/context.ts";
import { createLoaders } from "./schema/loaders.ts";
import { engramSchema } from "./schema/schema.ts";
import type { Services } from "./schema/services.ts";
import { VALIDATION_RULES } from "./schema/validation-rules.ts";
import type { Viewer } from "./schema/viewer.ts";
import { handleFailure, limitRequests, limitSignIns, securityHeaders } from "./security.ts";
import { createUploadFiles, createUploadHandler, UPLOADS_PATH } from "./uploads/uploads.ts";

export interface ApiOptions {
  readonly database: Database;
  readonly queue: JobQueue;
  readonly storage: BlobStore;
  readonly config: ApiConfig;
  readonly log: ApiLog;
}

export interface Api {
  /** Its routes, before those of whoever serves the pages. */
  mount(app: Express): void;
  /** Makes an organization with its owner and a project where they are missing. */
  bootstrapOwner(owner: Owner): Promise<Bootstrapped>;
  /** A link that signs in once: the owner, unless somebody else is named. */
  createSignInLink(options: { readonly callbackPath: string; readonly email?: string }): Promise<string>;
  /** Ends the streams and stops taking requests. Database, queue and storage are the caller's. */
  close(): Promise<void>;
}

const JSON_BODY_LIMIT = "1mb";
const SWEEP_INTERVAL_MS = 24 * 60 * 60 * 1000;

export async function createApi(options: ApiOptions): Promise<Api> {
  const { database, config, log } = options;
  const auth = createAuth(database, config, log);
  const live = new LiveService(database, log);
  const files = createUploadFiles(config.uploadFolder);
  const services = createServices(options, files, live);
  const viewers = viewerFinder(auth, database);
  const contextOf = async (req: Request): Promise<ApiContext> => {
    const viewer = await viewers(req);
    const loaders = createLoaders(database, viewer?.organizationId ?? null);
    return createContext(database, { viewer, services, loaders });
  };
  const apollo = await startApollo(log);
  const uploadHandler = createUploadHandler({
    files,
    maxUploadBytes: config.maxUploadBytes,
    uploads: services.uploads,
    findViewer: viewers,
    log,
  });
  await uploadHandler.removeExpired();
  const sweep = setInterval(() => void uploadHandler.removeExpired(), SWEEP_INTERVAL_MS);
  sweep.unref();
  return {
    mount(app) {
      app.use(securityHeaders(config.baseUrl));
      app.get("/health", (_req, res) => void res.json({ status: "ok" }));
      mountAuth(app, auth, options);
      const guards = [limitRequests(), requireTrustedOrigin(config.baseUrl)];
      const stream = createStreamHandler({
        schema: engramSchema(),
        formatError: createErrorFormatter(log),
        createContext: contextOf,
      });
      app.use(STREAM_PATH, guards, stream);
      app.use(
        "/graphql",
        guards,
        express.json({ limit: JSON_BODY_LIMIT }),
        expressMiddleware(apollo, { context: ({ req }) => contextOf(req) }),
      );
      app.all(`${UPLOADS_PATH}/:id`, guards, uploadHandler.handle);
      app.use("/media", createMediaRouter({ ...options, findViewer: viewers }));
      app.use(["/graphql", UPLOADS_PATH, "/media", "/api"], handleFailure(log));
    },
    bootstrapOwner: (owner) => bootstrapOwner(database, owner),
    async createSignInLink({ callbackPath, email }) {
      return createSignInLink(auth, email ?? (await findOwnerEmail(database)), callbackPath);
    },
    async close() {
      clearInterval(sweep);
      await live.close();
      await apollo.stop();
    },
  };
}

function createServices(
  { database, queue, storage, config, log }: ApiOptions,
  files: ReturnType<typeof createUploadFiles>,
  live: LiveService,
): Services {
  const { importRoots, maxUploadBytes, baseUrl } = config;
  return {
    baseUrl: new URL(baseUrl).origin,
    jobs: new JobService({ database, queue, log, importRoots }),
    uploads: new UploadService({ database, storage, files, maxUploadBytes }),
    timelines: createTimelineService(database),
    frameScores: createFrameScoreService(database),
    pictures: createPictureService(database),
    scoringRuns: createScoringRunService(database),
    workers: createWorkerService(database),
    live,
  };
}

/** Looks once a request, however many parts of it ask. */
function viewerFinder(auth: Auth, database: Database): (req: Request) => Promise<Viewer | null> {
  const found = new WeakMap<Request, Promise<Viewer | null>>();
  return (req) => {
    const viewer = found.get(req) ?? findViewer(auth, database, req.headers);
    found.set(req, viewer);
    return viewer;
  };
}

function mountAuth(app: Express, auth: Auth, { database, config }: ApiOptions): void {
  const limit = limitSignIns(config);
  app.post(CLI_LOGIN_PATH, limit, express.json({ limit: "10kb" }), cliLogin(auth, database));
  const handle = toNodeHandler(auth);
  app.get(VERIFY_LINK_PATH, limit, handle);
  app.post(SIGN_OUT_PATH, limitRequests(), handle);
  // All else that better-auth can do (make keys, change or delete organizations) is for the server itself.
  app.use(AUTH_PATH, (_req, res) => void res.status(404).end());
}

async function startApollo(log: ApiLog): Promise<ApolloServer<ApiContext>> {
  const apollo = new ApolloServer<ApiContext>({
    schema: engramSchema(),
    csrfPrevention: true,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: QUERY_LIMITS.tokens },
    validationRules: VALIDATION_RULES,
    formatError: createErrorFormatter(log),
    plugins: [introspectionForMembers, costInExtensions, ApolloServerPluginLandingPageDisabled()],
  });
  await apollo.start();
  return apollo;
}
