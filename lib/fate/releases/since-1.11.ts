import { services } from '../services';
import { boardServer, home } from './fate-1';
import type { Release } from './release';

/** FATE Flow and Spark's workers, which carry FATE's code: of one of FATE-Builder's builds. */
export const builtOf = (release: string) => (suffix: string) => ({
  fateflow: `federatedai/fateflow-spark${suffix}:${release}-release`,
  sparkWorker: `federatedai/spark-worker${suffix}:${release}-release`,
});

/** @see FATE-Builder, `docker-build/build.sh` */
export const buildsFor = (built: ReturnType<typeof builtOf>) =>
  [
    { algorithm: 'basic', device: 'cpu', images: {} },
    { algorithm: 'basic', device: 'ipcl', images: built('-ipcl') },
    { algorithm: 'nn', device: 'cpu', images: built('-nn') },
    { algorithm: 'nn', device: 'gpu', images: built('-nn-gpu') },
    { algorithm: 'all', device: 'gpu', images: built('-all-gpu') },
  ] as const satisfies Release['builds'];

export const sparkHome = '/data/projects/spark-3.1.3-bin-hadoop3.2';

export const hadoopConfiguration = '/data/projects/hadoop-3.2.1/etc/hadoop';

/** FATE's command-line tools, with the toy example among them, in the client's image. */
export const client = {
  notebooks: home,
  environment: ({ id }) => ({
    partyId: `${id}`,
    FATE_FLOW_HOST: services.fateflow.name,
    FATE_FLOW_PORT: `${services.fateflow.ports.http}`,
  }),
} as const satisfies Release['client'];

export const toyExample = {
  container: 'client',
  directory: home,
  command: (guest, host) => ['flow', 'test', 'toy', '-gid', `${guest}`, '-hid', `${host}`],
} as const satisfies Partial<Release['toyExample']>;

/** Hadoop 3.2. */
export const hdfs = {
  namenode: { ui: 9870 },
  datanode: { data: 9866, ui: 9864 },
  datanodeIpc: 9867,
  datanodes: 3,
  knowsPrefix: true,
  // Else it has datanodes call one another by names, which DNS knows only of those that are ready.
  environment: { MULTIHOMED_NETWORK: '0' },
} as const satisfies Release['hdfs'];

export const boardProperties = () => ({
  'server.port': services.fateboard.ports.http,
  'fateflow.url': `http://${services.fateflow.name}:${services.fateflow.ports.http}`,
  // Without a default in FATE Board: it does not start without them.
  'fateflow.http_app_key': '',
  'fateflow.http_secret_key': '',
  'fateboard.front_end.cors': false,
  'fateboard.front_end.url': '',
  'server.board.login.username': 'admin',
  'server.board.login.password': '${FATEBOARD_PASSWORD}',
  'server.board.encrypt.enable': false,
  'server.servlet.session.timeout': '4h',
  ...boardServer,
  'feign.client.config.default.connectTimeout': 10000,
  'feign.client.config.default.readTimeout': 10000,
  'management.endpoints.web.exposure.exclude': '*',
});
