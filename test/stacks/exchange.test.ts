import * as kubernetes from '@pulumi/kubernetes';
import { expect, test } from 'vitest';
import { App, Exchange, exchangePlan, type PartyDescriptor } from '../../index';
import { type ExchangeConfig, ExchangeDeployment, exchangeStack } from '../../stacks/exchange';
import { partyDescriptorOf } from '../support/parties';
import { failureOf, record, unknown, type World } from '../support/pulumi-recorder';
import { clusterWith, exchangeSecrets, paperCluster, types, withoutPulumi } from '../support/stacks';

const component = `${types.exchange}::exchange`;
const first = partyDescriptorOf(30000, '192.0.2.72', '192.0.2.73');
const second = partyDescriptorOf(40000, '192.0.2.165', '192.0.2.164');
const stackOf = (id: number) => `acme/kubefate-tanzu/party-${id}`;

const idOf30000 = { id: 30000, fqdn: '30000.example.com' };

const config = (more: Partial<ExchangeConfig> = {}): ExchangeConfig => ({
  federation: { domain: 'example.com' },
  secrets: exchangeSecrets,
  ...more,
});
const stack = (more?: Partial<ExchangeConfig>) => () => exchangeStack(config(more));
const deploy = (more?: Partial<ExchangeConfig>, world: World = {}) =>
  record(stack(more), { resource: paperCluster, ...world });
const failure = async (more?: Partial<ExchangeConfig>, world: World = {}) =>
  (await failureOf(stack(more), { resource: paperCluster, ...world })).message;

test('an exchange without parties is complete, and its descriptor has the addresses of its LoadBalancers', async () => {
  const run = await deploy();
  expect(run.outputs).toEqual({
    descriptor: {
      apiVersion: 'kubefate-tanzu/v1',
      kind: 'Exchange',
      domain: 'example.com',
      fate: '1.6.1',
      transport: 'mutual-tls',
      trafficServer: { address: '192.0.2.68', port: 443 },
      nginx: { address: '192.0.2.69', port: 9300 },
    },
    signedDescriptor: expect.any(String),
    routes: [],
  });
  expect(run.secretOutputs).toEqual([]);
  expect(run.registeredOutputs[component]).toEqual({ descriptor: run.outputs['descriptor'] });
  expect(run.warnings()).toEqual([]);
});

test('its objects are those that cdk8s writes for the same plan, but for annotations to Pulumi', async () => {
  const run = await deploy({ parties: [first, second] });
  const plan = exchangePlan({ domain: 'example.com', parties: [first, second] });
  const synthesized = new Exchange(new App(), plan.namespace, plan).toJson();
  const drawn = run.resources.filter(({ type }) => type.startsWith('kubernetes:') && type !== types.secret);
  expect(drawn.map(({ inputs }) => withoutPulumi(inputs))).toEqual(expect.arrayContaining(synthesized));
  expect(drawn).toHaveLength(synthesized.length);
});

test('everything is a child of the component, and uses the explicit provider', async () => {
  const objects = (await deploy()).resources.filter(({ type }) => type.startsWith('kubernetes:'));
  for (const { parent, provider } of objects) {
    expect(parent).toBe(component);
    expect(provider).toBe(`${types.provider}::cluster`);
  }
});

test('nothing of an exchange outlives it', async () => {
  const kept = (await deploy()).resources.filter(({ options }) => options.retainOnDelete || options.protect);
  expect(kept).toEqual([]);
});

test('a preview names every object, and knows the addresses only once the LoadBalancers have them', async () => {
  const preview = await deploy({ parties: [first] }, { preview: true });
  const update = await deploy({ parties: [first] });
  expect(preview.resources.map(({ key }) => key).sort()).toEqual(update.resources.map(({ key }) => key).sort());
  expect(preview.outputs).toEqual({
    descriptor: unknown,
    signedDescriptor: unknown,
    routes: [{ fqdn: '30000.example.com', nginx: '192.0.2.72:9300', pulsar: '192.0.2.73:6651', source: 'parties[0]' }],
  });
  const later = await deploy({}, { preview: true, deployed: () => true });
  expect(later.outputs['descriptor']).toMatchObject({ trafficServer: { address: '192.0.2.68' } });
});

test('declared addresses are public even behind a gateway, and known in the preview', async () => {
  const exchange = { addresses: { trafficServer: 'exchange.example.com', nginx: '203.0.113.9' } };
  const { outputs } = await deploy({ exchange }, { preview: true });
  expect(outputs['descriptor']).toMatchObject({
    trafficServer: { address: 'exchange.example.com' },
    nginx: { address: '203.0.113.9' },
  });
});

test('a reserved address is the one that the LoadBalancer has', async () => {
  const addresses = { trafficServer: { reserved: '192.0.2.68' }, nginx: { reserved: '192.0.2.69' } };
  const run = await deploy({ exchange: { addresses } });
  expect(run.outputs['descriptor']).toMatchObject({ trafficServer: { address: '192.0.2.68' } });
  expect(run.get(types.service, 'fate-exchange/nginx').inputs['spec']).toMatchObject({ loadBalancerIP: '192.0.2.69' });
  const moved = { ...addresses, nginx: { reserved: '192.0.2.99' } };
  expect(await failure({ exchange: { addresses: moved } })).toMatch(
    'LoadBalancer fate-exchange/nginx has 192.0.2.69 in the place of 192.0.2.99',
  );
});

test('a LoadBalancer that gives only a host name serves Traffic Server, and not nginx', async () => {
  const names = (nginx: object) =>
    clusterWith({
      'fate-exchange/traffic-server': { hostname: 'lb-1.example.com' },
      'fate-exchange/nginx': nginx as { ip: string },
    });
  const run = await deploy({}, { resource: names({ ip: '192.0.2.69' }) });
  expect(run.outputs['descriptor']).toMatchObject({ trafficServer: { address: 'lb-1.example.com' } });
  const message = await failure({}, { resource: names({ hostname: 'lb-2.example.com' }) });
  expect(message).toMatch(
    'LoadBalancer fate-exchange/nginx has only the host name lb-2.example.com, and nginx connects to IPv4 addresses only',
  );
});

test('a party without an address yet gets no route, and a warning says so', async () => {
  const stacks = { [stackOf(30000)]: { descriptor: first }, [stackOf(40000)]: { urls: {} } };
  const run = await deploy({ parties: [{ stack: 'party-30000' }, { stack: 'party-40000' }] }, { stacks });
  expect(run.outputs['routes']).toMatchObject([{ fqdn: '30000.example.com' }]);
  expect(run.warnings()).toEqual([
    'parties[1] (stack acme/kubefate-tanzu/party-40000) has no descriptor yet, and gets no route: run `pulumi up` there, and then here again',
  ]);
});

test.each<[string, Partial<Record<keyof PartyDescriptor, unknown>>, RegExp]>([
  [
    'of another version',
    { apiVersion: 'kubefate-tanzu/v2' as 'kubefate-tanzu/v1' },
    /: "Party" of "kubefate-tanzu\/v2" is no descriptor that fits/,
  ],
  ['of another kind', { kind: 'Exchange' }, /: "Exchange" of "kubefate-tanzu\/v1" is no descriptor that fits/],
  ['of another domain', { domain: 'example.org' }, /\.domain: "example.org" is not this federation's/],
  ['of another FATE release', { fate: '1.11.2' }, /\.fate: "1.11.2" is not this federation's/],
  ['of a party that is there already', idOf30000, /\.id: 30000 is not the party of this entry, which is 40000/],
  ['with a key that nobody reads', { egres: [] } as object, /\.egres: is not known here/],
])('a descriptor %s is refused under the name of its source', async (_, other, expected) => {
  const stacks = { [stackOf(30000)]: { descriptor: first }, [stackOf(40000)]: { descriptor: { ...second, ...other } } };
  const message = await failure({ parties: [{ stack: 'party-30000' }, { stack: 'party-40000' }] }, { stacks });
  expect(message).toMatch('parties[1] (stack acme/kubefate-tanzu/party-40000)');
  expect(message).toMatch(expected);
});

test("who claims another's id takes it from nobody, with an entry before or after the party's own", async () => {
  const stacks = {
    [stackOf(30000)]: { descriptor: first },
    [stackOf(40000)]: { descriptor: { ...second, ...idOf30000 } },
  };
  const [own, impostor] = [{ stack: 'party-30000' }, { stack: 'party-40000' }];
  for (const parties of [[own, impostor], [impostor, own], [impostor]]) {
    const message = await failure({ parties }, { stacks });
    const claim = `parties[${parties.indexOf(impostor)}] (stack ${stackOf(40000)}).id: 30000 is not the party of this entry`;
    expect(message.split('\n').slice(1)).toEqual([expect.stringContaining(claim)]);
  }
});

test('with a wrong entry nothing is updated, so that no party loses the route that it has', async () => {
  const wrong = { ...second, fate: '1.11.2' as PartyDescriptor['fate'] };
  const { recording } = await failureOf(stack({ parties: [first, wrong] }), { resource: paperCluster });
  expect(recording.resources).toEqual([]);
});

test('two entries for one party are refused by both places', async () => {
  const stacks = { [stackOf(30000)]: { descriptor: first } };
  const moved = { ...first, nginx: second.nginx, pulsar: second.pulsar };
  expect(await failure({ parties: [{ stack: 'party-30000' }, moved] }, { stacks })).toMatch(
    `parties[1].id: 30000 is already parties[0] (stack ${stackOf(30000)}).id; every party needs its own id`,
  );
});

test.each([
  ['traffic-server', 'trafficServer', first.pulsar.address, 443, 'party 30000.pulsar'],
  ['nginx', 'nginx', first.nginx.address, 9300, 'party 30000.nginx'],
])(
  '%s with the address that a party has is refused once the LoadBalancer gives it',
  async (service, key, ip, port, whose) => {
    const addresses = {
      'fate-exchange/traffic-server': { ip: '192.0.2.68' },
      'fate-exchange/nginx': { ip: '192.0.2.69' },
      [`fate-exchange/${service}`]: { ip },
    };
    const pulsar = { ...first.pulsar, port: 443 };
    const message = await failure(
      { parties: [{ ...first, pulsar }], exchange: { connectPorts: [443] } },
      { resource: clusterWith(addresses) },
    );
    expect(message).toMatch(`addresses.${key}: "${ip}:${port}" is already ${whose}`);
  },
);

/** After an update without parties. */
const again = async (world: World = {}): Promise<World> => {
  const { resources, registeredOutputs } = await deploy();
  const before = new Map(resources.map(({ key, inputs }) => [key, inputs]));
  const previous: World['previous'] = ({ key }) => before.get(key);
  return { previous, told: ({ key }: { readonly key: string }) => registeredOutputs[key], ...world };
};

test.each([
  ['trafficServer', { pulsar: { address: '192.0.2.68', port: 443 } }, '192.0.2.68:443', 'pulsar'],
  ['nginx', { nginx: { address: '192.0.2.69', port: 9300 } }, '192.0.2.69:9300', 'nginx'],
])(
  'a party at the address that the LoadBalancer of %s has by now is refused in the preview, and before any route changes',
  async (key, endpoint, text, whose) => {
    const more = { parties: [{ ...first, ...endpoint }], exchange: { connectPorts: [443, 6651] } };
    for (const preview of [true, false]) {
      const world = { resource: paperCluster, ...(await again({ preview })) };
      const { message, recording } = await failureOf(stack(more), world);
      expect(message).toMatch(`addresses.${key}: "${text}" is already party 30000.${whose}`);
      expect(recording.ofType(types.configMap)).toEqual([]);
    }
    // Not where another address was declared since, which the plan is held against.
    const exchange = { ...more.exchange, addresses: { trafficServer: '198.51.100.1', nginx: '198.51.100.2' } };
    expect((await deploy({ ...more, exchange }, await again())).outputs['routes']).toHaveLength(1);
  },
);

test('a configuration is refused with all of its problems, and before anything is made', async () => {
  const wrong = {
    federation: { domain: 'Example' },
    exchange: { replicas: 0, storageClass: 'none' },
    cluster: { stack: 7 },
    secrets: {},
    parties: [{ ...first, id: 0 }],
    more: 1,
  };
  const { message, recording } = await failureOf(() => exchangeStack(wrong as unknown as ExchangeConfig));
  const paths = message
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(': ')[0]);
  expect(paths).toEqual(
    expect.arrayContaining([
      'more',
      'federation.domain',
      'exchange.storageClass',
      'exchange.replicas',
      'cluster.stack',
      'secrets.trafficServerCertificate.key',
      'parties[0].id',
    ]),
  );
  expect(recording.resources).toEqual([]);
});

test('a component of its own says whose certificate is missing', async () => {
  const plan = exchangePlan({ domain: 'example.com' });
  const program = async () => {
    const provider = new kubernetes.Provider('cluster', {});
    new ExchangeDeployment('own', { plan, secrets: { trafficServerCertificate: {} } }, { provider });
  };
  expect((await failureOf(program)).message).toMatch('secrets.trafficServerCertificate.certificate: is missing');
});

test('what KubeFATE makes of a file is not for Pulumi', async () => {
  expect(await failure({ exchange: { driver: 'kubefate' } })).toMatch('exchange.driver: "kubefate" makes a file');
});

test('where commands look is not where a stack deploys to', async () => {
  expect(await failure({ exchange: { access: { context: 'org1' } } })).toMatch(
    'exchange.access: is for commands that look into a cluster; name the one that a stack deploys to by `cluster`',
  );
});

test('its pods are admitted as the release of the cluster does it, and another release is refused', async () => {
  const stacks = { 'acme/kubefate-tanzu/cluster-org1': { kubeconfig: 'k', kubernetes: 'v1.21.2+vmware.1' } };
  const cluster = { stack: 'cluster-org1' };
  const run = await deploy({ cluster }, { stacks });
  expect(run.ofType('kubernetes:rbac.authorization.k8s.io/v1:RoleBinding')).toHaveLength(1);
  expect(await failure({ cluster, exchange: { kubernetes: '1.27' } }, { stacks })).toMatch(
    'exchange.kubernetes: "1.27" is not the release of the cluster; use "v1.21.2+vmware.1", or leave it out',
  );
});

test('of two exchanges each lets in the ranges of those that call by it, and leads to all', async () => {
  const local = { externalTrafficPolicy: 'Local' } as const;
  const parties = [{ ...first, egress: ['192.0.2.0/26'] }, second];
  const exchange = { services: { nginx: local, trafficServer: local } };
  const run = await deploy({ exchange, parties, callers: [30000] });
  const ranges = run.resources.flatMap(({ inputs }) => Object(inputs['spec']).loadBalancerSourceRanges ?? []);
  expect(ranges).toEqual(['192.0.2.0/26', '192.0.2.0/26']);
  expect(run.outputs['routes']).toHaveLength(2);
  expect(await failure({ parties, callers: [30000, 30000] })).toMatch(/callers\[1\]/);
});
