import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { exchangeDescriptor, exchangePlan, InvalidInput, partyDescriptor } from '../../lib';
import { partyPlan } from '../../lib/federation/party';
import { plain } from '../../lib/input/plain';
import * as stacks from '../../stacks';
import { clusterStack } from '../../stacks/cluster';
import { exchangeStack } from '../../stacks/exchange';
import { partyStack } from '../../stacks/party';
import program from '../../stacks/program';
import { isStackName } from '../../stacks/references/stack-names';
import { workloadDomainStack } from '../../stacks/workload-domain/workload-domain';
import { refusals } from '../support/admission';
import * as entrancesOfLibrary from '../support/entrances';
import { hostile } from '../support/hostile';
import { changes, keysOf, mutated, places, trials } from '../support/mutants';
import { attempt, type World } from '../support/pulumi-recorder';
import { certifyingCluster, exchangeSecrets, partySecrets, storedCertificate, types } from '../support/stacks';
import { existingDomain, newDomain, vdsNetworks } from '../support/workload-domains';

const root = join(__dirname, '../..');

beforeAll(() => {
  process.env['PULUMI_NODEJS_ROOT_DIRECTORY'] = root;
});
afterAll(() => {
  delete process.env['PULUMI_NODEJS_ROOT_DIRECTORY'];
});

const { deployment, domain, offer } = entrancesOfLibrary;
/** Certificates come from a Secret or a stack, but where it is said otherwise; clusters are the stacks' own. */
const { certManager, access: _partys, ...party } = entrancesOfLibrary.party;
const { certManager: issuer, access: _exchanges, ...routing } = entrancesOfLibrary.routing;

const federation = { domain: 'example.com', fate: '1.6.1' };
const exchange = exchangeDescriptor(exchangePlan({ domain: 'example.com' }), {
  trafficServer: '192.0.2.68',
  nginx: '192.0.2.69',
});
const descriptorOf = (id: number) =>
  partyDescriptor(partyPlan({ domain: 'example.com', id }), { nginx: `192.0.2.${id}`, pulsar: `192.0.2.1${id}` });
const imagePullSecrets = { 'registry-credentials': '{"auths":{}}' };
const kubeconfig = stringify({ clusters: [{ cluster: { server: 'https://192.0.2.66:6443' } }] });

const backupBucket = { accessKey: 'a', secretKey: 'b' };
const partyConfig = {
  federation,
  party,
  exchange: { stack: 'exchange' },
  cluster: { stack: 'cluster-org1', context: 'admin' },
  secrets: {
    ...partySecrets,
    mysql: { password: 'a', rootPassword: 'b' },
    notebook: { existingSecret: 'certificates/notebook' },
    backupBucket,
    imagePullSecrets,
  },
  upgrade: { from: '1.6.1', accept: ['messages'] },
};
const exchangeConfig = {
  federation,
  exchange: routing,
  parties: [
    { stack: 'party-11' },
    { stack: 'other/project/org2', id: 12 },
    { file: 'examples/pulumi/party-40000.json', unsigned: true, id: 40000, request: 'examples/pulumi/party-40000.csr' },
    descriptorOf(13),
  ],
  cluster: { kubeconfig, identifier: 'org1' },
  secrets: { ...exchangeSecrets, imagePullSecrets },
};
const ownKey = ({ secrets: _, ...config }: { readonly secrets: object }, certificates: object, secrets = {}) => ({
  ...config,
  certificates,
  secrets: { ...secrets, imagePullSecrets },
});
const clusterConfig = {
  name: 'org1',
  deployment,
  workloadDomain: { stack: 'workload-domain-org1' },
  supervisor: { kubeconfig, context: 'admin' },
  secrets: { imagePullSecrets },
};
/** Of other members. */
const members = {
  'party-11': { descriptor: descriptorOf(11) },
  'other/project/org2': { descriptor: descriptorOf(12) },
};
const ofParty = {
  exchange: { descriptor: exchange },
  'cluster-org1': { kubeconfig, kubernetes: '1.27', ingressAddress: '192.0.2.80' },
};
const ofCluster = { 'workload-domain-org1': offer };

interface Entrance {
  /** What is written, and what other stacks tell, whose authors are others. */
  readonly sound: readonly [written: object, told: object];
  readonly world: (written: unknown) => World;
  readonly run: (written: never) => Promise<unknown>;
  /** Part of the mutants that it gets. */
  readonly share: number;
}

const entrance = <Config>(
  sound: object,
  told: object,
  run: (config: Config) => Promise<unknown>,
  share = 1,
): Entrance => ({ sound: [sound, told], world: () => ({}), run, share });

/** By `Pulumi.<stack>.yaml`, which holds what JSON can say. */
const configured = (stack: string, topics: object, told: object): Entrance => ({
  sound: [{ stack, topics }, told],
  world: (written) => {
    const { stack: name, topics } = Object(data(written));
    const config = Object.entries(Object(topics)).map(([topic, value]) => [`kubefate-tanzu:${topic}`, value]);
    return { stack: isStackName(name) ? name : stack, config: Object.fromEntries(config) };
  },
  run: program,
  share: 0.3,
});

const { id, ...unnamed } = party;
const { name: _, deployment: topics, ...rest } = clusterConfig;
const entrances: Readonly<Record<string, Entrance>> = {
  partyStack: entrance(partyConfig, ofParty, partyStack),
  'partyStack with peers': entrance(
    { ...partyConfig, exchange: undefined, peers: exchangeConfig.parties },
    { ...members, 'cluster-org1': ofParty['cluster-org1'] },
    partyStack,
    0.3,
  ),
  exchangeStack: entrance(exchangeConfig, members, exchangeStack),
  'partyStack with a key of its own': entrance(
    ownKey(partyConfig, { stack: 'exchange' }, { backupBucket }),
    ofParty,
    partyStack,
    0.3,
  ),
  'exchangeStack with the authority': entrance(
    ownKey(exchangeConfig, { authority: true, days: 90 }),
    members,
    exchangeStack,
    0.3,
  ),
  'partyStack with a MySQL of others': entrance(
    {
      ...partyConfig,
      party: { ...party, storageClasses: {}, pods: {}, mysql: { external: { host: 'mysql.example.com' } } },
      secrets: { ...partySecrets, externalMysql: { password: 'a' }, backupBucket, imagePullSecrets },
    },
    ofParty,
    partyStack,
    0.3,
  ),
  'partyStack with cert-manager': entrance(
    { ...partyConfig, party: { ...party, certManager }, secrets: { backupBucket, imagePullSecrets } },
    ofParty,
    partyStack,
    0.3,
  ),
  'exchangeStack with cert-manager': entrance(
    { ...exchangeConfig, exchange: { ...routing, certManager: issuer }, secrets: { imagePullSecrets } },
    members,
    exchangeStack,
    0.3,
  ),
  clusterStack: entrance(clusterConfig, ofCluster, clusterStack),
  workloadDomainStack: entrance({ name: 'org1', domain }, {}, workloadDomainStack),
  'workloadDomainStack of vSphere 9': entrance({ name: 'org1', domain: newDomain('9.0') }, {}, workloadDomainStack),
  'workloadDomainStack on a distributed switch': entrance(
    { name: 'org1', domain: newDomain('8.0', { networks: vdsNetworks }), secrets: { loadBalancer: { password: 'a' } } },
    {},
    workloadDomainStack,
  ),
  'workloadDomainStack of what exists': entrance(
    {
      name: 'org1',
      domain: { ...existingDomain, supervisor: {}, namespace: 'fate', vmClasses: ['best-effort-small'] },
    },
    {},
    workloadDomainStack,
  ),
  'the program of a party': configured(`party-${id}`, { ...partyConfig, party: unnamed }, ofParty),
  'the program of an exchange': configured('exchange', exchangeConfig, members),
  'the program of a cluster': configured('cluster-org1', { ...topics, ...rest }, ofCluster),
  'the program of a workload domain': configured('workload-domain-org1', { workloadDomain: domain }, {}),
};
const keys = keysOf(entrances);
/** Those that are not another way into one of these. */
const whole = Object.entries(entrances).filter(([, { share }]) => share === 1);

test('every stack function takes part', () => {
  const functions = Object.keys(stacks).filter((name) => name.endsWith('Stack'));
  expect(Object.keys(entrances)).toEqual(expect.arrayContaining(functions));
  expect(functions).toHaveLength(4);
});

test.each(Object.entries(entrances))('%s deploys what is sound', async (_, entrance) => {
  const { recording, errors } = await deploy(entrance, entrance.sound);
  expect(errors).toEqual([]);
  expect(recording.resources.length).toBeGreaterThan(0);
});

test.each(Object.entries(entrances))(
  '%s answers any configuration with what can be deployed or with its problems alone',
  async (_, entrance) => {
    for (const [, whole] of hostile) await answer(entrance, [whole, {}]);
    const property = fc.asyncProperty(changes, fc.boolean(), (changes, preview) =>
      answer(entrance, mutated(entrance.sound, changes, keys), { preview }),
    );
    await fc.assert(property, trials(60, entrance.share));
  },
);

test.each(whole)('%s answers in every place to what is no text', async (_, entrance) => {
  for (let at = 0; at < places(entrance.sound).length; at++) {
    await answer(entrance, mutated(entrance.sound, [{ at, by: 'value', value: { toString: 0 }, choice: 0 }], keys));
  }
});

async function answer(entrance: Entrance, declared: readonly unknown[], more: World = {}): Promise<void> {
  const { recording, errors } = await deploy(entrance, declared, more);
  for (const error of errors) {
    if (engines.test(error.message)) continue;
    expect(pulumi.RunError.isInstance(error), error.stack).toBe(true);
    expect(error.cause instanceof InvalidInput || sites.test(error.message), error.message).toBe(true);
    expect(error.message).not.toMatch(/(?!\n)\p{C}/u);
    expect(error.message.length).toBeLessThan(100_000);
  }
  if (errors.length > 0) return;
  const objects = recording.resources.filter(({ type, readId }) => type.startsWith('kubernetes:') && !readId);
  expect(refusals(objects.map(({ inputs }) => inputs))).toEqual([]);
}

/** The engine itself ends a program that asks for a stack that is not there. */
const engines = /\[pulumi:pulumi:StackReference\]: unknown stack/;

/** What no declaration is wrong about: a stack that is not there, or has told nothing yet, or has no name of ours. */
const sites = /cannot be read: create it first|has no output `|has no role: name it/;

const deploy = ({ run, world }: Entrance, [written, told]: readonly unknown[], more: World = {}) =>
  attempt(() => run(written as never), { ...site(told), ...world(written), ...more });

/** Clusters and a vCenter where everything goes well. */
function site(told: unknown): World {
  const outputs = Object.entries(Object(data(told))).map(([name, outputs]) => [
    name.includes('/') ? name : `acme/kubefate-tanzu/${name}`,
    Object(outputs),
  ]);
  let addresses = 0;
  return {
    stacks: Object.fromEntries(outputs),
    secretOutputs: ['kubeconfig'],
    invoke: (token, { name }) =>
      token.endsWith(':getNamespace') ? namespace : { id: `${token.split(':')[2]} ${name}` },
    resource: certifyingCluster(({ type, readId, inputs }) => {
      if (readId !== undefined) return { data: stored };
      if (type === types.password) return { result: 'generated' };
      const { type: serviceType, loadBalancerIP } = Object(inputs['spec']);
      if (type !== types.service || serviceType !== 'LoadBalancer') return undefined;
      const ip = loadBalancerIP ?? `198.51.100.${++addresses}`;
      return { status: { loadBalancer: { ingress: [{ ip }] } } };
    }),
  };
}

const namespace = {
  configStatus: 'RUNNING',
  supervisor: 'supervisor-1',
  storagePolicies: ['getPolicy vSAN Default Storage Policy'],
  vmServices: [{ vmClasses: ['best-effort-small'], contentLibraries: [] }],
};
const base64 = (text: string) => Buffer.from(text).toString('base64');
const stored = { ...storedCertificate, value: base64(kubeconfig), token: base64('a') };

/** What of a value can be written as JSON. */
function data(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(plain(value)) ?? 'null');
  } catch {
    return undefined;
  }
}
