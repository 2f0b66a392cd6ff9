import { releases } from '../../fate/releases';
import { isJoined } from '../../federation/neighbours';
import type { PartyPlan } from '../../federation/party';
import { isFromMinor } from '../../kubernetes/releases';
import { anyFile } from '../limits/any-file';
import { type ChartLimit, fatal, limit } from '../limits/limit';
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
import { since1112 } from './later-keys';
import { ledger, type PartyChart } from './party-chart';
import { anyParty, inNamespace, otherBackend, release } from './reasons';

const { images, charts } = releases['1.6.1'];
const { trafficServer: _, ...usual } = images;
const sized = { fateflow: 'python', sparkWorker: 'spark.worker' } as const;
const readMinutes = 3;

/** @see KubeFATE v1.6.1, `helm-charts/FATE` */
export const chart161: PartyChart = {
  version: 'v1.6.1',
  fate: '1.6.1',
  lastKubernetes: charts?.lastKubernetes,
  engines: { backend: 'spark' },
  images: () => ({ published: { ...usual, mysql: 'mysql:8' }, tag: '1.6.1-release', hasTagKey: true, named: {} }),
  ingress: {
    // Ingresses of v1beta1 name their class in an annotation.
    closed: { 'kubernetes.io/ingress.class': 'unpublished' },
    domain: 'kubefate.net',
  },
  placed: {
    mysql: 'mysql',
    fateflow: 'python',
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
    mysql: 'mysql-data',
    python: 'python-data',
    client: 'client-data',
    'hdfs.namenode': 'namenode-data',
    'hdfs.datanode': 'datanode-data',
    pulsar: 'pulsar-data',
  },
  defaults: {
    worker: { requests: { cpu: 1, memoryGiB: 2 }, limits: { cpu: 2, memoryGiB: 4 } },
    datanodes: 1,
    volumesGiB: { mysql: 1, fateflow: 1, client: 1 },
    readMinutes,
    backlogGiB: 10,
  },
  keys: {},
  podSecurity: 'baseline',
  bare: { sparkMaster: { replicas: 1 } },
  ownKeys: (plan) => ({ modules: { python: { spark: ledger(plan) } } }),
  limits,
  reasons: {
    ...anyParty,
    'host.*': 'the chart reads it under Istio only: its Ingresses are named by ingress.*.hosts, else all alike',
    rollsite: otherBackend,
    'python.enabledNN': otherBackend,
    'spark.type': inNamespace,
    'spark.master.Image': release,
    'spark.master.ImageTag': release,
    'spark.worker.Image': release,
    'spark.worker.ImageTag': release,
  },
  later: since1112,
};

function limits(plan: PartyPlan): readonly ChartLimit[] {
  return [
    ...kubernetesLimits(plan),
    ...fatalLimits(plan),
    unsizedLimit(plan, sized, 'FATE Flow and the Spark workers'),
    ledgerLimit('Deployment python'),
    ...sparkLimits,
    ...hdfsLimits(plan),
    ...podLimits(plan.pods),
    ...serviceLimits(plan.services),
    ...passwordLimits,
    ...(isJoined(plan) ? joinedLimits(plan) : []),
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
    ...boardLimits(plan),
    limit(
      'FATE_FLOW_UPLOAD_MAX_BYTES',
      'has FATE Flow read an uploaded file at once, up to 104 GB',
      'a file larger than its memory ends the upload, or FATE Flow and all jobs: upload it in parts',
    ),
    limit('pulsar', 'ends Pulsar when it stands still for half a minute', 'jobs wait until it is there again'),
    ...programLimits,
  ];
}

const kubernetesLimits = ({ kubernetes }: PartyPlan): ChartLimit[] =>
  isFromMinor(kubernetes, 22)
    ? [
        fatal(
          'kubernetes',
          `makes Ingresses of networking.k8s.io/v1beta1, which Kubernetes ${kubernetes} has no more`,
          'the installation fails, and KubeFATE removes what it had installed: use 1.21 or earlier',
        ),
      ]
    : [];

const hdfsLimits = ({ sizing: { datanodes, replication } }: PartyPlan): ChartLimit[] => [
  ...(datanodes === 1
    ? []
    : [
        limit(
          'sizing.datanodes',
          'runs 1 datanode',
          `HDFS has the space of one volume and not of ${datanodes}, and no copy of what is on it`,
        ),
      ]),
  limit(
    'sizing.replication',
    `leaves Hadoop's own number of copies, 3, in the place of the planned ${replication}`,
    'HDFS reports every block as under-replicated, and a job that reads more than a million rows fails: FATE appends, which Hadoop refuses where datanodes are missing',
  ),
];

/** What Pulsar keeps of messages, beside their size. */
const keptLimits = (plan: PartyPlan): ChartLimit[] => [
  ...(plan.pulsar.readMinutes === readMinutes
    ? []
    : [
        limit(
          'pulsar.readMinutes',
          `keeps messages for ${readMinutes} minutes after they were read`,
          `a Spark worker that fails finds them again for that long, and not for ${plan.pulsar.readMinutes}`,
        ),
      ]),
  ...unreadLimit(plan),
  ...clusterLimit(plan),
];
