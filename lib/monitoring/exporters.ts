import { type JobInterface, releases } from '../fate/releases';
import type { ExchangePlan } from '../federation/exchange';
import type { PartyPlan } from '../federation/party';
import type { MetricSource } from './metrics';
import { runningJobs } from './running-jobs';

/** A metric that json_exporter makes of JSON: paths in the syntax of Kubernetes' JSONPath. */
interface JsonMetric {
  readonly name: string;
  readonly help: string;
  /** `object`: one series for each object at the path. @default 'value' */
  readonly type?: 'object';
  readonly valuetype?: 'gauge' | 'counter';
  readonly path: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Of an object: end of the name → path, or a number. */
  readonly values?: Readonly<Record<string, string>>;
}

/** One kind of target of json_exporter. */
interface JsonModule {
  readonly headers?: Readonly<Record<string, string>>;
  /** With one it posts. */
  readonly body?: { readonly content: string };
  readonly metrics: readonly JsonMetric[];
}

type Modules<Module> = { readonly modules: Readonly<Partial<Record<MetricSource, Module>>> };

/**
 * What FATE Flow, the namenode and Spark's master tell, none of which has metrics for a Prometheus in all releases.
 *
 * @see json_exporter 0.8; Hadoop 2.7 and 3.2, `FSNamesystemMBean`; Spark 2.4, `JsonProtocol.writeMasterState`
 */
export const partyModules = ({ fate, hdfs, spark }: PartyPlan): Modules<JsonModule> => ({
  modules: {
    jobs: jobs(releases[fate].jobs),
    ...(!hdfs.isExternal && { hdfs: namenode }),
    ...(!spark.isExternal && { spark: sparkMaster }),
  },
});

/** @see Traffic Server 9.2, `stats_over_http` */
export const exchangeModules = (_: ExchangePlan): Modules<JsonModule> => ({ modules: { trafficServer } });

function jobs(jobs: JobInterface): JsonModule {
  const { body } = runningJobs(jobs);
  const field = (name: string) => `{.${jobs.prefix}${name}}`;
  return {
    headers: { 'Content-Type': 'application/json' },
    body: body && { content: JSON.stringify(body) },
    metrics: [
      {
        name: 'fate_job',
        help: 'When a running job was created.',
        type: 'object',
        valuetype: 'gauge',
        path: '{.data[*]}',
        labels: { job_id: field('job_id'), role: field('role'), party_id: field('party_id') },
        values: { created_milliseconds: field('create_time') },
      },
    ],
  };
}

const gauge = (name: string, help: string, path: string): JsonMetric => ({ name, help, valuetype: 'gauge', path });

const namenode: JsonModule = {
  metrics: [
    gauge('fate_hdfs_live_datanodes', 'Datanodes that the namenode hears of.', '{.beans[0].NumLiveDataNodes}'),
    gauge(
      'fate_hdfs_stale_datanodes',
      'Those of them that have been silent for 30 s.',
      '{.beans[0].NumStaleDataNodes}',
    ),
    gauge('fate_hdfs_capacity_bytes', 'Room of all datanodes.', '{.beans[0].CapacityTotal}'),
    gauge('fate_hdfs_remaining_bytes', 'What is free of it.', '{.beans[0].CapacityRemaining}'),
    {
      name: 'fate_hdfs',
      help: 'There while nothing can be written.',
      type: 'object',
      valuetype: 'gauge',
      path: '{.beans[?(@.FSState=="safeMode")]}',
      values: { safe_mode: '1' },
    },
  ],
};

const sparkMaster: JsonModule = {
  metrics: [
    gauge('fate_spark_alive_workers', 'Workers that the master hears of.', '{.aliveworkers}'),
    gauge('fate_spark_cores', 'Cores that they offer.', '{.cores}'),
    gauge('fate_spark_cores_used', 'Cores that applications have.', '{.coresused}'),
  ],
};

const trafficServer: JsonModule = {
  metrics: [
    gauge(
      'fate_traffic_server_connections',
      'Open connections; a tunnel has two.',
      '{.global.proxy\\.process\\.net\\.connections_currently_open}',
    ),
  ],
};

/** Looks at a certificate and trusts anybody: whose it is, is for others to say. @see blackbox_exporter 0.28 */
export const blackboxModules: Modules<object> = {
  modules: {
    certificate: {
      prober: 'tcp',
      timeout: '5s',
      tcp: { tls: true, tls_config: { insecure_skip_verify: true }, preferred_ip_protocol: 'ip4' },
    },
  },
};
