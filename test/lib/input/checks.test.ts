import { expect, test } from 'vitest';
import {
  clusterDeploymentPlan,
  federation,
  imageDiskMountPlan,
  kubeFatePlan,
  type Problem,
  tanzuClusterPlan,
} from '../../../lib';
import { checkKeys } from '../../../lib/input/checks';
import type { Cidr } from '../../../lib/input/cidr';
import { Problems } from '../../../lib/input/problems';
import { workloadDomainPlan } from '../../../lib/tanzu/workload-domain';
import { problemsOf, twoParties } from '../../support/declarations';

const unknownKeys = (value: object): readonly Problem[] =>
  problemsOf(() => {
    const problems = Problems.none();
    checkKeys<{ readonly id: number }>(problems.at('party'), value, { id: true });
    problems.throwIfAny('x');
  });

test('a key that is not known is named as its author wrote it', () => {
  expect(unknownKeys({ id: 1, storageclass: 'gold' })).toEqual([
    { path: 'party.storageclass', what: 'is not known here', remedy: 'use id' },
  ]);
});

test('keys are all there and said to be whose they are, or it does not compile', () => {
  const [problems, value] = [Problems.none(), {}];
  checkKeys<Cidr>(problems, value, { address: true, prefix: true });
  // @ts-expect-error: `prefix` is forgotten
  checkKeys<Cidr>(problems, value, { address: true });
  // @ts-expect-error: `mask` is none
  checkKeys<Cidr>(problems, value, { address: true, prefix: true, mask: true });
  // @ts-expect-error: every choice of a union has keys
  checkKeys<Cidr | { readonly range: string }>(problems, value, { address: true, prefix: true });
  // @ts-expect-error: whose keys?
  checkKeys(problems, value, { address: true, prefix: true });
});

test('a key that a log would take for something else is in quotes, and escaped', () => {
  const [problem] = unknownKeys({ '::error::\n\u001b[31m': 1 });
  expect(problem?.path).toBe('party["::error::\\n\\u001b[31m"]');
});

test('of many keys ten are named', () => {
  const found = unknownKeys(Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, i])));
  expect(found).toHaveLength(11);
  expect(found[10]?.what).toBe('99990 more like these');
});

const cluster = { name: 'fate', platform: 'vSphere 8.0', kubernetes: 'v1.26.5+vmware.1' } as const;
const domain = { vsphere: '8.0', datacenter: 'dc', cluster: 'c', supervisor: { id: 's' } } as const;

/** Every flag that a declaration has. */
const flags: readonly [path: string, declare: (flag: never) => unknown][] = [
  ['parties[0].belowGuideline', (flag) => federation({ ...twoParties, parties: [{ id: 1, belowGuideline: flag }] })],
  ['clusterWide', (flag) => kubeFatePlan({ host: 'kubefate.example.com', parties: ['fate-1'], clusterWide: flag })],
  ['production', (flag) => tanzuClusterPlan({ ...cluster, production: flag })],
  ['belowGuideline', (flag) => tanzuClusterPlan({ ...cluster, belowGuideline: flag })],
  [
    'workers[0].vmClass.guaranteed',
    (flag) =>
      tanzuClusterPlan({
        ...cluster,
        workers: [{ vmClass: { name: 'own', cpu: 8, memoryGiB: 64, guaranteed: flag } }],
      }),
  ],
  ['controlPlane', (flag) => imageDiskMountPlan({ controlPlane: flag })],
  ['belowGuideline', (flag) => workloadDomainPlan({ ...domain, belowGuideline: flag })],
];

test.each(flags)('%s is true or false, and nothing that only looks like one of them', (path, declare) => {
  for (const flag of [true, false, undefined]) expect(() => declare(flag as never)).not.toThrow();
  for (const flag of ['false', 'no', '', 0, 1, null, [], {}]) {
    expect(problemsOf(() => declare(flag as never)).map((problem) => problem.path)).toEqual([path]);
  }
});

/** Where `false` means none, and anything else is what there is to be. */
test.each<[path: string, declare: (choice: never) => unknown]>([
  ['imageDiskMount', (choice) => clusterDeploymentPlan({ cluster, imageDiskMount: choice })],
  ['ingressController', (choice) => clusterDeploymentPlan({ cluster, ingressController: choice })],
  ['parties[0].storageClass', (choice) => federation({ ...twoParties, parties: [{ id: 1, storageClass: choice }] })],
  [
    'parties[0].storageClasses.mysql',
    (choice) => federation({ ...twoParties, parties: [{ id: 1, storageClasses: { mysql: choice } }] }),
  ],
])('%s is false, and not its name', (path, declare) => {
  expect(() => declare(false as never)).not.toThrow();
  for (const choice of ['false', '', 0, null])
    expect(problemsOf(() => declare(choice as never)).map((problem) => problem.path)).toEqual([path]);
});
