import { join } from 'node:path';
import Ajv from 'ajv';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { jobSchema } from '../declaration-schema';
import { type JobProps, jobPlan } from '../lib';
import { jobOf, partiesOf, trainings } from './support/jobs';

const ajv = new Ajv({ strict: true, allErrors: true, strictTuples: false, strictRequired: false });
const isValid = ajv.compile(jobSchema(join(__dirname, '..')));
const parties = partiesOf('1.6.1', {}, {});

test('the schema of jobs takes what the code takes', () => {
  const property = fc.property(trainings, fc.boolean(), (training, validated) => {
    const { algorithm } = training;
    const model = { job: '202611261200000000010' };
    for (const job of [
      {
        $schema: 'job.schema.json',
        ...training,
        ...jobOf(1, validated),
        timeoutSeconds: 60,
        resources: { executors: 1 },
      },
      { algorithm, ...jobOf(), model },
    ]) {
      const { $schema: _, ...described } = job as { readonly $schema?: string };
      expect(jobPlan(parties, described as JobProps)).toBeDefined();
      expect(isValid(job), JSON.stringify(isValid.errors)).toBe(true);
    }
  });
  fc.assert(property, { numRuns: 50 });
});

test.each<[string, object]>([
  ['a key of nothing', { treez: 1 }],
  ['a parameter of another algorithm', { parameters: { num_trees: 1 } }],
  ['an algorithm that nobody knows', { algorithm: 'boost' }],
  ['a party by its name', { arbiter: 'host' }],
])('it refuses %s, as the code does', (_, wrong) => {
  const job = { algorithm: 'homo-lr', ...jobOf(), ...wrong };
  expect(isValid(job)).toBe(false);
  expect(() => jobPlan(parties, job as JobProps)).toThrow();
});
