import * as kubernetes from '@pulumi/kubernetes';
import { describe, expect, inject, test } from 'vitest';
import { App, FederatedLearningCluster, partyPlan } from '../../index';
import { readSignedDescriptor } from '../../lib/federation/signed-descriptor';
import { Problems } from '../../lib/input/problems';
import { type PartyConfig, PartyDeployment, partyStack } from '../../stacks/party';
import { exchangeDescriptorOf } from '../support/declarations';
import { partyDescriptorOf } from '../support/parties';
import { failureOf, type RecordedResource, record, unknown, type World } from '../support/pulumi-recorder';
import { clusterWith, paperCluster, partySecrets, types, withoutPulumi } from '../support/stacks';

const component = `${types.party}::party-30000`;
const exchange = exchangeDescriptorOf();

const config = (more: Partial<PartyConfig> = {}): PartyConfig => ({
  federation: { domain: 'example.com' },
  party: { id: 30000 },
  exchange,
  secrets: partySecrets,
  ...more,
});
const stack = (more?: Partial<PartyConfig>) => () => partyStack(config(more));
const deploy = (more?: Partial<PartyConfig>, world: World = {}) =>
  record(stack(more), { resource: paperCluster, ...world });
const failure = async (more?: Partial<PartyConfig>, world: World = {}) =>
  (await failureOf(stack(more), { resource: paperCluster, ...world })).message;

const objects = ({ type }: RecordedResource) => type.startsWith('kubernetes:') && type !== types.secret;

test('the descriptor has the addresses of the LoadBalancers, and the URLs those of the user interfaces', async () => {
  const run = await deploy();
  const { signedDescriptor, ...outputs } = run.outputs;
  expect(outputs).toEqual({
    descriptor: {
      apiVersion: 'kubefate-tanzu/v1',
      kind: 'Party',
      id: 30000,
      fqdn: '30000.example.com',
      domain: 'example.com',
      fate: '1.6.1',
      transport: 'mutual-tls',
      nginx: { address: '192.0.2.72', port: 9300 },
      pulsar: { address: '192.0.2.73', port: 6651 },
    },
    urls: { notebook: 'http://30000.notebook.example.com', fateboard: 'http://30000.fateboard.example.com' },
  });
  expect(run.secretOutputs).toEqual([]);
  expect(run.registeredOutputs[component]).toEqual(outputs);
  const problems = Problems.none();
  const trust = { ca: inject('issued').party.ca, now: new Date() };
  expect(readSignedDescriptor(problems, signedDescriptor as string, trust)).toEqual(outputs['descriptor']);
  expect(problems.count).toBe(0);
});

test('a certificate that is not of the party signs nothing, and a warning says whose it is', async () => {
  const run = await deploy({ secrets: { pulsarCertificate: inject('issued').exchange } });
  expect(run.outputs).not.toHaveProperty('signedDescriptor', expect.any(String));
  expect(run.warnings()[0]).toMatch('is of "30000.example.com", and signed by "proxy.example.com"');
});

describe('of the Job that verifies a party', () => {
  const verified = { party: { id: 30000, verification: true } };
  const ended = (type: string, reason: string) => ({ conditions: [{ type, reason, status: 'True' }] });
  const verification = async (status: object | undefined) => {
    const world = { resource: (it: RecordedResource) => (it.type === types.job ? { status } : paperCluster(it)) };
    return (await deploy(verified, world)).outputs['verification'];
  };

  test('an output says how it went, as far as the state knows', async () => {
    expect(await verification(ended('Complete', 'CompletionsReached'))).toBe('success');
    expect(await verification(ended('Failed', 'BackoffLimitExceeded'))).toMatch(
      /^failed: kubectl -n fate-30000 logs job\/toy-example-\w{8} says why \(BackoffLimitExceeded\)$/,
    );
    for (const status of [{}, undefined, { active: 1 }, { conditions: [{ type: 'Failed', status: 'False' }] }])
      expect(await verification(status)).toMatch(/^not known yet: .* pulumi up --refresh takes its result$/);
  });

  test('an update neither waits nor fails with it', async () => {
    const [job] = (await deploy(verified)).ofType(types.job);
    expect(job?.inputs).toMatchObject({ metadata: { annotations: { 'pulumi.com/skipAwait': 'true' } } });
  });

  test('there is none by itself, and no output', async () => {
    const run = await deploy();
    expect(run.ofType(types.job)).toEqual([]);
    expect(run.outputs).not.toHaveProperty('verification');
  });
});

test('images that nobody has published are told of before its pods wait for them', async () => {
  const federation = { domain: 'example.com', fate: '2.2.0' } as const;
  const exchange = exchangeDescriptorOf(federation);
  const warningsOf = async (registry?: string) =>
    (await deploy({ federation, exchange, party: { id: 30000, registry } })).warnings();
  expect(await warningsOf()).toEqual([
    expect.stringMatching('party 30000 pulls federatedai/fateflow-spark:2.2.0-release, '),
  ]);
  expect(await warningsOf('harbor.example.com/fate')).toEqual([]);
});

test('its objects are those that cdk8s writes for the same plan, but for annotations to Pulumi', async () => {
  const run = await deploy();
  const plan = partyPlan({ domain: 'example.com', id: 30000, exchange });
  const synthesized = new FederatedLearningCluster(new App(), plan.namespace, plan).toJson();
  const drawn = run.resources.filter(objects);
  expect(drawn.map(({ inputs }) => withoutPulumi(inputs))).toEqual(expect.arrayContaining(synthesized));
  expect(drawn).toHaveLength(synthesized.length);
});

test('everything is a child of the component, and uses the explicit provider', async () => {
  for (const { parent, provider } of (await deploy()).resources.filter(({ type }) => type.startsWith('kubernetes:'))) {
    expect(parent).toBe(component);
    expect(provider).toBe(`${types.provider}::cluster`);
  }
});

test('what a party has stored outlives its stack: the Namespace with the claims, who it belongs to, and the passwords of the database', async () => {
  const run = await deploy();
  expect(run.get(types.namespace, 'fate-30000').options.retainOnDelete).toBe(true);
  expect(run.resources.filter(({ options }) => options.retainOnDelete)).toHaveLength(1);
  const protectedOnes = run.resources.filter(({ options }) => options.protect).map(({ name }) => name);
  expect(protectedOnes.sort()).toEqual([
    'fate-30000/field-manager',
    'fate-30000/mysql/password',
    'fate-30000/mysql/root-password',
  ]);
  expect(run.ofType('kubernetes:core/v1:PersistentVolumeClaim')).toEqual([]);
});

test('its backups outlive it, too, and nobody waits for a volume that comes with the first of them', async () => {
  const run = await deploy({ party: { id: 30000, backup: { to: { claimGiB: 20 } } } });
  const { options, inputs } = run.get('kubernetes:core/v1:PersistentVolumeClaim', 'fate-30000/backup');
  expect(options.retainOnDelete).toBe(true);
  expect(inputs['metadata']).toMatchObject({ annotations: { 'pulumi.com/skipAwait': 'true' } });
  expect(
    run
      .ofType('kubernetes:batch/v1:CronJob')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['fate-30000/backup', 'fate-30000/restore']);
});

test('the keys of a bucket are values of its configuration, and nobody makes them up', async () => {
  const party = { id: 30000, backup: { to: { bucket: 'fate-backups', endpoint: 'https://s3.example.com' } } };
  expect(await failure({ party })).toMatch(
    'secrets.backupBucket.secretKey: is missing; set it as a secret, or name a Secret that has it by existingSecret',
  );
  const backupBucket = { accessKey: 'a', secretKey: 'b' };
  const run = await deploy({ party, secrets: { ...partySecrets, backupBucket } });
  expect(run.get('kubernetes:core/v1:Secret', 'fate-30000/backup-bucket').inputs['data']).toEqual({
    'access-key': 'YQ==',
    'secret-key': 'Yg==',
  });
});

test('the password of a MySQL that others run is a value of its configuration, and nobody makes it up', async () => {
  const party = { id: 30000, mysql: { external: { host: 'mysql.example.com' } } };
  expect(await failure({ party })).toMatch(
    'secrets.externalMysql.password: is missing; set it as a secret, or name a Secret that has it by existingSecret',
  );
  const run = await deploy({ party, secrets: { ...partySecrets, externalMysql: { password: 'a' } } });
  expect(run.get('kubernetes:core/v1:Secret', 'fate-30000/external-mysql').inputs['data']).toEqual({
    password: 'YQ==',
  });
  const made = run.ofType('kubernetes:core/v1:Secret').map(({ name }) => name);
  expect(made).not.toContain('fate-30000/mysql');
});

describe('with a Pulsar that others run', () => {
  const external = { host: 'pulsar.example.com', public: { address: 'messages.example.com', port: 30099 } };
  const party = { id: 30000, pulsar: { external } };
  const nginxAlone = { resource: clusterWith({ 'fate-30000/nginx': { ip: '192.0.2.72' } }) };

  test('it waits for the LoadBalancer of nginx alone, and its descriptor has the declared address of Pulsar', async () => {
    const run = await deploy({ party }, nginxAlone);
    expect(run.outputs['descriptor']).toMatchObject({
      nginx: { address: '192.0.2.72', port: 9300 },
      pulsar: { address: 'messages.example.com', port: 30099 },
    });
    const balanced = run
      .ofType(types.service)
      .filter(({ inputs }) => (inputs['spec'] as { type?: string }).type === 'LoadBalancer');
    expect(balanced.map(({ name }) => name)).toEqual(['fate-30000/nginx']);
  });

  test('before nginx has an address nobody knows the descriptor', async () => {
    expect(await failure({ party }, { resource: clusterWith({}) })).toMatch(
      'LoadBalancer fate-30000/nginx has no address',
    );
  });

  test('others at that address are refused before anything is there', async () => {
    const peers = [partyDescriptorOf(40000, '192.0.2.165', 'messages.example.com')];
    const same = peers.map((each) => ({ ...each, pulsar: external.public }));
    const { message, recording } = await failureOf(stack({ party, exchange: undefined, peers: same }), nginxAlone);
    expect(message).toMatch('party.pulsar.external.public');
    expect(recording.resources).toEqual([]);
  });

  test('its certificate is asked for where nginx proves by it who calls, and nowhere else', async () => {
    const missing = 'secrets.pulsarCertificate';
    expect(await failure({ party, secrets: {} }, nginxAlone)).toMatch(missing);
    const federation = { domain: 'example.com', transport: 'open' } as const;
    const open = { federation, party, exchange: exchangeDescriptorOf(federation), secrets: {} };
    expect((await deploy(open, nginxAlone)).ofType(types.secret)).not.toContainEqual(
      expect.objectContaining({ name: 'fate-30000/pulsar-cert' }),
    );
  });
});

test('no replacement is ever asked for', async () => {
  const replaced = (await deploy()).resources.filter(
    ({ options }) => options.replaceOnChanges || options.deleteBeforeReplace,
  );
  expect(replaced).toEqual([]);
});

test('a preview names every object, and knows the addresses only once the LoadBalancers have them', async () => {
  const preview = await deploy({}, { preview: true });
  const update = await deploy();
  expect(preview.resources.map(({ key }) => key).sort()).toEqual(update.resources.map(({ key }) => key).sort());
  expect(preview.outputs['descriptor']).toBe(unknown);
  const configMaps = preview.ofType(types.configMap).map(({ inputs }) => withoutPulumi(inputs));
  expect(JSON.stringify(configMaps)).not.toMatch(unknown);
});

test("the cluster's stack gives the host names an address, for DNS and as a line of a hosts file", async () => {
  const outputs = { kubeconfig: 'k', ingressAddress: '192.0.2.80' };
  const stacks = { 'acme/kubefate-tanzu/cluster-org1': outputs };
  const run = await deploy({ cluster: { stack: 'cluster-org1' } }, { stacks, secretOutputs: ['kubeconfig'] });
  expect(run.outputs).toMatchObject({
    hosts: { '30000.notebook.example.com': '192.0.2.80', '30000.fateboard.example.com': '192.0.2.80' },
    hostsFile: '192.0.2.80 30000.notebook.example.com 30000.fateboard.example.com',
  });
  expect(run.secretOutputs).toEqual([]);
  const { inputs, secretInputs } = run.get(types.provider, 'cluster');
  expect([inputs['kubeconfig'], secretInputs]).toEqual(['k', ['kubeconfig']]);
});

test('a NodePort waits for no address, and is refused without one', async () => {
  const services = {
    nginx: { type: 'NodePort', nodePort: 30930 },
    pulsar: { type: 'NodePort', nodePort: 30665 },
  } as const;
  const addresses = { nginx: '192.0.2.10', pulsar: '192.0.2.10' };
  const run = await deploy({ party: { id: 30000, services, addresses } });
  expect(run.outputs['descriptor']).toMatchObject({
    nginx: { address: '192.0.2.10', port: 30930 },
    pulsar: { address: '192.0.2.10', port: 30665 },
  });
  expect(await failure({ party: { id: 30000, services } })).toMatch(
    'party.addresses: are missing, and nobody gives one to a NodePort, as nginx and pulsar are',
  );
});

test('a URL has the scheme of its own interface', async () => {
  const party = { id: 30000, ingress: { domain: 'example.net', tlsSecret: { notebook: 'notebook-tls' } } };
  expect((await deploy({ party })).outputs['urls']).toEqual({
    notebook: 'https://notebook-30000.example.net',
    fateboard: 'http://fateboard-30000.example.net',
  });
});

test('a host name of an ingress controller is for DNS only, and a cluster without one has neither', async () => {
  const cluster = { stack: 'cluster-org1' };
  const name = { kubeconfig: 'k', ingressAddress: 'lb.example.com' };
  const named = await deploy({ cluster }, { stacks: { 'acme/kubefate-tanzu/cluster-org1': name } });
  expect(named.outputs).toMatchObject({ hosts: { '30000.notebook.example.com': 'lb.example.com' } });
  expect(named.outputs['hostsFile']).toBe('');
  const none = await deploy({ cluster }, { stacks: { 'acme/kubefate-tanzu/cluster-org1': { kubeconfig: 'k' } } });
  expect(none.outputs).toMatchObject({ hosts: {}, hostsFile: '' });
  expect(none.warnings()).toEqual([]);
});

describe('without an exchange', () => {
  const peer = partyDescriptorOf(40000, '192.0.2.165', '192.0.2.164');
  const stacks = { 'acme/kubefate-tanzu/party-40000': { descriptor: peer }, 'acme/kubefate-tanzu/party-50000': {} };

  test('a party has a descriptor and routes to its peers, and a peer without one is named', async () => {
    const peers = [{ stack: 'party-40000' }, { stack: 'party-50000' }];
    const run = await deploy({ exchange: undefined, peers }, { stacks });
    expect(run.outputs['descriptor']).toMatchObject({ id: 30000, pulsar: { address: '192.0.2.73', port: 6651 } });
    expect(run.warnings()).toEqual([
      expect.stringMatching(
        /peers\[1\] \(stack acme.kubefate-tanzu.party-50000\) has no descriptor yet, and gets no route/,
      ),
    ]);
    const { inputs } = run.get('kubernetes:core/v1:ConfigMap', 'fate-30000/nginx-route-table');
    expect(inputs).toMatchObject({ data: { 'callers.conf': '40000.example.com 40000;\n' } });
    expect(run.get(types.party, 'party-30000').inputs).toMatchObject({ peers: { 40000: '192.0.2.164:6651' } });
  });

  test('it needs a certificate before any peer is known, and no exchange besides', async () => {
    expect(await failure({ exchange: undefined, peers: [], secrets: undefined })).toMatch('pulsarCertificate');
    expect(await failure({ peers: [peer] })).toMatch('peers: are given beside an exchange');
    expect(await failure({ exchange: undefined, peers: [{ file: 'x.jws' }] as never })).toMatch(
      'peers[0].id: is missing',
    );
  });
});

test('a party that stands alone has no descriptor, and needs no certificate', async () => {
  const run = await deploy({ exchange: undefined, secrets: undefined });
  expect(run.outputs['descriptor']).toBeUndefined();
  expect(run.ofType(types.secret).map(({ name }) => name)).not.toContain('fate-30000/pulsar-cert');
  const { message } = await failureOf(stack({ exchange: undefined }));
  expect(message).toMatch('secrets.pulsarCertificate: is not known here');
});

test('TLS of the Ingresses is in the URLs', async () => {
  const { outputs } = await deploy({ party: { id: 30000, ingress: { uis: ['notebook'], tlsSecret: 'fate-tls' } } });
  expect(outputs['urls']).toEqual({ notebook: 'https://30000.notebook.example.com' });
});

test('a LoadBalancer that gives only a host name serves Pulsar, and not nginx', async () => {
  const names = (nginx: object) =>
    clusterWith({
      'fate-30000/nginx': nginx as { ip: string },
      'fate-30000/pulsar-public-tls': { hostname: 'pulsar.example.net' },
    });
  const run = await deploy({}, { resource: names({ ip: '192.0.2.72' }) });
  expect(run.outputs['descriptor']).toMatchObject({ pulsar: { address: 'pulsar.example.net' } });
  expect(await failure({}, { resource: names({ hostname: 'nginx.example.net' }) })).toMatch(
    'LoadBalancer fate-30000/nginx has only the host name nginx.example.net, and nginx connects to IPv4 addresses only',
  );
});

test.each([
  [
    'nginx',
    { nginx: { address: '192.0.2.72', port: 9300 } },
    'addresses.nginx: "192.0.2.72:9300" is already exchange.nginx',
  ],
  [
    'Pulsar',
    { trafficServer: { address: '192.0.2.73', port: 6651 } },
    'addresses.pulsar: "192.0.2.73:6651" is already exchange.trafficServer',
  ],
])('%s with an address of the exchange is refused once the LoadBalancer gives it', async (_, same, expected) => {
  expect(await failure({ exchange: { ...exchange, ...same } })).toMatch(expected);
});

test('a LoadBalancer without an address is an error, and in the preview of the next update, which waits again, it is not', async () => {
  const resource: World['resource'] = (it) =>
    it.name === 'fate-30000/nginx' ? { status: { loadBalancer: {} } } : paperCluster(it);
  expect(await failure({}, { resource })).toMatch('LoadBalancer fate-30000/nginx has no address');
  const preview = await deploy({}, { resource, preview: true, deployed: () => true });
  expect(preview.outputs['descriptor']).toBe(unknown);
});

const exchangeStackName = 'acme/kubefate-tanzu/exchange';

test("an exchange's descriptor may come from its stack", async () => {
  const run = await deploy(
    { exchange: { stack: 'exchange' } },
    { stacks: { [exchangeStackName]: { descriptor: exchange } } },
  );
  const table = run.get(types.configMap, 'fate-30000/pulsar-route-table').inputs['data'];
  expect(table).toMatchObject({ 'pulsar_route_table.yaml': expect.stringMatching('192.0.2.68:443') });
});

test('a party waits for its exchange: a stack without descriptor is an error that says what to do', async () => {
  const message = await failure({ exchange: { stack: 'exchange' } }, { stacks: { [exchangeStackName]: {} } });
  expect(message).toBe(
    [
      'party 30000 cannot be deployed:',
      `  exchange (stack ${exchangeStackName}): has no output \`descriptor\`; run \`pulumi up\` there first`,
    ].join('\n'),
  );
});

test('an exchange that does not exist, or of another federation, is named by its source', async () => {
  expect(await failure({ exchange: { stack: 'exchange' } })).toMatch(
    `exchange (stack ${exchangeStackName}) cannot be read: create it first`,
  );
  const descriptor = { ...exchange, domain: 'example.org', fate: '1.11.2' };
  const message = await failure(
    { exchange: { stack: 'exchange' } },
    { stacks: { [exchangeStackName]: { descriptor } } },
  );
  expect(message).toMatch(`exchange (stack ${exchangeStackName}).domain: "example.org" is not this federation's`);
  expect(message).toMatch(`exchange (stack ${exchangeStackName}).fate: "1.11.2" is not this federation's`);
});

test('a configuration is refused with all of its problems, and before anything is made', async () => {
  const wrong = {
    federation: { domain: 'example.com', fate: '2.0' },
    party: { id: 0, storageClass: 'A', sparkWorker: 1 },
    exchange: { ...exchange, nginx: { address: 'name', port: 9300 } },
    cluster: { stack: 'a', kubeconfig: 'hush' },
    secrets: { mysql: { password: 1 } },
    partys: {},
  };
  const { message, recording } = await failureOf(() => partyStack(wrong as unknown as PartyConfig));
  const paths = message
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(': ')[0]);
  expect(paths).toEqual(
    expect.arrayContaining([
      'partys',
      'federation.fate',
      'exchange.nginx.address',
      'party.id',
      'party.storageClass',
      'party.sparkWorker',
      'cluster.kubeconfig',
      'secrets.mysql.password',
      'secrets.pulsarCertificate.key',
    ]),
  );
  expect(message).not.toMatch('hush');
  expect(recording.resources).toEqual([]);
});

test('where commands look is not where a stack deploys to', async () => {
  expect(await failure({ party: { id: 30000, access: { context: 'org1' } } })).toMatch(
    'party.access: is for commands that look into a cluster; name the one that a stack deploys to by `cluster`',
  );
});

test('what KubeFATE makes of a file is not for Pulumi', async () => {
  const message = await failure({ party: { id: 30000, driver: 'kubefate' } });
  expect(message).toMatch('party.driver: "kubefate" makes a file for KubeFATE, and no objects; use native here');
  const plan = partyPlan({ domain: 'example.com', transport: 'open', id: 30000, driver: 'kubefate' });
  const program = async () => {
    new PartyDeployment('own', { plan }, { provider: new kubernetes.Provider('cluster', {}) });
  };
  expect((await failureOf(program)).message).toMatch('plan.driver: "kubefate"');
});

const stackOfCluster = 'acme/kubefate-tanzu/cluster-org1';
const onCluster = (party: PartyConfig['party'], kubernetes?: string): [Partial<PartyConfig>, World] => [
  { party, cluster: { stack: 'cluster-org1' } },
  { stacks: { [stackOfCluster]: { kubeconfig: 'k', kubernetes } }, secretOutputs: ['kubeconfig'] },
];

test.each([
  ['v1.21.2+vmware.1-tkg.1.ee25d55', 'RoleBinding'],
  ['v1.26.5+vmware.2', undefined],
])(
  "pods are admitted as the cluster's own release does it, %s, which need not be declared",
  async (kubernetes, kind) => {
    const run = await deploy(...onCluster({ id: 30000 }, kubernetes));
    const bindings = run.resources.filter(({ type }) => type === 'kubernetes:rbac.authorization.k8s.io/v1:RoleBinding');
    expect(bindings.length > 0 ? 'RoleBinding' : undefined).toBe(kind);
    const { labels } = run.get(types.namespace, 'fate-30000').inputs['metadata'] as { labels: Record<string, string> };
    expect('pod-security.kubernetes.io/enforce' in labels).toBe(kind === undefined);
  },
);

test('a release that is declared is that of the cluster, as far as its stack tells', async () => {
  const party = { id: 30000, kubernetes: '1.25' };
  expect(await failure(...onCluster(party, 'v1.21.2+vmware.1'))).toMatch(
    'party.kubernetes: "1.25" is not the release of the cluster; use "v1.21.2+vmware.1", or leave it out',
  );
  expect((await deploy(...onCluster(party, 'v1.25.7+vmware.3'))).outputs).toHaveProperty('descriptor');
  expect((await deploy(...onCluster(party))).outputs).toHaveProperty('descriptor');
});

describe('nodes for Spark workers', () => {
  const nodes = {
    labels: { pool: 'spark' },
    taints: [{ key: 'pool', value: 'spark', effect: 'NoSchedule' }],
  };
  const onNodes = (party: object, sparkNodes?: object): [Partial<PartyConfig>, World] => [
    { party: { id: 30000, ...party }, cluster: { stack: 'cluster-org1' } },
    { stacks: { [stackOfCluster]: { kubeconfig: 'k', sparkNodes } }, secretOutputs: ['kubeconfig'] },
  ];
  const selectorOf = async (...args: ReturnType<typeof onNodes>) => {
    const { inputs } = (await deploy(...args)).get('kubernetes:apps/v1:Deployment', 'fate-30000/spark-worker');
    return Object(inputs['spec']).template.spec.nodeSelector;
  };

  test("are those of the cluster's stack, unless the party says otherwise", async () => {
    expect(await selectorOf(...onNodes({}, nodes))).toEqual(nodes.labels);
    expect(await selectorOf(...onNodes({ sparkNodes: true }, nodes))).toEqual(nodes.labels);
    expect(await selectorOf(...onNodes({ sparkNodes: false }, nodes))).toBeUndefined();
    expect(await selectorOf(...onNodes({ sparkNodes: { labels: { own: 'yes' } } }, nodes))).toEqual({ own: 'yes' });
    expect(await selectorOf(...onNodes({}))).toBeUndefined();
  });

  test('are not waited for in a cluster that has none, and are what its stack may tell', async () => {
    expect(await failure(...onNodes({ sparkNodes: true }))).toMatch(
      'party.sparkNodes: are nodes that the cluster does not have; declare a pool with sparkNodes: true in its stack',
    );
    expect(await failure(...onNodes({}, { labels: {} }))).toMatch(
      'cluster (stack cluster-org1).sparkNodes.labels: are none',
    );
  });
});

/** Deploys again, with the inputs of the update before. */
const redeploy = async (more: Partial<PartyConfig>, world: World = {}) => {
  const before = new Map((await deploy()).resources.map(({ key, inputs }) => [key, inputs]));
  return deploy(more, { ...world, previous: ({ key }) => before.get(key) });
};

test('an exchange that has moved to an address of the party is refused in the preview, and before anything changes', async () => {
  const { resources, registeredOutputs } = await deploy();
  const before = new Map(resources.map(({ key, inputs }) => [key, inputs]));
  const moved = { ...exchange, nginx: { address: '192.0.2.72', port: 9300 } };
  for (const preview of [true, false]) {
    const { message, recording } = await failureOf(() => partyStack(config({ exchange: moved })), {
      resource: paperCluster,
      preview,
      previous: ({ key }) => before.get(key),
      told: ({ key }) => registeredOutputs[key],
    });
    expect(message).toMatch('addresses.nginx: "192.0.2.72:9300" is already exchange.nginx');
    expect(recording.ofType(types.configMap)).toEqual([]);
  }
});

describe('another FATE release', () => {
  const federation = { domain: 'example.com', fate: '1.11.2' } as const;
  const next = { federation, exchange: exchangeDescriptorOf(federation) };

  test.each<[string, PartyConfig['upgrade'], string]>([
    ['without a word', undefined, 'then say upgrade: {"from":"1.6.1","accept":["messages"]}'],
    ['of another one before', { from: '1.11.2', accept: ['messages'] }, 'upgrade.from: "1.11.2" is not the release'],
    ['with a loss that nobody accepted', { from: '1.6.1' }, 'upgrade.accept: messages of running jobs are lost'],
  ])('is refused in the preview, and before anything changes, with its plan: %s', async (_, upgrade, words) => {
    const before = new Map((await deploy()).resources.map(({ key, inputs }) => [key, inputs]));
    for (const preview of [true, false]) {
      const { message, recording } = await failureOf(stack({ ...next, upgrade }), {
        resource: paperCluster,
        preview,
        previous: ({ key }) => before.get(key),
      });
      expect(message).toMatch(words);
      expect(message).toMatch(
        /\n\n## fate-30000 from FATE 1\.6\.1 to 1\.11\.2\n[\s\S]*kubectl -n fate-30000 exec .* mysqldump/,
      );
      expect(recording.resources.filter(objects)).toEqual([]);
    }
  });

  test('goes on once its plan was followed and what is lost is accepted', async () => {
    const { resources } = await redeploy({ ...next, upgrade: { from: '1.6.1', accept: ['messages'] } });
    expect(resources.filter(objects).length).toBeGreaterThan(20);
  });

  test('is not refused to a party that is new, and what was said of an upgrade stays without effect afterwards', async () => {
    expect((await deploy(next)).outputs).toHaveProperty('descriptor');
    const { resources } = await redeploy({ party: { id: 30000, sparkWorkers: 2 }, upgrade: { from: '1.6.1' } });
    expect(resources.filter(objects).length).toBeGreaterThan(20);
  });

  test('is refused where the party is another one too', async () => {
    const before = new Map((await deploy()).resources.map(({ key, inputs }) => [key, inputs]));
    const party = { id: 30000, namespace: 'fate' };
    const message = await failure(
      { ...next, party, upgrade: { from: '1.6.1', accept: ['messages'] } },
      {
        previous: ({ key }) => before.get(key),
      },
    );
    expect(message).toMatch(
      'namespace: was fate-30000 and is fate now; data do not leave their namespace: put it back',
    );
  });

  test('is described in words that can be read', async () => {
    const upgrade = { from: 'old', accept: 'all', later: true } as unknown as PartyConfig['upgrade'];
    const message = await failure({ upgrade });
    for (const path of ['upgrade.from', 'upgrade.accept', 'upgrade.later']) expect(message).toMatch(`  ${path}: `);
  });
});

test('a party is told when its exchange has moved, since its Pulsar remembers the old address', async () => {
  const moved = { ...exchange, trafficServer: { address: '192.0.2.99', port: 443 } };
  for (const preview of [true, false]) {
    const [warning, ...more] = (await redeploy({ exchange: moved }, { preview })).warnings();
    expect(warning).toMatch('exchange of party 30000 was 192.0.2.68:443 and is 192.0.2.99:443 now');
    expect(warning).toMatch(/kubectl -n fate-30000 exec pulsar-0 -- sh .* tenants update .* clusters delete <id>/);
    expect(more).toEqual([]);
  }
  expect((await redeploy({ exchange: undefined, secrets: undefined })).warnings()).toEqual([
    expect.stringMatching('is nowhere now'),
  ]);
});

test('a preview warns of a volume that grows, whose claims no update changes', async () => {
  const party = { id: 30000, volumesGiB: { datanode: 80 } };
  for (const preview of [true, false]) {
    const [warning, ...more] = (await redeploy({ party }, { preview })).warnings();
    expect(warning).toMatch('kubectl -n fate-30000 patch pvc data-datanode-0');
    expect(more).toEqual([]);
  }
});

test('nothing is said of an exchange that stays, or is new', async () => {
  expect((await redeploy({ party: { id: 30000, sparkWorkers: 2 } })).warnings()).toEqual([]);
  const alone = new Map(
    (await deploy({ exchange: undefined, secrets: undefined })).resources.map(({ key, inputs }) => [key, inputs]),
  );
  expect((await deploy({}, { previous: ({ key }) => alone.get(key) })).warnings()).toEqual([]);
});

test('parties of one program do not meet', async () => {
  const run = await record(
    async () => {
      const provider = new kubernetes.Provider('cluster', {});
      for (const id of [30000, 40000]) {
        const plan = partyPlan({ domain: 'example.com', id, exchange });
        new PartyDeployment(`party-${id}`, { plan, secrets: partySecrets }, { provider });
      }
    },
    { resource: paperCluster },
  );
  expect(run.ofType(types.party)).toHaveLength(2);
  expect(run.get(types.namespace, 'fate-40000').provider).toBe(`${types.provider}::cluster`);
});

test('a party lets in another exchange, by which others call it, and a stack of one without a descriptor is named', async () => {
  const local = { externalTrafficPolicy: 'Local' } as const;
  const other = {
    ...exchange,
    trafficServer: { address: '198.51.100.2', port: 443 },
    nginx: { address: '203.0.113.2', port: 9300 },
    egress: ['198.51.100.128/28'],
  };
  const declared = {
    party: { id: 30000, services: { nginx: local, pulsar: local } },
    exchange: { ...exchange, egress: ['198.51.100.64/28'] },
  };
  const run = await deploy({ ...declared, otherExchanges: [other] });
  const ranges = run.resources.flatMap(({ inputs }) => Object(inputs['spec']).loadBalancerSourceRanges ?? []);
  const both = ['198.51.100.64/28', '198.51.100.128/28'];
  expect(ranges).toEqual([...both, ...both]);
  const stacks = { 'acme/kubefate-tanzu/exchange-us': {} };
  const message = await failure({ ...declared, otherExchanges: [{ stack: 'exchange-us' }] }, { stacks });
  expect(message).toMatch(/otherExchanges\[0\].*has no output `descriptor`/);
});
