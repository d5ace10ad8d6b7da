import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Where `tipbench up` listens, for `make ui-dev`. */
const SERVER = process.env["TIPBENCH_URL"] ?? "http://127.0.0.1:3000";
const SMALLEST = 600;

/** Writes each file of the build compressed beside it, so that serving compresses nothing. */
function compressed(): Plugin {
  let folder = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved: (config) => void (folder = resolve(config.root, config.build.outDir)),
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        const path = join(folder, name);
        if (!/\.(js|css|html|svg)$/.test(name) || statSync(path).size < SMALLEST) continue;
        const content = readFileSync(path);
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
      }
    },
  };
}

/** The server wants its own Host and Origin; the session cookie is the same on every port of 127.0.0.1. */
const proxied = {
  target: SERVER,
  changeOrigin: true,
  ws: true,
  headers: { origin: SERVER },
  rewriteWsOrigin: true,
};

/** The page of judges at its own address in `make ui-dev`, as the server has it. */
function judgePage(): Plugin {
  return {
    name: "judge-page",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        if (/^\/judge(\?|$)/.test(request.url ?? "")) request.url = "/judge.html";
        next();
      });
    },
  };
}

// Judges get a build of their own (`--mode judge`): what it loads shares no file with the panel.
export default defineConfig(({ mode }) => ({
  plugins: [react(), compressed(), judgePage()],
  publicDir: false,
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    target: "es2023",
    rolldownOptions: { input: mode === "judge" ? "judge.html" : "index.html" },
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    proxy: { "/graphql": proxied, "/auth": proxied, "/api": proxied, "/dagster": proxied, "/mlflow": proxied },
  },
}));
