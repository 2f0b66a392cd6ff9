import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const alias = {
  'kubefate-tanzu/stacks': fileURLToPath(new URL('stacks/index.ts', import.meta.url)),
  'kubefate-tanzu': fileURLToPath(new URL('index.ts', import.meta.url)),
};

/** What a machine needs that is ten times slower than one on which the slowest of them takes a minute. */
const patience = { testTimeout: 600_000, hookTimeout: 600_000 };

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'library',
          maxWorkers: '100%',
          include: ['test/**/*.test.ts'],
          exclude: ['test/stacks/**', 'test/support/pulumi-recorder.test.ts'],
          ...patience,
        },
      },
      {
        resolve: { alias },
        test: {
          // Pulumi takes seconds to load: once for all of its tests.
          name: 'stacks',
          include: ['test/stacks/**/*.test.ts', 'test/support/pulumi-recorder.test.ts'],
          globalSetup: 'test/support/issued-certificates.ts',
          isolate: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 }, // Vitest runs nothing beside projects of another number of workers
          ...patience,
        },
      },
    ],
  },
});
