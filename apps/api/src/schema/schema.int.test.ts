import type { Clip, DatasetVersion, Job, ModelVersion, Project, ScoringRun } from "@engram/db";
import {
  buildClip,
  buildDatasetVersion,
  buildJob,
  buildModelVersion,
  buildProject,
  buildScoringRun,
  makeTempFolder,
  startTestDatabase,
  type TempFolder,
  type TestDatabase,
} from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bearer, startTestApi, type TestApi } from "../testing/test-api.ts";
import { builder } from "./builder.ts";
import { encodeGlobalId } from "./global-id.ts";

let database: TestDatabase;
let folder: TempFolder;
let test: TestApi;
let ours: Rows;
let theirs: Rows;

interface Rows {
  readonly project: Pick<Project, "id" | "organizationId">;
  readonly version: DatasetVersion;
  readonly clip: Clip;
  readonly modelVersion: ModelVersion;
  readonly scoringRun: ScoringRun;
  readonly job: Job;
  readonly eventId: string;
}

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await makeTempFolder();
  test = await startTestApi({ db: database.db, url: database.url, folder: folder.path });
  ours = await buildRows({ id: test.owner.projectId, organizationId: test.owner.organizationId });
  theirs = await buildRows(await buildProject(database.db));
});
afterAll(async () => {
  await test.close();
  await database.close();
  await folder.remove();
});

async function buildRows(project: Rows["project"]): Promise<Rows> {
  const { db } = database;
  const version = await buildDatasetVersion(db, project);
  const clip = await buildClip(db, version);
  const modelVersion = await buildModelVersion(db, version);
  const { scoringRun } = await buildScoringRun(db, modelVersion);
  const job = await buildJob(db, project);
  const scope = { organizationId: project.organizationId, projectId: project.id };
  const policy = await db.prisma.decisionPolicy.create({
    data: { ...scope, name: "default", number: 1, rules: {} },
  });
  const frames = { startFrame: 1, endFrame: 2, peakFrame: 1, peakAbnormality: 1, meanAbnormality: 1 };
  const event = await db.prisma.event.create({
    data: { ...scope, ...frames, scoringRunId: scoringRun.id, policyId: policy.id, clipId: clip.id },
  });
  return { project, version, clip, modelVersion, scoringRun, job, eventId: event.id };
}

const code = (answer: { errors: readonly { extensions: { code: string } }[] }) =>
  answer.errors[0]?.extensions.code;

describe("rows of other organizations", () => {
  it("look like rows that do not exist, whatever their type", async () => {
    const idsOf = (rows: Rows) => [
      encodeGlobalId("Project", rows.project.id),
      encodeGlobalId("Dataset", rows.version.datasetId),
      encodeGlobalId("DatasetVersion", rows.version.id),
      encodeGlobalId("Clip", rows.clip.id),
      encodeGlobalId("Model", rows.modelVersion.modelId),
      encodeGlobalId("ModelVersion", rows.modelVersion.id),
      encodeGlobalId("ScoringRun", rows.scoringRun.id),
      encodeGlobalId("Job", rows.job.id),
      encodeGlobalId("Event", rows.eventId),
    ];
    const query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }";
    const own = await test.query<{ nodes: { id: string }[] }>(query, { ids: idsOf(ours) });
    expect(own.data?.nodes.map((node) => node?.id)).toEqual(idsOf(ours));
    const foreign = await test.query(query, { ids: idsOf(theirs) });
    expect(foreign.errors).toEqual([]);
    expect(foreign.data).toEqual({ nodes: idsOf(theirs).map(() => null) });
    const nothing = await test.query("query ($id: ID!) { node(id: $id) { id } }", {
      id: encodeGlobalId("Clip", crypto.randomUUID()),
    });
    expect([nothing.data, nothing.errors]).toEqual([{ node: null }, []]);
  });

  it("are not reached by name, number or run either", async () => {
    const slug = (await database.db.prisma.project.findUniqueOrThrow({ where: { id: theirs.project.id } }))
      .slug;
    const answer = await test.query(
      `query ($slug: String!, $job: Int!, $run: Int!, $clip: ID!, $foreignRun: ID!) {
        project(slug: $slug) { id }
        mine: project { job(number: $job) { id } scoringRun(number: $run) { id } }
        clip: node(id: $clip) { ... on Clip {
          timeline(scoringRunId: $foreignRun, lanes: [PSNR]) { frameCount }
          frameScore(scoringRunId: $foreignRun, frame: 0) { frame }
        } }
      }`,
      {
        ...{ slug, job: theirs.job.number, run: theirs.scoringRun.number },
        clip: encodeGlobalId("Clip", ours.clip.id),
        foreignRun: encodeGlobalId("ScoringRun", theirs.scoringRun.id),
      },
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual({
      project: null,
      mine: { job: null, scoringRun: null },
      clip: { timeline: null, frameScore: null },
    });
  });

  it("cannot be worked with", async () => {
    const answer = await test.query<Record<string, { userErrors: { code: string }[] }>>(
      `mutation ($project: ID!, $version: ID!, $model: ID!, $run: ID!, $job: ID!) {
        a: createUpload(input: { projectId: $project, fileName: "a" }) { userErrors { code } }
        b: createIngestJob(input: { projectId: $project, source: { uploadId: $project }, datasetName: "a" }) { userErrors { code } }
        c: createTrainJob(input: { datasetVersionId: $version, architecture: { mnadPrediction: {} } }) { userErrors { code } }
        d: createScoreJob(input: { datasetVersionId: $version, modelVersionId: $model }) { userErrors { code } }
        e: createEvaluateJob(input: { scoringRunId: $run }) { userErrors { code } }
        f: cancelJob(input: { jobId: $job }) { userErrors { code } }
      }`,
      {
        project: encodeGlobalId("Project", theirs.project.id),
        version: encodeGlobalId("DatasetVersion", theirs.version.id),
        model: encodeGlobalId("ModelVersion", theirs.modelVersion.id),
        run: encodeGlobalId("ScoringRun", theirs.scoringRun.id),
        job: encodeGlobalId("Job", theirs.job.id),
      },
    );
    expect(answer.errors).toEqual([]);
    for (const payload of Object.values(answer.data ?? {})) {
      expect(payload.userErrors.map((error) => error.code)).toEqual(["NOT_FOUND"]);
    }
    const untouched = await database.db.prisma.job.findUniqueOrThrow({ where: { id: theirs.job.id } });
    expect(untouched.state).toBe("QUEUED");
  });
});

describe("errors", () => {
  it.each([
    ["{ project { datasets { nodes { id } } } }", "BAD_INPUT"],
    ["{ project { datasets(first: 101) { nodes { id } } } }", "BAD_INPUT"],
    [`{ project { jobs(first: 1, after: "R1BDOlM6eA==") { nodes { id } } } }`, "BAD_INPUT"],
    [`{ node(id: "nonsense") { id } }`, "BAD_INPUT"],
    [`{ node(id: "${encodeGlobalId("Upload", crypto.randomUUID())}") { id } }`, "BAD_INPUT"],
    ["{ project { nothing } }", "GRAPHQL_VALIDATION_FAILED"],
    ["{ project(", "GRAPHQL_PARSE_FAILED"],
    ["{ project { jobs(first: 1, kind: DANCE) { nodes { id } } } }", "GRAPHQL_VALIDATION_FAILED"],
    [
      `mutation { createTrainJob(input: { datasetVersionId: "x", architecture: {} }) { job { id } } }`,
      "GRAPHQL_VALIDATION_FAILED",
    ],
  ])("%s is answered with a stable code", async (query, expected) => {
    const answer = await test.query(query);
    expect(code(answer)).toBe(expected);
    expect(answer.text).not.toMatch(/prisma|node_modules|\/work\/|stack/i);
  });

  it("a denied mutation is FORBIDDEN or UNAUTHENTICATED, not an internal failure", async () => {
    const mutation = `mutation { cancelJob(input: { jobId: "x" }) { job { id } } }`;
    expect(code(await test.query(mutation, {}, {}))).toBe("UNAUTHENTICATED");
    const { apiKey } = await test.addMember(test.owner.organizationId, "viewer");
    expect(code(await test.query(mutation, {}, bearer(apiKey)))).toBe("FORBIDDEN");
  });

  it("a failure of the database shows nothing of it", async () => {
    const { pool } = database.db;
    await pool.query(`ALTER TABLE dataset RENAME TO elsewhere`);
    const answer = await test.query("{ project { slug datasets(first: 1) { nodes { slug } } } }");
    await pool.query(`ALTER TABLE elsewhere RENAME TO dataset`);
    expect(code(answer)).toBe("INTERNAL");
    expect(answer.text).not.toMatch(/prisma|dataset\b.*exist|node_modules|at \//i);
    expect(test.errors.length).toBeGreaterThan(0);
  });

  it("a field of which only __typename is asked for does not trip over the database", async () => {
    const answer = await test.query(
      `query ($id: ID!) {
        project { __typename datasets(first: 1) { __typename nodes { __typename latestVersion { __typename } } } }
        node(id: $id) { __typename ... on ScoringRun { modelVersion { __typename } clips(first: 1) { __typename } } }
      }`,
      { id: encodeGlobalId("ScoringRun", ours.scoringRun.id) },
    );
    expect(answer.errors).toEqual([]);
    const payload = await test.query(
      `mutation ($id: ID!) { cancelJob(input: { jobId: $id }) { __typename job { __typename } userErrors { __typename } } }`,
      { id: encodeGlobalId("Job", (await buildJob(database.db, ours.project)).id) },
    );
    expect(payload.data).toEqual({
      cancelJob: { __typename: "JobPayload", job: { __typename: "Job" }, userErrors: [] },
    });
  });

  it("several scopes must all hold", () => {
    expect(builder.options.scopeAuth.defaultStrategy).toBe("all");
  });
});

describe("limits", () => {
  const nested = (depth: number): string =>
    depth === 0 ? "id" : `latestVersion { dataset { ${nested(depth - 1)} } }`;

  it.each([
    ["depth", `{ project { dataset(slug: "x") { ${nested(8)} } } }`],
    [
      "cost",
      `{ project { datasets(first: 100) { nodes { versions(first: 100) { nodes { clips(first: 100) { nodes { id } } } } } } } }`,
    ],
    ["aliases", `{ ${Array.from({ length: 31 }, (_, i) => `a${i}: viewer { id }`).join(" ")} }`],
  ])("of %s are refused with LIMIT_EXCEEDED", async (_what, query) => {
    expect(code(await test.query(query))).toBe("LIMIT_EXCEEDED");
  });

  it("count as many nodes as are asked for by id", async () => {
    const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Job { number state } } }`;
    const ids = Array.from({ length: 8000 }, () => encodeGlobalId("Job", ours.job.id));
    expect(code(await test.query(query, { ids }))).toBe("LIMIT_EXCEEDED");
  });

  it("say what a query cost", async () => {
    const answer = await test.query("{ project { jobs(first: 10) { nodes { id } } } }");
    expect(answer.extensions).toEqual({ cost: { requested: expect.any(Number), maximum: 20_000 } });
  });

  it("keep the schema from strangers", async () => {
    const query = "{ __schema { queryType { name } } }";
    expect(code(await test.query(query, {}, {}))).toBe("UNAUTHENTICATED");
    expect((await test.query(query)).data).toEqual({ __schema: { queryType: { name: "Query" } } });
  });
});

describe("lists", () => {
  it("page forwards and backwards without gaps or doubles", async () => {
    const project = { id: test.owner.projectId, organizationId: test.owner.organizationId };
    for (let i = 0; i < 5; i++) await buildJob(database.db, project);
    interface Page {
      project: {
        jobs: { nodes: { number: number }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      };
    }
    const query = `query ($after: String) {
      project { jobs(first: 3, after: $after) { nodes { number } pageInfo { hasNextPage endCursor } } } }`;
    const numbers: number[] = [];
    let after: string | null = null;
    for (let more = true; more; ) {
      const answer: { data?: Page | null | undefined } = await test.query<Page>(query, { after });
      const jobs = answer.data?.project.jobs;
      numbers.push(...(jobs?.nodes.map((job) => job.number) ?? []));
      after = jobs?.pageInfo.endCursor ?? null;
      more = jobs?.pageInfo.hasNextPage ?? false;
    }
    const all = await database.db.prisma.job.findMany({ where: { projectId: project.id } });
    expect(numbers).toEqual(all.map((job) => job.number).sort((a, b) => b - a));
  });

  it("take a number of statements that does not grow with them", async () => {
    const scope = { id: test.owner.projectId, organizationId: test.owner.organizationId };
    const query = `query ($first: Int!) { project { jobs(first: $first, kind: SCORE) { totalCount nodes {
      number state title progress { phase } events { toState } datasetVersion { number dataset { slug } }
      scoringRun { number state } modelVersion { number } } } } }`;
    const version = await buildDatasetVersion(database.db, scope);
    for (let i = 0; i < 8; i++)
      await buildScoringRun(database.db, await buildModelVersion(database.db, version));
    const count = async (first: number) => {
      test.statements.length = 0;
      const answer = await test.query<{ project: { jobs: { nodes: unknown[] } } }>(query, { first });
      expect(answer.errors).toEqual([]);
      expect(answer.data?.project.jobs.nodes).toHaveLength(first);
      return test.statements.length;
    };
    const few = await count(2);
    expect(await count(8)).toBe(few);
    expect(few).toBeLessThanOrEqual(16);
  });
});
