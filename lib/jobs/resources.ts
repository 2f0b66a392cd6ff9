import { executorMemoryMiB, leastExecutorMiB } from '../fate/spark';
import type { PartyPlan } from '../federation/party';
import { checkInteger, type Keys, readPart } from '../input/checks';
import { counted } from '../input/counted';
import type { Problems } from '../input/problems';

/** What a job takes of each party's Spark. */
export interface JobResourcesProps {
  /** Executors of each guest and host. @default as many as every party has room for */
  readonly executors?: number;
  /** Cores of an executor. @default 1 */
  readonly executorCores?: number;
  /** Memory of an executor, in MiB. @default what belongs to its cores, at the party that has least */
  readonly executorMemoryMiB?: number;
  /** Parts that a table is worked on in; with fewer than cores some have nothing to do. @default one for each core */
  readonly partitions?: number;
}

/** What a guest or a host of a job takes; an arbiter takes one core. */
export interface JobResources extends Required<JobResourcesProps> {
  /** Memory that belongs to one core, in MiB. */
  readonly coreMemoryMiB: number;
}

/** What a party does in a job: how many executors' owners it is, and whether it is the arbiter too. */
export interface Share {
  readonly plan: PartyPlan;
  /** As guest and as host. */
  readonly roles: number;
  readonly isArbiter: boolean;
}

/**
 * The largest that every party of the job has room for, unless less is asked for. All get the same: FATE 2 knows no other way, and
 * the slowest decides when a round is over. More than there is would make a job wait for ever, in FATE Flow's books or in Spark.
 *
 * @param shares of the parties whose plans are known
 */
export function planResources(
  problems: Problems,
  declared: JobResourcesProps | undefined,
  shares: readonly Share[],
): JobResources {
  const before = problems.count;
  const props: JobResourcesProps = readPart(problems, 'resources', declared, keys);
  const at = problems.at('resources');
  for (const name of ['executors', 'executorCores', 'partitions'] as const)
    if (props[name] !== undefined) checkInteger(at, name, props[name], 1, mostOf[name]);
  if (props.executorMemoryMiB !== undefined)
    checkInteger(at, 'executorMemoryMiB', props.executorMemoryMiB, leastExecutorMiB, 2 ** 20, 'MiB');
  if (problems.count > before) return one;
  const { executorCores = 1 } = props;
  const coreMemoryMiB = least(shares, ({ plan }) => executorMemoryMiB(plan.spark.workers), leastExecutorMiB);
  const most = least(shares, (share) => roomFor(share, executorCores), 1);
  const { executors = Math.max(1, most) } = props;
  const { executorMemoryMiB: memory = coreMemoryMiB * executorCores, partitions = executors * executorCores } = props;
  const resources = { executors, executorCores, executorMemoryMiB: memory, partitions, coreMemoryMiB };
  for (const share of shares) checkRoom(at, share, resources);
  return resources;
}

const keys: Keys<JobResourcesProps> = {
  executors: true,
  executorCores: true,
  executorMemoryMiB: true,
  partitions: true,
};

/** FATE's own of partitions. */
const mostOf = { executors: 10_000, executorCores: 1024, partitions: 1023 } as const;

const one = { executors: 1, executorCores: 1, executorMemoryMiB: 1024, partitions: 1, coreMemoryMiB: 1024 };

const least = (shares: readonly Share[], of: (share: Share) => number, fallback: number): number =>
  shares.length === 0 ? fallback : Math.min(...shares.map(of));

/** Executors of so many cores that each role of a party can have at once, wherever Spark puts the arbiter's core. */
function roomFor(share: Share, cores: number): number {
  const { plan, roles, isArbiter } = share;
  if (roles === 0) return Number.MAX_SAFE_INTEGER;
  const { count, cores: offered } = plan.spark.workers;
  const others = Math.floor(offered / cores) * (count - 1);
  const places = others + Math.floor((offered - (isArbiter ? 1 : 0)) / cores);
  return Math.min(Math.floor(places / roles), Math.floor(evenCores(share) / cores));
}

/**
 * Cores that each role can have where all its executors have the same memory: one on each worker, or one for each core where there
 * are more workers. What the worker of an arbiter has left bounds them all.
 */
function evenCores({ plan, roles, isArbiter }: Share): number {
  const { count: workers, cores: offered } = plan.spark.workers;
  const taken = isArbiter ? 1 : 0;
  const single = Math.min(workers, Math.floor((workers * offered - taken) / roles));
  return Math.max(single, Math.floor((workers * (offered - taken)) / roles));
}

function checkRoom(at: Problems, share: Share, { executors, executorCores, executorMemoryMiB: memory }: JobResources) {
  const { plan, roles, isArbiter } = share;
  if (roles === 0) return;
  const room = roomFor(share, executorCores);
  const cores = `${plan.spark.workers.count} × ${coresText(plan.spark.workers.cores)}`;
  const work = `${roles === 2 ? 'is guest and host' : 'takes part'}${isArbiter ? ' and is the arbiter' : ''}`;
  if (executors > room) {
    const remedy = room > 0 ? `use ${room} at most` : 'use fewer cores for each, or give the party more';
    at.add(
      'executors',
      `${executors} of ${coresText(executorCores)} do not fit party ${plan.id}, which has ${cores} and ${work}`,
      remedy,
    );
  }
  const most = executorMemoryMiB(plan.spark.workers) * executorCores;
  if (memory > most)
    at.add(
      'executorMemoryMiB',
      `${memory} MiB are more than belong to ${coresText(executorCores)} of party ${plan.id}`,
      `use ${most} at most`,
    );
}

const coresText = (cores: number): string => counted(cores, 'core');
