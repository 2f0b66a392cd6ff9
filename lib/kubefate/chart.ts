import type { PortRange } from '../federation/exchange';

/** Modules of a chart `fate` that are always drawn. */
export const modules = ['mysql', 'python', 'fateboard', 'client', 'spark', 'hdfs', 'nginx', 'pulsar'] as const;

/** A module of the chart: the first step of its keys, or the first two. */
export type ChartModule =
  | 'mysql'
  | 'python'
  | 'fateboard'
  | 'client'
  | 'spark.master'
  | 'spark.worker'
  | 'hdfs.namenode'
  | 'hdfs.datanode'
  | 'nginx'
  | 'pulsar';

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

/** Annotation by which an Ingress of v1beta1 names its class. */
export const ingressClass = 'kubernetes.io/ingress.class';

/** A class that no controller serves. */
export const unpublished = 'unpublished';

/** Numbers pass through floating point on their way into the chart, which prints them from here on with an exponent. */
export const exponentFrom = 1_000_000;

/** As Go prints a large number: `1e+06`. */
export const exponent = (value: number): string => value.toExponential().replace(/e\+(\d)$/, 'e+0$1');

/**
 * Ports that the exchange's Traffic Server connects to.
 *
 * @see KubeFATE, `helm-charts/FATE-Exchange/templates/traffic-server-module.yaml`, the same from v1.6.1 to v2.0.0
 */
export const connectPorts = [443, [6650, 6700], [30000, 33000]] as const satisfies readonly PortRange[];

/** The exchange's own id, as in the paper: part of selectors that no update can change, and otherwise without a use. */
export const exchangeId = 1;
