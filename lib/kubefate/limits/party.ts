import { secrets } from '../../fate/secrets';
import { services } from '../../fate/services';
import type { PartyContainer } from '../../fate/sizes';
import { externalEngines } from '../../federation/engines';
import { isJoined } from '../../federation/neighbours';
import type { PartyPlan } from '../../federation/party';
import { exponent, exponentFrom } from '../chart';
import { certManagerLimit, longName, mangledNames, monitoringLimit, policiesLimit, transportLimit } from './any-file';
import { type ChartLimit, fatal, limit } from './limit';

/** What stops any chart `fate`, and what no option of one could bring. */
export function fatalLimits(plan: PartyPlan): ChartLimit[] {
  const { id, namespace, domain, storageClasses, exchange, peers = [], ingress } = plan;
  return [
    ...longName(namespace),
    ...transportLimit(plan),
    ...certManagerLimit(plan),
    ...elsewhereLimits(plan),
    ...backupLimit(plan),
    ...retentionLimit(plan),
    ...proxyLimit(plan),
    ...trustLimit(plan),
    ...workloadLimit(plan),
    ...monitoringLimit(plan),
    ...policiesLimit(plan),
    ...mangledNames(
      Object.fromEntries(Object.entries(ingress.hosts).map(([ui, host]) => [`ingress.hosts.${ui}`, host])),
    ),
    ...mangledNames({
      namespace,
      domain: isJoined(plan) ? domain : undefined,
      exchange: exchange?.trafficServer.address,
      ...Object.fromEntries(peers.map(({ id, pulsar }) => [`peers.${id}`, pulsar.address])),
    }),
    ...classLimits(storageClasses),
    ...(id < exponentFrom
      ? []
      : [fatal('id', `writes ${id} as ${exponent(id)}`, 'Kubernetes refuses the labels: use an id below 1000000')]),
  ];
}

/** Programs that others run, which no file names. */
const elsewhereLimits = (plan: PartyPlan): ChartLimit[] =>
  externalEngines(plan).map(({ key, charts }) =>
    fatal(`${key}.external`, charts, 'write none of it, or have native objects by driver native'),
  );

const backupLimit = ({ backup }: PartyPlan): ChartLimit[] =>
  backup === undefined
    ? []
    : [
        fatal(
          'backup',
          'copies no data, and has MySQL under a password and claims under names of its own',
          'nothing would be there to restore: dump its database by the commands for moving data, by a schedule of your own',
        ),
      ];

const retentionLimit = ({ retention }: PartyPlan): ChartLimit[] =>
  retention === undefined
    ? []
    : [
        limit(
          'retention',
          'deletes nothing of jobs',
          "their files and logs fill FATE Flow's volume: delete old ones by the commands of the runbook",
        ),
      ];

const proxyLimit = ({ proxy }: PartyPlan): ChartLimit[] =>
  proxy === undefined
    ? []
    : [
        limit(
          'proxy',
          'gives the notebook no variables',
          'it calls what it calls directly: set them in a notebook or its terminal before something is loaded',
        ),
      ];

const trustLimit = ({ trust }: PartyPlan): ChartLimit[] =>
  trust.length === 0
    ? []
    : [
        limit(
          'trust',
          'gives the notebook no authorities',
          'it trusts those of its image alone: name others in a notebook or its terminal before something is loaded',
        ),
      ];

const workloadLimit = ({ workload }: PartyPlan): ChartLimit[] =>
  workload === undefined
    ? []
    : [
        limit(
          'workload',
          'mounts nothing beside the notebooks of its image',
          'no notebook has it: type the lines of examples/credit-card at a terminal, which need none',
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

/** The namenode's first container, which empties its volume of `lost+found`. */
export const initImageLimits = (isFromElsewhere: boolean): ChartLimit[] =>
  isFromElsewhere
    ? [
        limit(
          'registry',
          'takes the image busybox of the namenode from Docker Hub all the same, at each start',
          'where nodes do not reach it HDFS never starts: let them find busybox:latest in a mirror of Docker Hub',
        ),
      ]
    : [];

/** Containers whose module takes neither requests nor limits. */
export function unsizedLimit(
  { sizing }: PartyPlan,
  sized: Readonly<Partial<Record<PartyContainer, string>>>,
  which: string,
): ChartLimit {
  const without = Object.keys(sizing.containers).filter((name) => !(name in sized));
  return limit(
    'sizing.containers',
    `gives requests and limits to ${which} only, to none of ${without.join(', ')}`,
    'these pods are evicted first when a node runs short, and may take all of it before',
  );
}

/** @param fateflow the workload that FATE Flow is */
export const ledgerLimit = (fateflow: string): ChartLimit =>
  limit(
    'sizing.sparkWorkers',
    "writes FATE Flow's ledger of cores into a file that FATE Flow reads at its start only",
    `after an update of the workers it counts the old ones: restart the ${fateflow}`,
  );

/** How Spark divides what it has. */
export const sparkLimits: readonly ChartLimit[] = [
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
];

/** Passwords that everybody knows. */
export const passwordLimits: readonly ChartLimit[] = [
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

/** Where it meets others. */
export const joinedLimits = ({ reserved, services: { pulsar } }: PartyPlan): ChartLimit[] => [
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
          `it gets another one than ${reserved.pulsar}, which the routes of others must follow`,
        ),
      ]),
];

/** What the charts have of FATE's programs, Pulsar and MySQL in every release. */
export const programLimits: readonly ChartLimit[] = [
  limit(
    'servings',
    'names a FATE Serving that has neither name nor port',
    'whoever publishes a model gets an error of Python in the place of an answer',
  ),
  limit('mysql', 'has MySQL log changes for replicas, 30 days long', 'its volume fills up with what nobody reads'),
  limit(
    'nginx',
    'opens the gRPC port 9310 beside 9300 on the LoadBalancer',
    'a firewall has to close one port more, which takes any call',
  ),
];

export const unreadLimit = ({ pulsar: { unreadMinutes } }: PartyPlan): ChartLimit[] =>
  unreadMinutes === undefined
    ? []
    : [limit('pulsar.unreadMinutes', 'keeps what nobody reads for ever', 'Pulsar is full of it at last')];

export const clusterLimit = ({ pulsar: { cluster } }: PartyPlan): ChartLimit[] =>
  cluster === undefined
    ? []
    : [limit('pulsar.cluster', 'has one Pulsar, of one process', 'while its node is lost, jobs stand still')];

/** Where FATE Flow's answers have a link to FATE Board. */
export const boardLimits = ({ ingress }: PartyPlan): ChartLimit[] =>
  ingress.hosts.fateboard === undefined
    ? []
    : [
        limit(
          'ingress.hosts.fateboard',
          'has FATE Flow answer every submission with a link to http://fateboard:8080',
          'nobody outside of the cluster can open it: take the host name in its place',
        ),
      ];
