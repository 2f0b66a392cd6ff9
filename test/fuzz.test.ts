import { ApiObject, type Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import * as library from '../index';
import { isMap } from '../lib/input/checks';
import { workloadDomainPlan } from '../lib/tanzu/workload-domain';
import { refusals } from './support/admission';
import { twoParties } from './support/declarations';
import { hostile } from './support/hostile';
import { partyDescriptorOf } from './support/parties';
import { newDomain } from './support/workload-domains';

const {
  App,
  Exchange,
  FederatedLearningCluster,
  ImageDiskMount,
  IngressController,
  KubeFateService,
  Manifest,
  TanzuKubernetesCluster,
} = library;

/** Of each function. More than a build has the time for: `FUZZ_RUNS=100000 npx vitest run test/fuzz.test.ts`. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 650);

const exchange = library.exchangeDescriptor(
  library.exchangePlan({ domain: 'example.com' }),
  twoParties.exchange.addresses,
);

const quantity = { cpu: 4, memoryGiB: 8 };
const resources = { requests: { cpu: 0.5, memoryGiB: 2.5 }, limits: quantity };
const pod = {
  nodeSelector: { 'example.com/pool': 'fate' },
  tolerations: [
    { key: 'example.com/pool', operator: 'Equal', value: 'fate', effect: 'NoExecute', tolerationSeconds: 5 },
  ],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }],
      },
    },
  },
  priorityClassName: 'fate',
  labels: { 'example.com/team': 'a' },
  annotations: { 'example.com/team': 'a' },
  environment: { NAME: 'value' },
  timezone: 'Europe/Berlin',
};
const hosting = {
  namespace: 'fate-1',
  kubernetes: '1.27',
  driver: 'native',
  registry: 'harbor.example.com/fate',
  imagePullSecrets: ['registry-credentials'],
};
const party = {
  ...hosting,
  id: 1,
  addresses: { nginx: '192.0.2.1', pulsar: { reserved: '192.0.2.2' } },
  ports: { nginx: 9300, pulsar: 6651 },
  egress: ['198.51.100.0/28'],
  services: { nginx: { type: 'NodePort', nodePort: 30930 }, pulsar: { loadBalancerClass: 'example.com/lb' } },
  images: { nginx: 'harbor.example.com/fate/nginx:1' },
  storageClass: 'fast',
  storageClasses: { mysql: false },
  ingress: {
    ingressClassName: 'nginx',
    uis: ['notebook', 'fateboard'],
    domain: 'apps.example.com',
    hosts: { notebook: 'notebook.example.com' },
    annotations: { 'example.com/a': 'b' },
    tlsSecret: { notebook: 'notebook-tls' },
  },
  pods: { all: pod, mysql: pod },
  pulsar: { backlogGiB: 2, unreadMinutes: 60, readMinutes: 60 },
  sizing: 'minimum',
  datasetGiB: 3,
  sparkWorkers: 2,
  datanodes: 2,
  replication: 2,
  resources: { fateboard: resources, nginx: resources },
  volumesGiB: { pulsar: 20 },
  belowGuideline: true,
};
const routing = {
  ...hosting,
  namespace: 'fate-exchange',
  addresses: { trafficServer: { reserved: '192.0.2.68' }, nginx: '192.0.2.69' },
  ports: { trafficServer: 443, nginx: 9300 },
  connectPorts: [6651, [30000, 32767]],
  nginxConnectPorts: [9300, [30000, 32767]],
  replicas: 2,
  resources: { nginx: resources },
  services: { nginx: { type: 'NodePort', nodePort: 30930, annotations: { a: 'b' } } },
  pods: { all: pod, nginx: pod },
};
const cluster = {
  name: 'party-1',
  namespace: 'fate',
  platform: 'VKS 3.2',
  kubernetes: 'v1.27.5+vmware.1-tkg.1',
  os: { name: 'ubuntu', version: '22.04' },
  production: false,
  belowGuideline: true,
  controlPlane: { vmClass: 'best-effort-small', replicas: 3, storageClass: 'fast', nodeDrainTimeoutSeconds: 60 },
  workers: [
    {
      name: 'workers',
      vmClass: { name: 'fate-worker', cpu: 8, memoryGiB: 64, guaranteed: false },
      replicas: { min: 1, max: 4 },
      volumes: [{ name: 'containerd', mountPath: '/var/lib/containerd', capacityGiB: 32, storageClass: 'fast' }],
      labels: { 'example.com/pool': 'fate' },
      taints: [{ key: 'example.com/pool', value: 'fate', effect: 'NoSchedule' }],
      failureDomain: 'zone-a',
    },
  ],
  storageClass: 'fast',
  storageClasses: ['fast'],
  network: {
    cni: 'antrea',
    podCidrs: ['192.168.0.0/16'],
    serviceCidrs: ['10.96.0.0/12'],
    serviceDomain: 'cluster.local',
    outsideCidrs: ['198.51.100.0/24'],
    proxy: {
      httpProxy: 'http://proxy.example.com:3128',
      httpsProxy: 'http://proxy.example.com:3128',
      noProxy: ['localhost', '192.0.2.0/24'],
    },
  },
  trust: [{ name: 'example-ca', certificate: '-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----\n' }],
};
const addon = { kubernetes: '1.27', registry: 'harbor.example.com', imagePullSecrets: ['registry-credentials'] };
const mount = { mountPath: '/var/lib/containerd', interval: 60, controlPlane: true };
const controller = {
  ingressClassName: 'nginx',
  replicas: 2,
  service: { type: 'NodePort', nodePort: { http: 30080, https: 30443 }, annotations: { a: 'b' } },
};
const service = {
  host: 'kubefate.example.com',
  parties: ['fate-1'],
  exchange: 'fate-exchange',
  clusterWide: false,
  release: '1.11.2',
  namespace: 'kube-fate',
  kubernetes: '1.27',
  registry: 'harbor.example.com',
  images: { mariadb: 'mariadb:10' },
  imagePullSecrets: ['registry-credentials'],
  ingress: { ingressClassName: 'nginx', tlsSecret: 'kubefate-tls', annotations: { a: 'b' } },
  storageClass: false,
  volumeGiB: 5,
  chartRepository: 'https://example.com/charts',
  resources: { kubefate: resources },
  pods: { all: pod, mariadb: pod },
};
const domain = {
  ...newDomain('8.0', { name: 'fate', size: 'SMALL', endpoint: '192.0.2.1' }),
  belowGuideline: false,
  namespace: { create: { name: 'fate' } },
  storagePolicies: ['vSAN Default Storage Policy', { create: { name: 'Fast', tagCategory: 'speed', tags: ['fast'] } }],
  vmClasses: ['best-effort-small', { existing: 'own' }, { create: { name: 'made', ...quantity, guaranteed: true } }],
  contentLibrary: {
    create: { name: 'releases', datastore: 'vsan', subscriptionUrl: 'https://example.com/lib.json' },
  },
  clusters: [{ podCidrs: ['172.16.0.0/16'], serviceCidrs: ['172.20.0.0/16'] }],
  loadBalancers: { parties: 2, exchanges: 1, ingressControllers: 1 },
};

/** What takes a declaration, with one that is sound; it answers with what is drawn of the plan. */
interface Entrance {
  readonly sound: object;
  readonly plan: (declared: never) => readonly Draw[] | undefined;
}
type Draw = (app: Construct) => Chart;

const drawParty =
  (plan: library.PartyPlan): Draw =>
  (app) =>
    new FederatedLearningCluster(app, plan.namespace, plan);
const drawExchange =
  (plan: library.ExchangePlan): Draw =>
  (app) =>
    new Exchange(app, plan.namespace, plan);
const drawCluster =
  (plan: library.TanzuClusterPlan): Draw =>
  (app) =>
    new TanzuKubernetesCluster(app, 'cluster', plan);
const drawMount =
  (plan: library.ImageDiskMountPlan): Draw =>
  (app) =>
    new ImageDiskMount(app, 'mount', plan);
const drawController =
  (plan: library.IngressControllerPlan): Draw =>
  (app) =>
    new IngressController(app, 'in', plan);

const entrance = <Declared>(sound: object, plan: (declared: Declared) => readonly Draw[] | undefined): Entrance => ({
  sound,
  plan,
});

const alone = library.partyPlan({ domain: 'example.com', id: 1 });
const routes = library.exchangePlan({ domain: 'example.com' });

const partyFile = library.clusterFile(
  library.partyPlan({
    domain: 'example.com',
    transport: 'open',
    id: 1,
    driver: 'kubefate',
    exchange: { ...exchange, transport: 'open' },
  }),
).values;
const exchangeFile = library.exchangeFile(
  library.exchangePlan({
    domain: 'example.com',
    transport: 'open',
    driver: 'kubefate',
    parties: [partyDescriptorOf(1, '192.0.2.1', '192.0.2.2', { transport: 'open' })],
  }),
).values;

/** Of what YAML has no words for, the value itself. */
function textOf(declared: unknown): string {
  try {
    return isMap(declared) ? stringify(declared) : (declared as string);
  } catch {
    return declared as string;
  }
}

function drawRead(read: library.ReadClusterFile, decision?: library.DataDecision): readonly Draw[] {
  if (read.kind === 'exchange')
    return [drawExchange(library.exchangePlan({ domain: 'example.com', ...read.declaration }))];
  const withoutData = read.differences.flatMap(({ concerns, path }) => (concerns === 'data' ? [path] : []));
  return [drawParty(library.partyPlan({ domain: 'example.com', ...read.declare(decision ?? { withoutData }) }))];
}

/** By the function's name; every public one that takes a declaration, a descriptor or a file. */
const entrances = {
  federation: entrance(
    {
      domain: 'example.com',
      fate: '1.6.1',
      transport: 'mutual-tls',
      exchange: routing,
      parties: [party, { id: 2, addresses: { nginx: '192.0.2.11', pulsar: '192.0.2.12' } }],
    },
    (declared: library.FederationProps) => {
      const { exchange, parties } = library.federation(declared);
      return [drawExchange(exchange), ...parties.slice(0, 3).map(drawParty)];
    },
  ),
  partyPlan: entrance(
    { domain: 'example.com', ...party, exchange },
    (declared: Parameters<typeof library.partyPlan>[0]) => [drawParty(library.partyPlan(declared))],
  ),
  exchangePlan: entrance(
    {
      domain: 'example.com',
      ...routing,
      parties: [1, 2].map((id) => partyDescriptorOf(id, `192.0.2.${id}1`, `192.0.2.${id}2`)),
    },
    (declared: Parameters<typeof library.exchangePlan>[0]) => [drawExchange(library.exchangePlan(declared))],
  ),
  partyDescriptor: entrance({ nginx: '192.0.2.1', pulsar: '192.0.2.2' }, (declared: library.PartyAddresses) => {
    const descriptor = library.partyDescriptor(alone, declared);
    return descriptor && [drawExchange(library.exchangePlan({ domain: 'example.com', parties: [descriptor] }))];
  }),
  exchangeDescriptor: entrance(
    { trafficServer: '192.0.2.1', nginx: '192.0.2.2' },
    (declared: library.ExchangeAddresses) => {
      const descriptor = library.exchangeDescriptor(routes, declared);
      return [drawParty(library.partyPlan({ domain: 'example.com', id: 1, exchange: descriptor }))];
    },
  ),
  capacity: entrance(
    { vmClass: 'best-effort-2xlarge', count: 3, overhead: quantity },
    (declared: library.NodePoolProps) => {
      library.describeCapacity(library.capacity([alone], declared));
      return [];
    },
  ),
  tanzuClusterPlan: entrance(cluster, (declared: library.TanzuClusterProps) => [
    drawCluster(library.tanzuClusterPlan(declared)),
  ]),
  clusterDeploymentPlan: entrance(
    {
      registry: addon.registry,
      imagePullSecrets: addon.imagePullSecrets,
      cluster,
      imageDiskMount: { ...mount, controlPlane: false },
      ingressController: controller,
      pods: { all: pod },
    },
    (declared: library.ClusterDeploymentProps) => {
      const { cluster, imageDiskMount, ingressController } = library.clusterDeploymentPlan(declared);
      return [
        drawCluster(cluster),
        ...(imageDiskMount ? [drawMount(imageDiskMount)] : []),
        ...(ingressController ? [drawController(ingressController)] : []),
      ];
    },
  ),
  imageDiskMountPlan: entrance({ ...addon, ...mount, pods: { all: pod } }, (declared: library.ImageDiskMountProps) => [
    drawMount(library.imageDiskMountPlan(declared)),
  ]),
  ingressControllerPlan: entrance(
    { ...addon, ...controller, pods: { ingressController: pod } },
    (declared: library.IngressControllerProps) => [drawController(library.ingressControllerPlan(declared))],
  ),
  kubeFatePlan: entrance(service, (declared: library.KubeFateProps) => {
    const plan = library.kubeFatePlan(declared);
    library.cliConfig(plan);
    return [(app) => new KubeFateService(app, 'kube-fate', plan)];
  }),
  cliConfig: entrance(
    { host: 'kubefate.example.com', port: 8080, user: 'admin', tlsSecret: 'kubefate-tls', namespace: 'kube-fate' },
    (declared: library.CliConfigProps) => {
      library.cliConfig(declared);
      return [];
    },
  ),
  workloadDomainPlan: entrance(domain, (declared: Parameters<typeof workloadDomainPlan>[0]) => {
    workloadDomainPlan(declared);
    return [];
  }),
  readClusterFile: entrance(partyFile, (declared: unknown) => drawRead(library.readClusterFile(textOf(declared)))),
  'readClusterFile of an exchange': entrance(exchangeFile, (declared: unknown) =>
    drawRead(library.readClusterFile(textOf(declared))),
  ),
  'declare of what it reads': entrance(
    { driver: 'kubefate', withoutData: ['persistence'] },
    (declared: library.DataDecision) => drawRead(library.readClusterFile(stringify(partyFile)), declared),
  ),
} satisfies Record<string, Entrance>;

test.each(Object.entries(entrances))('%s takes what is sound', (_, { sound, plan }) => {
  expect(refusals(objectsOf(plan(sound as never)))).toEqual([]);
});

test('every public function takes part, or takes a plan of one that does', () => {
  const functions = Object.entries(library).filter(([, value]) => typeof value === 'function' && !isClass(value));
  const takingPlans = [
    'clusterFile',
    'clusterYaml',
    'describeCapacity',
    'exchangeFile',
    'exchangeNginxRoutes',
    'limitText',
    'partyNginxRoutes',
    'pulsarRoutes',
    'sniRoutes',
  ];
  expect(functions.map(([name]) => name).filter((name) => !takingPlans.includes(name) && !(name in entrances))).toEqual(
    [],
  );
});

const isClass = (value: unknown): boolean => /^class\b/.test(`${value}`);

/** Objects of charts, as the library's own app renders them and as they are deployed. */
const objectsOf = (draws: readonly Draw[] = []): readonly unknown[] =>
  draws.flatMap((draw) => {
    const chart = draw(new App());
    const constructs = chart.node.findAll();
    expect(constructs.flatMap(({ node }) => node.validate())).toEqual([]);
    return constructs.filter(ApiObject.isApiObject).map((object) => {
      if (object instanceof Manifest) (object as InstanceType<typeof Manifest>).toYaml();
      return object.toJson();
    });
  });

/** A value; of the hostile ones its index, since the generator looks into what it makes. */
const value = fc.oneof(
  { weight: 1, arbitrary: fc.record({ hostile: fc.nat(hostile.length - 1) }) },
  {
    weight: 6,
    arbitrary: fc.constantFrom<unknown>(
      '',
      ' ',
      'a',
      '-',
      '0',
      'a\nb',
      'a\u0000',
      'A_b',
      'x'.repeat(64),
      `${'x.'.repeat(30)}x`,
      '__proto__',
      '1.20',
      '1.27',
      '192.0.2.9',
      '192.0.2.0/24',
      '::1',
      'a.example.com',
      'http://a.example.com:1/',
      'a/b',
      '/dev',
      'LoadBalancer',
      'NodePort',
      'kubefate',
      0,
      -1,
      1,
      2,
      3,
      7.5,
      65536,
      0.0004,
      1e-9,
      1e21,
      Number.MAX_VALUE,
      Number.NaN,
      null,
      undefined,
      true,
      false,
      [],
      {},
      [null],
      [1],
      ['a', 'a'],
      { a: 'b' },
      { 'a b': 'c\n' },
    ),
  },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

/** Every value of a declaration, by whom it is in and its key. */
const places = (holder: object): readonly (readonly [holder: Record<string, unknown>, key: string])[] =>
  Object.entries(holder).flatMap(([key, value]) => [
    [holder as Record<string, unknown>, key] as const,
    ...(typeof value === 'object' && value !== null ? places(value) : []),
  ]);

/** A declaration with some of its values replaced, left out or under another key. */
function mutated(sound: object, changes: readonly Change[]): object {
  const copy = structuredClone(sound);
  const all = places(copy);
  for (const { at, by, value } of changes) {
    const [holder, key] = all[at % all.length] ?? [];
    if (holder === undefined || key === undefined) continue;
    if (by === 'addition') holder[keys[at % keys.length] ?? 'more'] = resolved(value);
    else if (by === 'removal') delete holder[key];
    else holder[key] = resolved(value);
  }
  return copy;
}

interface Change {
  readonly at: number;
  readonly by: 'value' | 'removal' | 'addition';
  readonly value: unknown;
}

/** Keys that some declaration has, and two that none has. */
const keys = [
  ...new Set(Object.values(entrances).flatMap(({ sound }) => places(sound).map(([, key]) => key))),
  'more',
  'constructor',
];

const resolved = (value: unknown): unknown =>
  isMap(value) && typeof value['hostile'] === 'number' ? hostile[value['hostile']]?.[1] : value;

const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({ at: fc.nat(100_000), by: fc.constantFrom('value', 'value', 'value', 'removal', 'addition'), value }),
  { minLength: 1, maxLength: 3 },
);

test.each(Object.entries(entrances))(
  '%s answers any value with what can be deployed or with the list of problems',
  (_, { sound, plan }) => {
    const answer = (declared: unknown) => {
      const draws = planned(() => plan(declared as never));
      expect(refusals(objectsOf(draws))).toEqual([]);
    };
    for (const [, whole] of hostile) answer(whole);
    fc.assert(
      fc.property(changes, (changes) => answer(mutated(sound, changes))),
      { numRuns },
    );
  },
  600_000,
);

test.each(Object.entries(entrances))(
  '%s answers in every place to what is no text',
  (_, { sound, plan }) => {
    for (let at = 0; at < places(sound).length; at++) {
      for (const value of [Symbol('a'), { toString: 0, valueOf: 0 }]) {
        planned(() => plan(mutated(sound, [{ at, by: 'value', value }]) as never));
      }
    }
  },
  600_000,
);

function planned<Plan>(plan: () => Plan): Plan | undefined {
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof library.InvalidInput)) throw error;
    expect(error.message.length).toBeLessThan(100_000);
    return undefined;
  }
}
