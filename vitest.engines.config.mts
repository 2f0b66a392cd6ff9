import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { 'kubefate-tanzu': fileURLToPath(new URL('index.ts', import.meta.url)) } },
  test: {
    include: ['test/engines/**/*.engine.ts'],
    maxWorkers: 3, // most of the time goes into waiting
    reporters: ['verbose'],
    testTimeout: 60_000,
    hookTimeout: 240_000,
  },
});
