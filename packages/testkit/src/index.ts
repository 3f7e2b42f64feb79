export * from "./builders.ts";
export { freePort } from "./free-port.ts";
export { startEmptyDatabase, startTestDatabase, type TestDatabase } from "./postgres.ts";
export { hasRedis, startTestRedis, type TestRedis } from "./redis.ts";
export { programPath, sharedPath } from "./requirements.ts";
export { makeTempFolder, type TempFolder } from "./temp-folder.ts";
