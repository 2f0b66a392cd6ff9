/**
 * What differs between FATE releases, and nothing else does: a new release is a new row.
 *
 * @see KubeFATE v1.6.1, `helm-charts/FATE` and `helm-charts/FATE-Exchange`
 */
export const releases = {
  '1.6.1': {
    images: {
      // The chart leaves `mysql:8` to float; 8.0.28 is the one that KubeFATE pins later for the same tables.
      mysql: 'mysql:8.0.28',
      fateflow: 'federatedai/python-spark:1.6.1-release',
      fateboard: 'federatedai/fateboard:1.6.1-release',
      client: 'federatedai/client:1.6.1-release',
      sparkMaster: 'federatedai/spark-master:1.6.1-release',
      sparkWorker: 'federatedai/spark-worker:1.6.1-release',
      namenode: 'federatedai/hadoop-namenode:2.0.0-hadoop2.7.4-java8',
      datanode: 'federatedai/hadoop-datanode:2.0.0-hadoop2.7.4-java8',
      nginx: 'federatedai/nginx:1.6.1-release',
      pulsar: 'federatedai/pulsar:2.7.0',
      // Published without a version in every KubeFATE release: name a digest where both replicas must be one build.
      trafficServer: 'federatedai/trafficserver:latest',
    },
    fateflow: {
      /** Name of the container that runs FATE Flow, as KubeFATE and the paper's commands address it. */
      container: 'python',
      /** Where the configuration is mounted, read-only. */
      templates: '/data/projects/fate/conf1',
      /** Where FATE Flow reads it, writable. */
      configuration: '/data/projects/fate/conf',
      sparkHome: '/data/projects/spark-2.4.1-bin-hadoop2.7',
      /** Where its Hadoop client looks for settings: what `hadoop classpath` names first. */
      hadoopConfiguration: '/data/projects/hadoop-2.7.4/etc/hadoop',
      server: 'fate_flow/fate_flow_server.py',
      directories: {
        logs: '/data/projects/fate/logs',
        jobs: '/data/projects/fate/jobs',
        'model-local-cache': '/data/projects/fate/model_local_cache',
      },
    },
    fateboardConfiguration: '/data/projects/fate/fateboard/conf/application.properties',
    notebooks: '/Examples',
    hdfs: { namenodeUi: 50070, datanodeUi: 50075 },
  },
} as const satisfies Record<string, Release>;

/** A FATE release that this library knows. */
export type FateRelease = keyof typeof releases;

/** Images of a party, one for each container. */
export type PartyImage =
  | 'mysql'
  | 'fateflow'
  | 'fateboard'
  | 'client'
  | 'sparkMaster'
  | 'sparkWorker'
  | 'namenode'
  | 'datanode'
  | 'nginx'
  | 'pulsar';

/** Images of an exchange, one for each container. */
export type ExchangeImage = 'nginx' | 'trafficServer';

interface Release {
  readonly images: Readonly<Record<PartyImage | ExchangeImage, string>>;
  readonly fateflow: {
    readonly container: string;
    readonly templates: string;
    readonly configuration: string;
    readonly sparkHome: string;
    readonly hadoopConfiguration: string;
    readonly server: string;
    /** Directory of the data volume → where FATE Flow has it. */
    readonly directories: Readonly<Record<string, string>>;
  };
  readonly fateboardConfiguration: string;
  readonly notebooks: string;
  readonly hdfs: { readonly namenodeUi: number; readonly datanodeUi: number };
}
