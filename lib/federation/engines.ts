import { type PartyContainer, type PartyVolume, partyVolumes, type Sizing } from '../fate/sizes';
import { isDnsName, isHostIpv4 } from '../input/addresses';
import { checkKeys, isMap, shown } from '../input/checks';
import type { Problems } from '../input/problems';
import type { Driver } from './hosting';

/** Programs that somebody else may run for a party, and what of a declaration is of the party's own alone. */
const engines = {
  mysql: {
    name: 'MySQL',
    containers: ['mysql'],
    volumes: ['mysql'],
    sizes: [],
    charts: "would have its user's password as text in KubeFATE's file",
  },
  hdfs: {
    name: 'HDFS',
    containers: ['namenode', 'datanode'],
    volumes: ['namenode', 'datanode'],
    sizes: ['datanodes', 'replication'],
    charts: "would have no user and no nameservice: KubeFATE's charts give clients of HDFS an address alone",
  },
} as const satisfies Record<string, OwnParts>;

interface OwnParts {
  readonly name: string;
  readonly containers: readonly PartyContainer[];
  readonly volumes: readonly PartyVolume[];
  /** What else of a declaration is of its pods. */
  readonly sizes: readonly (keyof Counts)[];
  /** Why there is none of somebody else's with KubeFATE. */
  readonly charts: string;
}

type Counts = Pick<Sizing, 'datanodes' | 'replication' | 'sparkWorkers'>;

type Engine = keyof typeof engines;

const engineNames = Object.keys(engines) as readonly Engine[];

type Engines = Readonly<Record<Engine, { readonly isExternal: boolean }>>;

/** Volumes that the party has of its own. */
export const ownVolumes = (plan: Engines): readonly PartyVolume[] =>
  partyVolumes.filter((volume) => !externalEngines(plan).some(({ volumes }) => volumes.includes(volume)));

/** What somebody else runs for the party. */
export const externalEngines = (plan: Engines): readonly (OwnParts & { readonly key: Engine })[] =>
  engineNames.filter((key) => plan[key].isExternal).map((key) => ({ key, ...engines[key] }));

/** What a declaration may say of the pods and volumes of a program. */
type Said = Readonly<
  Partial<Record<Engine | keyof Counts | 'resources' | 'pods' | 'volumesGiB' | 'storageClasses', unknown>>
>;

/** Reports what is said of the pods and volumes of a program that the party does not have of its own, and drivers that know none. */
export function checkElsewhere(problems: Problems, props: Said, driver: Driver): void {
  for (const engine of engineNames) {
    const declared = props[engine];
    if (!isMap(declared) || !('external' in declared)) continue;
    const { name, containers, volumes, sizes, charts }: OwnParts = engines[engine];
    if (driver === 'kubefate') problems.add(`${engine}.external`, charts, 'leave it out, or use driver "native"');
    const said = [
      ...sizes.filter((key) => props[key] !== undefined),
      ...keysIn(props, 'resources', containers),
      ...keysIn(props, 'pods', containers),
      ...keysIn(props, 'volumesGiB', volumes),
      ...keysIn(props, 'storageClasses', volumes),
    ];
    for (const path of said)
      problems.add(path, `is of the party's own ${name}`, `leave it out, or leave out ${engine}.external`);
  }
}

const keysIn = (
  props: Said,
  map: 'resources' | 'pods' | 'volumesGiB' | 'storageClasses',
  keys: readonly string[],
): readonly string[] => {
  const declared = props[map];
  return isMap(declared) ? keys.filter((key) => declared[key] !== undefined).map((key) => `${map}.${key}`) : [];
};

/** What is declared of a program that somebody else runs; nothing, and a problem, where that is no map. */
export function readExternal<Props extends object>(
  problems: Problems,
  declared: { readonly external: Props },
  example: string,
): Partial<Props> | undefined {
  const remedy = `use { external: ${example} }, or leave it out`;
  if (!isMap(declared) || !isMap(declared['external'])) {
    problems.add('', `${shown(declared)} says not where it is`, remedy);
    return undefined;
  }
  checkKeys<{ readonly external: Props }>(problems, declared, { external: true });
  return declared['external'] as Partial<Props>;
}

/**
 * Name or IPv4 address of a server of somebody else's, also one in the same cluster. A name without a dot would be a Service of the
 * party's own namespace.
 */
export function readServer(problems: Problems, path: string, host: unknown, example: string): string {
  if (isServer(host)) return host;
  problems.add(
    path,
    `${shown(host)} is no server of somebody else's`,
    `use its name with its domain, such as "${example}", or its IPv4 address`,
  );
  return example;
}

const isServer = (host: unknown): host is string =>
  typeof host === 'string' &&
  (isHostIpv4(host) || (isDnsName(host) && host.includes('.') && !/\.(localhost|localdomain)$/.test(host)));

/** Whether a server is one of the cluster's own Services. */
export const isInCluster = (host: string): boolean => /\.svc(\.|$)/.test(host);
