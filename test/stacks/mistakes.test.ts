import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { expect, test } from 'vitest';
import { exchangePlan, partyPlan } from '../../lib';
import { isMap } from '../../lib/input/checks';
import { plain } from '../../lib/input/plain';
import { clusterDeploymentPlan } from '../../lib/tanzu/cluster';
import { workloadDomainPlan } from '../../lib/tanzu/workload-domain';
import { type ClusterConfig, clusterStack, TanzuCluster } from '../../stacks/cluster';
import { type ExchangeConfig, ExchangeDeployment, exchangeStack } from '../../stacks/exchange';
import { clusterAccess, clusterProvider } from '../../stacks/kubernetes/cluster-access';
import { PartyDeployment, partyStack } from '../../stacks/party';
import program from '../../stacks/program';
import { WorkloadDomain, workloadDomainStack } from '../../stacks/workload-domain/workload-domain';
import { exchangeDescriptorOf } from '../support/declarations';
import { hostile } from '../support/hostile';
import { partyDescriptorOf } from '../support/parties';
import { attempt, failureOf, type World } from '../support/pulumi-recorder';
import { clusterWith, exchangeSecrets, paperCluster, partySecrets } from '../support/stacks';
import { existingDomain } from '../support/workload-domains';

const federation = { domain: 'example.com' };
const exchange = exchangeDescriptorOf();
const cluster = { name: 'fate-org1', platform: 'vSphere 8.0', kubernetes: 'v1.26.5+vmware.2' } as const;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const provider = () => new kubernetes.Provider('cluster', {});
const wrongCluster = { name: 'org1', deployment: { cluster: { ...cluster, kubernetes: 'x' } } };
const noVcenter: World = {
  invoke: () => {
    throw new Error('dial tcp 192.0.2.1:443: i/o timeout');
  },
};

/** What a user wrote or a site has, and nobody's program did wrong. */
const mistakes: Readonly<Record<string, readonly [run: () => Promise<unknown>, world?: World]>> = {
  "a party's configuration": [() => partyStack({ federation, party: { id: 0 } })],
  "an exchange's configuration": [() => exchangeStack({ federation } as ExchangeConfig)],
  "a cluster's configuration": [async () => clusterStack({ ...wrongCluster, supervisor: provider() })],
  "a workload domain's configuration": [
    () => workloadDomainStack({ name: 'org1', domain: { ...existingDomain, hosts: ['a'] } }),
  ],
  'the configuration of a stack': [program, { stack: 'party-30000', config: { 'kubefate-tanzu:party': { id: 1 } } }],
  'the name of a stack': [program, { stack: 'dev' }],
  'a Secret without a value, of a component': [
    async () =>
      new PartyDeployment('own', { plan: partyPlan({ ...federation, id: 1, exchange }) }, { provider: provider() }),
  ],
  'a docker configuration, of a component': [
    async () => {
      const plan = clusterDeploymentPlan({ cluster, imagePullSecrets: ['registry'] });
      return new TanzuCluster('org1', { plan, supervisor: provider(), secrets: { imagePullSecrets: { other: '{}' } } });
    },
  ],
  'a workload domain without an output': [
    async () =>
      clusterStack({
        name: 'org1',
        deployment: { cluster },
        supervisor: provider(),
        workloadDomain: { stack: 'a/b/c' },
      } as ClusterConfig),
    { stacks: { 'a/b/c': {} } },
  ],
  'a cluster stack without a kubeconfig': [
    async () => ({ party: await partyStack({ federation, party: { id: 1 }, cluster: { stack: 'cluster-org1' } }) }),
    { stacks: { 'acme/kubefate-tanzu/cluster-org1': {} }, resource: paperCluster },
  ],
  'a LoadBalancer with a name where nginx needs an address': [
    () => exchangeStack({ federation, secrets: exchangeSecrets }),
    {
      resource: clusterWith({
        'fate-exchange/traffic-server': { ip: '192.0.2.68' },
        'fate-exchange/nginx': { hostname: 'lb.example.com' },
      }),
    },
  ],
  "a LoadBalancer of an exchange with a party's address": [
    () =>
      exchangeStack({
        federation,
        parties: [partyDescriptorOf(30000, '192.0.2.69', '192.0.2.73')],
        secrets: exchangeSecrets,
      }),
    { resource: paperCluster },
  ],
  "a LoadBalancer of a party with the exchange's address": [
    () =>
      partyStack({
        federation,
        party: { id: 30000 },
        exchange: { ...exchange, nginx: { address: '192.0.2.72', port: 9300 } },
        secrets: partySecrets,
      }),
    { resource: paperCluster },
  ],
  'an ingress controller without an address': [
    () => clusterStack({ name: 'org1', deployment: { cluster }, supervisor: provider() }),
    {
      resource: ({ readId }) =>
        readId ? { data: { value: 'Y2x1c3RlcnM6IFt7Y2x1c3Rlcjoge3NlcnZlcjogYX19XQ==' } } : undefined,
    },
  ],
  'a cluster without a kubeconfig': [
    async () => ({
      kubeconfig: (
        await clusterStack({
          name: 'org1',
          deployment: { cluster, ingressController: false, imageDiskMount: false },
          supervisor: provider(),
        })
      ).kubeconfig,
    }),
    { resource: ({ readId }) => (readId ? { data: {} } : undefined) },
  ],
  'a cluster whose kubeconfig has no cluster': [
    async () => clusterStack({ name: 'org1', deployment: { cluster }, supervisor: provider() }),
    {
      resource: ({ readId }) =>
        readId ? { data: { value: base64('users: [{ user: { token: hush } }]') } } : undefined,
    },
  ],
  'a cluster whose kubeconfig is no YAML': [
    async () => clusterStack({ name: 'org1', deployment: { cluster }, supervisor: provider() }),
    { resource: ({ readId }) => (readId ? { data: { value: base64('token: hush: [') } } : undefined) },
  ],
  'a request for a certificate': [
    () =>
      exchangeStack({
        federation,
        parties: [{ stack: 'party-30000' }],
        certificates: { authority: true },
      }),
    {
      stacks: {
        'acme/kubefate-tanzu/party-30000': {
          descriptor: partyDescriptorOf(30000, '192.0.2.72', '192.0.2.73'),
          certificateRequest: 'none',
        },
      },
    },
  ],
  'a name that vCenter does not know': [() => workloadDomainStack({ name: 'org1', domain: existingDomain }), noVcenter],
  'a name that vCenter does not know, of a component': [
    async () => ({ namespace: new WorkloadDomain('org1', { plan: workloadDomainPlan(existingDomain) }).namespace }),
    noVcenter,
  ],
  'a secret that is known late': [
    () =>
      partyStack({
        federation,
        party: { id: 30000 },
        exchange,
        secrets: { ...partySecrets, notebook: { token: pulumi.secret('') } },
      }),
    { resource: paperCluster },
  ],
};

test.each(Object.entries(mistakes))('Pulumi shows the message alone of a mistake in %s', async (_, [run, world]) => {
  const { errors } = await failureOf(run, world);
  for (const error of errors) expect(pulumi.RunError.isInstance(error), error.stack).toBe(true);
  expect(errors.join()).not.toContain('hush');
});

const stackFunctions: Readonly<Record<string, (config: never) => Promise<unknown>>> = {
  partyStack,
  exchangeStack,
  clusterStack,
  workloadDomainStack,
};

/** What a program without types may give to each. */
const unsound: readonly unknown[] = [
  undefined,
  null,
  7,
  'x',
  [],
  {},
  { superviser: {} },
  { name: { toString: 0, valueOf: 0 }, federation: null, party: 7, exchange: 7, domain: 7, deployment: 7 },
  { name: '', federation: [], party: null, exchange: null, parties: 7, secrets: 7, cluster: 7, supervisor: 7 },
];

test.each(Object.entries(stackFunctions))('%s refuses whatever is no configuration of it', async (_, run) => {
  for (const config of unsound) {
    const { errors } = await failureOf(() => run(config as never));
    for (const error of errors) expect(pulumi.RunError.isInstance(error), error.stack).toBe(true);
  }
});

test.each(Object.entries(stackFunctions))('%s names an option that it does not have', async (_, run) => {
  const { message } = await failureOf(() => run({ superviser: {} } as never));
  expect(message).toMatch('superviser: is not known here');
});

const party = partyPlan({ ...federation, id: 1, exchange });
const options = () => ({ provider: provider() });
/** What programs call without a stack function, and arguments that are sound but for one. */
const direct: Readonly<Record<string, readonly [call: (args: never) => unknown, around: (value: unknown) => unknown]>> =
  {
    clusterAccess: [clusterAccess, (stack) => ({ stack })],
    clusterProvider: [(access) => clusterProvider('own', access), (context) => ({ context })],
    PartyDeployment: [(args) => new PartyDeployment('own', args, options()), (secrets) => ({ plan: party, secrets })],
    ExchangeDeployment: [
      (args) => new ExchangeDeployment('own', args, options()),
      (secrets) => ({ plan: exchangePlan(federation), secrets }),
    ],
    TanzuCluster: [
      (args) => new TanzuCluster('org1', args),
      (secrets) => ({ plan: clusterDeploymentPlan({ cluster }), supervisor: provider(), secrets }),
    ],
    WorkloadDomain: [(args) => new WorkloadDomain('org1', args), (plan) => ({ plan: isMap(plain(plan)) ? 7 : plan })],
  };

test.each(Object.entries(direct))('%s says what is wrong of whatever it is given', async (_, [call, around]) => {
  for (const [what, value] of hostile) {
    for (const args of [value, around(value)]) {
      const { errors } = await attempt(async () => void call(args as never));
      for (const error of errors) expect(pulumi.RunError.isInstance(error), `${what}: ${error.stack}`).toBe(true);
    }
  }
});
