// Typed documents for the SDK, from the committed schema: `npm run generate`.
import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "apps/api/schema.graphql",
  documents: ["packages/sdk/src/operations/*.ts"],
  generates: {
    "packages/sdk/src/generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        enumType: "string-literal",
        importExtension: ".ts",
        scalars: { DateTime: "string", ID: "string", JSON: "unknown" },
        strictScalars: true,
        useTypeImports: true,
      },
    },
  },
};

// biome-ignore lint/style/noDefaultExport: the tool looks for it
export default config;
