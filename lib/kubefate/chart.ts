import { type ExchangeImage, type PartyImage, releases } from '../fate/releases';
import type { PartyPod } from '../fate/sizes';
import type { PortRange } from '../federation/exchange';

/** Release of KubeFATE's charts `fate` and `fate-exchange` that the files are for. */
export const chartVersion = 'v1.6.1';

export const modules = ['mysql', 'python', 'fateboard', 'client', 'spark', 'hdfs', 'nginx', 'pulsar'] as const;

/** Modules of chart `fate`, by the pods that they are here. */
export const podModules: Readonly<Record<Exclude<PartyPod, 'fateboard'>, string>> = {
  mysql: 'mysql',
  fateflow: 'python',
  client: 'client',
  sparkMaster: 'spark.master',
  sparkWorker: 'spark.worker',
  namenode: 'hdfs.namenode',
  datanode: 'hdfs.datanode',
  nginx: 'nginx',
  pulsar: 'pulsar',
};

/** @see White paper, "Sizing Guidelines" */
export const oneWorkerPerNode = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { fateMoudle: 'spark-worker' } } },
    ],
  },
};

/** The chart's Ingresses, and the user interfaces behind them. */
export const ingressKeys = { fateboard: 'fateboard', client: 'notebook', spark: 'spark', pulsar: 'pulsar' } as const;

/** Ingresses of v1beta1 name their class in an annotation. */
export const ingressClass = 'kubernetes.io/ingress.class';

export const unpublished = 'unpublished';

/** Numbers pass through floating point on their way into the chart, which prints them from here on with an exponent. */
export const exponentFrom = 1_000_000;

/** As Go prints a large number: `1e+06`. */
export const exponent = (value: number): string => value.toExponential().replace(/e\+(\d)$/, 'e+0$1');

/**
 * Ports that the exchange's Traffic Server connects to.
 *
 * @see KubeFATE v1.6.1, `helm-charts/FATE-Exchange/templates/traffic-server-module.yaml`
 */
export const connectPorts = [443, [6650, 6700], [30000, 33000]] as const satisfies readonly PortRange[];

/** The exchange's own id, as in the paper: part of selectors that no update can change, and otherwise without a use. */
export const exchangeId = 1;

/** What a file says of images: one registry for all, one tag for FATE's own. */
export interface ImageKeys {
  readonly registry?: string;
  readonly imageTag?: string;
}

/** FATE's `topic_ttl`, which the chart writes out. */
export const topicTtlMinutes = 3;

/** Images that the chart runs with these keys. */
export function chartImages({
  registry,
  imageTag = releaseTag,
}: ImageKeys): Record<PartyImage | ExchangeImage, string> {
  const at = (name: string) => `${registry ?? publisher}/${name}`;
  return {
    mysql: registry === undefined ? 'mysql:8' : at('mysql:8'),
    fateflow: at(`python-spark:${imageTag}`),
    fateboard: at(`fateboard:${imageTag}`),
    client: at(`client:${imageTag}`),
    sparkMaster: at(`spark-master:${imageTag}`),
    sparkWorker: at(`spark-worker:${imageTag}`),
    namenode: at('hadoop-namenode:2.0.0-hadoop2.7.4-java8'),
    datanode: at('hadoop-datanode:2.0.0-hadoop2.7.4-java8'),
    nginx: at(`nginx:${imageTag}`),
    pulsar: at('pulsar:2.7.0'),
    trafficServer: at('trafficserver'),
  };
}

/** Where the release publishes its images. */
export const publisher = 'federatedai';

export const releaseTag = '1.6.1-release';

/** Images whose tag is the file's `imageTag`. */
export const tagged: readonly string[] = Object.entries(releases['1.6.1'].images).flatMap(([name, image]) =>
  image.endsWith(`:${releaseTag}`) ? [name] : [],
);

export function commonest(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
