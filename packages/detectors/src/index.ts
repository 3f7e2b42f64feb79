export * from "./calibrate.ts";
export * from "./checkpoint.ts";
export * from "./detector.ts";
export * from "./frames.ts";
export * from "./score.ts";
export * from "./train.ts";
