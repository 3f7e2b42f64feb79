import { defineConfig } from "vitest/config";
import { ClosingLineReporter } from "./packages/config/closing-line-reporter.ts";

// Integration and end-to-end files start real services: each project has its own time limits.
const services = { globalSetup: ["packages/testkit/src/global-setup.ts"] };
const shared = { retry: 0, pool: "forks" as const, exclude: ["**/node_modules/**"] };

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ["default", new ClosingLineReporter()],
    projects: [
      {
        test: {
          ...shared,
          name: "unit",
          include: ["{apps,packages}/*/src/**/*.test.{ts,tsx}"],
          exclude: [...shared.exclude, "**/*.int.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...shared,
          ...services,
          name: "integration",
          include: ["{apps,packages}/*/src/**/*.int.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: "e2e",
          include: ["e2e/**/*.e2e.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
