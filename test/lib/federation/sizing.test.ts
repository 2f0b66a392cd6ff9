import fc from 'fast-check';
import { expect, test } from 'vitest';
import { capacity, exchangePlan, kubeFatePlan, partyPlan, type Quantity, type QuantityProps } from '../../../lib';
import { leastMemoryGiB, sizingPresets } from '../../../lib/fate/sizes';
import { problemsOf } from '../../support/declarations';

const party = (props: object) => partyPlan({ domain: 'example.com', id: 1, belowGuideline: true, ...props });
const both = (quantity: Quantity) => ({ requests: { cpu: 0.001, memoryGiB: 0.006 }, limits: quantity });
const container = (name: string) => (quantity: Quantity) => party({ resources: { [name]: both(quantity) } });

/** Every container whose size may be declared, and the least memory of its limit. */
const containers: readonly [name: string, leastGiB: number, declare: (quantity: Quantity) => unknown][] = [
  ...(Object.keys(sizingPresets.minimum.containers) as (keyof typeof leastMemoryGiB)[]).map(
    (name): [string, number, (quantity: Quantity) => unknown] => [name, leastMemoryGiB[name] ?? 0.006, container(name)],
  ),
  ['trafficServer', 0.006, (q) => exchangePlan({ domain: 'example.com', resources: { trafficServer: both(q) } })],
  [
    'kubefate',
    0.006,
    (q) => kubeFatePlan({ host: 'a.example.com', clusterWide: true, resources: { kubefate: both(q) } }),
  ],
  ['a node', 0.006, (q) => capacity([], { vmClass: q, count: 1 })],
];

test.each(containers)(
  'the CPU and memory of %s have bounds, which the message tells with their units',
  (_, least, declare) => {
    const refused = (quantity: object) => problemsOf(() => declare(quantity as Quantity)).map(({ remedy }) => remedy);
    for (const cpu of [0.001, 960]) expect(() => declare({ cpu, memoryGiB: 8 })).not.toThrow();
    for (const memoryGiB of [least, 24_576]) expect(() => declare({ cpu: 1, memoryGiB })).not.toThrow();
    for (const cpu of [0.0004, 0, -1, 960.1, 1e21, Number.MAX_VALUE, Number.NaN, '1', null, 1n]) {
      expect(refused({ cpu, memoryGiB: 8 })).toEqual(['use 0.001 to 960 vCPU']);
    }
    for (const memoryGiB of [least - 0.001, 0.003, 0, 24_577, 1e21, Number.POSITIVE_INFINITY, '8Gi', {}]) {
      expect(refused({ cpu: 1, memoryGiB })).toEqual([`use ${least} to 24576 GiB`]);
    }
  },
);

test.each(containers)(
  'the CPU and memory of %s may be spelled as Kubernetes does, and are the same',
  (_, least, declare) => {
    const written = (quantity: QuantityProps) => declare(quantity as Quantity);
    const amounts = fc.record({
      milli: fc.integer({ min: 1, max: 960_000 }),
      mebi: fc.integer({ min: Math.ceil(least * 1024), max: 24_576 * 1024 }),
    });
    fc.assert(
      fc.property(amounts, ({ milli, mebi }) => {
        const numbers = written({ cpu: milli / 1000, memoryGiB: mebi / 1024 });
        expect(written({ cpu: `${milli}m`, memory: `${mebi}Mi` })).toEqual(numbers);
        expect(written({ cpu: milli / 1000, memory: `${mebi * 2 ** 20}` })).toEqual(numbers);
        expect(written({ cpu: `${milli / 1000}`, memory: `${mebi * 1024}Ki` })).toEqual(numbers);
      }),
      { numRuns: 20 },
    );
    const refused = (quantity: object) => problemsOf(() => written(quantity as QuantityProps));
    const leastText = Number.isInteger(least) ? `${least}Gi` : `${Math.ceil(least * 1024)}Mi`;
    for (const memory of [
      '5Mi',
      '24577Gi',
      '4',
      '4 Gi',
      'Gi',
      '-1Gi',
      '4gi',
      '',
      4,
      null,
      {},
      `${'9'.repeat(400)}Gi`,
    ]) {
      const [problem, ...more] = refused({ cpu: 1, memory });
      expect(more).toEqual([]);
      expect(problem?.path).toMatch(/(^|\.)memory$/);
      expect(problem?.remedy).toBe(`use ${leastText} to 24576Gi`);
    }
    for (const cpu of ['0.4m', '961', '1 ', 'one', '', Number.NaN, null]) {
      expect(refused({ cpu, memory: '8Gi' }).map(({ remedy }) => remedy)).toEqual(['use 1m to 960']);
    }
    for (const both of [
      { memory: '8Gi', memoryGiB: 8 },
      { memory: 8, memoryGiB: '8Gi' },
    ]) {
      expect(refused({ cpu: 1, ...both }).map(({ remedy }) => remedy)).toEqual(['use one of the two']);
    }
  },
);

test('what is wrong with sizes among one another is said where and as it was written', () => {
  const nginx = { requests: { cpu: '8', memory: '1Gi' }, limits: { cpu: '4500m', memory: '512Mi' } };
  expect(problemsOf(() => party({ resources: { nginx } }))).toMatchObject([
    { path: 'resources.nginx.requests.cpu', what: '8 is more than the limit of 4500m' },
    { path: 'resources.nginx.requests.memory', what: '1Gi is more than the limit of 512Mi' },
  ]);
  const small = { nginx: { ...nginx, requests: { cpu: 0.5, memoryGiB: 0.5 } } };
  expect(problemsOf(() => party({ resources: small, belowGuideline: false }))).toMatchObject([
    { path: 'resources.nginx.limits.memory', what: 'a pod of 512Mi is below the guideline' },
  ]);
});

test.each(Object.keys(sizingPresets.minimum.volumesGiB))('the volume of %s has bounds', (volume) => {
  for (const size of [1, 63_488]) expect(() => party({ volumesGiB: { [volume]: size } })).not.toThrow();
  for (const size of [0, 0.5, 63_489, 1e21, Number.MAX_VALUE, Number.NaN, '5', null]) {
    const problems = problemsOf(() => party({ volumesGiB: { [volume]: size } }));
    expect(problems).toMatchObject([{ path: `volumesGiB.${volume}`, remedy: 'use 1 to 63488 GiB' }]);
  }
});

test('a dataset has bounds, within which every volume can be made', () => {
  for (const datasetGiB of [0.001, 40, 31_744]) {
    const { volumesGiB } = party({ datasetGiB }).sizing;
    expect(Math.max(...Object.values(volumesGiB))).toBeLessThanOrEqual(63_488);
  }
  for (const datasetGiB of [0, 0.0001, -1, 31_745, 1e21, Number.MAX_VALUE, Number.NaN, '40', null, {}]) {
    const problems = problemsOf(() => party({ datasetGiB }));
    expect(problems).toMatchObject([{ path: 'datasetGiB', remedy: 'use 0.001 to 31744 GiB' }]);
  }
});

test('the presets are within the bounds', () => {
  for (const sizing of Object.keys(sizingPresets)) {
    const { containers, volumesGiB } = party({ sizing }).sizing;
    expect(party({ resources: containers, volumesGiB }).sizing.containers).toEqual(containers);
  }
});
