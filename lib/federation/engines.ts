import { type PartyContainer, type PartyVolume, partyVolumes, type Sizing } from '../fate/sizes';
import { isDnsName, isHostIpv4 } from '../input/addresses';
import { checkKeys, isMap, readInteger, readMap, shown } from '../input/checks';
import type { Problems } from '../input/problems';
import type { Driver } from './hosting';
import type { Ui } from './ingress';

/** Programs that somebody else may run for a party, and what of a declaration is of the party's own alone. */
const engines = {
  mysql: {
    name: 'MySQL',
    containers: ['mysql'],
    volumes: ['mysql'],
    images: [], // whose client others run
    sizes: [],
    charts: "would have its user's password as text in KubeFATE's file",
  },
  hdfs: {
    name: 'HDFS',
    containers: ['namenode', 'datanode'],
    volumes: ['namenode', 'datanode'],
    images: ['namenode', 'datanode'],
    sizes: ['datanodes', 'replication'],
    charts: "would have no user and no nameservice: KubeFATE's charts give clients of HDFS an address alone",
  },
  spark: {
    name: 'Spark',
    containers: ['sparkMaster', 'sparkWorker'],
    volumes: [],
    images: ['sparkMaster', 'sparkWorker'],
    sizes: ['sparkWorkers', 'sparkNodes'],
    ui: 'spark',
    charts: "would have drivers' ports on every node, open to whoever reaches one",
  },
  pulsar: {
    name: 'Pulsar',
    containers: ['pulsar'],
    volumes: ['pulsar'],
    images: ['pulsar'],
    sizes: [],
    ui: 'pulsar',
    others: {
      pulsar: ['backlogGiB', 'unreadMinutes', 'cluster'],
      addresses: ['pulsar'],
      ports: ['pulsar'],
      services: ['pulsar'],
    },
    charts: "is not in what this library writes for KubeFATE's charts",
  },
} as const satisfies Record<string, OwnParts>;

interface OwnParts {
  readonly name: string;
  readonly containers: readonly PartyContainer[];
  readonly volumes: readonly PartyVolume[];
  /** Those that nothing else of the party runs. */
  readonly images: readonly PartyContainer[];
  /** What else of a declaration is of its pods. */
  readonly sizes: readonly Size[];
  /** User interface. @default it has none */
  readonly ui?: Ui;
  /** What else of a declaration is of it: keys of maps. @default nothing */
  readonly others?: Readonly<Record<string, readonly string[]>>;
  /** Why there is none of somebody else's with KubeFATE. */
  readonly charts: string;
}

type Counts = Pick<Sizing, 'datanodes' | 'replication' | 'sparkWorkers'>;

type Size = keyof Counts | 'sparkNodes';

type Engine = keyof typeof engines;

const engineNames = Object.keys(engines) as readonly Engine[];

type Engines = Readonly<Record<Engine, { readonly isExternal: boolean }>>;

/** Volumes that the party has of its own. */
export const ownVolumes = (plan: Engines): readonly PartyVolume[] =>
  partyVolumes.filter((volume) => !externalEngines(plan).some(({ volumes }) => volumes.includes(volume)));

/** Images that the party's pods run. */
export const ownImages = <Image extends string>(
  plan: Engines,
  images: Readonly<Record<Image, string>>,
): Readonly<Partial<Record<Image, string>>> => {
  const others: readonly string[] = externalEngines(plan).flatMap(({ images }) => images);
  return Object.fromEntries(Object.entries(images).filter(([name]) => !others.includes(name))) as Partial<
    Record<Image, string>
  >;
};

/** What somebody else runs for the party. */
export const externalEngines = (plan: Engines): readonly (OwnParts & { readonly key: Engine })[] =>
  engineNames.filter((key) => plan[key].isExternal).map((key) => ({ key, ...engines[key] }));

/** A declaration, whatever it says. */
type Said = Readonly<Record<string, unknown>>;

/** Reports what is said of the pods and volumes of a program that the party does not have of its own, and drivers that know none. */
export function checkElsewhere(problems: Problems, declaration: object, driver: Driver): void {
  const props: Said = { ...declaration };
  for (const engine of engineNames) {
    const declared = props[engine];
    if (!isMap(declared) || !('external' in declared)) continue;
    const { name, containers, volumes, images, sizes, ui, others = {}, charts }: OwnParts = engines[engine];
    if (driver === 'kubefate') problems.add(`${engine}.external`, charts, 'leave it out, or use driver "native"');
    const said = [
      ...sizes.filter((key) => props[key] !== undefined && props[key] !== false),
      ...keysIn(props, 'resources', containers),
      ...keysIn(props, 'pods', containers),
      ...keysIn(props, 'volumesGiB', volumes),
      ...keysIn(props, 'storageClasses', volumes),
      ...keysIn(props, 'existingClaims', volumes),
      ...keysIn(props, 'images', images),
      ...Object.entries(others).flatMap(([map, keys]) => keysIn(props, map, keys)),
      ...published(props, ui),
    ];
    for (const path of said)
      problems.add(path, `is of the party's own ${name}`, `leave it out, or leave out ${engine}.external`);
  }
}

const keysIn = (props: Said, map: string, keys: readonly string[]): readonly string[] => {
  const declared = props[map];
  return isMap(declared) ? keys.filter((key) => declared[key] !== undefined).map((key) => `${map}.${key}`) : [];
};

const published = ({ ingress }: Said, ui: Ui | undefined): readonly string[] =>
  isMap(ingress) && Array.isArray(ingress['uis'])
    ? ingress['uis'].flatMap((each, i) => (each === ui ? [`ingress.uis[${i}]`] : []))
    : [];

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

/** A server of somebody else's, and its port. */
export function readServerAt(
  problems: Problems,
  declared: { readonly host: string; readonly port?: number },
  example: string,
  usualPort: number,
): { readonly host: string; readonly port: number } {
  const props = readMap(problems, '', declared, `use { host: "${example}" }`);
  checkKeys<typeof declared>(problems, props, { host: true, port: true });
  const { host, port = usualPort } = props;
  return {
    host: readServer(problems, 'host', host, example),
    port: readInteger(problems, 'port', port, 1, 65535),
  };
}

/** Whether a server is one of the cluster's own Services. */
export const isInCluster = (host: string): boolean => /\.svc(\.|$)/.test(host);
