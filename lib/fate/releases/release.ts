import type { Rights } from '../../kubernetes/rights';
import type { Database } from '../database';
import type { HdfsClient } from '../hdfs';
import type { ExchangeContainer, PartyContainer, Sizing } from '../sizes';
import type { Spark } from '../spark';
import type { DataFormats } from './data';

/** Images of a party, one for each container. */
export type PartyImage = PartyContainer;

/** Images of an exchange, one for each container. */
export type ExchangeImage = ExchangeContainer;

/** What configuration files say of the party that they are for; its plan has all of it. */
export interface ConfiguredParty {
  readonly id: number;
  readonly namespace: string;
  readonly sizing: Sizing;
  readonly mysql: Database;
  readonly hdfs: HdfsClient;
  readonly spark: Spark;
  readonly pulsar: {
    readonly host: string;
    readonly port: number;
    readonly adminPort: number;
    readonly clusterName: string;
    readonly unreadMinutes?: number;
    readonly readMinutes: number;
  };
  readonly ingress: { readonly hosts: { readonly fateboard?: string } };
  readonly pods: { readonly fateflow: { readonly timezone?: string } };
  /** How members prove to each other who they are. */
  readonly transport: 'mutual-tls' | 'open';
  /** By one of these others reach its Pulsar, by TLS. */
  readonly exchange?: object;
  readonly peers?: readonly object[];
}

/** One that has a Pulsar of its own. */
export interface PulsarParty extends ConfiguredParty {
  readonly pulsar: ConfiguredParty['pulsar'] & { readonly backlogGiB: number };
}

/** One whose Pulsar is highly available. */
export interface ClusteredParty extends PulsarParty {
  readonly pulsar: PulsarParty['pulsar'] & { readonly cluster: { readonly bookies: number } };
}

/** Files of a highly available Pulsar, each that of one program. */
export type PulsarFiles = Readonly<
  Record<'zookeeper.conf' | 'bookkeeper.conf' | 'broker.conf' | 'proxy.conf', Settings>
>;

/** Those of them that are of any Pulsar which takes TLS of others. */
export type ForeignPulsarFiles = Pick<PulsarFiles, 'broker.conf' | 'bookkeeper.conf' | 'proxy.conf'>;

/** Keys of a configuration file, as the program spells them. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/** A method and a raw path. `<to>` is the id of the party that is called, `<from>` the caller's; any other `<…>` is one word. */
export type Call = `${'GET' | 'POST'} /${string}`;

/**
 * What one party calls at another, through the nginx of both. Everything else that FATE Flow answers is for its own users and
 * workers, and FATE has nothing that would keep others from it.
 */
export interface Coordination {
  /**
   * Where a call says whose it is: in a header, and in a field of the JSON of its body where the release goes by that.
   * `undefined`: calls of this release name nobody.
   */
  readonly caller: { readonly header: string; readonly field?: string } | undefined;
  /** Headers of a call. No other one reaches FATE Flow. */
  readonly headers: readonly string[];
  readonly calls: readonly Call[];
  /** Calls by which people see whether a party is there. They need not say whose they are. */
  readonly probes: readonly Call[];
  /** An answer in which FATE Flow finds an error, and shows its message at once. */
  refusal(message: string): { readonly status: number; readonly body: object };
}

/**
 * FATE Flow's interface for those who have jobs: calls, which take the fields of a job as JSON or, where they get, in the query. It
 * answers with status 200 whatever comes of them.
 */
export interface JobInterface {
  /** Keys of every answer: 0 or the kind of its failure, its words for it, and the job that was submitted. */
  readonly answer: { readonly code: string; readonly message: string; readonly job: string };
  /** What the names of a record's fields begin with. */
  readonly prefix: string;
  readonly submit: Call;
  /** States of a job, one for each role that this party has in it. */
  readonly states: Call;
  /** Tasks of a job, with their states. */
  readonly tasks: Call;
  readonly stop: Call;
  /** What a role of this party has logged as errors: lines, or files in an archive of all logs. */
  readonly errors: {
    readonly call: Call;
    readonly fields?: Readonly<Record<string, string>>;
    readonly archived?: true;
  };
}

/** More of FATE Flow's interface for those who have jobs. It is called and answers as that of {@link JobInterface} does. */
export interface JobCalls {
  /** Field that names a task. */
  readonly task: 'component_name' | 'task_name';
  /** Has tasks tried again that did not succeed. */
  readonly rerun: { readonly call: Call; readonly fields?: Readonly<Record<string, string>> };
  /** Takes a file as a form does, and what it is told beside it in the query or in the form. */
  readonly upload: { readonly call: Call; readonly fields: 'query' | 'form' };
  /** What is known of a table, by its namespace and its name. */
  readonly table: { readonly call: Call; readonly name: 'table_name' | 'name'; readonly absent?: number };
  /** Metrics of a task. */
  readonly metrics: Call;
  /** What a task has put out, in an archive. */
  readonly output: ArchiveCall;
  /** All logs of a job, in an archive. */
  readonly logs: ArchiveCall;
  /** Has a trained model predict. @default it does so as it is */
  readonly deploy?: Call;
}

/** Is answered with an archive, by gzip, or with a refusal. */
export interface ArchiveCall {
  readonly call: Call;
  /** Whether fields are JSON even where they get. @default false */
  readonly inBody?: boolean;
}

/** In which words a release has jobs described. */
export type JobLanguage = DslLanguage | DagLanguage;

/** FATE 1: a graph of components, and beside it a configuration with their parameters. */
export interface DslLanguage {
  readonly kind: 'DSL';
  /** Engines of a job, where FATE Flow takes others than its own. */
  readonly engines: Readonly<Record<string, number>>;
  /** Component that makes rows with labels of the texts of a table. */
  readonly transform: { readonly name: string; readonly module: string };
  /** Whether tasks that failed are tried again. */
  readonly retries: boolean;
  /** How a neural network is described: a list of layers and a number of rounds, or a map of layers and a trainer. */
  readonly neuralNetwork: 'rounds' | 'trainer';
}

/** FATE 2: one graph of tasks with all that they need. */
export interface DagLanguage {
  readonly kind: 'DAG';
}

/** What FATE's images were built to compute, and on what. */
export interface Build {
  readonly algorithm: 'basic' | 'nn' | 'all';
  readonly device: 'cpu' | 'ipcl' | 'gpu';
}

/**
 * Where the images of a FATE release have and read what, and in which words: data, and pure functions of a party. Constructs
 * draw it and compare no versions.
 */
export interface Release {
  /** Those of the first build. */
  readonly images: Readonly<Record<PartyImage | ExchangeImage, string>>;
  /** Of the images those that nobody has published. @default none */
  readonly unpublished?: readonly PartyImage[];
  /** Builds of FATE's code, and the images of each in the place of those above; the first one is the default. */
  readonly builds: readonly (Build & { readonly images: Readonly<Partial<Record<PartyImage, string>>> })[];
  /** What an upgrade has to convert, and what the later release starts without, follows from these. */
  readonly formats: DataFormats;
  /** Tables of FATE Flow's database with a row for each job, whose state is `f_status`. */
  readonly jobTables: readonly string[];
  /** Whether FATE finds the entries of single parties in its table of Pulsars: without that all parties need one way, an exchange. */
  readonly entersParties: boolean;
  /** Whether FATE can be told what its Pulsar calls itself: without that it is `pulsar.cluster`. */
  readonly namesPulsar: boolean;
  readonly fateflow: {
    /** Name of the container that runs FATE Flow, as KubeFATE and the paper's commands address it. */
    readonly container: string;
    /** Where the configuration is mounted, read-only. */
    readonly templates: string;
    /** Where FATE Flow reads it, writable. */
    readonly configuration: string;
    readonly pulsarRoutes: {
      /** Where `pulsar_route_table.yaml` is mounted, as a directory: changes reach the running pod. */
      readonly directory: string;
      /** Where FATE Flow reads it, where that is elsewhere: the start script makes a link. */
      readonly link?: string;
    };
    readonly sparkHome: string;
    /** Where its Hadoop client looks for settings: what `hadoop classpath` names first. */
    readonly hadoopConfiguration: string;
    /** What the start script starts. */
    readonly command: readonly string[];
    /** What else the server and its workers read of their environment. */
    readonly environment: Readonly<Record<string, string>>;
    /** Path that answers whenever the server works. @default none: an open port has to do */
    readonly alive?: string;
    /** Directory of the data volume → where FATE Flow has it. */
    readonly directories: { readonly logs: string; readonly jobs: string } & Readonly<Record<string, string>>;
    /** Which of them has the models. */
    readonly models: string;
    /** `service_conf.yaml`; the start script fills in `${POD_IP}` and `${MYSQL_PASSWORD}`. */
    serviceConf(party: ConfiguredParty): object;
    /** `transfer_conf.yaml`. @default the release has none */
    readonly transferConf?: object;
    /** `spark-defaults.conf`; the start script fills in `${POD_IP}`. */
    sparkSettings(party: ConfiguredParty): Settings;
  };
  readonly coordination: Coordination;
  readonly jobs: JobInterface;
  readonly jobCalls: JobCalls;
  readonly jobLanguage: JobLanguage;
  readonly fateboard: {
    /** Whose pod it is in: FATE Flow's, whose log files it reads there, or its own. */
    readonly pod: 'fateflow' | 'fateboard';
    /** Where it finds the jobs that it shows. */
    readonly jobs: 'mysql' | 'fateflow';
    /** Directory of `application.properties`, writable. */
    readonly configuration: string;
    /** What the start script starts, in the working directory of the image. */
    readonly command: readonly string[];
    /** `application.properties`; the start script fills in `${FATEBOARD_PASSWORD}`, and Spring whatever else is in the environment. */
    applicationProperties(party: ConfiguredParty): Settings;
  };
  readonly client: {
    /** Directory that Jupyter shows. */
    readonly notebooks: string;
    /** Environment of FATE's command-line tools. */
    environment(party: ConfiguredParty): Readonly<Record<string, string>>;
  };
  /** What FATE's code in an executor reads of its pod. @default nothing */
  readonly sparkWorker?: {
    /** Directory in which FATE's code in an executor looks for `service_conf.yaml`. */
    readonly configuration: string;
    readonly serviceConf: object;
  };
  readonly hdfs: {
    readonly namenode: { readonly ui: number };
    readonly datanode: { readonly data: number; readonly ui: number };
    /** Where datanodes ask one another, in no Service. */
    readonly datanodeIpc: number;
    /** Datanodes of a party that declares no number. */
    readonly datanodes: number;
    /** Whether FATE has its directory below a path that is declared. */
    readonly knowsPrefix: boolean;
    /** What no namenode and no nameservice may have in its name. @default anything may be */
    readonly unnameable?: string;
    /** What the entry points of its images read beside Hadoop's settings. */
    readonly environment: Readonly<Record<string, string>>;
  };
  readonly pulsar: {
    /** Pulsar's name for its own cluster. FATE gives others the ids of their parties. */
    readonly cluster: string;
    /** Directory of certificate and key. */
    readonly certificates: string;
    /** Path of `standalone.conf`, which replaces the image's own. */
    readonly configuration: string;
    readonly rights: Rights;
    /** Group that may write to its volume, where it does not run as root. */
    readonly group?: number;
    standaloneConf(party: PulsarParty): Settings;
    clusterFiles(party: ClusteredParty): PulsarFiles;
    /** What programs of a Pulsar that somebody else runs have to be told, whatever else they are told. */
    foreignFiles(party: ConfiguredParty): ForeignPulsarFiles;
  };
  /** KubeFATE's charts for which files are written. @default driver `kubefate` is refused */
  readonly charts?: {
    readonly version: string;
    /** The last Kubernetes that takes all of their objects. @default none */
    readonly lastKubernetes?: string;
  };
  /** FATE's first test, which adds secret numbers of two parties, run in a container of the guest. */
  readonly toyExample: {
    readonly container: 'fateflow' | 'client';
    readonly directory: string;
    /** FATE's own command, for people: its exit code says nothing. */
    command(guest: number, host: number): readonly string[];
    /**
     * The same job as {@link JobInterface.submit} takes it, on one core for each role, whatever FATE Flow or Spark would give it. FATE
     * asserts its result: with a wrong one it fails.
     *
     * @param seconds after which FATE Flow itself ends it
     */
    job(guest: number, host: number, seconds: number): object;
  };
}
