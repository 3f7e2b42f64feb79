// The import table of the architecture (docs/architecture.md), as errors.
const may = {
  core: [],
  numerics: [],
  sdk: ["core"],
  engine: ["core", "numerics"],
  detectors: ["core", "numerics", "engine"],
  media: ["core", "numerics", "storage"],
  storage: ["core"],
  db: ["core"],
  queue: ["core"],
  cli: ["core", "sdk"],
};
const everything = ["core", "numerics", "engine", "detectors", "media", "storage", "db", "queue", "sdk"];
may.testkit = everything;
const apps = {
  api: ["core", "numerics", "storage", "db", "queue"],
  worker: ["core", "numerics", "engine", "detectors", "media", "storage", "db", "queue"],
  web: ["core", "sdk"],
};
// Tests may use the builders and real services of testkit, whatever the package.
const testFile = "\\.(test|int\\.test)\\.tsx?$";

const rulesFor = (kind, table) =>
  Object.entries(table).map(([name, allowed]) => ({
    name: `${kind}-${name}-imports`,
    severity: "error",
    comment: `${name} may import ${allowed.join(", ") || "no other package"}`,
    from: { path: `^${kind}/${name}/`, pathNot: testFile },
    to: { path: "^(packages|apps)/", pathNot: `^(${kind}/${name}|packages/(${allowed.join("|") || "-"}))/` },
  }));
const onlyImporter = (name, owner, path) => ({
  name,
  severity: "error",
  from: { pathNot: `^(${owner})/` },
  to: { path },
});

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "resolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "generated/|graphql-typed-document-node" },
    },
    ...rulesFor("packages", may),
    ...rulesFor("apps", apps),
    {
      name: "packages-never-import-apps",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^apps/" },
    },
    onlyImporter("only-engine-computes", "packages/engine", "node_modules/(@tensorflow|onnxruntime-node)/"),
    onlyImporter(
      "only-db-uses-prisma",
      "packages/db|prisma\\.config\\.ts|apps/api/src/schema",
      "node_modules/(@prisma|prisma)/",
    ),
    {
      name: "core-imports-zod-only",
      severity: "error",
      from: { path: "^packages/core/", pathNot: testFile },
      to: { path: "node_modules/", pathNot: "node_modules/zod/" },
    },
    {
      name: "numerics-imports-nothing",
      severity: "error",
      from: { path: "^packages/numerics/", pathNot: testFile },
      to: { pathNot: "^packages/numerics/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules|generated" },
    exclude: { path: "(^|/)(\\.next|generated|bin)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
