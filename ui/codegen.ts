import type { CodegenConfig } from "@graphql-codegen/cli";

const shared = { useTypeImports: true, enumsAsTypes: true, scalars: { JSON: "unknown" }, skipTypename: false, nonOptionalTypename: true };

/** Types of every document under src/, checked against the schema that the server prints. */
const config: CodegenConfig = {
  schema: "../schema.graphql",
  generates: {
    "src/gql/": {
      documents: ["src/**/*.graphql", "!src/judging/**/*.graphql"],
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: shared,
    },
    // What judges load is generated apart: no document of the panel may come with it.
    "src/judging/gql/": {
      documents: "src/judging/**/*.graphql",
      preset: "client",
      presetConfig: { fragmentMasking: false },
      documentTransforms: [],
      config: { ...shared, documentMode: "string", onlyOperationTypes: true },
    },
  },
};

export default config;
