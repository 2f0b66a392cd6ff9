import { database } from '../database';
import { hdfsClientSettings } from '../hdfs';
import { services } from '../services';
import { executorMemoryMiB, workerCores } from '../spark';
import { pulsar27 } from './pulsar-2.7';
import type { Call, ConfiguredParty, Coordination, Release } from './release';

const home = '/data/projects/fate';
const configuration = `${home}/conf`;
const pulsarRoutes = 'conf/pulsar_route_table';

const job = '<job>/<role>/<to>';
const task = '<job>/<component>/<task>/<version>/<role>/<to>';

/**
 * Whose a call is FATE Flow reads in the body alone. Left out, though called from party to party: `/v1/forward/<role>/do`, for
 * FATE Serving, which calls whatever address the caller writes, FATE Flow's own included.
 *
 * @see FATE v1.6.1, `fate_flow/scheduler/federated_scheduler.py`, `fate_flow/utils/api_utils.py`, `fate_flow/apps/model_app.py`
 */
const coordination: Coordination = {
  caller: { header: 'src-party-id', field: 'src_party_id' },
  headers: ['dest-party-id', 'src-party-id', 'src-role', 'service'],
  calls: [
    ...[
      'create',
      'start',
      'update',
      'align',
      'clean',
      'model',
      'resource/<operation>',
      'status/<state>',
      'stop/<state>',
    ].map((command): Call => `POST /v1/party/${job}/${command}`),
    ...['create', 'start', 'collect', 'update', 'status/<state>', 'stop/<state>', 'clean/<content>'].map(
      (command): Call => `POST /v1/party/${task}/${command}`,
    ),
    `POST /v1/initiator/${job}/stop/<state>`,
    `POST /v1/initiator/${job}/rerun`,
    'POST /v1/initiator/<job>/<component>/<task>/<version>/<role>/<from>/report',
    'POST /v1/tracker/<job>/<component>/<role>/<to>/output/table',
    'POST /v1/model/load/do',
    'POST /v1/model/migrate/do',
    'POST /v1/model/deploy/do',
  ],
  probes: ['POST /v1/version/get'],
  refusal: (retmsg) => ({ retcode: 100, retmsg }),
};

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
  fateflow: {
    container: 'python',
    templates: `${home}/conf1`,
    configuration,
    pulsarRoutes: `${home}/${pulsarRoutes}`,
    sparkHome: '/data/projects/spark-2.4.1-bin-hadoop2.7',
    hadoopConfiguration: '/data/projects/hadoop-2.7.4/etc/hadoop',
    command: ['python', 'fate_flow/fate_flow_server.py'],
    directories: {
      logs: `${home}/logs`,
      jobs: `${home}/jobs`,
      'model-local-cache': `${home}/model_local_cache`,
    },
    serviceConf,
    transferConf: { paths: ['python/federatedml/transfer_variable/auth_conf'] },
    sparkSettings: ({ sizing }) => ({
      'spark.master': `spark://${services.sparkMaster.name}:${services.sparkMaster.ports.rpc}`,
      'spark.driver.host': '${POD_IP}',
      'spark.executor.memory': `${executorMemoryMiB(sizing)}m`,
      // Drivers and executors of Spark read no file of Hadoop.
      ...Object.fromEntries(
        Object.entries(hdfsClientSettings(sizing)).map(([name, value]) => [`spark.hadoop.${name}`, value]),
      ),
    }),
  },
  coordination,
  fateboard: { configuration: `${home}/fateboard/conf/application.properties`, applicationProperties },
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
  hdfs: { namenode: { ui: 50070 }, datanode: { data: 50010, ui: 50075 } },
  pulsar: pulsar27,
} as const satisfies Release;

/**
 * Keys that FATE 1.6.1 reads, where its own defaults do not suit. The host must be the pod's own address, because other
 * components call it back.
 */
function serviceConf({ sizing, pulsar, ingress, transport }: ConfiguredParty) {
  const { name, ports } = services.pulsar;
  const nginx = transport === 'mutual-tls' ? services.nginxInternal : services.nginx;
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
    fateboard: boardAddress(ingress),
    database: { ...connection, max_connections: 100, stale_timeout: 30 },
    fate_on_spark: {
      // FATE Flow's own ledger: jobs that ask for more cores are refused, whatever Spark has.
      spark: { cores_per_node: workerCores(sizing), nodes: sizing.sparkWorkers },
      hdfs: { name_node: `hdfs://${services.namenode.name}:${services.namenode.ports.rpc}` },
      pulsar: {
        host: name,
        port: ports.broker,
        mng_port: ports.admin,
        topic_ttl: pulsar.readMinutes,
        route_table: `${pulsarRoutes}/pulsar_route_table.yaml`,
      },
      nginx: { host: nginx.name, http_port: nginx.ports.http },
    },
    model_store_address: { storage: 'mysql', ...connection, max_connections: 10, stale_timeout: 10 },
  };
}

const { host, port, user } = database;
const connection = { name: database.name, user, passwd: '${MYSQL_PASSWORD}', host, port };

/**
 * Where the link `http://<host>:<port>` in FATE Flow's answers leads. FATE knows no `https`: an Ingress with TLS sends on to it.
 */
const boardAddress = ({ hosts }: ConfiguredParty['ingress']) =>
  hosts.fateboard === undefined
    ? { host: services.fateboard.name, port: services.fateboard.ports.http }
    : { host: hosts.fateboard, port: 80 };

function applicationProperties({ pods }: ConfiguredParty) {
  const timezone = encodeURIComponent(pods.fateflow.timezone ?? 'GMT+8');
  return {
    'server.port': services.fateboard.ports.http,
    'fateflow.url': `http://${services.fateflow.name}:${services.fateflow.ports.http}`,
    'spring.datasource.driver-Class-Name': 'com.mysql.cj.jdbc.Driver',
    'fateboard.datasource.jdbc-url': `jdbc:mysql://${host}:${port}/${database.name}?characterEncoding=utf8&characterSetResults=utf8&autoReconnect=true&failOverReadOnly=false&serverTimezone=${timezone}`,
    'fateboard.datasource.username': user,
    'fateboard.datasource.password': '${MYSQL_PASSWORD}',
    'server.board.login.username': 'admin',
    'server.board.login.password': '${FATEBOARD_PASSWORD}',
    'server.tomcat.max-threads': 1000,
    'server.tomcat.max-connections': 20000,
    'spring.servlet.multipart.max-file-size': '10MB',
    'spring.servlet.multipart.max-request-size': '100MB',
    'server.compression.enabled': true,
    'server.compression.mime-types': 'application/json,application/xml,text/html,text/xml,text/plain',
    'spring.datasource.druid.filter.config.enabled': false,
    'spring.datasource.druid.web-stat-filter.enabled': false,
    'spring.datasource.druid.stat-view-servlet.enabled': false,
  };
}
