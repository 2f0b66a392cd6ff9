import { secrets } from '../../fate/secrets';
import { services } from '../../fate/services';
import { workerCores } from '../../fate/spark';
import { type Ui, uiAnnotations } from '../../federation/ingress';
import type { PartyPlan } from '../../federation/party';
import { partyNginxRoutes } from '../../federation/routing';
import { spelledResources } from '../../kubernetes/quantities';
import { admitsByLabels, isFromMinor } from '../../kubernetes/releases';
import {
  chartVersion,
  exponent,
  exponentFrom,
  ingressClass,
  ingressKeys,
  modules,
  oneWorkerPerNode,
  topicTtlMinutes,
  unpublished,
} from '../chart';
import {
  anyFile,
  type ChartLimit,
  type ClusterFile,
  certManagerLimit,
  fatal,
  limit,
  longName,
  mangledNames,
  transportLimit,
} from './cluster-file';
import { imageKeys, imageLimits } from './images';
import { placement, podLimits } from './pods';
import { serviceLimits } from './services';

/**
 * A party as KubeFATE installs it: `cluster.yaml` for chart `fate` v1.6.1. The same plan makes the native objects.
 *
 * @see White paper, "Step 2: Deploying an FLC with Exchange Component"
 * @see KubeFATE v1.6.1, `helm-charts/FATE/values-template.yaml`
 */
export const clusterFile = (plan: PartyPlan): ClusterFile => ({ values: partyValues(plan), limits: partyLimits(plan) });

const partyValues = (plan: PartyPlan) => ({
  name: plan.namespace,
  namespace: plan.namespace,
  chartName: 'fate',
  chartVersion,
  partyId: plan.id,
  ...imageKeys(plan.images),
  ...pullSecrets(plan),
  persistence: true,
  podSecurityPolicy: podSecurityPolicy(plan),
  modules,
  backend: 'spark',
  ingress: ingresses(plan),
  // A directory of the volume: beside `lost+found` MySQL would not initialise, and this block replaces the chart's default.
  mysql: { subPath: 'mysql', ...claim(plan, 'mysql'), ...placement(plan.pods.mysql) },
  python: {
    resources: spelledResources(plan.sizing.containers.fateflow),
    ...claim(plan, 'fateflow'),
    ...placement(plan.pods.fateflow),
    // FATE Flow's ledger, which refuses jobs that ask for more.
    spark: { cores_per_node: workerCores(plan.sizing), nodes: plan.sizing.sparkWorkers },
  },
  client: { subPath: 'client', ...claim(plan, 'client'), ...placement(plan.pods.client) },
  spark: { ...master(plan), worker: worker(plan) },
  hdfs: {
    namenode: { ...claim(plan, 'namenode'), ...placement(plan.pods.namenode) },
    datanode: { ...claim(plan, 'datanode'), ...placement(plan.pods.datanode) },
  },
  nginx: nginx(plan),
  pulsar: { ...pulsarExchange(plan), ...claim(plan, 'pulsar'), ...placement(plan.pods.pulsar) },
});
export const pullSecrets = ({ imagePullSecrets }: { readonly imagePullSecrets: readonly string[] }) =>
  imagePullSecrets.length === 0 ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) };

export const podSecurityPolicy = ({ kubernetes }: { readonly kubernetes: string }) => ({
  enabled: !admitsByLabels(kubernetes),
});

const claim = (plan: PartyPlan, volume: keyof PartyPlan['sizing']['volumesGiB']) => ({
  storageClass: plan.storageClasses[volume],
  size: `${plan.sizing.volumesGiB[volume]}Gi`,
});

/** Only what the plan says: the chart completes the block. */
function master({ pods }: PartyPlan) {
  const placed = placement(pods.sparkMaster);
  return Object.keys(placed).length === 0 ? {} : { master: { replicas: 1, ...placed } };
}

/** Both of requests and limits: what is left out comes from the chart, 1 CPU and 2Gi of 2 CPU and 4Gi. */
const worker = ({ sizing, pods }: PartyPlan) => ({
  replicas: sizing.sparkWorkers,
  resources: spelledResources(sizing.containers.sparkWorker),
  ...placement(pods.sparkWorker, oneWorkerPerNode),
});
/** Without an exchange the default is a closed port, in the place of the chart's example address. */
const nginx = ({ id, exchange, reserved, services: { nginx: service }, pods }: PartyPlan) => {
  const [proxy] = partyNginxRoutes(id, exchange).get('default')?.['proxy'] ?? [];
  return {
    type: service.type,
    ...(service.type === 'NodePort' && { httpNodePort: service.nodePorts['http'] }),
    loadBalancerIP: reserved.nginx,
    exchange: { ip: proxy?.host, httpPort: proxy?.http_port },
    ...placement(pods.nginx),
  };
};

/** TLS through the exchange. The domain is part of the name under which others are called, and `fate.org` if left out. */
const pulsarExchange = ({ exchange, services: { pulsar: service } }: PartyPlan) =>
  exchange && {
    ...(service.type === 'NodePort'
      ? { type: service.type, httpsNodePort: service.nodePorts['broker-tls'] }
      : { publicLB: { enabled: true } }),
    exchange: { ip: exchange.trafficServer.address, port: exchange.trafficServer.port, domain: exchange.domain },
  };

/**
 * An Ingress for each interface, since the chart has one for each module. One that the plan does not publish gets a class
 * that no controller serves.
 */
const ingresses = (plan: PartyPlan) =>
  Object.fromEntries(Object.entries(ingressKeys).map(([key, ui]) => [key, ingress(plan, ui)]));

function ingress({ id, domain, ingress: { ingressClassName, hosts, tlsSecrets, annotations } }: PartyPlan, ui: Ui) {
  const published = hosts[ui];
  const secretName = tlsSecrets[ui];
  const name = published ?? `${id}.${ui}.${domain}`;
  return {
    annotations: {
      [ingressClass]: published === undefined ? unpublished : ingressClassName,
      ...uiAnnotations[ui],
      ...(published !== undefined && annotations),
    },
    hosts: [{ name, path: '/' }],
    tls: secretName === undefined ? undefined : [{ secretName, hosts: [name] }],
  };
}

const partyLimits = (plan: PartyPlan): ChartLimit[] => [
  ...fatalLimits(plan),
  ...imageLimits(plan.images),
  ...initImageLimits(plan),
  ...sizingLimits(plan),
  ...podLimits(plan.pods),
  ...serviceLimits(plan.services),
  ...passwordLimits,
  ...(plan.exchange ? exchangeLimits(plan) : []),
  limit(
    'volumeClaimTemplates',
    'makes the claims objects of the release',
    'deleting the cluster, stopping its installation and an installation that fails delete all data of the party',
  ),
  ...anyFile,
  limit(
    'probes, StatefulSets, security contexts',
    'has Deployments without any of them, which run as root',
    'a process that hangs is not restarted, and an update stops a pod before the next one starts',
  ),
  limit(
    'pulsar',
    'lets one topic hold 10 GiB unread and closes files at 1 and 2 GiB, whatever the volume',
    'a volume of a few GiB is full to the last byte, and Pulsar answers nothing until somebody clears it',
  ),
  ...keptLimits(plan),
  ...(plan.ingress.hosts.fateboard === undefined
    ? []
    : [
        limit(
          'ingress.hosts.fateboard',
          'has FATE Flow answer every submission with a link to http://fateboard:8080',
          'nobody outside of the cluster can open it: take the host name in its place',
        ),
      ]),
  limit(
    'servings',
    'names a FATE Serving that has neither name nor port',
    'whoever publishes a model gets an error of Python in the place of an answer',
  ),
  limit(
    'FATE_FLOW_UPLOAD_MAX_BYTES',
    'has FATE Flow read an uploaded file at once, up to 104 GB',
    'a file larger than its memory ends the upload, or FATE Flow and all jobs: upload it in parts',
  ),
  limit('mysql', 'has MySQL log changes for replicas, 30 days long', 'its volume fills up with what nobody reads'),
  limit('pulsar', 'ends Pulsar when it stands still for half a minute', 'jobs wait until it is there again'),
  limit(
    'nginx',
    'opens the gRPC port 9310 beside 9300 on the LoadBalancer',
    'a firewall has to close one port more, which takes any call',
  ),
];

function fatalLimits(plan: PartyPlan): ChartLimit[] {
  const { id, namespace, kubernetes, storageClasses, exchange, ingress } = plan;
  const limits = [
    ...longName(namespace),
    ...transportLimit(plan),
    ...certManagerLimit(plan),
    ...mangledNames(
      Object.fromEntries(Object.entries(ingress.hosts).map(([ui, host]) => [`ingress.hosts.${ui}`, host])),
    ),
    ...mangledNames({ namespace, domain: exchange?.domain, exchange: exchange?.trafficServer.address }),
    ...classLimits(storageClasses),
  ];
  if (isFromMinor(kubernetes, 22)) {
    limits.unshift(
      fatal(
        'kubernetes',
        `makes Ingresses of networking.k8s.io/v1beta1, which Kubernetes ${kubernetes} has no more`,
        'the installation fails, and KubeFATE removes what it had installed: use 1.21 or earlier',
      ),
    );
  }
  if (id >= exponentFrom) {
    limits.push(
      fatal('id', `writes ${id} as ${exponent(id)}`, 'Kubernetes refuses the labels: use an id below 1000000'),
    );
  }
  return limits;
}

/** The namenode's first container, which empties its volume of `lost+found`. */
const initImageLimits = ({ images }: PartyPlan): ChartLimit[] =>
  imageKeys(images).registry === undefined
    ? []
    : [
        limit(
          'registry',
          'takes the image busybox of the namenode from Docker Hub all the same, at each start',
          'where nodes do not reach it HDFS never starts: let them find busybox:latest in a mirror of Docker Hub',
        ),
      ];

/** Of FATE Flow and the client the chart names a class where the file names none. */
const classLimits = (classes: PartyPlan['storageClasses']): ChartLimit[] => [
  ...[...new Set(Object.values(classes))].flatMap((storageClass) => mangledNames({ storageClass })),
  ...(
    [
      ['fateflow', 'python'],
      ['client', 'client'],
    ] as const
  ).flatMap(([volume, own]) =>
    classes[volume] === undefined
      ? [
          fatal(
            `storageClasses.${volume}`,
            `takes the class ${own} where none is named`,
            'the claim waits for it for ever',
          ),
        ]
      : [],
  ),
];

/** What Pulsar keeps of messages, beside their size. */
const keptLimits = ({ pulsar: { readMinutes, unreadMinutes } }: PartyPlan): ChartLimit[] => [
  ...(readMinutes === topicTtlMinutes
    ? []
    : [
        limit(
          'pulsar.readMinutes',
          `keeps messages for ${topicTtlMinutes} minutes after they were read`,
          `a Spark worker that fails finds them again for that long, and not for ${readMinutes}`,
        ),
      ]),
  ...(unreadMinutes === undefined
    ? []
    : [limit('pulsar.unreadMinutes', 'keeps what nobody reads for ever', 'Pulsar is full of it at last')]),
];

function sizingLimits({ sizing: { datanodes, replication, containers } }: PartyPlan): ChartLimit[] {
  const without = Object.keys(containers).filter((name) => !['fateflow', 'sparkWorker'].includes(name));
  return [
    limit(
      'sizing.containers',
      `gives requests and limits to FATE Flow and the Spark workers only, to none of ${without.join(', ')}`,
      'these pods are evicted first when a node runs short, and may take all of it before',
    ),
    limit(
      'sizing.sparkWorkers',
      "writes FATE Flow's ledger of cores into a file that FATE Flow reads at its start only",
      'after an update of the workers it counts the old ones: restart the Deployment python',
    ),
    limit(
      'sizing.containers.sparkWorker',
      'does not tell the worker what to offer',
      'it offers what it finds by itself, which need not be what its limits allow',
    ),
    limit(
      'spark',
      'lets an application of Spark have all cores of all workers, whatever FATE Flow counted',
      'of two jobs at once one waits, and two parties may wait for one another: give every job `total-executor-cores` in its spark_run, num-executors × executor-cores',
    ),
    limit(
      'SPARK_WORKER_OPTS',
      'has workers look for a Spark master that started again by the name of the one before, and keep what applications leave',
      'for ten minutes there is no worker, and jobs wait; the disks of nodes fill up until a worker restarts',
    ),
    ...(datanodes === 1
      ? []
      : [limit('sizing.datanodes', 'runs 1 datanode', `HDFS has the space of one volume and not of ${datanodes}`)]),
    limit(
      'sizing.replication',
      `leaves Hadoop's own number of copies, 3, in the place of the planned ${replication}`,
      'HDFS reports every block as under-replicated, and a job that reads more than a million rows fails: FATE appends, which Hadoop refuses where datanodes are missing',
    ),
  ];
}

const passwordLimits: readonly ChartLimit[] = [
  limit(
    `Secret ${secrets.mysql.name}`,
    'runs MySQL with the password fate_dev, in ConfigMaps, and with an empty one for root',
    'whoever runs a pod in the namespace reads and changes all jobs',
  ),
  limit(
    `Secret ${secrets.fateboard.name}`,
    'gives FATE Board the user admin with the password admin',
    'whoever resolves its host name sees all jobs; set fateboard.username and fateboard.password by hand, as text',
  ),
  limit(
    `Secret ${secrets.notebook.name}`,
    'runs the notebook without a token',
    'whoever resolves its host name runs programs in the namespace',
  ),
];

const exchangeLimits = ({ reserved, services: { pulsar } }: PartyPlan): ChartLimit[] => [
  limit(
    'replicatorPrefix',
    'leaves the name under which Pulsars replicate the same for all parties',
    'a job of three or more parties hangs',
  ),
  ...(pulsar.type === 'NodePort'
    ? [
        limit(
          'services.pulsar',
          'opens the ports 6650, 8080 and 8081 on every node beside 6651',
          'whoever reaches a node administers Pulsar: close all but the one port',
        ),
      ]
    : []),
  ...(reserved.pulsar === undefined
    ? []
    : [
        limit(
          'addresses.pulsar.reserved',
          `asks for no address for ${services.pulsarPublicTls.name}`,
          `it gets another one than ${reserved.pulsar}, which the exchange's routes must follow`,
        ),
      ]),
];
