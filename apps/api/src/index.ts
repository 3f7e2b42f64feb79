// The GraphQL API and what goes with it, to be mounted on an express app.
export { type Api, type ApiOptions, createApi } from "./api.ts";
export type { Bootstrapped, Owner } from "./auth/bootstrap.ts";
export type { ApiConfig, ApiLog } from "./config.ts";
