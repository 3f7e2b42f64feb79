#!/usr/bin/env node
// The package is TypeScript all the way down: tsx is registered here so that `npx engram` needs no build.
import { register } from "tsx/esm/api";

register();
await import("../src/main.ts");
