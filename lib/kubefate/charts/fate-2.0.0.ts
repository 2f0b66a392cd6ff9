import type { Build } from '../../fate/releases';
import { partyImages } from '../../fate/releases/party-images';
import type { PartyPlan } from '../../federation/party';
import { type ChartLimit, fatal, limit } from '../limits/limit';
import { chart1112, limitsOfStatefulSets } from './fate-1.11.2';
import type { OwnKeys, PartyChart } from './party-chart';
import { otherBackend, release } from './reasons';

const { rollsite: __, ...reasons } = chart1112.reasons;
const keys = ['image', 'imageTag'] as const;
const noEffect = 'no template of the chart reads it';

/**
 * For a party that works by itself: between parties the chart leaves FATE 2.0.0 without the addresses of their Pulsars.
 *
 * @see KubeFATE v2.0.0, `helm-charts/FATE`; FATE-Flow v2.0.0, `entity/spec/dag/_federation.py`
 */
export const chart200: PartyChart = {
  ...chart1112,
  version: 'v2.0.0',
  fate: '2.0.0',
  images: (build) => ({
    published: published(build),
    tag: '2.0.0-release',
    hasTagKey: false,
    hasPrefixes: true,
    named: {
      mysql: { module: 'mysql', keys },
      fateflow: { module: 'python', keys, suffix: `-spark${suffixOf(build)}` },
      fateboard: { module: 'fateboard', keys },
      client: { module: 'client', keys },
      sparkMaster: { module: 'spark.master', keys },
      sparkWorker: { module: 'spark.worker', keys, suffix: suffixOf(build) },
      nginx: { module: 'nginx', keys },
      pulsar: { module: 'pulsar', keys },
    },
  }),
  ownKeys: (plan) => withoutLedger(chart1112.ownKeys(plan)),
  limits: (plan) => [...jobLimits(plan), ...limitsOfStatefulSets(plan), ...ownLimits],
  reasons: {
    ...reasons,
    osx: otherBackend,
    'hdfs.image': release,
    'hdfs.imageTag': release,
    'python.logLevel': noEffect,
    'python.dependent_distribution': noEffect,
    'python.spark.cores_per_node': noEffect,
    'python.spark.nodes': noEffect,
  },
  later: {},
};

const published = (build: Build) => partyImages('2.0.0', build);

/** What the chart adds to the names of images with FATE's code. */
const suffixOf = (build: Build): string => /spark-worker(.*):/.exec(published(build).sparkWorker)?.[1] ?? '';

/** The chart writes a ledger of its own. */
function withoutLedger({ modules }: OwnKeys): OwnKeys {
  const { spark: _, ...python } = Object(modules?.python);
  return { modules: { ...modules, python } };
}

/** Jobs with other parties, of which none ends well. */
const jobLimits = ({ exchange }: PartyPlan): ChartLimit[] =>
  exchange === undefined
    ? [
        limit(
          'pulsar_route_table.yaml',
          'puts the table of Pulsars where FATE Flow does not look for it',
          'FATE Flow goes by that of its image, which leads to no other party: this one is by itself',
        ),
      ]
    : [
        fatal(
          'exchange',
          'names it to FATE Flow without the ports that FATE 2.0.0 asks for, and where FATE Flow does not look',
          'every job with another party fails, as it does not with FATE 1.11.2, or native objects',
        ),
      ];

const ownLimits: readonly ChartLimit[] = [
  limit(
    'chartRepository',
    'is in no repository of KubeFATE',
    'make an archive of helm-charts/FATE at v2.0.0, and give it to the service before: kubefate chart upload',
  ),
  limit(
    'fateflow.command',
    'installs the Python package cryptography from the network at each start',
    'where there is no way to it FATE Flow never starts',
  ),
  limit(
    'fateflow.command, --debug',
    "runs FATE Flow under Flask's debugger, which has two servers and a console",
    'jobs are scheduled twice over, and whoever reads the number in the log runs programs in FATE Flow',
  ),
  limit(
    'fateflow.directories',
    'has a directory of FATE 1 on the volume, and not that of models, nor those of files for jobs',
    'all models are gone with the pod: take them out before it is replaced',
  ),
  limit(
    'computing.spark.cores',
    'tells FATE Flow of 32 cores, however many the workers have',
    'jobs that ask for more than there is wait in Spark for ever',
  ),
];
