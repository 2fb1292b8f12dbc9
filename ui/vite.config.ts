import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import react from "@vitejs/plugin-react";

// The pages are served by Ringline itself; `npm run dev` asks a running `ringline dev` for everything that is not a page.
const server = process.env.RINGLINE_SERVER ?? "http://127.0.0.1:7464";

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: { "d3-color": fileURLToPath(new URL("./src/builder/canvas/no-colours.ts", import.meta.url)) },
  },
  build: {
    outDir: "../src/ringline/web/static",
    emptyOutDir: true,
    sourcemap: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      // Parts of a library that nobody draws are left out, though they are wrapped in one of these.
      treeshake: { manualPureFunctions: ["memo", "forwardRef", "createContext", "createSafeContext", "createOptionalContext"] },
      // An icon of several pages would be a file of its own each, with more around it than in it.
      output: { codeSplitting: { groups: [{ name: "icons", test: /lucide-react/, minShareCount: 2 }] } },
    },
  },
  server: {
    proxy: Object.fromEntries(["/api", "/live", "/_simulator", "/sign-in"].map((path) => [path, server])),
  },
});
