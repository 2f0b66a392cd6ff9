import * as pulumi from '@pulumi/pulumi';
import { expect, test } from 'vitest';
import { Problems } from '../../../lib/input/problems';
import {
  type ClusterAccessConfig,
  checkClusterAccess,
  checkKubeconfigAccess,
  clusterAccess,
  clusterProvider,
} from '../../../stacks/kubernetes/cluster-access';
import { problemsOf } from '../../support/declarations';
import { failureOf, record, type World } from '../../support/pulumi-recorder';
import { types } from '../../support/stacks';

const cluster = 'acme/kubefate-tanzu/cluster-org1';
const world: World = {
  stacks: { [cluster]: { kubeconfig: 'the kubeconfig', ingressAddress: '192.0.2.80' } },
  secretOutputs: ['kubeconfig'],
};

const access = (config?: ClusterAccessConfig) => async () => {
  const { ingressAddress } = clusterAccess(config);
  return { ingressAddress };
};

test.each<[string, ClusterAccessConfig | undefined, object]>([
  ['the stack of the cluster', { stack: 'cluster-org1' }, { kubeconfig: 'the kubeconfig', clusterIdentifier: cluster }],
  ['a stack elsewhere', { stack: cluster }, { kubeconfig: 'the kubeconfig', clusterIdentifier: cluster }],
  ['a kubeconfig', { kubeconfig: 'k', context: 'c' }, { kubeconfig: 'k', context: 'c', clusterIdentifier: 'c' }],
  [
    'a kubeconfig that is an output',
    { kubeconfig: pulumi.secret('k') },
    { kubeconfig: 'k', clusterIdentifier: 'ambient' },
  ],
  ['the ambient way', undefined, { clusterIdentifier: 'ambient' }],
  ['an identifier of its own', { identifier: 'org1' }, { clusterIdentifier: 'org1' }],
])(
  'objects are updated in place, and taken over where they exist, on the cluster of %s',
  async (_, config, expected) => {
    const run = await record(access(config), world);
    const ways = {
      enableConfigMapMutable: 'true',
      enableSecretMutable: 'true',
      enableServerSideApply: 'true',
      upsertExistingObjects: 'true',
    };
    const { inputs, secretInputs } = run.get(types.provider, 'cluster');
    expect(inputs).toEqual({ ...ways, ...expected });
    expect(secretInputs).toEqual('kubeconfig' in expected ? ['kubeconfig'] : []);
  },
);

test('a rotated token is the same cluster', async () => {
  const rotated = { ...world, stacks: { [cluster]: { kubeconfig: 'another', ingressAddress: '192.0.2.80' } } };
  const before = (await record(access({ stack: cluster }), world)).get(types.provider, 'cluster').inputs;
  const after = (await record(access({ stack: cluster }), rotated)).get(types.provider, 'cluster').inputs;
  expect(after['kubeconfig']).not.toBe(before['kubeconfig']);
  expect(after['clusterIdentifier']).toBe(before['clusterIdentifier']);
});

test('the stack of the cluster tells the address of its ingress controller', async () => {
  expect((await record(access({ stack: cluster }), world)).outputs).toEqual({ ingressAddress: '192.0.2.80' });
  expect((await record(access(), world)).outputs).toEqual({});
});

test('a cluster that is not there yet is named', async () => {
  const empty = { stacks: { [cluster]: {} } };
  const { message } = await failureOf(access({ stack: 'cluster-org1' }), empty);
  expect(message).toMatch(`stack ${cluster} has no output \`kubeconfig\`: run \`pulumi up\` there first`);
});

const problems = (check: typeof checkClusterAccess, config: unknown) =>
  problemsOf(() => {
    const found = Problems.none();
    check(found.at('cluster'), config);
    found.throwIfAny('x');
  }).map(({ path, what }) => `${path}: ${what}`);

test('what is wrong with an access is said, and no kubeconfig is shown', () => {
  expect(problems(checkClusterAccess, 'secret')).toEqual(['cluster: is no map']);
  expect(problems(checkClusterAccess, { stack: '', kubeconfig: { secret: 1 }, user: 'secret' })).toEqual([
    'cluster.user: is not known here',
    'cluster.stack: names no stack',
    'cluster.kubeconfig: is no text',
    'cluster.kubeconfig: is given beside a stack that has one',
  ]);
  expect(problems(checkClusterAccess, { stack: 'secret: 1\n' })).toEqual(['cluster.stack: names no stack']);
  expect(problems(checkKubeconfigAccess, { stack: 'a' })).toEqual(['cluster.stack: is not known here']);
  for (const sound of [
    undefined,
    {},
    { stack: 'a' },
    { kubeconfig: pulumi.secret('k'), context: 'c' },
    { kubeconfig: Promise.resolve('k') },
  ]) {
    expect(() => problems(checkClusterAccess, sound)).toThrow('nothing was refused');
  }
});

test.each<[string, () => unknown]>([
  ['access', () => clusterAccess({ kubeConfig: 'secret' } as ClusterAccessConfig)],
  ['access', () => clusterAccess('secret' as ClusterAccessConfig)],
  ['provider', () => clusterProvider('own', { kubeConfig: 'secret' } as ClusterAccessConfig)],
  ['provider', () => clusterProvider('own', null as unknown as ClusterAccessConfig)],
])('a mistyped %s never becomes that of kubectl', async (_, make) => {
  const { message } = await failureOf(async () => void make(), world);
  expect(message).toMatch(/kubeConfig: is not known here|is no map/);
  expect(message).not.toContain('secret');
});
