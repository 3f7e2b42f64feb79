// GraphQL's own functions and classes, by the path that Node itself takes. A resolver of bundlers (vitest's) would pick
// the package's second build here, while Apollo and Pothos load the first: two copies that do not know each other's
// schemas and errors.
export * from "graphql/index.js";
