import { askedCopies } from '../fate/hdfs';
import {
  guideline,
  leastMemoryGiB,
  type PartyContainer,
  type PartyVolume,
  type Sizing,
  type SizingPreset,
  sizingPresets,
} from '../fate/sizes';
import {
  boundsText,
  checkInteger,
  checkKeys,
  checkNames,
  isMap,
  isWithin,
  type Keys,
  readFlag,
  readInteger,
  readOneOf,
  shown,
} from '../input/checks';
import { counted } from '../input/counted';
import type { Problems } from '../input/problems';
import {
  amountText,
  keyOf,
  type Quantity,
  quantityBounds,
  quantityUnits,
  type Resources,
  type ResourcesProps,
  readQuantity,
  volumeBounds,
} from '../kubernetes/quantities';

/** What a declaration may say about sizes. */
export interface SizingProps {
  /**
   * Figures to start from.
   * @default 'minimum'
   * @see White paper, "Sizing Guidelines"
   */
  readonly sizing?: SizingPreset;
  /**
   * Size of the party's training data in GiB. The volumes of FATE Flow and of the datanodes grow to twice of it, counting
   * the copies that HDFS keeps.
   * @default the preset's volumes as they are
   * @see White paper, "Sizing Guidelines"
   */
  readonly datasetGiB?: number;
  /** Spark worker pods, at most one per node, 1 to 150. @default the preset's: 2 for `production` and `neuralNetwork`, else 1 */
  readonly sparkWorkers?: number;
  /**
   * Datanode pods of HDFS, each with a volume of its own, 1 to 150.
   * @default 3 for `production` and `neuralNetwork`, else as KubeFATE has it: 1 with FATE 1.6.1, where vSAN already keeps copies
   * of the volume, else 3
   */
  readonly datanodes?: number;
  /**
   * Copies that HDFS keeps of what Spark writes. FATE Flow asks for three of what it writes itself, which no setting changes,
   * and gets as many as there are datanodes. With fewer than three HDFS reports these files as under-replicated, and no more
   * comes of it.
   * @default 2 for `production` and `neuralNetwork`, as far as there are datanodes, else 1
   */
  readonly replication?: number;
  /** Resources of single containers in the place of the preset's. @default the preset's */
  readonly resources?: Readonly<Partial<Record<PartyContainer, ResourcesProps>>>;
  /** Claims in GiB in the place of the preset's. @default the preset's, grown for `datasetGiB` */
  readonly volumesGiB?: Readonly<Partial<Record<PartyVolume, number>>>;
  /**
   * Accept `resources` and `volumesGiB` below the paper's guideline.
   * @default false; `sizing: 'reference'` is below it and says so by its name
   */
  readonly belowGuideline?: boolean;
}

export const sizingKeys: Keys<SizingProps> = {
  sizing: true,
  datasetGiB: true,
  sparkWorkers: true,
  datanodes: true,
  replication: true,
  resources: true,
  volumesGiB: true,
  belowGuideline: true,
};

/**
 * @param usual what the release has where nothing is declared
 * @param elsewhere of an HDFS that somebody else runs, of which sizes say nothing
 */
export function planSizing(
  problems: Problems,
  props: SizingProps,
  usual: Pick<Sizing, 'datanodes'>,
  elsewhere?: Pick<Sizing, 'datanodes' | 'replication'>,
): Sizing {
  const known = Object.keys(sizingPresets) as SizingPreset[];
  const sizing = readOneOf(problems, 'sizing', props.sizing, known, 'minimum');
  const preset = { datanodes: usual.datanodes, ...sizingPresets[sizing] };
  const counts = readCounts(problems, elsewhere ? { sparkWorkers: props.sparkWorkers } : props, preset);
  const ownContainers = soundResources(problems.at('resources'), props.resources, preset.containers, leastMemoryGiB);
  const ownVolumes = soundVolumes(problems.at('volumesGiB'), props.volumesGiB, preset.volumesGiB);
  const needed = datasetVolumes(readDataset(problems, props.datasetGiB), counts);
  const plan: Sizing = {
    containers: { ...preset.containers, ...ownContainers },
    volumesGiB: { ...preset.volumesGiB, ...grown(preset.volumesGiB, needed), ...ownVolumes },
    ...counts,
    ...elsewhere,
  };
  const accepted = readFlag(problems, 'belowGuideline', props.belowGuideline, sizing === 'reference');
  if (!accepted) checkGuideline(problems, plan, needed, props.resources, Object.keys(ownVolumes));
  return plan;
}

/**
 * What the dataset asks of the volumes that hold it: FATE Flow writes it into HDFS.
 *
 * @see White paper, "Sizing Guidelines"
 */
function datasetVolumes(datasetGiB: number, { datanodes, replication }: Counts) {
  const copies = Math.max(replication, Math.min(askedCopies, datanodes));
  return {
    fateflow: Math.ceil(guideline.datasetCopies * datasetGiB),
    datanode: Math.ceil((guideline.datasetCopies * datasetGiB * copies) / datanodes),
  };
}

const grown = (preset: Sizing['volumesGiB'], needed: ReturnType<typeof datasetVolumes>) => ({
  fateflow: Math.max(preset.fateflow, needed.fateflow),
  datanode: Math.max(preset.datanode, needed.datanode),
});

type Counts = Pick<Sizing, 'sparkWorkers' | 'datanodes' | 'replication'>;

function readCounts(problems: Problems, props: Partial<Counts>, preset: Sizing): Counts {
  const read = (key: keyof Counts) =>
    readInteger(problems, key, props[key] === undefined ? preset[key] : props[key], 1, 150);
  if (props.sparkWorkers === 0) problems.add('sparkWorkers', '0 leaves no worker', 'use 1 or more');
  const datanodes = read('datanodes');
  const counts = {
    sparkWorkers: props.sparkWorkers === 0 ? 1 : read('sparkWorkers'),
    datanodes,
    replication: props.replication === undefined ? Math.min(preset.replication, datanodes) : read('replication'),
  };
  const { replication } = counts;
  if (replication > datanodes) {
    problems.add(
      'replication',
      `${counted(replication, 'copy does', 'copies do')} not fit on ${counted(datanodes, 'datanode')}`,
      `use at most ${datanodes}, or more datanodes`,
    );
  }
  return counts;
}

/** Of a MiB up to what the largest volume holds with its copies. */
const datasetBounds = { from: 0.001, to: volumeBounds.to / guideline.datasetCopies, unit: 'GiB' };

function readDataset(problems: Problems, datasetGiB: unknown): number {
  if (datasetGiB === undefined || isWithin(datasetGiB, datasetBounds)) return datasetGiB ?? 0;
  problems.add('datasetGiB', `${shown(datasetGiB)} is no size of a dataset`, `use ${boundsText(datasetBounds)}`);
  return 0;
}

/** The volumes that have a size; the others are reported. */
function soundVolumes(
  problems: Problems,
  volumes: unknown,
  known: Sizing['volumesGiB'],
): Partial<Record<PartyVolume, number>> {
  const { from, to, unit } = volumeBounds;
  return soundEntries(problems, volumes, known, (at, size) => {
    checkInteger(at, '', size, from, to, unit);
    return size as number;
  });
}

/**
 * The resources that a container can have and that promise no more than they allow; the others are reported.
 *
 * @param leastMemory that a container's limit must have, in GiB
 */
export function soundResources<Container extends string>(
  problems: Problems,
  resources: unknown,
  known: Readonly<Record<Container, Resources>>,
  leastMemory?: Readonly<Partial<Record<Container, number>>>,
): Partial<Record<Container, Resources>> {
  return soundEntries(problems, resources, known, (at, value, container) =>
    readContainer(at, value, leastMemory?.[container] ?? quantityBounds.memoryGiB.from),
  );
}

function soundEntries<Key extends string, Value>(
  problems: Problems,
  entries: unknown,
  known: Readonly<Record<Key, Value>>,
  read: (problems: Problems, value: unknown, key: Key) => Value | undefined,
): Partial<Record<Key, Value>> {
  const keys = Object.keys(known) as Key[];
  if (entries === undefined) return {};
  if (!isMap(entries)) {
    problems.add('', `${shown(entries)} is no map`, `use a map of ${keys.join(', ')}`);
    return {};
  }
  checkNames(problems, entries, keys);
  const sound = keys.flatMap((key) => {
    if (entries[key] === undefined) return [];
    const before = problems.count;
    const value = read(problems.at(key), entries[key], key);
    return problems.count === before ? [[key, value]] : [];
  });
  return Object.fromEntries(sound) as Partial<Record<Key, Value>>;
}

function readContainer(problems: Problems, declared: unknown, leastMemory: number): Resources | undefined {
  if (!isMap(declared)) {
    const remedy = 'use { requests: { cpu, memoryGiB }, limits: { cpu, memoryGiB } }';
    problems.add('', `${shown(declared)} is no map`, remedy);
    return undefined;
  }
  checkKeys<ResourcesProps>(problems, declared, { requests: true, limits: true });
  const memoryGiB = { ...quantityBounds.memoryGiB, from: leastMemory };
  const requests = readQuantity(problems.at('requests'), declared['requests']);
  const limits = readQuantity(problems.at('limits'), declared['limits'], { ...quantityBounds, memoryGiB });
  if (requests === undefined || limits === undefined) return undefined;
  checkPromise(problems, { requests, limits }, declared);
  return { requests, limits };
}

function checkPromise(
  problems: Problems,
  { requests, limits }: Resources,
  declared: Readonly<Record<string, unknown>>,
): void {
  for (const unit of quantityUnits) {
    if (requests[unit] <= limits[unit]) continue;
    const promised = amountText(declared['requests'], unit, requests);
    const what = `${promised} is more than the limit of ${amountText(declared['limits'], unit, limits)}`;
    problems.add(`requests.${keyOf(declared['requests'], unit)}`, what, 'promise at most what is allowed');
  }
}

/** Reports what is below the paper's guideline. Pods count, so FATE Flow and FATE Board count together. */
function checkGuideline(
  problems: Problems,
  plan: Sizing,
  needed: ReturnType<typeof datasetVolumes>,
  resources: SizingProps['resources'],
  declared: readonly string[],
): void {
  const remedy = 'or accept it with belowGuideline: true';
  const { fateflow, fateboard, ...pods } = plan.containers;
  const limits: [container: string, pod: Quantity, least: Quantity][] = [
    ['fateflow', sum(fateflow.limits, fateboard.limits), guideline.pod],
    ...Object.entries(pods).map(([name, { limits }]): [string, Quantity, Quantity] => [
      name,
      limits,
      name === 'sparkWorker' ? guideline.sparkWorker : guideline.pod,
    ]),
  ];
  for (const [container, pod, least] of limits) {
    const written = resources?.[container as PartyContainer]?.limits;
    for (const unit of quantityUnits) {
      if (pod[unit] >= least[unit]) continue;
      problems.add(
        `resources.${container}.limits.${keyOf(written, unit)}`,
        `a pod of ${amountText(written, unit, pod)} is below the guideline`,
        `use ${amountText(written, unit, least)} or more, ${remedy}`,
      );
    }
  }
  for (const name of declared as PartyVolume[]) {
    const least = Math.max(guideline.volumeGiB, needed[name as keyof typeof needed] ?? 0);
    if (plan.volumesGiB[name] < least) {
      problems.add(
        `volumesGiB.${name}`,
        `${plan.volumesGiB[name]} GiB are below the guideline`,
        `use ${least} or more, ${remedy}`,
      );
    }
  }
}

const sum = (a: Quantity | undefined, b: Quantity | undefined): Quantity => ({
  cpu: (a?.cpu ?? 0) + (b?.cpu ?? 0),
  memoryGiB: (a?.memoryGiB ?? 0) + (b?.memoryGiB ?? 0),
});
