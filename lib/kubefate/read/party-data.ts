import { database } from '../../fate/database';
import { partyVolumes } from '../../fate/sizes';
import type { ExistingClaims } from '../../federation/existing-claims';
import { type Driver, drivers } from '../../federation/hosting';
import type { PartyProps } from '../../federation/party';
import { checkKeys, readDeclaration, readList, readOneOf, shown } from '../../input/checks';
import { Problems } from '../../input/problems';
import { dataClaim } from '../../kubernetes/data-volume';
import { claimOfPod, isPerPod, type PartyChart } from '../charts/party-chart';
import { nativeNamespace } from '../native-namespace';
import { place } from './located';
import type { DataDifference, Difference, Source } from './source';

/** What becomes of a party's data. */
export interface DataDecision {
  /**
   * What makes the party's objects from now on. KubeFATE keeps the claims of its chart; this library has others, and another
   * namespace, where it finds none of KubeFATE's.
   * @default 'native'
   */
  readonly driver?: Driver;
  /**
   * Paths of the differences that concern data: they were moved, or nobody needs them.
   * @default []
   */
  readonly withoutData?: readonly string[];
}

/** The declaration, once its caller has decided what becomes of all data. */
export function decided<Declaration extends Pick<PartyProps, 'id' | 'namespace' | 'existingClaims'>>(
  declaration: Declaration,
  differences: readonly Difference[],
  decided: DataDecision = {},
): Declaration & { readonly driver: Driver } {
  const problems = Problems.none();
  const decision = readDeclaration(problems, decided);
  checkKeys<DataDecision>(problems, decision, { driver: true, withoutData: true });
  const driver = readOneOf(problems, 'driver', decision.driver, drivers, 'native');
  const without = readList(problems, 'withoutData', decision.withoutData, []);
  const data = differences.filter((each): each is DataDifference => each.concerns === 'data');
  without.forEach((path, i) => {
    if (data.some((each) => each.path === path)) return;
    const known = data.map((each) => each.path).join(', ') || 'none';
    problems.add(`withoutData[${i}]`, `${shown(path)} is no difference that concerns data`, `use ${known}`);
  });
  for (const { path, line = 1, reason, drivers } of data) {
    if (!drivers.includes(driver) || without.includes(path)) continue;
    const remedy = `move them, as docs/moving-data.md tells, then name "${path}" in withoutData`;
    problems.add(place({ line, path }), `${reason}, and the declared party starts without them`, remedy);
  }
  problems.throwIfAny('cluster.yaml');
  if (driver === 'kubefate') return { ...declaration, driver };
  const { id, namespace = `fate-${id}` } = declaration;
  const elsewhere = { namespace: nativeNamespace({ id, namespace }), existingClaims: undefined };
  return { ...declaration, driver, ...elsewhere };
}

/**
 * Names the data of a party that are not where the declared one looks for them.
 *
 * @param existing claims that go on with KubeFATE
 */
export function nameData(source: Source, chart: PartyChart, existing: ExistingClaims): void {
  const { claims } = chart;
  nameElsewhere(source);
  if (source.flag('persistence') !== true) {
    source.leave('persistence', 'nothing, which is false', 'the data are in the pods, and end with them');
    return;
  }
  for (const [module, directory] of Object.entries(directories)) {
    if (source.says(module) && source.text(`${module}.subPath`) !== directory) {
      const reason = `the data of ${module} are not in the directory ${directory} of their volume`;
      source.leave(`${module}.subPath`, 'nothing, which is the root of the volume', reason, ['kubefate']);
    }
  }
  const own = Object.entries(claims).filter(([module]) => !source.says(`${module}.existingClaim`));
  for (const module of Object.keys(claims)) {
    const path = `${module}.existingClaim`;
    if (!source.says(path)) continue;
    const reason = `the data are in a claim that neither the chart nor this library makes${taken([`${source.find(path)?.value}`])}`;
    source.leave(path, '', reason, Object.keys(existing).length > 0 ? ['native'] : drivers);
  }
  if (own.length === 0) return;
  const named = own.map(([module, claim]) => (module === 'hdfs.datanode' ? ofDatanodes(source, chart, claim) : claim));
  const reason = `the data are in claims of the chart, ${named.join(', ')}${taken(own.map(([, claim]) => claim))}`;
  source.leave('persistence', '', reason, ['native']);
}

function ofDatanodes(source: Source, { keys, defaults }: PartyChart, claim: string): string {
  const declared = keys.datanodes === undefined ? undefined : source.find(keys.datanodes)?.value;
  const pods = Number(declared) || defaults.datanodes;
  return isPerPod(claim) && pods > 1 ? `${claim} to ${claimOfPod(claim, pods - 1)}` : claim;
}

/** Which of these claims a native party in their namespace would have for its own, with passwords and directories of before. */
function taken(claims: readonly string[]): string {
  const found = claims.filter((claim) => partyVolumes.some((volume) => claim === dataClaim(volume, 0)));
  return found.length === 0
    ? ''
    : ` (native objects in the same namespace would take ${found.join(' and ')} for their own)`;
}

/** Directories of volumes that a file of this library names. */
const directories: Readonly<Record<string, string>> = { mysql: 'mysql', client: 'client' };

function nameElsewhere(source: Source): void {
  const says = (path: string, other: string) => source.says(path) && `${source.find(path)?.value}` !== other;
  const servers = ['externalMysqlIp', 'mysql.ip'].filter((path) => says(path, database.host));
  for (const path of servers) source.leave(path, '', 'the records of jobs and models are in another database server');
  if (servers.length === 0) {
    const names = ['externalMysqlDatabase', 'mysql.database'].filter((path) => says(path, database.name));
    const reason = `the records of jobs and models are in another database than ${database.name}`;
    for (const path of names) source.leave(path, '', reason);
  }
  const tables = Object.entries(hdfs).filter(([path, usual]) => says(path, usual));
  for (const [path] of tables) source.leave(path, '', 'the tables are in another place of HDFS');
}

const hdfs: Readonly<Record<string, string>> = {
  'python.hdfs.name_node': 'hdfs://namenode:9000',
  'python.hdfs.path_prefix': '/',
};
