import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// `npm run dev` serves the app from memory and hands the API to a running server.
const server = process.env['BURNISH_SERVER'] ?? 'http://127.0.0.1:8080';

// The page names the script that main.ts starts, so that it is fetched while main.ts still runs.
function fetchStartAtOnce(): Plugin {
  return {
    name: 'fetch-start-at-once',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle = {} }) =>
        Object.values(bundle)
          .filter((file) => file.type === 'chunk' && file.name === 'start')
          .map(({ fileName }) => ({ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/${fileName}` }, injectTo: 'head' })),
    },
  };
}

export default defineConfig({
  plugins: [react(), fetchStartAtOnce()],
  build: {
    target: 'es2023',
    // The page's policy allows pictures and fonts from our own origin only, so nothing becomes a data: URL.
    assetsInlineLimit: 0,
    // One sheet: a part that comes later must not fail for its own.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    // What every first screen needs comes in two files, not in fifty small ones; what a screen needs alone, with it.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'main', test: /src\/main\.ts$/, priority: 2 },
            { name: 'start', test: /src\/app\/start\.tsx$/, priority: 1 },
          ],
        },
      },
    },
    chunkSizeWarningLimit: 1200,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: server, changeOrigin: true, ws: true } },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/testing/setup.ts'],
    css: false,
    restoreMocks: true,
    testTimeout: 30_000,
  },
});
