import { pulsarMemory } from '../../fate/heap';
import { releases } from '../../fate/releases';
import { type PartyContainer, type PartyVolume, type Sizing, sizingPresets } from '../../fate/sizes';
import { ownWorkers } from '../../fate/spark';
import type { ExistingClaims } from '../../federation/existing-claims';
import type { PartyProps } from '../../federation/party';
import { planSizing, type SizingProps } from '../../federation/sizing';
import { shown } from '../../input/checks';
import { Problems } from '../../input/problems';
import type { Quantity, Resources } from '../../kubernetes/quantities';
import { gibi, quantityNumber } from '../../kubernetes/quantities';
import type { ChartModule } from '../chart';
import type { ChartDefaults, PartyChart } from '../charts/party-chart';
import { commonest } from '../images';
import type { Source } from './source';

/** The modules with a volume. */
const volumes: readonly (readonly [module: ChartModule, volume: PartyVolume])[] = [
  ['mysql', 'mysql'],
  ['python', 'fateflow'],
  ['client', 'client'],
  ['hdfs.namenode', 'namenode'],
  ['hdfs.datanode', 'datanode'],
  ['pulsar', 'pulsar'],
];

/** Claims that somebody has made. None where modules share one, each in a directory of its own. */
export function readExistingClaims(source: Source): ExistingClaims {
  const named = volumes.flatMap(([module, volume]) => {
    const path = `${module}.existingClaim`;
    const name = source.says(path) ? source.text(path) : undefined;
    return name === undefined ? [] : [[volume, name] as const];
  });
  const isShared = new Set(named.map(([, name]) => name)).size < named.length;
  return isShared ? {} : Object.fromEntries(named);
}

/** The class that most claims have, and those of the others. */
export function readStorageClasses(
  source: Source,
  existing: ExistingClaims,
): Pick<PartyProps, 'storageClass' | 'storageClasses'> {
  const all = volumes.map(([module, volume]) => {
    const path = `${module}.storageClass`;
    return { volume, path, found: source.find(path), name: source.text(path) };
  });
  const named = all.flatMap(({ volume, name }) =>
    name === undefined || name === withoutClass || existing[volume] !== undefined ? [] : [{ volume, name }],
  );
  const usual = commonest(named.map(({ name }) => name));
  const persists = source.flag('persistence') === true;
  for (const { path, name, found } of all) {
    if (name === withoutClass || (persists && found === undefined)) {
      source.differ(
        path,
        'nothing, which is a class of the chart or of the cluster',
        `it has the class of most claims, ${usual === undefined ? 'storageClass' : shown(usual)}`,
      );
    }
  }
  const others = named.flatMap(({ volume, name }) => (name === usual ? [] : [[volume, name]]));
  return {
    storageClass: usual,
    storageClasses: others.length === 0 ? undefined : Object.fromEntries(others),
  };
}

/** As the chart writes that a claim has no class. */
const withoutClass = '-';

/** Sizes as the file has them, in the place of those of the default preset. */
export function readSizing(source: Source, { fate, defaults, sized, keys }: PartyChart): SizingProps {
  const usual = releases[fate].hdfs;
  const persists = source.flag('persistence') === true;
  const volumesGiB = Object.fromEntries(
    volumes.flatMap(([module, volume]) => {
      if (!persists && !source.says(`${module}.size`)) return [];
      const size = readSize(source, `${module}.size`, defaults.volumesGiB[volume]);
      return size === undefined ? [] : [[volume, size]];
    }),
  );
  const modules = Object.entries({ sparkMaster: 'spark.master', ...sized }) as [PartyContainer, ChartModule][];
  const resources: Partial<Record<PartyContainer, Resources>> = Object.fromEntries(
    modules.flatMap(([container, module]) => {
      const found = readResources(source, module, container === 'sparkWorker' ? defaults.worker : undefined);
      return found === undefined ? [] : [[container, found]];
    }),
  );
  const sparkWorkers = source.integer('spark.worker.replicas', 1, 150) ?? 2;
  const datanodes = keys.datanodes === undefined ? undefined : source.integer(keys.datanodes, 1, 150);
  const sizing: SizingProps = {
    volumesGiB,
    ...(Object.keys(resources).length > 0 && { resources }),
    sparkWorkers,
    datanodes,
  };
  const plan = planSizing(Problems.none(), { ...sizing, belowGuideline: true }, usual);
  source.takeIf('python.spark.cores_per_node', ownWorkers(plan).cores);
  source.takeIf('python.spark.nodes', sparkWorkers);
  source.takeIf('pulsar.env', [{ name: 'PULSAR_MEM', value: pulsarMemory(plan.containers.pulsar) }]);
  return isBelowGuideline(sizing, usual) ? { ...sizing, belowGuideline: true } : sizing;
}

function isBelowGuideline(sizing: SizingProps, usual: Pick<Sizing, 'datanodes'>): boolean {
  const problems = Problems.none();
  planSizing(problems, sizing, usual);
  try {
    problems.throwIfAny('sizing');
    return false;
  } catch {
    return true;
  }
}

function readSize(source: Source, path: string, defaultGiB: number | undefined): number | undefined {
  const text = source.quantity(path);
  const found = source.find(path);
  if (text === undefined || found === undefined) {
    const missing =
      defaultGiB === undefined
        ? 'nothing, and so a claim that Kubernetes refuses'
        : `nothing, which is ${defaultGiB}Gi`;
    source.differ(path, missing, 'a claim has a size');
    return defaultGiB;
  }
  const bytes = quantityNumber(text);
  if (bytes === undefined || bytes <= 0) {
    source.refuse(found, 'is no size', 'use one such as 10Gi');
    return undefined;
  }
  const sizeGiB = Math.max(1, Math.ceil(bytes / gibi));
  if (sizeGiB * gibi !== bytes) source.differ(path, '', `a claim has whole GiB: ${sizeGiB}Gi`);
  return sizeGiB;
}

/** Requests and limits; what is missing is that of the chart, figure by figure, or, as in Kubernetes, the one is the other. */
function readResources(source: Source, module: ChartModule, defaults?: ChartDefaults['worker']): Resources | undefined {
  const path = `${module}.resources`;
  if (source.map(path).size === 0) {
    const planned = sizingPresets.minimum.containers[module === 'python' ? 'fateflow' : 'sparkMaster'];
    if (defaults === undefined && module === 'python') {
      source.differ(
        path,
        'nothing',
        `FATE Flow is promised ${planned.requests.cpu} CPU and ${planned.requests.memoryGiB}Gi`,
      );
    }
    return defaults && { limits: defaults.requests, ...defaults };
  }
  const limits = readQuantity(source, `${path}.limits`, defaults?.limits);
  const requests = readQuantity(source, `${path}.requests`, defaults?.requests);
  const complete = (given: Partial<Quantity>, other: Partial<Quantity>): Quantity | undefined => {
    const { cpu = other.cpu, memoryGiB = other.memoryGiB } = given;
    return cpu === undefined || memoryGiB === undefined ? undefined : { cpu, memoryGiB };
  };
  const [atLeast, atMost] = [complete(requests, limits), complete(limits, requests)];
  if (atLeast && atMost)
    return { requests: bounded(source, path, atLeast, atMost, defaults?.requests), limits: atMost };
  source.differ(path, '', 'both CPU and memory are promised and bounded; those of the preset are taken');
  return undefined;
}

/** Kubernetes refuses pods that are promised more than they may take: also where the chart's own promise stands above a limit. */
function bounded(source: Source, path: string, requests: Quantity, limits: Quantity, own?: Quantity): Quantity {
  const within = {
    cpu: Math.min(requests.cpu, limits.cpu),
    memoryGiB: Math.min(requests.memoryGiB, limits.memoryGiB),
  };
  if (within.cpu < requests.cpu || within.memoryGiB < requests.memoryGiB) {
    const missing = own === undefined ? 'nothing' : `nothing, which is ${own.cpu} CPU and ${own.memoryGiB}Gi`;
    source.differ(`${path}.requests`, missing, 'at most what the limits allow is promised');
  }
  return within;
}

function readQuantity(source: Source, path: string, defaults: Quantity | undefined): Partial<Quantity> {
  source.map(path);
  const cpu = readNumber(source, `${path}.cpu`) ?? defaults?.cpu;
  const bytes = readNumber(source, `${path}.memory`);
  const memoryGiB = bytes === undefined ? defaults?.memoryGiB : bytes / gibi;
  return { cpu, memoryGiB };
}

function readNumber(source: Source, path: string): number | undefined {
  const text = source.quantity(path);
  const found = source.find(path);
  if (text === undefined || found === undefined) return undefined;
  const value = quantityNumber(text);
  if (value === undefined) source.refuse(found, 'is no quantity', 'use one such as 500m, 8 or 16Gi');
  if (value !== 0) return value;
  source.differ(path, '', 'CPU and memory are promised and bounded');
  return undefined;
}
