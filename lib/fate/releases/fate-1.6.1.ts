import { services } from '../services';
import {
  board,
  boardAddress,
  boardServer,
  calls,
  connection,
  home,
  jobCalls,
  jobs,
  proxy,
  tables,
  toyJob,
} from './fate-1';
import { pulsar27 } from './pulsar-2.7';
import { pulsarForJobs } from './pulsar-for-jobs';
import type { ConfiguredParty, Release } from './release';
import { sparkSettings } from './spark-defaults';

const configuration = `${home}/conf`;
const pulsarRoutes = 'conf/pulsar_route_table';

/** In a cluster, on Spark with Pulsar: without them a job is for Eggroll, and for one party. */
const engines = { work_mode: 1, backend: 2 } as const;

/** @see KubeFATE v1.6.1, `helm-charts/FATE` and `helm-charts/FATE-Exchange` */
export const fate161 = {
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
  builds: [{ algorithm: 'basic', device: 'cpu', images: {} }],
  formats: { records: 'FATE 1.6', models: 'FATE 1', tables: 'FATE 1 on Hadoop 2.7', messages: 'Pulsar 2.7' },
  jobTables: ['t_job'],
  entersParties: true,
  namesPulsar: false,
  fateflow: {
    container: 'python',
    templates: `${home}/conf1`,
    configuration,
    pulsarRoutes: { directory: `${home}/${pulsarRoutes}` },
    sparkHome: '/data/projects/spark-2.4.1-bin-hadoop2.7',
    hadoopConfiguration: '/data/projects/hadoop-2.7.4/etc/hadoop',
    command: ['python', 'fate_flow/fate_flow_server.py'],
    environment: {},
    directories: {
      logs: `${home}/logs`,
      jobs: `${home}/jobs`,
      'model-local-cache': `${home}/model_local_cache`,
    },
    models: 'model-local-cache',
    serviceConf,
    transferConf: { paths: ['python/federatedml/transfer_variable/auth_conf'] },
    sparkSettings,
  },
  coordination: {
    // Whose a call is FATE Flow reads in the body alone.
    caller: { header: 'src-party-id', field: 'src_party_id' },
    headers: ['dest-party-id', 'src-party-id', 'src-role', 'service'],
    calls,
    probes: ['POST /v1/version/get'],
    refusal: (retmsg) => ({ status: 403, body: { retcode: 100, retmsg } }),
  },
  jobs: { ...jobs, errors: { call: 'GET /v1/job/log', archived: true } },
  jobCalls: { ...jobCalls, logs: { call: 'GET /v1/job/log', inBody: true } },
  jobLanguage: {
    kind: 'DSL',
    engines,
    transform: { name: 'dataio', module: 'DataIO' },
    retries: false,
    neuralNetwork: 'rounds',
  },
  fateboard: {
    pod: 'fateflow',
    jobs: 'mysql',
    ...board,
    applicationProperties,
  },
  client: {
    notebooks: '/Examples',
    environment: ({ id }) => ({
      partyId: `${id}`,
      FATE_FLOW_HOST: services.fateflow.name,
      FATE_FLOW_PORT: `${services.fateflow.ports.http}`,
    }),
  },
  sparkWorker: {
    configuration,
    // FATE's code in an executor loads a configuration and uses none of it.
    serviceConf: {
      work_mode: 1,
      database: {
        name: 'fate_flow',
        user: 'fate',
        passwd: '',
        host: '127.0.0.1',
        port: 3306,
        max_connections: 100,
        stale_timeout: 30,
      },
    },
  },
  hdfs: {
    namenode: { ui: 50070 },
    datanode: { data: 50010, ui: 50075 },
    datanodeIpc: 50020,
    datanodes: 1,
    knowsPrefix: true,
    environment: {},
  },
  pulsar: pulsar27,
  // Its Ingresses are of networking.k8s.io/v1beta1.
  charts: { version: 'v1.6.1', lastKubernetes: '1.21' },
  toyExample: {
    container: 'fateflow',
    directory: `${home}/examples/toy_example`,
    // In a cluster, on Spark with Pulsar.
    command: (guest, host) => ['python', 'run_toy_example.py', `${guest}`, `${host}`, '1', '-b', '2'],
    job: (guest, host, seconds) => toyJob(guest, host, seconds, engines),
  },
} as const satisfies Release;

/**
 * Keys that FATE 1.6.1 reads, where its own defaults do not suit. The host must be the pod's own address, because other
 * components call it back.
 */
function serviceConf(party: ConfiguredParty) {
  const { spark, pulsar } = party;
  return {
    work_mode: 1,
    fateflow: {
      host: '${POD_IP}',
      http_port: services.fateflow.ports.http,
      grpc_port: services.fateflow.ports.grpc,
      // Over HTTP, unless `protocol` says otherwise.
      proxy: 'nginx',
      default_federated_status_collect_type: 'PULL',
    },
    fateboard: boardAddress(party),
    database: connection(party),
    fate_on_spark: {
      // FATE Flow's own ledger: jobs that ask for more cores are refused, whatever Spark has.
      spark: { cores_per_node: spark.workers.cores, nodes: spark.workers.count },
      hdfs: tables(party),
      pulsar: {
        host: pulsarForJobs(party),
        port: pulsar.port,
        mng_port: pulsar.adminPort,
        topic_ttl: pulsar.readMinutes,
        route_table: `${pulsarRoutes}/pulsar_route_table.yaml`,
      },
      nginx: proxy(party),
    },
    model_store_address: { storage: 'mysql', ...connection(party), max_connections: 10, stale_timeout: 10 },
  };
}

function applicationProperties({ pods, mysql }: ConfiguredParty) {
  const { host, port, name, user } = mysql;
  const timezone = encodeURIComponent(pods.fateflow.timezone ?? 'GMT+8');
  return {
    'server.port': services.fateboard.ports.http,
    'fateflow.url': `http://${services.fateflow.name}:${services.fateflow.ports.http}`,
    'spring.datasource.driver-Class-Name': 'com.mysql.cj.jdbc.Driver',
    'fateboard.datasource.jdbc-url': `jdbc:mysql://${host}:${port}/${name}?characterEncoding=utf8&characterSetResults=utf8&autoReconnect=true&failOverReadOnly=false&serverTimezone=${timezone}`,
    'fateboard.datasource.username': user,
    'fateboard.datasource.password': '${MYSQL_PASSWORD}',
    'server.board.login.username': 'admin',
    'server.board.login.password': '${FATEBOARD_PASSWORD}',
    ...boardServer,
    'spring.datasource.druid.filter.config.enabled': false,
    'spring.datasource.druid.web-stat-filter.enabled': false,
    'spring.datasource.druid.stat-view-servlet.enabled': false,
  };
}
