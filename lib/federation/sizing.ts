import { askedCopies } from '../fate/hdfs';
import {
  guideline,
  type PartyContainer,
  type PartyVolume,
  type Sizing,
  type SizingPreset,
  sizingPresets,
} from '../fate/sizes';
import { checkInteger, checkKeys, isMap, readFlag, readOneOf, shown } from '../input/checks';
import type { Problems } from '../input/problems';
import type { Quantity, Resources } from '../kubernetes/quantities';

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
  /** Datanode pods of HDFS, each with a volume of its own, 1 to 150. @default 1: vSAN already keeps copies of the volume */
  readonly datanodes?: number;
  /**
   * Copies that HDFS keeps of what Spark writes. FATE Flow asks for three of what it writes itself, and gets as many as
   * there are datanodes.
   * @default 1
   */
  readonly replication?: number;
  /** Resources of single containers in the place of the preset's. @default the preset's */
  readonly resources?: Readonly<Partial<Record<PartyContainer, Resources>>>;
  /** Claims in GiB in the place of the preset's. @default the preset's, grown for `datasetGiB` */
  readonly volumesGiB?: Readonly<Partial<Record<PartyVolume, number>>>;
  /**
   * Accept `resources` and `volumesGiB` below the paper's guideline.
   * @default false; `sizing: 'reference'` is below it and says so by its name
   */
  readonly belowGuideline?: boolean;
}

export const sizingKeys = [
  'sizing',
  'datasetGiB',
  'sparkWorkers',
  'datanodes',
  'replication',
  'resources',
  'volumesGiB',
  'belowGuideline',
] as const satisfies readonly (keyof SizingProps)[];

export function planSizing(problems: Problems, props: SizingProps): Sizing {
  const { datasetGiB, resources = {}, volumesGiB = {} } = props;
  const known = Object.keys(sizingPresets) as SizingPreset[];
  const sizing = readOneOf(problems, 'sizing', props.sizing, known, 'minimum');
  const preset = sizingPresets[sizing];
  const { sparkWorkers = preset.sparkWorkers, datanodes = preset.datanodes, replication = preset.replication } = props;
  checkCounts(problems, sparkWorkers, datanodes, replication);
  checkPositive(problems, 'datasetGiB', datasetGiB);
  const ownContainers = soundResources(problems.at('resources'), resources, preset.containers);
  const ownVolumes = soundVolumes(problems.at('volumesGiB'), volumesGiB, preset.volumesGiB);
  const needed = datasetVolumes(datasetGiB ?? 0, datanodes, replication);
  const plan: Sizing = {
    containers: { ...preset.containers, ...ownContainers },
    volumesGiB: { ...preset.volumesGiB, ...grown(preset.volumesGiB, needed), ...ownVolumes },
    sparkWorkers,
    datanodes,
    replication,
  };
  const accepted = readFlag(problems, 'belowGuideline', props.belowGuideline, sizing === 'reference');
  if (!accepted) checkGuideline(problems, plan, needed, Object.keys(ownVolumes));
  return plan;
}

/**
 * What the dataset asks of the volumes that hold it: FATE Flow writes it into HDFS.
 *
 * @see White paper, "Sizing Guidelines"
 */
function datasetVolumes(datasetGiB: number, datanodes: number, replication: number) {
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

function checkCounts(problems: Problems, sparkWorkers: number, datanodes: number, replication: number): void {
  if (sparkWorkers === 0) problems.add('sparkWorkers', '0 leaves no worker', 'use 1 or more');
  else checkInteger(problems, 'sparkWorkers', sparkWorkers, 1, 150);
  checkInteger(problems, 'datanodes', datanodes, 1, 150);
  checkInteger(problems, 'replication', replication, 1, 150);
  if (replication > datanodes) {
    problems.add(
      'replication',
      `${replication} copies do not fit on ${datanodes} datanode${datanodes === 1 ? '' : 's'}`,
      `use at most ${datanodes}, or more datanodes`,
    );
  }
}

const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && value > 0 && Number.isFinite(value);

function checkPositive(problems: Problems, path: string, value: unknown): void {
  if (value !== undefined && !isPositive(value))
    problems.add(path, `${shown(value)} is no size`, 'use a number above 0');
}

/** The volumes that have a size; the others are reported. */
function soundVolumes(
  problems: Problems,
  volumes: unknown,
  known: Sizing['volumesGiB'],
): Partial<Record<PartyVolume, number>> {
  return soundEntries(problems, volumes, known, (at, size) => {
    if (Number.isInteger(size) && Number(size) >= 1) return true;
    at.add('', `${shown(size)} is no size`, 'use whole GiB, 1 or more');
    return false;
  });
}

/** The resources that a scheduler can read and that promise no more than they allow; the others are reported. */
export function soundResources<Container extends string>(
  problems: Problems,
  resources: unknown,
  known: Readonly<Record<Container, Resources>>,
): Partial<Record<Container, Resources>> {
  return soundEntries(problems, resources, known, isSoundContainer);
}

function soundEntries<Key extends string, Value>(
  problems: Problems,
  entries: unknown,
  known: Readonly<Record<Key, Value>>,
  isSound: (problems: Problems, value: unknown) => boolean,
): Partial<Record<Key, Value>> {
  const keys = Object.keys(known);
  if (!isMap(entries)) {
    problems.add('', `${shown(entries)} is no map`, `use a map of ${keys.join(', ')}`);
    return {};
  }
  checkKeys(problems, entries, keys);
  const sound = Object.entries(entries).filter(
    ([key, value]) => keys.includes(key) && isSound(problems.at(key), value),
  );
  return Object.fromEntries(sound) as Partial<Record<Key, Value>>;
}

function isSoundContainer(problems: Problems, resources: unknown): boolean {
  if (!isMap(resources)) {
    problems.add(
      '',
      `${shown(resources)} is no map`,
      'use { requests: { cpu, memoryGiB }, limits: { cpu, memoryGiB } }',
    );
    return false;
  }
  checkKeys(problems, resources, ['requests', 'limits']);
  const requests = isSoundQuantity(problems.at('requests'), resources['requests']);
  const limits = isSoundQuantity(problems.at('limits'), resources['limits']);
  if (!requests || !limits) return false;
  const bounds = resources as unknown as Resources;
  const exceeding = units.filter((unit) => bounds.requests[unit] > bounds.limits[unit]);
  for (const unit of exceeding) {
    problems.add(
      `requests.${unit}`,
      `${bounds.requests[unit]} is more than the limit of ${bounds.limits[unit]}`,
      'promise at most what is allowed',
    );
  }
  return exceeding.length === 0;
}

function isSoundQuantity(problems: Problems, quantity: unknown): boolean {
  if (!isMap(quantity)) {
    problems.add('', `${shown(quantity)} is no map`, 'use one such as { cpu: 4, memoryGiB: 8 }');
    return false;
  }
  checkKeys(problems, quantity, units);
  for (const unit of units) checkPositive(problems, unit, quantity[unit] ?? null);
  return units.every((unit) => isPositive(quantity[unit]));
}

const units = ['cpu', 'memoryGiB'] as const;

/** Reports what is below the paper's guideline. Pods count, so FATE Flow and FATE Board count together. */
function checkGuideline(
  problems: Problems,
  plan: Sizing,
  needed: ReturnType<typeof datasetVolumes>,
  declared: readonly string[],
): void {
  const remedy = 'or accept it with belowGuideline: true';
  const { fateflow, fateboard, ...pods } = plan.containers;
  const limits: [path: string, pod: Quantity, least: Quantity][] = [
    ['resources.fateflow', sum(fateflow.limits, fateboard.limits), guideline.pod],
    ...Object.entries(pods).map(([name, { limits }]): [string, Quantity, Quantity] => [
      `resources.${name}`,
      limits,
      name === 'sparkWorker' ? guideline.sparkWorker : guideline.pod,
    ]),
  ];
  for (const [path, pod, least] of limits) {
    for (const unit of units) {
      if (pod[unit] < least[unit])
        problems.add(
          `${path}.limits.${unit}`,
          `a pod of ${pod[unit]} is below the guideline`,
          `use ${least[unit]} or more, ${remedy}`,
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
