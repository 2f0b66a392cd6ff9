import { describe, expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs/flc/federated-learning-cluster';
import { federation, type PartyPlan, type PartyProps, partyPlan, tanzuClusterPlan } from '../../../lib';
import { problemsOf, twoParties } from '../../support/declarations';
import { objectsOf, podOf, workloadsOf } from '../../support/objects';
import { reference } from '../tanzu/cluster/declarations';

const party = (props: Partial<PartyProps>) => partyPlan({ domain: 'example.com', id: 30000, ...props });
const problems = (props: object) => problemsOf(() => party(props));
const paths = (props: object) => problems(props).map(({ path }) => path);

const usual = {
  labels: { 'kubefate-tanzu/nodes': 'spark' },
  taints: [{ key: 'kubefate-tanzu/nodes', value: 'spark', effect: 'NoSchedule' }],
};

/** Where pods are led, by workload. */
const placesOf = (plan: PartyPlan) =>
  Object.fromEntries(
    workloadsOf(objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan))).map((workload) => {
      const { nodeSelector, tolerations } = podOf(workload);
      return [workload.metadata?.name, { nodeSelector, tolerations }];
    }),
  );

describe('Spark workers of a party with nodes of their own', () => {
  test.each([
    ['the usual ones', true, usual],
    ['the same in other words', {}, usual],
    [
      'those with labels of others, and a taint of each',
      { labels: { pool: 'spark', disk: 'nvme' } },
      {
        labels: { pool: 'spark', disk: 'nvme' },
        taints: [
          { key: 'pool', value: 'spark', effect: 'NoSchedule' },
          { key: 'disk', value: 'nvme', effect: 'NoSchedule' },
        ],
      },
    ],
    [
      'those with other taints',
      { labels: { pool: 'spark' }, taints: [{ key: 'dedicated', effect: 'NoExecute' }] },
      { labels: { pool: 'spark' }, taints: [{ key: 'dedicated', effect: 'NoExecute' }] },
    ],
  ] as const)('run on %s, one on each, and no other pod does', (_, sparkNodes, expected) => {
    const plan = party({ sparkNodes });
    expect(plan.sparkNodes).toEqual(expected);
    const { 'spark-worker': worker, ...others } = placesOf(plan);
    expect(worker?.nodeSelector).toEqual(expected.labels);
    expect(worker?.tolerations).toEqual(expected.taints.map((taint) => ({ ...taint, operator: 'Equal' })));
    expect({ ...others, 'spark-worker': {} }).toEqual({ ...placesOf(party({})), 'spark-worker': {} });
  });

  test('keep what is declared of them beside', () => {
    const tolerations = [{ key: 'gpu', operator: 'Exists' }] as const;
    const pods = { all: { nodeSelector: { pool: 'fate', zone: 'a' } }, sparkWorker: { tolerations } };
    expect(placesOf(party({ sparkNodes: { labels: { pool: 'spark' } }, pods }))['spark-worker']).toEqual({
      nodeSelector: { pool: 'spark', zone: 'a' },
      tolerations: [...tolerations, { key: 'pool', operator: 'Equal', value: 'spark', effect: 'NoSchedule' }],
    });
  });

  test('are told of once where a taint is tolerated anyway', () => {
    const tolerations = [{ key: 'kubefate-tanzu/nodes', operator: 'Exists' }] as const;
    expect(party({ sparkNodes: true, pods: { sparkWorker: { tolerations } } }).pods.sparkWorker.tolerations).toEqual(
      tolerations,
    );
  });
});

test.each([
  ['yes', ['sparkNodes']],
  [[], ['sparkNodes']],
  [{ label: { a: 'b' } }, ['sparkNodes.label']],
  [{ labels: {} }, ['sparkNodes.labels']],
  [{ labels: { 'a b': 'c' } }, ['sparkNodes.labels["a b"]']],
  [{ taints: [] }, ['sparkNodes.taints']],
  [{ taints: [{ key: 'a', effect: 'PreferNoSchedule' }] }, ['sparkNodes.taints']],
  [{ taints: [{ key: 'a', effect: 'Never' }] }, ['sparkNodes.taints[0].effect']],
])('%j are no nodes for Spark workers', (sparkNodes, expected) => {
  expect(paths({ sparkNodes })).toEqual(expected);
});

test('what would lead workers elsewhere, or others there, is refused', () => {
  expect(
    problems({ sparkNodes: true, pods: { sparkWorker: { nodeSelector: { 'kubefate-tanzu/nodes': 'other' } } } }),
  ).toMatchObject([{ path: 'pods.sparkWorker.nodeSelector["kubefate-tanzu/nodes"]' }]);
  const everything = { tolerations: [{ operator: 'Exists' }] };
  expect(paths({ sparkNodes: true, pods: { all: everything, nginx: everything } })).toEqual([
    'pods.all.tolerations',
    'pods.nginx.tolerations',
  ]);
  expect(() => party({ pods: { all: { tolerations: [{ operator: 'Exists' }] } } })).not.toThrow();
  const passing = {
    key: 'kubefate-tanzu/nodes',
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 5,
  } as const;
  expect(() => party({ sparkNodes: true, pods: { all: { tolerations: [passing] } } })).not.toThrow();
});

describe('a federation says once what its parties have', () => {
  const { sparkNodes } = tanzuClusterPlan({ ...reference, workers: [{}, { sparkNodes: true }] });
  const nodesOf = (declared: object) =>
    federation({ ...twoParties, ...declared }).parties.map((plan) => plan.sparkNodes?.labels);

  test('which is what a cluster is planned with, unless a party says otherwise', () => {
    expect(sparkNodes).toEqual(usual);
    expect(nodesOf({ sparkNodes })).toEqual([usual.labels, usual.labels]);
    const [first, second] = twoParties.parties;
    const own = { labels: { pool: 'spark' } };
    expect(nodesOf({ sparkNodes: own, parties: [first, { ...second, sparkNodes: false }] })).toEqual([
      own.labels,
      undefined,
    ]);
    expect(nodesOf({ sparkNodes: own, parties: [{ ...first, sparkNodes: true }, second] })).toEqual([
      own.labels,
      own.labels,
    ]);
    expect(nodesOf({ parties: [first, { ...second, sparkNodes: true }] })).toEqual([undefined, usual.labels]);
  });

  test('and is told once where it is wrong', () => {
    expect(problemsOf(() => nodesOf({ sparkNodes: { labels: {} } })).map(({ path }) => path)).toEqual([
      'sparkNodes.labels',
    ]);
  });
});

test('whoever has Spark of others has no nodes for it, and is told so where it says that it has', () => {
  const spark = { external: { masters: [], workers: {} } };
  const paths = (more: object) => problemsOf(() => party({ spark, ...more } as never)).map(({ path }) => path);
  expect(paths({ sparkNodes: true })).toContain('sparkNodes');
  expect(paths({ sparkNodes: false })).not.toContain('sparkNodes');
});
