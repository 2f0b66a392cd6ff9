import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const alias = {
  'kubefate-tanzu/stacks': fileURLToPath(new URL('stacks/index.ts', import.meta.url)),
  'kubefate-tanzu': fileURLToPath(new URL('index.ts', import.meta.url)),
};

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'library',
          include: ['test/**/*.test.ts'],
          exclude: ['test/stacks/**', 'test/support/pulumi-recorder.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: {
          // Pulumi takes seconds to load: once for all of its tests.
          name: 'stacks',
          include: ['test/stacks/**/*.test.ts', 'test/support/pulumi-recorder.test.ts'],
          isolate: false,
          maxWorkers: 1,
          testTimeout: 60_000,
        },
      },
    ],
  },
});
