import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";

// Next asks the environment, not its configuration: nothing is reported from here.
process.env.NEXT_TELEMETRY_DISABLED = "1";

const config: NextConfig = {
  transpilePackages: ["@engram/core", "@engram/sdk"],
  turbopack: { root: fileURLToPath(new URL("../..", import.meta.url)) },
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // `npm run typecheck` looks at the same files: a start of the platform need not wait for it again.
  typescript: { ignoreBuildErrors: true },
};

export default config;
