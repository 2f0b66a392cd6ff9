import { services } from '../fate/services';
import type { Sizing } from '../fate/sizes';
import {
  type ExternalSpark,
  leastExecutorMiB,
  type OwnSpark,
  ownWorkers,
  type Server,
  type SparkPorts,
  type SparkPython,
  type SparkWorkers,
  sparkCores,
} from '../fate/spark';
import {
  boundsText,
  checkKeys,
  checkUnique,
  isMap,
  isWithin,
  type Keys,
  readEntries,
  readInteger,
  readMap,
  shown,
} from '../input/checks';
import { counted } from '../input/counted';
import type { Problems } from '../input/problems';
import { readExternal, readServerAt } from './engines';
import {
  nowhere,
  planSparkNetwork,
  type SparkDriver,
  type SparkNetwork,
  type SparkNetworkProps,
} from './spark-network';

/** A Spark that somebody else runs, in the place of the party's own. */
export interface SparkProps {
  /** Where it is, what it offers, and how its workers come to the party. */
  readonly external: ExternalSparkProps;
}

/**
 * A standalone Spark that somebody else runs, of the release that FATE's images have. A job's driver runs in FATE Flow's pod, and
 * executors call it there. Drivers and executors know no password and no TLS: what lies between them belongs to one organisation.
 *
 * @see White paper, "Leveraging an external Spark and HDFS Cluster"
 * @see Spark 2.4 and 3.1, "Configuring Ports for Network Security"
 */
export interface ExternalSparkProps {
  /** Its master; or all of them, where one takes over from another. */
  readonly masters: readonly SparkMasterProps[];
  /** What there is of it for this party: FATE Flow counts by it, and Spark is never asked. */
  readonly workers: SparkWorkersProps;
  /** Where its workers are. */
  readonly network: SparkNetworkProps;
  /** Ports that firewalls let through. @default from 31000 on, one of each kind for each core, at most 16 */
  readonly ports?: SparkPortsProps;
  /** Python of its workers. @default the one that Spark takes, with the worker's own environment */
  readonly python?: SparkPythonProps;
}

/** Where a master is. */
export interface SparkMasterProps {
  /** DNS name or IPv4 address at which FATE Flow's pod reaches it. */
  readonly host: string;
  /** Its port. @default 7077 */
  readonly port?: number;
}

/** What a party has of somebody else's workers. */
export interface SparkWorkersProps {
  /** Workers, 1 to 1000. */
  readonly count: number;
  /** Cores of each, 1 to 1024: all that it offers, or the party's part of them. */
  readonly cores: number;
  /** Memory of each for executors in GiB, at least 0.44 for each core. A job has what belongs to its cores. */
  readonly memoryGiB: number;
}

/**
 * Three rows of ports, one behind the other: of drivers, of what drivers hold for executors, and of executors at the workers. Parties
 * that have one Spark take different ones.
 */
export interface SparkPortsProps {
  /** The first one, 1024 or more; below 32768 no other connection of the pod takes one. @default 31000 */
  readonly from?: number;
  /**
   * Length of each row, 1 to 100: drivers that there may be at once, and executors of this party on one machine. FATE Flow has a driver
   * for each role of each task at work.
   * @default one for each core, at most 16
   */
  readonly count?: number;
}

/** Where workers have Python and FATE's code. */
export interface SparkPythonProps {
  /** Path of its interpreter, of the minor release that FATE Flow's image has. @default what Spark takes by itself */
  readonly executable?: string;
  /** Directories of FATE's code on the workers. @default those of the worker's own environment */
  readonly path?: readonly string[];
}

/** Where a party's jobs are computed, decided. */
export type SparkPlan = OwnSpark | ExternalSparkPlan;

/** A Spark that somebody else runs, decided. */
export interface ExternalSparkPlan extends ExternalSpark {
  readonly network: SparkNetwork;
}

/** What leads to drivers, where something has to. */
export const sparkDriverOf = ({ spark }: { readonly spark: SparkPlan }): SparkDriver | undefined =>
  spark.isExternal && 'ranges' in spark.network ? spark.network.driver : undefined;

/** Reports workers who come as far as drivers, and no further: executors read and write tables by themselves. */
export function checkTablesReached(problems: Problems, spark: SparkPlan, hdfs: { readonly isExternal: boolean }): void {
  if (hdfs.isExternal || sparkDriverOf({ spark }) === undefined) return;
  problems.add(
    'external.network.driver',
    "leads workers to drivers, and executors reach no datanode of the party's own HDFS",
    'use hdfs.external, too, or "pod" where workers reach the addresses of pods',
  );
}

export function planSpark(
  problems: Problems,
  declared: SparkProps | undefined,
  { sizing, kubernetes }: { readonly sizing: Sizing; readonly kubernetes: string },
): SparkPlan {
  const own = { masters: [ownMaster], workers: ownWorkers(sizing) };
  if (declared === undefined) return { ...own, isExternal: false };
  const props = readExternal<ExternalSparkProps>(problems, declared, example);
  if (props === undefined) return { ...own, isExternal: true, ports: rowsOf(1), python: none, network: nowhere };
  const below = problems.at('external');
  checkKeys(below, props, keys);
  const workers = readWorkers(below.at('workers'), props.workers);
  const ports = readRows(below.at('ports'), props.ports, sparkCores(workers));
  const network = planSparkNetwork(below.at('network'), props.network, ports, kubernetes);
  return {
    masters: readMasters(below, props.masters),
    workers,
    isExternal: true,
    driverHost: 'ranges' in network ? network.driver?.address : undefined,
    ports,
    python: readPython(below.at('python'), props.python),
    network,
  };
}

const ownMaster: Server = { host: services.sparkMaster.name, port: services.sparkMaster.ports.rpc };
const none = { path: [] };
const example =
  '{ masters: [{ host: "spark.example.com" }], workers: { count: 4, cores: 8, memoryGiB: 32 }, network: { ranges: ["192.0.2.128/25"], driver: "pod" } }';

const keys: Keys<ExternalSparkProps> = { masters: true, workers: true, network: true, ports: true, python: true };

function readMasters(problems: Problems, declared: unknown): readonly Server[] {
  const before = problems.count;
  const entries = readEntries(problems, 'masters', declared as readonly SparkMasterProps[] | undefined);
  if (declared === undefined || (Array.isArray(declared) && entries.length === 0))
    problems.add('masters', 'are missing', 'name one, or all that take over from one another');
  const masters = entries.map(({ path, value }) =>
    readServerAt(problems.at(path), value, 'spark.example.com', ownMaster.port),
  );
  const named = masters.map(({ host, port }, i) => ({ path: `masters[${i}]`, value: `${host}:${port}` }));
  if (problems.count === before) checkUnique(problems, named, 'name every master once');
  return masters;
}

function readWorkers(problems: Problems, declared: unknown): SparkWorkers {
  if (!isMap(declared)) {
    const what = declared === undefined ? 'are missing' : `${shown(declared)} is no map`;
    problems.add('', what, 'use { count: 4, cores: 8, memoryGiB: 32 }');
    return { count: 1, cores: 1, memoryMiB: 1024 };
  }
  checkKeys<SparkWorkersProps>(problems, declared, { count: true, cores: true, memoryGiB: true });
  const count = readInteger(problems, 'count', declared['count'], 1, 1000);
  const cores = readInteger(problems, 'cores', declared['cores'], 1, 1024);
  const memoryGiB = declared['memoryGiB'];
  const least = (cores * leastExecutorMiB) / 1024;
  const bounds = { from: Math.ceil(least * 100) / 100, to: 65536, unit: 'GiB' };
  if (isWithin(memoryGiB, bounds)) return { count, cores, memoryMiB: Math.floor(memoryGiB * 1024) };
  problems.add(
    'memoryGiB',
    `${shown(memoryGiB)} is no memory for ${counted(cores, 'core')}`,
    `use ${boundsText(bounds)}`,
  );
  return { count, cores, memoryMiB: cores * leastExecutorMiB };
}

/** Rows for so many drivers at once. */
const rowsOf = (count: number, from = 31000): SparkPorts => {
  const row = (i: number) => [from + i * count, from + (i + 1) * count - 1] as const;
  return { drivers: row(0), blocks: row(1), executors: row(2) };
};

function readRows(problems: Problems, declared: SparkPortsProps | undefined, cores: number): SparkPorts {
  const props = readMap(problems, '', declared, 'use { from: 31000, count: 16 }');
  checkKeys<SparkPortsProps>(problems, props, { from: true, count: true });
  const count = readInteger(problems, 'count', props.count === undefined ? Math.min(cores, 16) : props.count, 1, 100);
  if (props.from === undefined) return rowsOf(count);
  return rowsOf(count, readInteger(problems, 'from', props.from, 1024, 65536 - 3 * count));
}

function readPython(problems: Problems, declared: SparkPythonProps | undefined): SparkPython {
  const props = readMap(
    problems,
    '',
    declared,
    'use { executable: "/opt/fate/bin/python", path: ["/opt/fate/python"] }',
  );
  checkKeys<SparkPythonProps>(problems, props, { executable: true, path: true });
  const { executable } = props;
  const path = readEntries(problems, 'path', props.path);
  const paths = [...(executable === undefined ? [] : [{ path: 'executable', value: executable }]), ...path];
  for (const { path, value } of paths) {
    if (typeof value === 'string' && /^(\/[\w.@+-]+)+$/.test(value)) continue;
    problems.add(
      path,
      `${shown(value)} is no path`,
      'use an absolute one of letters, digits and . _ @ + -, such as "/opt/fate/python"',
    );
  }
  return { executable, path: path.map(({ value }) => value) };
}
