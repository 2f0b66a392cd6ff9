import { services } from '../services';
import type { Call, ConfiguredParty, JobCalls, JobInterface } from './release';
import { oneCore, toyPartitions } from './toy-example';

/** Where the images of FATE 1.x have it. */
export const home = '/data/projects/fate';

const job = '<job>/<role>/<to>';
const task = '<job>/<component>/<task>/<version>/<role>/<to>';

/**
 * What the FATE Flows of all releases 1.x ask of one another. Left out, though called from party to party:
 * `/v1/forward/<role>/do`, for FATE Serving, which calls whatever address the caller writes, FATE Flow's own included.
 *
 * @see FATE v1.6.1, `fate_flow/scheduler/federated_scheduler.py`, `fate_flow/utils/api_utils.py`, `fate_flow/apps/model_app.py`
 * @see FATE-Flow v1.11.2, the same files
 */
export const calls: readonly Call[] = [
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
];

/** Of all releases 1.x, but for the logs. */
export const jobs = {
  answer: { code: 'retcode', message: 'retmsg', job: 'jobId' },
  prefix: 'f_',
  submit: 'POST /v1/job/submit',
  states: 'POST /v1/job/query',
  tasks: 'POST /v1/job/task/query',
  stop: 'POST /v1/job/stop',
} as const satisfies Partial<JobInterface>;

/** Of all releases 1.x, but for the logs. @see FATE v1.6.1, `python/fate_flow/apps`; FATE-Flow v1.11.2, the same files */
export const jobCalls = {
  task: 'component_name',
  // Of all tasks: without it FATE Flow 1.6.1 takes none.
  rerun: { call: 'POST /v1/job/rerun', fields: { component_name: 'pipeline' } },
  upload: { call: 'POST /v1/data/upload', fields: 'query' },
  table: { call: 'POST /v1/table/table_info', name: 'table_name' },
  metrics: 'POST /v1/tracking/component/metric/all',
  output: { call: 'GET /v1/tracking/component/output/data/download', inBody: true },
  deploy: 'POST /v1/model/deploy',
} as const satisfies Partial<JobCalls>;

/**
 * The toy example, in which the guest asserts that the sum is what it has to be.
 *
 * @see FATE v1.6.1, `examples/toy_example`, `federatedml/toy_example`; FATE-Client v1.11.2, `flow_sdk/client/api/test.py`
 * @param engines of the job, where the release asks for them
 */
export const toyJob = (guest: number, host: number, timeout: number, engines: object = {}): object => ({
  job_dsl: { components: { secure_add_example_0: { module: 'SecureAddExample' } } },
  job_runtime_conf: {
    dsl_version: 2,
    initiator: { role: 'guest', party_id: guest },
    role: { guest: [guest], host: [host] },
    job_parameters: { common: { ...engines, timeout, spark_run: oneCore } },
    component_parameters: { common: { secure_add_example_0: { data_num: 1000, partition: toyPartitions } } },
  },
});

/** The job database as FATE Flow's MySQL client takes it. */
export const connection = ({ mysql: { name, user, host, port } }: ConfiguredParty) => ({
  name,
  user,
  passwd: '${MYSQL_PASSWORD}',
  host,
  port,
  max_connections: 100,
  stale_timeout: 30,
});

/** HDFS as FATE Flow has it made URIs of tables. */
export const tables = ({ hdfs: { uri, pathPrefix } }: ConfiguredParty) => ({
  name_node: uri,
  ...(pathPrefix !== undefined && { path_prefix: pathPrefix }),
});

/** nginx of the party, to which FATE Flow gives its calls to others. */
export function proxy({ transport }: ConfiguredParty) {
  const { name, ports } = transport === 'mutual-tls' ? services.nginxInternal : services.nginx;
  return { host: name, http_port: ports.http };
}

/**
 * Where the link `http://<host>:<port>` in FATE Flow's answers leads. FATE knows no `https`: an Ingress with TLS sends on to it.
 */
export const boardAddress = ({ ingress: { hosts } }: ConfiguredParty) =>
  hosts.fateboard === undefined
    ? { host: services.fateboard.name, port: services.fateboard.ports.http }
    : { host: hosts.fateboard, port: 80 };

/** FATE Board's web server, of every release. */
export const boardServer = {
  'server.tomcat.max-threads': 1000,
  'server.tomcat.max-connections': 20000,
  'spring.servlet.multipart.max-file-size': '10MB',
  'spring.servlet.multipart.max-request-size': '100MB',
  'server.compression.enabled': true,
  'server.compression.mime-types': 'application/json,application/xml,text/html,text/xml,text/plain',
};

const boardHome = `${home}/fateboard`;

/**
 * How the images of FATE Board start it. Its log of garbage collection is left out, which grows in the container.
 *
 * @see FATE v1.6.1, `docker-build/docker/modules/fateboard/Dockerfile`; FATE-Builder, `docker-build/modules/fateboard`
 */
export const board = {
  configuration: `${boardHome}/conf`,
  command: [
    'java',
    `-Dspring.config.location=${boardHome}/conf/application.properties`,
    `-Dssh_config_file=${boardHome}/conf`,
    '-Xms2048m',
    '-Xmx2048m',
    '-jar',
    'fateboard.jar',
  ],
} as const;
