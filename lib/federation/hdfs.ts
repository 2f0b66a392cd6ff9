import { type HdfsClient, hdfsClientSettings, type Namenode, nameserviceSettings, ownHdfs } from '../fate/hdfs';
import { type FateRelease, type Release, releases } from '../fate/releases';
import type { Sizing } from '../fate/sizes';
import {
  checkKeys,
  checkPattern,
  checkUnique,
  isMap,
  type Keys,
  readEntries,
  readInteger,
  readList,
  readMap,
  shown,
} from '../input/checks';
import { checkNetwork } from '../input/cidr';
import { Problems } from '../input/problems';
import { readExternal, readServerAt } from './engines';

/** An HDFS that somebody else runs, in the place of the party's own. */
export interface HdfsProps {
  /** Where it is. */
  readonly external: ExternalHdfsProps;
}

/**
 * An HDFS that somebody else runs, without Kerberos. Tables are below `/fate`, and each party needs such a directory of its own.
 *
 * @see White paper, "Leveraging an external Spark and HDFS Cluster"
 */
export type ExternalHdfsProps = NamenodeHdfsProps | NameserviceHdfsProps;

/** One of a single namenode. */
export interface NamenodeHdfsProps extends SharedHdfsProps {
  /** Its namenode. */
  readonly namenode: NamenodeProps;
  /** Of several namenodes alone. @default none */
  readonly nameservice?: never;
}

/** One whose namenodes stand in for one another. */
export interface NameserviceHdfsProps extends SharedHdfsProps {
  /** What its namenodes are together. */
  readonly nameservice: NameserviceProps;
  /** Of a single one alone. @default none */
  readonly namenode?: never;
}

interface SharedHdfsProps {
  /** Its datanodes, to and from which the party's pods send blocks themselves. */
  readonly datanodes: DatanodesProps;
  /** As whom the party writes, `HADOOP_USER_NAME`. @default 'fate' */
  readonly user?: string;
  /**
   * An absolute path below which the party's `/fate` is. FATE 1 alone knows one.
   * @default none: `/fate` of the root
   */
  readonly pathPrefix?: string;
  /**
   * Copies that HDFS is asked for of what Spark writes, 1 to 512. FATE Flow asks for three of what it writes itself.
   * @default 3, as HDFS itself has it
   */
  readonly replication?: number;
}

/** Where a namenode takes calls. */
export interface NamenodeProps {
  /** DNS name or IPv4 address at which the party's pods reach it. */
  readonly host: string;
  /** Port of its RPC. @default 8020 */
  readonly port?: number;
}

/** Namenodes of which one at a time is active. */
export interface NameserviceProps {
  /** As its clients know it, such as `analytics`. FATE keeps it beside each table. */
  readonly name: string;
  /** All of them, two or more. */
  readonly namenodes: readonly NamenodeProps[];
}

/** Where datanodes are. */
export interface DatanodesProps {
  /** CIDR ranges of the addresses that they are known by to their namenode. */
  readonly ranges: readonly string[];
  /** Port of their data transfer. @default 9866, as Hadoop 3 has it; Hadoop 2 has 50010 */
  readonly port?: number;
}

/** Where a party's tables are, decided. */
export type HdfsPlan = OwnHdfs | ExternalHdfs;

/** An HDFS among the party's own pods. */
export interface OwnHdfs extends HdfsClient {
  readonly isExternal: false;
}

/** One that somebody else runs. */
export interface ExternalHdfs extends HdfsClient {
  readonly isExternal: true;
  /** One, or all of a nameservice. */
  readonly namenodes: readonly Namenode[];
  readonly datanodes: { readonly ranges: readonly string[]; readonly port: number };
  readonly user: string;
  /** Copies of what Spark writes. */
  readonly replication: number;
}

/** @param namenode the party's own, in the words of its jobs */
export const planHdfs = (
  external: ExternalHdfs | undefined,
  { replication, datanodes }: Sizing,
  namenode: string,
): HdfsPlan =>
  external ?? { isExternal: false, uri: ownHdfs(namenode), settings: hdfsClientSettings(replication, datanodes) };

/** The one that is declared. None: the party has its own. */
export function readExternalHdfs(
  problems: Problems,
  declared: HdfsProps | undefined,
  fate: FateRelease,
): ExternalHdfs | undefined {
  if (declared === undefined) return undefined;
  const props = readExternal<ExternalHdfsProps>(problems, declared, example);
  const below = props === undefined ? Problems.none() : problems.at('external');
  const { namenode, nameservice, datanodes, user = 'fate', pathPrefix, replication = 3 } = props ?? {};
  checkKeys<ExternalHdfsProps>(below, props ?? {}, keys);
  checkPattern(below, 'user', user, /^[A-Za-z_][-\w.]{0,31}$/, 'fate');
  if (pathPrefix !== undefined) checkPrefix(below, pathPrefix, fate);
  if ((namenode === undefined) === (nameservice === undefined))
    below.add('', 'has one of namenode and nameservice', `use one of the two: ${example}`);
  const copies = readInteger(below, 'replication', replication, 1, 512);
  const place =
    nameservice === undefined
      ? atNamenode(below.at('namenode'), namenode, fate)
      : atNameservice(below.at('nameservice'), nameservice, fate);
  return {
    isExternal: true,
    uri: place.uri,
    pathPrefix,
    settings: { ...hdfsClientSettings(copies), ...place.settings },
    namenodes: place.namenodes,
    datanodes: readDatanodes(below.at('datanodes'), datanodes),
    user,
    replication: copies,
  };
}

const example = '{ namenode: { host: "namenode.example.com" }, datanodes: { ranges: ["192.0.2.0/24"] } }';

const keys: Keys<ExternalHdfsProps> = {
  namenode: true,
  nameservice: true,
  datanodes: true,
  user: true,
  pathPrefix: true,
  replication: true,
};

function checkPrefix(problems: Problems, prefix: unknown, fate: FateRelease): void {
  checkPattern(problems, 'pathPrefix', prefix, /^(\/[A-Za-z0-9_][-\w.]{0,99}){1,10}$/, '/teams/fate');
  if (releases[fate].hdfs.knowsPrefix) return;
  const remedy = 'leave it out, and give each party an HDFS of its own';
  problems.add('pathPrefix', `is not known to FATE ${fate}, whose tables are below /fate`, remedy);
}

type Place = Pick<ExternalHdfs, 'uri' | 'namenodes'> & Partial<Pick<ExternalHdfs, 'settings'>>;

function atNamenode(problems: Problems, declared: NamenodeProps | undefined, fate: FateRelease): Place {
  if (declared === undefined) return { uri: ownHdfs(), namenodes: [] };
  const namenode = readNamenode(problems, declared);
  checkName(problems, 'host', namenode.host, fate, 'use another name of it, or its IPv4 address');
  return { uri: `hdfs://${namenode.host}:${namenode.port}`, namenodes: [namenode] };
}

function atNameservice(problems: Problems, declared: NameserviceProps, fate: FateRelease): Place {
  const props = readMap(problems, '', declared, `use { name: "analytics", namenodes: [${someNamenodes}] }`);
  checkKeys<NameserviceProps>(problems, props, { name: true, namenodes: true });
  const name = props.name ?? '';
  checkPattern(problems, 'name', name, /^[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?$/, 'analytics');
  checkName(problems, 'name', name, fate, 'use another one: without Kerberos it is for clients alone to know');
  const entries = readEntries(problems, 'namenodes', props.namenodes);
  const namenodes = entries.map(({ path, value }) => readNamenode(problems.at(path), value));
  if (entries.length < 2)
    problems.add('namenodes', 'are fewer than two', `use all of them, such as [${someNamenodes}]`);
  const declaredAt = namenodes.map(({ host, port }, i) => ({ path: `namenodes[${i}]`, value: `${host}:${port}` }));
  checkUnique(problems, declaredAt, 'write each of them once');
  return { uri: `hdfs://${name}`, namenodes, settings: nameserviceSettings(`${name}`, namenodes) };
}

const someNamenodes = '{ host: "nn1.example.com" }, { host: "nn2.example.com" }';

const readNamenode = (problems: Problems, declared: NamenodeProps): Namenode =>
  readServerAt(problems, declared, 'namenode.example.com', 8020);

/** Reports what FATE would take for the scheme of a URI. */
function checkName(problems: Problems, path: string, name: unknown, fate: FateRelease, remedy: string): void {
  const { unnameable }: Release['hdfs'] = releases[fate].hdfs;
  if (typeof name !== 'string' || unnameable === undefined || !name.includes(unnameable)) return;
  problems.add(
    path,
    `${shown(name)} has "${unnameable}" in it, which FATE ${fate} takes for the beginning of a URI`,
    remedy,
  );
}

function readDatanodes(problems: Problems, declared: DatanodesProps | undefined): ExternalHdfs['datanodes'] {
  const remedy = 'use { ranges: ["192.0.2.0/24"] } of their addresses';
  if (declared === undefined) problems.add('', 'are missing', remedy);
  const props = readMap(problems, '', declared, remedy);
  checkKeys<DatanodesProps>(problems, props, { ranges: true, port: true });
  const { ranges: written, port = 9866 } = props;
  const ranges = readList(problems, 'ranges', written, []);
  if (isMap(declared) && ranges.length === 0) problems.add('ranges', 'are missing', 'use one such as "192.0.2.0/24"');
  for (const [i, range] of ranges.entries()) checkNetwork(problems, `ranges[${i}]`, range);
  return { ranges, port: readInteger(problems, 'port', port, 1, 65535) };
}
