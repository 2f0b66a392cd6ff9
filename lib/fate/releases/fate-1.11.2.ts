import { services } from '../services';
import { board, boardAddress, calls, connection, home, jobCalls, jobs, proxy, tables, toyJob } from './fate-1';
import { pulsar210 } from './pulsar-2.10';
import { pulsarForJobs } from './pulsar-for-jobs';
import type { ConfiguredParty, Release } from './release';
import {
  boardProperties,
  buildsFor,
  builtOf,
  client,
  hadoopConfiguration,
  hdfs,
  sparkHome,
  toyExample,
} from './since-1.11';
import { sparkSettings } from './spark-defaults';

const configuration = `${home}/conf`;
const pulsarRoutes = 'conf/pulsar_route_table';

const built = builtOf('1.11.2');

/** @see KubeFATE v1.11.2, `helm-charts/FATE` and `helm-charts/FATE-Exchange`; FATE-Builder, `docker-build/build.sh` */
export const fate1112 = {
  images: {
    mysql: 'mysql:8.0.28',
    ...built(''),
    fateboard: 'federatedai/fateboard:1.11.2-release',
    client: 'federatedai/client:1.11.2-release',
    sparkMaster: 'federatedai/spark-master:1.11.2-release',
    namenode: 'federatedai/hadoop-namenode:2.0.0-hadoop3.2.1-java8',
    datanode: 'federatedai/hadoop-datanode:2.0.0-hadoop3.2.1-java8',
    nginx: 'federatedai/nginx:1.11.2-release',
    pulsar: 'federatedai/pulsar:2.10.1',
    trafficServer: 'federatedai/trafficserver:latest',
  },
  builds: buildsFor(built),
  formats: { records: 'FATE 1.11', models: 'FATE 1', tables: 'FATE 1 on Hadoop 3.2', messages: 'Pulsar 2.10' },
  jobTables: ['t_job'],
  entersParties: true,
  namesPulsar: true,
  fateflow: {
    container: 'fateflow',
    templates: `${home}/conf-tmp`,
    configuration,
    pulsarRoutes: { directory: `${home}/${pulsarRoutes}` },
    sparkHome,
    hadoopConfiguration,
    command: ['python', 'fateflow/python/fate_flow/fate_flow_server.py'],
    environment: { FATE_PROJECT_BASE: home, HUGGINGFACE_HUB_CACHE: `${home}/llm` },
    directories: {
      logs: `${home}/fateflow/logs`,
      jobs: `${home}/fateflow/jobs`,
      'model-local-cache': `${home}/fateflow/model_local_cache`,
      llm: `${home}/llm`,
    },
    models: 'model-local-cache',
    serviceConf,
    sparkSettings,
  },
  /** @see FATE-Flow v1.11.2, `python/fate_flow/utils/api_utils.py`, `python/fate_flow/scheduler/federated_scheduler.py` */
  coordination: {
    caller: { header: 'src-party-id' },
    headers: ['dest-party-id', 'src-party-id', 'src-role', 'src-fate-ver', 'service'],
    calls: [
      ...calls,
      'POST /v1/party/<job>/<role>/<to>/parameter/update',
      'POST /v1/party/<job>/<role>/<to>/component/<check>/check',
      'POST /v1/party/<job>/<role>/<to>/dependence/check',
    ],
    probes: ['POST /v1/version/get', 'POST /v1/info/common'],
    // With another status FATE Flow tries again, and at last shows the status alone.
    refusal: (retmsg) => ({ status: 200, body: { retcode: 100, retmsg } }),
  },
  jobs: { ...jobs, errors: { call: 'POST /v1/log/cat', fields: { log_type: 'partyError' } } },
  jobCalls: { ...jobCalls, logs: { call: 'POST /v1/job/log/download' } },
  jobLanguage: {
    kind: 'DSL',
    engines: {},
    transform: { name: 'data_transform', module: 'DataTransform' },
    retries: true,
    neuralNetwork: 'trainer',
  },
  fateboard: {
    pod: 'fateboard',
    jobs: 'fateflow',
    ...board,
    applicationProperties: boardProperties,
  },
  client,
  sparkWorker: {
    configuration,
    // FATE's code in an executor loads a configuration and uses none of it.
    serviceConf: {
      default_engines: engines(),
      database: { name: 'fate_flow', user: 'fate', passwd: '', host: '127.0.0.1', port: 3306 },
    },
  },
  hdfs,
  pulsar: pulsar210,
  charts: { version: 'v1.11.2' },
  toyExample: { ...toyExample, job: toyJob },
} as const satisfies Release;

function engines() {
  return { computing: 'spark', federation: 'pulsar', storage: 'hdfs' } as const;
}

/**
 * Keys that FATE 1.11.2 reads, where its own defaults do not suit. The host must be the pod's own address, because other
 * components call it back.
 */
function serviceConf(party: ConfiguredParty) {
  const { id, spark, pulsar } = party;
  return {
    party_id: id,
    fateflow: {
      host: '${POD_IP}',
      http_port: services.fateflow.ports.http,
      grpc_port: services.fateflow.ports.grpc,
      proxy: 'nginx',
      protocol: 'http',
    },
    fateboard: boardAddress(party),
    database: connection(party),
    default_engines: engines(),
    fate_on_spark: {
      spark: {
        // Without it FATE Flow calls the spark-submit of the Python package.
        home: sparkHome,
        // FATE Flow's own ledger: jobs that ask for more cores are refused, whatever Spark has.
        cores_per_node: spark.workers.cores,
        nodes: spark.workers.count,
      },
      hdfs: tables(party),
      pulsar: {
        host: pulsarForJobs(party),
        port: pulsar.port,
        mng_port: pulsar.adminPort,
        cluster: pulsar.clusterName,
        topic_ttl: pulsar.readMinutes,
        route_table: `${pulsarRoutes}/pulsar_route_table.yaml`,
        max_message_size: 1_048_576, // a tenth of it by default, where more messages are slower
      },
      nginx: proxy(party),
    },
    model_store_address: modelStore(party),
    // None, which FATE says at once when a model is to be published.
    servings: { hosts: [] },
  };
}

/** Where models go that users store. */
function modelStore(party: ConfiguredParty) {
  const { name, passwd, ...address } = connection(party);
  return { storage: 'mysql', ...address, database: name, password: passwd, max_connections: 10, stale_timeout: 10 };
}
