import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { parse, stringify } from 'yaml';
import * as library from '../../index';
import { isMap } from '../../lib/input/checks';
import { plain } from '../../lib/input/plain';
import { type WorkloadDomainProps, workloadDomainPlan } from '../../lib/tanzu/workload-domain';
import { twoParties } from './declarations';
import { digestsOf } from './digests';
import { partyDescriptorOf } from './parties';
import { balancers, existingDomain, newDomain, vdsNetworks } from './workload-domains';

const {
  App,
  Exchange,
  FederatedLearningCluster,
  ImageDiskMount,
  IngressController,
  KubeFateService,
  Manifest,
  TanzuKubernetesCluster,
  ToyExample,
} = library;

const exchange = library.exchangeDescriptor(
  library.exchangePlan({ domain: 'example.com' }),
  twoParties.exchange.addresses,
);

const quantity = { cpu: 4, memoryGiB: 8 };
const resources = { requests: { cpu: 0.5, memoryGiB: 2.5 }, limits: quantity };
const spelled = { requests: { cpu: '500m', memory: '2560Mi' }, limits: { cpu: '4', memory: '8Gi' } };
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
} as const satisfies library.PodProps;
const learners = { guest: 1, hosts: [2], table: { name: 'rows', namespace: 'experiment' } } as const;
const own = ['harbor.example.com/fate/nginx:1', 'harbor.example.com/own/json-exporter:1', 'example.com/own:1'] as const;
/** As of a file for all members: names that no image of one has are no fault. */
const digests = {
  ...digestsOf(
    ...(['1.6.1', '1.11.2', '2.0.0', '2.2.0'] as const).flatMap((fate) => [
      library.partyPlan({ domain: 'example.com', id: 1, fate, monitoring: {}, backup: { to: { claimGiB: 1 } } }),
      library.exchangePlan({ domain: 'example.com', fate, monitoring: {} }),
    ]),
    library.partyPlan({ domain: 'example.com', id: 1, fate: '1.11.2', compute: { algorithm: 'nn', device: 'gpu' } }),
  ),
  ...Object.fromEntries(own.map((image) => [image, `sha256:${'0'.repeat(64)}`])),
};
const [authority = ''] = rootCertificates;
const hosting = {
  namespace: 'fate-1',
  kubernetes: '1.27',
  driver: 'native',
  networkPolicies: true,
  registry: 'harbor.example.com/fate',
  digests,
  imagePullSecrets: ['registry-credentials'],
} as const;
export const party = {
  ...hosting,
  id: 1,
  addresses: { nginx: '192.0.2.1', pulsar: { reserved: '192.0.2.2' } },
  ports: { nginx: 9300, pulsar: 6651 },
  egress: ['198.51.100.0/28'],
  services: {
    nginx: { type: 'NodePort', nodePort: 30930 },
    pulsar: { loadBalancerClass: 'example.com/lb', externalTrafficPolicy: 'Local' },
  },
  images: { nginx: own[0] },
  storageClass: 'fast',
  storageClasses: { mysql: false },
  ingress: {
    ingressClassName: 'nginx',
    controllerNamespace: 'ingress-nginx',
    uis: ['notebook', 'fateboard', 'spark'],
    basicAuthSecret: 'users',
    domain: 'apps.example.com',
    hosts: { notebook: 'notebook.example.com' },
    annotations: { 'example.com/a': 'b' },
    tlsSecret: { notebook: 'notebook-tls' },
  },
  pods: { all: pod, mysql: pod },
  sparkNodes: {
    labels: { 'example.com/nodes': 'spark' },
    taints: [{ key: 'example.com/nodes', value: 'spark', effect: 'NoSchedule' }],
  },
  pulsar: {
    backlogGiB: 2,
    unreadMinutes: 60,
    readMinutes: 60,
    cluster: { bookies: 4, resources: { bookie: resources } },
  },
  certManager: { issuer: 'federation-ca', kind: 'ClusterIssuer', days: 90 },
  monitoring: {
    operator: true,
    namespace: 'observability',
    labels: { release: 'prometheus' },
    intervalSeconds: 60,
    images: { jsonExporter: own[1] },
    jobHours: 48,
  },
  access: { kubeconfig: 'clusters/org1.yaml', context: 'org1' },
  verification: { with: [2] },
  workload: 'credit-card',
  backup: {
    to: {
      bucket: 'fate-backups',
      endpoint: 'https://s3.example.com',
      region: 'eu-central-1',
      folder: 'org1/fate-1',
      ca: '-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----\n',
    },
    schedule: '30 1,13 */2 * 1-5',
    keep: 14,
    timeoutMinutes: 60,
  },
  proxy: { url: 'http://proxy.example.com:3128', noProxy: ['.example.com', '10.0.0.0/8'] },
  trust: [{ name: 'example-ca', certificate: authority }],
  existingClaims: { client: 'notebooks' },
  retention: { logsDays: 30, jobsDays: 14, schedule: '15 3 * * 6' },
  sizing: 'minimum',
  datasetGiB: 3,
  sparkWorkers: 2,
  datanodes: 2,
  replication: 2,
  resources: { fateboard: resources, nginx: spelled },
  volumesGiB: { pulsar: 20 },
  belowGuideline: true,
} as const satisfies library.PartyProps;
export const routing = {
  ...hosting,
  namespace: 'fate-exchange',
  addresses: { trafficServer: { reserved: '192.0.2.68' }, nginx: '192.0.2.69' },
  ports: { trafficServer: 443, nginx: 9300 },
  egress: ['198.51.100.16/28'],
  certManager: { issuer: 'federation-ca', kind: 'AWSPCAIssuer', group: 'awspca.cert-manager.io', days: 90 },
  monitoring: { operator: false, images: { blackboxExporter: own[2] } },
  access: { kubeconfig: 'clusters/exchange.yaml', context: 'exchange' },
  connectPorts: [6651, [30000, 32767]],
  nginxConnectPorts: [9300, [30000, 32767]],
  replicas: 2,
  resources: { nginx: spelled, trafficServer: resources },
  services: { nginx: { type: 'NodePort', nodePort: 30930, annotations: { a: 'b' } } },
  pods: { all: pod, nginx: pod },
} as const satisfies library.ExchangeProps;
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
    {
      name: 'spark',
      sparkNodes: true,
      replicas: 2,
      vmClass: { name: 'fate-worker', cpu: 8, memoryGiB: 64, guaranteed: false },
      labels: { 'example.com/nodes': 'spark' },
    },
  ],
  storageClass: 'fast',
  storageClasses: ['fast'],
  network: {
    cni: 'calico',
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
  trust: [{ name: 'example-ca', certificate: authority }],
};
export const offer = { namespace: 'fate', vmClasses: ['best-effort-small', 'fate-worker'], storageClasses: ['fast'] };
const nodes = { replicas: 3, volumes: cluster.workers[0]?.volumes };
const olderCluster = {
  ...cluster,
  platform: 'vSphere 8.0',
  api: { apiVersion: 'run.tanzu.vmware.com/v1alpha3' },
  workers: cluster.workers.map((pool) => ({ ...pool, ...nodes })),
  network: { ...cluster.network, cni: 'antrea' },
};
const oldestCluster = {
  name: 'party-1',
  platform: 'vSphere 7.0',
  kubernetes: 'v1.20',
  controlPlane: { vmClass: 'best-effort-small', replicas: 1, storageClass: 'fast' },
  workers: [
    {
      vmClass: 'best-effort-4xlarge',
      ...nodes,
      volumes: [{ name: 'a', mountPath: '/var/lib/containerd', capacityGiB: 32 }],
    },
  ],
  network: cluster.network,
  trust: cluster.trust,
};
const addon = { kubernetes: '1.27', registry: 'harbor.example.com', imagePullSecrets: ['registry-credentials'] };
const mount = { mountPath: '/var/lib/containerd', interval: 60, controlPlane: true };
const controller = {
  ingressClassName: 'nginx',
  replicas: 2,
  service: { type: 'NodePort', nodePort: { http: 30080, https: 30443 }, annotations: { a: 'b' } },
};
/** What a cluster's stack deploys. */
export const deployment = {
  registry: addon.registry,
  imagePullSecrets: addon.imagePullSecrets,
  cluster,
  imageDiskMount: { ...mount, controlPlane: false },
  ingressController: controller,
  pods: { all: pod },
};
/** A workload domain of which everything is made. */
export const domain = {
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
const service = {
  host: 'kubefate.example.com',
  parties: ['fate-1'],
  exchange: 'fate-exchange',
  clusterWide: false,
  release: '1.11.2',
  namespace: 'kube-fate',
  kubernetes: '1.27',
  networkPolicies: true,
  registry: 'harbor.example.com',
  images: { mariadb: 'mariadb:10' },
  imagePullSecrets: ['registry-credentials'],
  ingress: {
    ingressClassName: 'nginx',
    controllerNamespace: 'ingress',
    tlsSecret: 'kubefate-tls',
    annotations: { a: 'b' },
  },
  storageClass: false,
  volumeGiB: 5,
  chartRepository: 'https://example.com/charts',
  resources: { kubefate: resources, mariadb: spelled },
  pods: { all: pod, mariadb: pod },
} as const satisfies library.KubeFateProps;
/** What takes declarations, with some that are sound; it answers with what is drawn of the plan. */
export interface Entrance {
  readonly sound: readonly object[];
  readonly plan: (...declared: readonly never[]) => readonly Draw[];
  /** Part of the mutants that it gets: to read a file takes as long as to read ten declarations. */
  readonly share: number;
}
/** A chart of one plan. */
export type Draw = (app: Construct) => Chart;

const drawParty =
  (plan: library.PartyPlan): Draw =>
  (app) =>
    new FederatedLearningCluster(app, plan.namespace, plan);
const drawExchange =
  (plan: library.ExchangePlan): Draw =>
  (app) =>
    new Exchange(app, plan.namespace, plan);
const drawCluster = (declared: library.TanzuClusterProps) => [drawPlannedCluster(library.tanzuClusterPlan(declared))];
const drawPlannedCluster =
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

/** Its objects are vCenter's. */
function drawNoDomain(declared: WorkloadDomainProps): readonly Draw[] {
  workloadDomainPlan(declared);
  return [];
}

/** @param plan what is drawn of it; nothing where it becomes a text or a figure */
const entrance = <Declared extends readonly unknown[]>(
  sound: readonly object[],
  plan: (...declared: Declared) => readonly Draw[],
  share = 1,
): Entrance => ({ sound, plan: plan as unknown as Entrance['plan'], share });

/** A party of which others run what they can. */
const elsewhere = {
  ...party,
  storageClasses: undefined,
  pods: { all: pod },
  mysql: { external: { host: 'mysql.example.com', port: 3306, database: 'fate', user: 'fate' } },
  addresses: { nginx: '192.0.2.1' },
  ports: { nginx: 9300 },
  services: { nginx: party.services.nginx },
  ingress: undefined,
  volumesGiB: undefined,
  pulsar: {
    external: {
      host: 'pulsar.example.com',
      port: 6650,
      adminPort: 8080,
      brokers: ['broker-1.example.com', '192.0.2.82'],
      clusterName: 'standalone',
      public: { address: 'messages.example.com', port: 6651 },
    },
    readMinutes: 60,
  },
  spark: {
    external: {
      masters: [{ host: 'spark-1.example.com', port: 7077 }, { host: 'spark-2.example.com' }],
      workers: { count: 2, cores: 4, memoryGiB: 16 },
      network: {
        ranges: ['192.0.2.128/25'],
        driver: { address: { reserved: '192.0.2.80' }, service: { externalTrafficPolicy: 'Local' } },
      },
      ports: { from: 31000, count: 2 },
      python: { executable: '/opt/fate/bin/python', path: ['/opt/fate/python'] },
    },
  },
  datanodes: undefined,
  replication: undefined,
  hdfs: {
    external: {
      nameservice: {
        name: 'analytics',
        namenodes: [{ host: 'nn1.example.com', port: 8020 }, { host: 'nn2.example.com' }],
      },
      datanodes: { ranges: ['192.0.2.0/24'], port: 9866 },
      user: 'fate-1',
      pathPrefix: '/teams/fate',
      replication: 2,
    },
  },
} as const satisfies library.PartyProps;

const alone = library.partyPlan({ domain: 'example.com', id: 1 });
const joined = library.partyPlan({ domain: 'example.com', id: 1, exchange });
const next = library.partyPlan({ domain: 'example.com', id: 1, fate: '1.11.2' });
const routes = library.exchangePlan({ domain: 'example.com' });

const other = library.partyPlan({ domain: 'example.com', id: 2, exchange });
const latest = library.partyPlan({ domain: 'example.com', id: 1, fate: '2.2.0' });

const jobOfAll = {
  algorithm: 'homo-lr',
  guest: { party: 1, table: { namespace: 'experiment', name: 'guest' }, validation: { name: 'more' } },
  hosts: [{ party: 1, table: { name: 'host' }, validation: { name: 'more' } }],
  arbiter: 1,
  parameters: { max_iter: 3, batch_size: 50, optimizer: 'sgd', penalty: 'L1', init_method: 'zeros', tol: 0.1 },
  label: { name: 'Class', type: 'int' },
  resources: { executors: 1, executorCores: 1, executorMemoryMiB: 500, partitions: 4 },
  timeoutSeconds: 3600,
  topicMinutes: 20,
};
const retried = { retries: 2, retryDelaySeconds: 5 };
const upload = {
  table: { namespace: 'experiment', name: 'guest' },
  partitions: 4,
  delimiter: ';',
  replace: true,
  id: 'id',
  label: { name: 'Class', type: 'float' },
};

const drawTopology = (declared: library.TopologyProps) =>
  library
    .topology(declared)
    .parties.map((party) => drawParty(library.partyPlan({ domain: 'example.com', fate: declared.fate, ...party })));

/** FATE Flow's, and no object of a cluster. */
function drawJob(parties: readonly library.PartyPlan[], declared: library.JobProps): readonly Draw[] {
  JSON.stringify(library.jobPlan(parties, declared).submission);
  return [];
}

const partyFile = library.clusterFile(
  library.partyPlan({
    domain: 'example.com',
    transport: 'open',
    ...party,
    driver: 'kubefate',
    pulsar: { ...party.pulsar, cluster: false },
    services: {},
    kubernetes: '1.21',
    exchange: { ...exchange, transport: 'open' },
  }),
).values;
const partyText = stringify(partyFile);
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

/** Charts of a file that declares this; of what YAML has no words for, an empty one. */
function drawFile(declared: unknown): readonly Draw[] {
  const folder = mkdtempSync(join(tmpdir(), 'entrance-'));
  const path = join(folder, 'declaration.yaml');
  try {
    const text = textOf(declared);
    writeFileSync(path, typeof text === 'string' ? text : '');
    return library.declaredApp(path).charts.map((chart) => () => chart);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function drawRead(read: library.ReadClusterFile, decision?: library.DataDecision): readonly Draw[] {
  if (read.kind === 'exchange')
    return [drawExchange(library.exchangePlan({ domain: 'example.com', ...read.declaration }))];
  const withoutData = read.differences.flatMap(({ concerns, path }) => (concerns === 'data' ? [path] : []));
  return [drawParty(library.partyPlan({ domain: 'example.com', ...read.declare(decision ?? { withoutData }) }))];
}

/** A file, and no object; what stands in it is what was written. */
function drawConfig(declared: library.CliConfigProps): readonly Draw[] {
  const { serviceurl } = parse(library.cliConfig(declared));
  const { host, port } = declared;
  if (serviceurl !== (port === undefined ? host : `${host}:${port}`))
    throw new Error(`${serviceurl} is another service`);
  return [];
}

/** By the function's name; every public one that takes a declaration, a descriptor or a file. */
export const entrances = {
  federation: entrance(
    [
      {
        domain: 'example.com',
        fate: '1.6.1',
        transport: 'mutual-tls',
        exchange: routing,
        sparkNodes: true,
        parties: [party, { id: 2, addresses: { nginx: '192.0.2.11', pulsar: '192.0.2.12' } }],
      },
    ],
    (declared: library.FederationProps) => {
      const { exchange, parties } = library.federation(declared as library.FederationProps | library.MeshProps);
      return [...(exchange ? [drawExchange(exchange)] : []), ...parties.slice(0, 3).map(drawParty)];
    },
  ),
  'federation without an exchange': entrance(
    [
      {
        domain: 'example.com',
        exchange: false,
        parties: [party, { id: 2, addresses: { nginx: '192.0.2.11', pulsar: '192.0.2.12' } }],
      },
    ],
    (declared: library.MeshProps) => library.federation(declared).parties.slice(0, 3).map(drawParty),
  ),
  'partyPlan with peers': entrance(
    [{ domain: 'example.com', ...party, peers: [partyDescriptorOf(2, '192.0.2.11', '192.0.2.12')] }],
    (declared: Parameters<typeof library.partyPlan>[0]) => [drawParty(library.partyPlan(declared))],
  ),
  partyPlan: entrance(
    [
      { domain: 'example.com', ...party, exchange },
      { domain: 'example.com', ...elsewhere, exchange },
    ],
    (declared: Parameters<typeof library.partyPlan>[0]) => [drawParty(library.partyPlan(declared))],
  ),
  'partyPlan of a later release': entrance(
    [
      {
        domain: 'example.com',
        ...party,
        fate: '1.11.2',
        compute: { algorithm: 'nn', device: 'gpu', gpus: 2 },
        pods: { all: pod, fateboard: pod },
        exchange: { ...exchange, fate: '1.11.2' },
      },
    ],
    (declared: Parameters<typeof library.partyPlan>[0]) => [drawParty(library.partyPlan(declared))],
  ),
  exchangePlan: entrance(
    [
      {
        domain: 'example.com',
        ...routing,
        parties: [1, 2].map((id) => partyDescriptorOf(id, `192.0.2.${id}1`, `192.0.2.${id}2`)),
      },
    ],
    (declared: Parameters<typeof library.exchangePlan>[0]) => [drawExchange(library.exchangePlan(declared))],
  ),
  partyDescriptor: entrance([{ nginx: '192.0.2.1', pulsar: '192.0.2.2' }], (declared: library.PartyAddresses) => {
    const descriptor = library.partyDescriptor(alone, declared);
    return [drawExchange(library.exchangePlan({ domain: 'example.com', parties: descriptor && [descriptor] }))];
  }),
  exchangeDescriptor: entrance(
    [{ trafficServer: '192.0.2.1', nginx: '192.0.2.2' }],
    (declared: library.ExchangeAddresses) => {
      const descriptor = library.exchangeDescriptor(routes, declared);
      return [drawParty(library.partyPlan({ domain: 'example.com', id: 1, exchange: descriptor }))];
    },
  ),
  ToyExample: entrance([{ with: [2, 3] }], (declared: library.VerificationProps) => [
    (app) => {
      const chart = new Chart(app, 'fate-1');
      new ToyExample(chart, 'toy-example', { ...(plain(declared) as library.VerificationProps), plan: joined });
      return chart;
    },
  ]),
  capacity: entrance(
    [
      {
        vmClass: { cpu: '16', memory: '64Gi' },
        count: 3,
        gpus: 2,
        overhead: quantity,
        sparkNodes: { vmClass: 'best-effort-4xlarge', count: 1 },
      },
    ],
    (declared: library.NodesProps) => {
      library.describeCapacity(library.capacity([alone], declared));
      return [];
    },
  ),
  jobPlan: entrance([jobOfAll], (declared: library.JobProps) => drawJob([joined, other], declared)),
  'jobPlan of a later release': entrance([{ ...jobOfAll, ...retried }], (declared: library.JobProps) =>
    drawJob([next], declared),
  ),
  uploadPlan: entrance([upload], (declared: library.UploadProps) => {
    library.uploadPlan(latest, declared);
    return [];
  }),
  topology: entrance([{ kind: 'vertical', ...learners }], drawTopology),
  'topology of images': entrance(
    [{ kind: 'horizontal', data: 'images', device: 'gpu', arbiter: 3, datasetGiB: 10, fate: '1.11.2', ...learners }],
    drawTopology,
  ),
  upgradePlan: entrance([{ accept: ['messages'] }], (declared: { readonly accept: readonly library.PartyData[] }) => {
    library.upgradePlan(alone, next, declared);
    return [];
  }),
  tanzuClusterPlan: entrance([cluster], drawCluster),
  'tanzuClusterPlan of v1alpha1': entrance([oldestCluster], drawCluster),
  'tanzuClusterPlan of v1alpha3': entrance([olderCluster], drawCluster),
  clusterDeploymentPlan: entrance(
    [deployment, offer],
    (declared: library.ClusterDeploymentProps, offer: library.NamespaceOffer) => {
      const { cluster, imageDiskMount, ingressController } = library.clusterDeploymentPlan(declared, offer);
      return [
        drawPlannedCluster(cluster),
        ...(imageDiskMount ? [drawMount(imageDiskMount)] : []),
        ...(ingressController ? [drawController(ingressController)] : []),
      ];
    },
  ),
  imageDiskMountPlan: entrance(
    [{ ...addon, ...mount, pods: { all: pod }, sparkNodes: { labels: { 'example.com/nodes': 'spark' } } }],
    (declared: library.ImageDiskMountProps) => [drawMount(library.imageDiskMountPlan(declared))],
  ),
  ingressControllerPlan: entrance(
    [{ ...addon, ...controller, pods: { ingressController: pod } }],
    (declared: library.IngressControllerProps) => [drawController(library.ingressControllerPlan(declared))],
  ),
  workloadDomainPlan: entrance([domain], drawNoDomain),
  'workloadDomainPlan of vSphere 9': entrance(
    [newDomain('9.0', { certificateNames: ['k8s.example.com'] })],
    drawNoDomain,
  ),
  ...Object.fromEntries(
    Object.values(balancers).map((loadBalancer) => [
      `workloadDomainPlan with ${loadBalancer.type}`,
      entrance([newDomain('9.0', { networks: { ...vdsNetworks, loadBalancer } })], drawNoDomain),
    ]),
  ),
  'workloadDomainPlan of what exists': entrance([{ ...existingDomain, namespace: 'fate' }], drawNoDomain),
  kubeFatePlan: entrance([service], (declared: library.KubeFateProps) => {
    const plan = library.kubeFatePlan(declared);
    return [(app) => new KubeFateService(app, 'kube-fate', plan)];
  }),
  'cliConfig of a plan': entrance([library.kubeFatePlan(service)], drawConfig),
  cliConfig: entrance(
    [{ host: 'kubefate.example.com', port: 8080, user: 'admin', tlsSecret: 'kubefate-tls', namespace: 'kube-fate' }],
    drawConfig,
  ),
  declaredApp: entrance([{ federation: { domain: 'example.com' }, party, exchange }], drawFile, 0.2),
  readClusterFile: entrance(
    [partyFile],
    (declared: unknown) => drawRead(library.readClusterFile(textOf(declared))),
    0.2,
  ),
  'readClusterFile of an exchange': entrance(
    [exchangeFile],
    (declared: unknown) => drawRead(library.readClusterFile(textOf(declared))),
    0.2,
  ),
  'declare of what it reads': entrance(
    [{ driver: 'kubefate', withoutData: ['persistence'] }],
    (declared: library.DataDecision) => drawRead(library.readClusterFile(partyText), declared),
    0.2,
  ),
} satisfies Record<string, Entrance>;

/** Objects of charts, as the library's own app renders them and as they are deployed. */
export const objectsOf = (draws: readonly Draw[] = []): readonly unknown[] =>
  draws.flatMap((draw) => {
    const chart = draw(new App());
    const constructs = chart.node.findAll();
    const refused = constructs.flatMap(({ node }) => node.validate());
    if (refused.length > 0) throw new Error(refused.join('\n'));
    return constructs.filter(ApiObject.isApiObject).map((object) => {
      if (object instanceof Manifest) (object as InstanceType<typeof Manifest>).toYaml();
      return object.toJson();
    });
  });
