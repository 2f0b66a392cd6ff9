import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { 'kubefate-tanzu': `${__dirname}/index.ts` } },
  test: { include: ['test/**/*.test.ts'] },
});
