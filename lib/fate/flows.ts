import type { services, workloads } from './services';

type Services = typeof services;

/** A port of a Service by its name, or `any` where the programs agree on one while they run. */
type Target =
  | {
      readonly [Name in keyof Services]: { readonly to: Name; readonly port: keyof Services[Name]['ports'] };
    }[keyof Services]
  | { readonly to: 'datanode'; readonly port: 'data' | 'ipc' }
  | { readonly to: 'namenode'; readonly port: 'ui' }
  | { readonly to: 'trafficServer'; readonly port: 'status' }
  | { readonly to: 'fateflow' | 'sparkWorker'; readonly port: 'any' };

/** Connections of one kind, named by who opens them. Answers travel on the same connection. */
export type Flow = Target & {
  /** Whose pods open them: of a Service, or of a workload that has none. */
  readonly from: keyof Services | keyof typeof workloads;
  readonly why: string;
  /** Where it depends on what a member has: with what there is such a connection. */
  readonly with?: readonly ('certificate' | 'verification' | 'backup' | 'retention' | 'monitoring')[];
  /** Where it depends on how members prove who they are: when there is such a connection. */
  readonly transport?: 'mutual-tls' | 'open';
  /** Where it depends on whether Pulsar is highly available: when there is such a connection. */
  readonly pulsars?: 'cluster';
  /** Where it depends on where FATE Board finds jobs: when there is such a connection. */
  readonly jobs?: 'mysql' | 'fateflow';
  /** @default it is not */
  readonly encrypted?: 'tls';
};

const verified = ['verification'] as const;
const answers = 'whether others answer';

const certificateEnd = { why: 'when the certificate ends, as a metric', encrypted: 'tls' } as const;
const certified = ['monitoring', 'certificate'] as const;

/** By the certificate that who stands alone has not. */
const provenBrokers = { with: ['certificate'], pulsars: 'cluster', encrypted: 'tls' } as const;
const betweenBrokers = { why: "what Pulsar's own clients ask of another broker", ...provenBrokers } as const;
const clustered = { pulsars: 'cluster' } as const;

/** Inside of a highly available Pulsar. Bookies are told by ZooKeeper of one another, and copy what is on too few of them. */
const brokerClients = [
  { from: 'pulsar', to: 'pulsarZookeeper', port: 'client', why: 'topics, and who has them', ...clustered },
  { from: 'pulsar', to: 'pulsarBookie', port: 'bookie', why: 'messages', ...clustered },
  { from: 'pulsar', to: 'pulsar', port: 'broker', why: 'what one broker asks of another', ...clustered },
  { from: 'pulsar', to: 'pulsar', port: 'admin', why: 'what one broker asks of another', ...clustered },
  { from: 'pulsar', to: 'pulsar', port: 'broker-tls', ...betweenBrokers },
  { from: 'pulsar', to: 'pulsar', port: 'admin-tls', ...betweenBrokers },
  { from: 'pulsarProxy', to: 'pulsar', port: 'broker-tls', why: 'messages of other parties', ...provenBrokers },
  {
    from: 'pulsarProxy',
    to: 'pulsar',
    port: 'admin-tls',
    why: 'what is asked of the administration',
    ...provenBrokers,
  },
  { from: 'pulsarBookie', to: 'pulsarZookeeper', port: 'client', why: 'who is there, and what is on it', ...clustered },
  { from: 'pulsarBookie', to: 'pulsarBookie', port: 'bookie', why: 'copies of messages', ...clustered },
  { from: 'pulsarZookeeper', to: 'pulsarZookeeper', port: 'follower', why: 'what is decided', ...clustered },
  { from: 'pulsarZookeeper', to: 'pulsarZookeeper', port: 'election', why: 'who leads', ...clustered },
] as const satisfies readonly Flow[];

/**
 * Who calls whom inside the namespace of a party. A job's Spark driver runs in FATE Flow's pod, in some releases FATE Board too,
 * and executors in the pods of the workers. What `diagnose` and `verify` look at, they look at from the pods of FATE Flow and of the notebook.
 *
 * @see KubeFATE v1.6.1, `helm-charts/FATE`
 * @see Spark 2.4, "Configuring Ports for Network Security"
 * @see Hadoop 2.7 and 3.2, `hdfs-default.xml`
 */
export const partyFlows = [
  { from: 'fateflow', to: 'mysql', port: 'mysql', why: 'jobs, models and their state' },
  { from: 'fateflow', to: 'nginxInternal', port: 'http', why: 'calls to other parties', transport: 'mutual-tls' },
  { from: 'fateflow', to: 'nginx', port: 'http', why: 'calls to other parties', transport: 'open' },
  { from: 'fateflow', to: 'pulsar', port: 'broker', why: 'messages of a job' },
  { from: 'fateflow', to: 'pulsar', port: 'admin', why: 'topics, and the clusters of other parties' },
  { from: 'fateflow', to: 'namenode', port: 'rpc', why: 'tables' },
  { from: 'fateflow', to: 'datanode', port: 'data', why: 'blocks of tables' },
  { from: 'fateflow', to: 'sparkMaster', port: 'rpc', why: 'applications of drivers' },
  { from: 'fateflow', to: 'sparkWorker', port: 'any', why: 'results of executors that are too large for a message' },
  { from: 'fateflow', to: 'namenode', port: 'ui', why: 'what diagnose asks of HDFS' },
  { from: 'fateflow', to: 'sparkMaster', port: 'ui', why: 'what diagnose asks of Spark' },
  { from: 'fateboard', to: 'mysql', port: 'mysql', why: 'jobs, to show them', jobs: 'mysql' },
  { from: 'fateboard', to: 'fateflow', port: 'http', why: 'what is not in MySQL' },
  { from: 'client', to: 'fateflow', port: 'http', why: 'uploads and jobs' },
  { from: 'client', to: 'nginxInternal', port: 'http', why: 'whether others answer verify', transport: 'mutual-tls' },
  { from: 'client', to: 'nginx', port: 'http', why: 'whether others answer verify', transport: 'open' },
  { from: 'toyExample', to: 'fateflow', port: 'http', why: 'jobs that verify the party', with: verified },
  { from: 'toyExample', to: 'nginxInternal', port: 'http', why: answers, with: verified, transport: 'mutual-tls' },
  { from: 'toyExample', to: 'nginx', port: 'http', why: answers, with: verified, transport: 'open' },
  { from: 'nginx', to: 'fateflow', port: 'http', why: 'calls of other parties, and of the party to itself' },
  { from: 'sparkWorker', to: 'sparkMaster', port: 'rpc', why: 'registration, and orders on the same connection' },
  { from: 'sparkWorker', to: 'fateflow', port: 'any', why: 'executors to their driver' },
  { from: 'sparkWorker', to: 'sparkWorker', port: 'any', why: 'blocks that executors exchange' },
  { from: 'sparkWorker', to: 'pulsar', port: 'broker', why: 'messages of a job' },
  { from: 'sparkWorker', to: 'namenode', port: 'rpc', why: 'tables' },
  { from: 'sparkWorker', to: 'datanode', port: 'data', why: 'blocks of tables' },
  { from: 'namenode', to: 'datanode', port: 'data', why: 'tables that somebody copies from its pod' },
  ...brokerClients,
  { from: 'datanode', to: 'namenode', port: 'rpc', why: 'registration and reports' },
  { from: 'datanode', to: 'datanode', port: 'data', why: 'copies of blocks' },
  { from: 'datanode', to: 'datanode', port: 'ipc', why: 'how long a block is whose writer has gone' },
  { from: 'backup', to: 'mysql', port: 'mysql', why: 'the dump of a backup', with: ['backup'] },
  { from: 'restore', to: 'mysql', port: 'mysql', why: 'the way back of a dump', with: ['backup'] },
  { from: 'retention', to: 'mysql', port: 'mysql', why: 'which jobs have ended', with: ['retention'] },
  { from: 'exporter', to: 'fateflow', port: 'http', why: 'jobs, as metrics', with: ['monitoring'] },
  { from: 'exporter', to: 'namenode', port: 'ui', why: 'HDFS, as metrics', with: ['monitoring'] },
  { from: 'exporter', to: 'sparkMaster', port: 'ui', why: 'Spark, as metrics', with: ['monitoring'] },
  { from: 'exporter', to: 'nginx', port: 'http', ...certificateEnd, with: certified, transport: 'mutual-tls' },
  {
    from: 'exporter',
    to: 'pulsarPublicTls',
    port: 'broker-tls',
    ...certificateEnd,
    with: certified,
    transport: 'open',
  },
] as const satisfies readonly Flow[];

/** The same inside the namespace of an exchange, whose programs call one another for metrics alone. */
export const exchangeFlows = [
  { from: 'exporter', to: 'trafficServer', port: 'status', why: 'tunnels, as metrics', with: ['monitoring'] },
  { from: 'exporter', to: 'trafficServer', port: 'tls', ...certificateEnd, with: ['monitoring'] },
] as const satisfies readonly Flow[];
