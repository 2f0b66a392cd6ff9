import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const clusters = 'test/engines/{kubernetes,pulumi}/*.engine.ts';
const onSpark = 'test/engines/fate/on-spark.engine.ts';
const federations = 'test/engines/fate/*.engine.ts';
const pulsars = 'test/engines/pulsar/pulsar.engine.ts';

interface Files {
  include: string[];
  exclude?: string[];
  env?: Record<string, string>;
}

/** The heaviest parts are never at work together: one group begins when the other has ended. FATE on Spark computes while Pulumi waits. */
const group = (name: string, groupOrder: number, files: Files) => ({
  extends: true as const,
  test: { name, ...files, sequence: { groupOrder }, maxWorkers: 3 }, // most of the time goes into waiting
});

export default defineConfig({
  resolve: { alias: { 'kubefate-tanzu': fileURLToPath(new URL('index.ts', import.meta.url)) } },
  test: {
    projects: [
      group('programs', 0, { include: ['test/engines/**/*.engine.ts'], exclude: [clusters, federations, pulsars] }),
      ...['0/2', '1/2'].map((run) => group(`pulsars ${run}`, 0, { include: [pulsars], env: { PULSARS: run } })),
      group('clusters', 1, { include: [clusters, onSpark] }),
      group('federations', 2, { include: [federations], exclude: [onSpark] }),
    ],
    reporters: ['verbose'],
    // Where nobody watches, a few that stand still until their time is over would use up everybody's, and none be told of.
    bail: process.env['CI'] === undefined ? 0 : 3,
    testTimeout: 600_000,
    hookTimeout: 900_000,
  },
});
