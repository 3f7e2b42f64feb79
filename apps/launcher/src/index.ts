export { readEnvironment } from "./env.ts";
export { type Platform, startPlatform } from "./platform.ts";
