import { services } from '../services';
import { sparkCores } from '../spark';
import { connection, home, proxy, tables } from './fate-1';
import { pulsar210 } from './pulsar-2.10';
import { pulsarForJobs } from './pulsar-for-jobs';
import type { Call, ConfiguredParty, Coordination, Release } from './release';
import { boardProperties, client, hadoopConfiguration, hdfs, sparkHome, toyExample } from './since-1.11';
import { sparkSettings } from './spark-defaults';
import { oneCore, toyPartitions } from './toy-example';

const flow = `${home}/fate_flow`;

/**
 * What the FATE Flows of all releases 2.x answer one another. A call names nobody: whose it is, nginx knows alone.
 *
 * @see FATE-Flow v2.2.0, `ofx/api/models/fate_flow`, `fate_flow/apps/partner`, `fate_flow/apps/scheduler`
 */
const coordination: Coordination = {
  caller: undefined,
  headers: ['dest-party-id', 'service'],
  calls: [
    ...['create', 'start', 'stop', 'update', 'status/update', 'resource/apply', 'resource/return'].map(
      (command): Call => `POST /v2/partner/job/${command}`,
    ),
    ...['start', 'stop', 'rerun', 'collect', 'status/update', 'resource/apply', 'resource/return'].map(
      (command): Call => `POST /v2/partner/task/${command}`,
    ),
    ...['job/create', 'job/stop', 'job/rerun', 'task/report'].map((command): Call => `POST /v2/scheduler/${command}`),
  ],
  probes: ['GET /v2/site/info/query'],
  // With another status FATE Flow tries again, and at last shows the status alone.
  refusal: (message) => ({ status: 200, body: { code: 104, message } }),
};

/**
 * What all releases 2.x have alike, images aside. They work through an exchange alone: by a fault of theirs FATE finds no entry of a
 * single party in its table of Pulsars, and takes the default for each.
 *
 * @see FATE v2.2.0, `python/fate/arch/federation/backends/pulsar/_federation.py`; FATE-Flow v2.2.0, `fate_flow/runtime/system_settings.py`, `fate_flow/entity/types/_address.py`
 */
export const fate2 = {
  formats: { records: 'FATE 2', models: 'FATE 2', tables: 'FATE 2 on Hadoop 3.2', messages: 'Pulsar 2.10' },
  jobTables: ['t_job', 't_schedule_job'], // the other one is its scheduler's
  entersParties: false,
  namesPulsar: true,
  fateflow: {
    container: 'fateflow',
    templates: `${home}/conf-tmp`,
    configuration: `${flow}/conf`,
    pulsarRoutes: { directory: `${flow}/conf/pulsar_route_table`, link: `${flow}/conf/pulsar_route_table.yaml` },
    sparkHome,
    hadoopConfiguration,
    command: ['python', 'fate_flow/python/fate_flow/fate_flow_server.py'],
    environment: { FATE_PROJECT_BASE: home, HUGGINGFACE_HUB_CACHE: `${home}/llm` },
    alive: '/v2/server/fateflow',
    directories: {
      logs: `${flow}/logs`,
      jobs: `${flow}/jobs`,
      model: `${flow}/model`,
      localfs: `${flow}/localfs`,
      llm: `${home}/llm`,
    },
    models: 'model',
    serviceConf,
    sparkSettings,
  },
  coordination,
  jobs: {
    answer: { code: 'code', message: 'message', job: 'job_id' },
    prefix: '',
    submit: 'POST /v2/job/submit',
    states: 'GET /v2/job/query',
    tasks: 'GET /v2/job/task/query',
    stop: 'POST /v2/job/stop',
    errors: { call: 'GET /v2/log/query', fields: { log_type: 'task_error' } },
  },
  /** @see FATE-Flow v2.2.0, `python/fate_flow/apps/client` */
  jobCalls: {
    task: 'task_name',
    rerun: { call: 'POST /v2/job/rerun' },
    upload: { call: 'POST /v2/data/component/upload/file', fields: 'form' },
    table: { call: 'GET /v2/table/query', name: 'name', absent: 7001 },
    metrics: 'GET /v2/output/metric/query',
    output: { call: 'GET /v2/output/data/download' },
    logs: { call: 'POST /v2/job/log/download' },
  },
  jobLanguage: { kind: 'DAG' },
  client,
  /** Of a URI it keeps what is behind the scheme, and puts one in front again unless it finds the word in there. */
  hdfs: { ...hdfs, knowsPrefix: false, unnameable: 'hdfs' },
  pulsar: pulsar210,
  toyExample: { ...toyExample, job: toyJob },
} as const satisfies Partial<Release>;

/**
 * Keys that FATE 2 reads, where its own defaults do not suit. The host must be the pod's own address, because other components
 * call it back.
 */
function serviceConf(party: ConfiguredParty) {
  const { id, spark, pulsar } = party;
  return {
    party_id: `${id}`,
    log_level: 20, // information, where it would log for debugging
    fateflow: {
      host: '${POD_IP}',
      http_port: services.fateflow.ports.http,
      grpc_port: services.fateflow.ports.grpc,
      proxy_name: 'nginx',
    },
    database: { engine: 'mysql', mysql: connection(party) },
    default_engines: { computing: 'spark', federation: 'pulsar', storage: 'hdfs' },
    default_provider: { name: 'fate', device: 'local' },
    computing: {
      spark: {
        home: sparkHome,
        // FATE Flow's own ledger: jobs that ask for more cores are refused, whatever Spark has.
        cores: sparkCores(spark.workers),
      },
    },
    federation: {
      nginx: proxy(party),
      pulsar: {
        host: pulsarForJobs(party),
        port: pulsar.port,
        mng_port: pulsar.adminPort,
        cluster: pulsar.clusterName,
        topic_ttl: pulsar.readMinutes,
      },
    },
    storage: { hdfs: tables(party) },
    model_store: { engine: 'file', file: { path: `${flow}/model` } },
  };
}

/**
 * The toy example, in which guest and host compare what each has got of the other.
 *
 * @see FATE-Client v2.2.0, `fate_client/flow_sdk/api/test.py`; FATE v2.2.0, `python/fate/components/components/toy_example.py`
 */
function toyJob(guest: number, host: number, timeout: number): object {
  const dag = {
    parties: [
      { role: 'guest', party_id: [`${guest}`] },
      { role: 'host', party_id: [`${host}`] },
    ],
    stage: 'default',
    // Without the first one FATE Flow counts four cores for it.
    conf: { cores: 1, task: { engine_run: oneCore, timeout } },
    tasks: {
      toy_example_0: { component_ref: 'toy_example', parameters: { data_num: 1024, partition: toyPartitions } },
    },
  };
  return { dag_schema: { dag, schema_version: '2.0.0' } };
}

/** FATE Board 2 does not start without the keys of a ZooKeeper that it is told not to use. */
export const applicationProperties = () => ({
  ...boardProperties(),
  'zookeeper.enable': false,
  'zookeeper.acl_enable': false,
  'zookeeper.time_out': 30000,
  'zookeeper.url_list': '',
  'zookeeper.scheme': '',
  'zookeeper.acl_username': '',
  'zookeeper.acl_password': '',
  'zookeeper.node_path': '',
});
