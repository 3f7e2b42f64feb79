// The worker's public entry, for the launcher, which starts the worker as a process. Importing this computes nothing.
import { fileURLToPath } from "node:url";

/** Path of the process's main file, for `node --import tsx <path>`; an IPC channel ties its life to its parent's. */
export const workerMainPath: string = fileURLToPath(new URL("./main.ts", import.meta.url));
