import type { CodegenConfig } from "@graphql-codegen/cli";

/** Types of every document under src/, checked against the schema that the server prints. */
const config: CodegenConfig = {
  schema: "../schema.graphql",
  documents: "src/**/*.graphql",
  generates: {
    "src/gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: { useTypeImports: true, enumsAsTypes: true, scalars: { JSON: "unknown" }, skipTypename: false, nonOptionalTypename: true },
    },
  },
};

export default config;
