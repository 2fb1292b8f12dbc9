import { defineConfig } from "vite";
import react from "@vitejs/plugin-react";

// The pages are served by Ringline itself; `npm run dev` asks a running `ringline dev` for everything that is not a page.
const server = process.env.RINGLINE_SERVER ?? "http://127.0.0.1:7464";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../src/ringline/web/static",
    emptyOutDir: true,
    sourcemap: false,
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: Object.fromEntries(["/api", "/live", "/_simulator", "/sign-in"].map((path) => [path, server])),
  },
});
