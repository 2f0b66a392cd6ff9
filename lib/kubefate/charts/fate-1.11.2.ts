import { pulsarMemory } from '../../fate/heap';
import { releases } from '../../fate/releases';
import { partyImages } from '../../fate/releases/party-images';
import { services } from '../../fate/services';
import { isJoined } from '../../federation/neighbours';
import type { PartyPlan } from '../../federation/party';
import { anyFile, mangledNames } from '../limits/any-file';
import { type ChartLimit, limit } from '../limits/limit';
import {
  boardLimits,
  clusterLimit,
  fatalLimits,
  joinedLimits,
  ledgerLimit,
  passwordLimits,
  programLimits,
  sparkLimits,
  unreadLimit,
  unsizedLimit,
} from '../limits/party';
import { podLimits } from '../limits/pods';
import { serviceLimits } from '../limits/services';
import { since200 } from './later-keys';
import { ledger, type OwnKeys, type PartyChart } from './party-chart';
import { anyParty, inNamespace, inSecret, otherBackend, placements } from './reasons';

const { hdfs } = releases['1.11.2'];
const readMinutes = 3;
const sized = {
  fateflow: 'python',
  sparkMaster: 'spark.master',
  sparkWorker: 'spark.worker',
  pulsar: 'pulsar',
} as const;

/** @see KubeFATE v1.11.2, `helm-charts/FATE` */
export const chart1112: PartyChart = {
  version: 'v1.11.2',
  fate: '1.11.2',
  engines: { computing: 'Spark', federation: 'Pulsar', storage: 'HDFS' },
  builds: {
    algorithm: { basic: 'Basic', nn: 'NN', all: 'ALL' },
    device: { cpu: 'CPU', ipcl: 'IPCL', gpu: 'GPU' },
  },
  images: (build) => ({
    published: partyImages('1.11.2', build),
    tag: '1.11.2-release',
    hasTagKey: false,
    named: {
      sparkMaster: { module: 'spark.master', keys: ['Image', 'ImageTag'] },
      sparkWorker: { module: 'spark.worker', keys: ['Image', 'ImageTag'] },
    },
  }),
  ingress: {
    classKey: 'ingressClassName',
    // One class is for all Ingresses, so that one of them is closed by a word to ingress-nginx.
    closed: { 'nginx.ingress.kubernetes.io/whitelist-source-range': '127.0.0.1/32' },
    domain: 'example.com',
  },
  placed: {
    mysql: 'mysql',
    fateflow: 'python',
    fateboard: 'fateboard',
    client: 'client',
    sparkMaster: 'spark.master',
    sparkWorker: 'spark.worker',
    namenode: 'hdfs.namenode',
    datanode: 'hdfs.datanode',
    nginx: 'nginx',
    pulsar: 'pulsar',
  },
  sized,
  claims: {
    mysql: 'data-mysql-0',
    python: 'python-data-python-0',
    client: 'persistence-client-0',
    'hdfs.namenode': 'dfs-namenode-0',
    'hdfs.datanode': 'dfs-datanode-0',
    pulsar: 'pulsar-data-pulsar-0',
  },
  defaults: {
    worker: { requests: { cpu: 4, memoryGiB: 8 } },
    datanodes: hdfs.datanodes,
    volumesGiB: { mysql: 1, fateflow: 1, client: 1, namenode: 1, datanode: 1, pulsar: 1 },
    readMinutes,
    backlogGiB: 10,
  },
  keys: {
    datanodes: 'hdfs.datanode.replicas',
    readMinutes: 'python.pulsar.topic_ttl',
    backlogGiB: 'pulsar.confs.backlogQuotaDefaultLimitGB',
  },
  // MySQL asks for the capability SYS_NICE, which `baseline` refuses.
  podSecurity: 'privileged',
  bare: {
    fateboard: { type: 'ClusterIP', username: 'admin', password: 'admin' },
    sparkMaster: { replicas: 1, type: 'ClusterIP' },
  },
  ownKeys,
  limits,
  reasons: {
    ...anyParty,
    ...placements('fateboard'),
    rollsite: otherBackend,
    skippedKeys: "tells KubeFATE's CLI what not to compare with its example",
    'ingress.*.annotations.kubernetes.io/ingress.class':
      'Kubernetes refuses an Ingress that has it beside the class of the chart: ingressClassName',
    'python.resources.*.nvidia.com/gpu': 'GPUs are for the device GPU, and as many are promised as may be taken',
    'python.replicas': 'there is one FATE Flow, which knows of all jobs',
    'python.logLevel': 'FATE Flow logs as it does by itself',
    'python.dependent_distribution': 'the images have what FATE needs',
    'python.hive': otherBackend,
    'spark.master.type': inNamespace,
    'spark.master.nodePort': inNamespace,
    'client.notebook_hashed_password': inSecret,
    'pulsar.env': 'the memory of its JVM follows from what Pulsar may take',
    'pulsar.confs': 'is the same in every party',
    'pulsar.confs.backlogQuotaDefaultLimitGB': 'a topic holds at most what is on the volume: pulsar.backlogGiB',
  },
  later: since200,
};

function ownKeys(plan: PartyPlan): OwnKeys {
  const { sizing, pulsar } = plan;
  return {
    modules: {
      python: { ...pulsarOfFateFlow(plan), spark: ledger(plan) },
      'hdfs.datanode': { replicas: sizing.datanodes },
      pulsar: {
        env: [{ name: 'PULSAR_MEM', value: pulsarMemory(sizing.containers.pulsar) }],
        confs: { backlogQuotaDefaultLimitGB: pulsar.backlogGiB },
      },
    },
  };
}

/** As a whole: of such a block the chart completes nothing. */
const pulsarOfFateFlow = ({ pulsar }: PartyPlan) =>
  pulsar.readMinutes !== readMinutes && {
    pulsar: {
      host: services.pulsar.name,
      mng_port: services.pulsar.ports.admin,
      port: services.pulsar.ports.broker,
      topic_ttl: pulsar.readMinutes,
      cluster: 'standalone',
      tenant: 'fl-tenant',
    },
  };

function limits(plan: PartyPlan): readonly ChartLimit[] {
  return [
    ...limitsOfStatefulSets(plan),
    ledgerLimit('StatefulSet python'),
    ...boardLimits(plan),
    limit(
      'model_store_address',
      "names a store of Tencent's cloud without an address",
      'whoever stores a model in the database gets an error',
    ),
  ];
}

/** Of this chart and of the next one. */
export const limitsOfStatefulSets = (plan: PartyPlan): readonly ChartLimit[] => [
  ...fatalLimits(plan),
  ...mangledNames({ 'ingress.ingressClassName': plan.ingress.ingressClassName }),
  unsizedLimit(plan, sized, "FATE Flow, Spark's pods and Pulsar"),
  ...sparkLimits,
  ...hdfsLimits(plan),
  ...podLimits(plan.pods),
  ...serviceLimits(plan.services),
  ...passwordLimits,
  ...(isJoined(plan) ? joinedLimits(plan) : []),
  ...ingressLimits(plan),
  ...anyFile,
  ...startLimits,
  ...(isJoined(plan) ? [certificateLimit] : []),
  limit(
    'pulsar',
    'closes files at 1 and 2 GiB, whatever the volume',
    'a volume of a few GiB is full to the last byte, and Pulsar answers nothing until somebody clears it',
  ),
  ...unreadLimit(plan),
  ...clusterLimit(plan),
  limit(
    'pulsar',
    'has Pulsar lose its sessions when it stands still for half a minute',
    'jobs wait until it and its bookie have registered again',
  ),
  ...programLimits,
];

function hdfsLimits({ sizing: { datanodes, replication } }: PartyPlan): ChartLimit[] {
  const copies = 3;
  return [
    ...(replication === copies
      ? []
      : [
          limit(
            'sizing.replication',
            `leaves Hadoop's own number of copies, ${copies}, in the place of the planned ${replication}`,
            datanodes < copies
              ? 'HDFS reports every block as under-replicated'
              : `the volumes hold a third of what they have room for, where ${replication} of it was planned`,
          ),
        ]),
    limit(
      'dfs.client.block.write.replace-datanode-on-failure',
      'leaves its default, which wants another datanode for one that is missing while a file is appended to',
      datanodes < copies
        ? 'a job that reads more than a million rows fails: FATE appends'
        : 'while a datanode is away, a job that reads more than a million rows fails: FATE appends',
    ),
    ...(datanodes === 1
      ? []
      : [
          limit(
            'disruption budgets',
            'lets all datanodes be evicted at once',
            'whoever drains several nodes takes HDFS away from jobs that run: drain the next one when all datanodes are ready',
          ),
        ]),
  ];
}

/** Interfaces that the plan does not publish, beside some that it does. */
function ingressLimits({ ingress: { hosts } }: PartyPlan): ChartLimit[] {
  const closed = (['notebook', 'fateboard', 'spark', 'pulsar'] as const).filter((ui) => hosts[ui] === undefined);
  if (closed.length === 0 || closed.length === 4) return [];
  return [
    limit(
      'ingress.uis',
      `has an Ingress of one class for each interface, for ${closed.join(' and ')}, too`,
      'these are closed by an annotation, which ingress-nginx alone knows: any other controller serves them to whoever sends their host name',
    ),
  ];
}

const startLimits: readonly ChartLimit[] = [
  limit(
    'podManagementPolicy, spreading, security contexts',
    'runs all programs as their images do, most of them as root, and MySQL with the capability SYS_NICE',
    'the namespace admits pods of any privilege, where `baseline` would do',
  ),
  limit(
    'probes',
    'gives a program two minutes to start',
    'MySQL that is killed while it makes its database leaves a directory that never starts again: empty the claim data-mysql-0 then',
  ),
  limit(
    'fsGroup',
    'gives Pulsar a volume as it is',
    'the image of Pulsar 2.10 is no root, and where a new volume belongs to root Pulsar never starts: look at its first log',
  ),
  limit(
    'fateflow',
    'has nginx look up FATE Flow once, by a Service that is the address of its pod',
    'when FATE Flow has started again no call of others reaches it: restart the Deployment nginx, too',
  ),
];

const certificateLimit = limit(
  `Secret pulsar-cert`,
  'asks for the port 8081, which opens with a good certificate alone, whether Pulsar lives',
  'with a bad one Pulsar is killed again and again, the jobs of the party itself with it',
);
