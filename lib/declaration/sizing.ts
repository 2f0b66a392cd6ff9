import type { Problems } from '../problems';
import {
  guideline,
  type PartyContainer,
  type PartyVolume,
  type Quantity,
  type Resources,
  type Sizing,
  type SizingPreset,
  sizingPresets,
} from '../sizing';
import { checkInteger, checkKeys, checkOneOf, isMap, shown } from './checks';

/** What a declaration may say about sizes. */
export interface SizingProps {
  /**
   * Figures to start from.
   * @default 'minimum'
   * @see White paper, "Sizing Guidelines"
   */
  readonly sizing?: SizingPreset;
  /**
   * Size of the party's training data in GiB. The volumes of FATE Flow and of the datanodes grow to twice of it, HDFS
   * replication counted.
   * @default the preset's volumes as they are
   * @see White paper, "Sizing Guidelines"
   */
  readonly datasetGiB?: number;
  /** @default the preset's: 2 for `production` and `neuralNetwork`, else 1 */
  readonly sparkWorkers?: number;
  /** @default 1: vSAN already keeps copies of the volume */
  readonly datanodes?: number;
  /**
   * Copies that HDFS keeps of a block.
   * @default 1
   */
  readonly replication?: number;
  /** Resources of single containers in the place of the preset's. */
  readonly resources?: Readonly<Partial<Record<PartyContainer, Resources>>>;
  /** Claims in GiB in the place of the preset's. */
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
  const { sizing = 'minimum', datasetGiB, resources = {}, volumesGiB = {} } = props;
  checkOneOf(problems, 'sizing', sizing, Object.keys(sizingPresets));
  const preset = sizingPresets[sizing] ?? sizingPresets.minimum;
  const { sparkWorkers = preset.sparkWorkers, datanodes = preset.datanodes, replication = preset.replication } = props;
  checkCounts(problems, sparkWorkers, datanodes, replication);
  checkPositive(problems, 'datasetGiB', datasetGiB);
  checkResources(problems.at('resources'), resources, Object.keys(preset.containers));
  checkVolumes(problems.at('volumesGiB'), volumesGiB, Object.keys(preset.volumesGiB));
  const needed = datasetVolumes(datasetGiB ?? 0, datanodes, replication);
  const plan: Sizing = {
    containers: { ...preset.containers, ...resources },
    volumesGiB: { ...preset.volumesGiB, ...grown(preset.volumesGiB, needed), ...volumesGiB },
    sparkWorkers,
    datanodes,
    replication,
  };
  const accepted = props.belowGuideline ?? sizing === 'reference';
  if (!accepted) checkGuideline(problems, plan, needed, Object.keys(volumesGiB));
  return plan;
}

/** What the dataset asks of the volumes that hold it. @see White paper, "Sizing Guidelines" */
const datasetVolumes = (datasetGiB: number, datanodes: number, replication: number) => ({
  fateflow: Math.ceil(guideline.datasetCopies * datasetGiB),
  datanode: Math.ceil((guideline.datasetCopies * datasetGiB * replication) / datanodes),
});

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

function checkVolumes(problems: Problems, volumes: unknown, known: readonly string[]): void {
  if (!isMap(volumes)) return problems.add('', `${shown(volumes)} is no map`, `use a map of ${known.join(', ')}`);
  checkKeys(problems, volumes, known);
  for (const [name, size] of Object.entries(volumes)) {
    if (!Number.isInteger(size) || Number(size) < 1)
      problems.add(name, `${shown(size)} is no size`, 'use whole GiB, 1 or more');
  }
}

/** Reports resources that no scheduler could read, or that promise more than they allow. */
export function checkResources(problems: Problems, resources: unknown, known: readonly string[]): void {
  if (!isMap(resources)) return problems.add('', `${shown(resources)} is no map`, `use a map of ${known.join(', ')}`);
  checkKeys(problems, resources, known);
  for (const [name, value] of Object.entries(resources)) checkContainer(problems.at(name), value);
}

function checkContainer(problems: Problems, resources: unknown): void {
  const example = '{ requests: { cpu: 1, memoryGiB: 2 }, limits: { cpu: 4, memoryGiB: 8 } }';
  if (!isMap(resources)) return problems.add('', `${shown(resources)} is no map`, `use one such as ${example}`);
  checkKeys(problems, resources, ['requests', 'limits']);
  for (const bound of ['requests', 'limits'] as const) {
    const quantity = resources[bound];
    if (!isMap(quantity))
      problems.add(bound, `${shown(quantity)} is no map`, 'use one such as { cpu: 4, memoryGiB: 8 }');
    else for (const unit of units) checkPositive(problems, `${bound}.${unit}`, quantity[unit] ?? null);
  }
  const { requests, limits } = resources;
  for (const unit of units) {
    if (isMap(requests) && isMap(limits) && Number(requests[unit]) > Number(limits[unit])) {
      problems.add(
        `requests.${unit}`,
        `${requests[unit]} is more than the limit of ${limits[unit]}`,
        'promise at most what is allowed',
      );
    }
  }
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
