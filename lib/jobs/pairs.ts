import { sparkCores } from '../fate/spark';
import type { PartyPlan } from '../federation/party';

/** Two parties of the toy example, in this order: the guest, who starts it, and the host. Twice the same is a party alone. */
export interface Pair {
  readonly guest: number;
  readonly host: number;
}

export const isAlone = ({ guest, host }: Pair): boolean => guest === host;

/** Each of the guests alone, which is what the others need, and then every guest with every other party. */
export const pairsOf = (guests: readonly number[], parties: readonly number[]): readonly Pair[] => [
  ...guests.map((guest) => ({ guest, host: guest })),
  ...guests.flatMap((guest) => parties.filter((host) => host !== guest).map((host) => ({ guest, host }))),
];

/**
 * Roles that a party has room for at once: each takes a core of its Spark, and a driver's memory in the pod of FATE Flow. What
 * others run there is not counted; FATE Flow has a job wait that finds no core.
 */
export const roomOf = ({ spark, sizing }: PartyPlan): number =>
  Math.max(1, Math.min(sparkCores(spark.workers), Math.floor(sizing.containers.fateflow.limits.memoryGiB / driverGiB)));

/** A driver's heap of 1 GiB, and as much beside it for Python. */
const driverGiB = 2;

/** Of a party whose plan nobody has here. */
export const unknownRoom = 1;

/** What decides which pairs may start. */
export interface Occupied {
  readonly running: readonly Pair[];
  /** Pairs that have succeeded: their parties have met. */
  readonly met: readonly Pair[];
  /** Roles that a party has room for at once. */
  readonly room: (party: number) => number;
}

/**
 * Those of the waiting pairs that may start beside the ones that run, in their order. A pair that finds nothing else at its parties
 * starts in any case. A party meets one other at a time for the first time: FATE adds the other to the clusters that its Pulsar
 * allows by reading all and writing all, and of two at once one can be lost, and its job.
 *
 * @see FATE v2.2.0, `python/fate/arch/federation/backends/pulsar/_federation.py`
 */
export function startable(waiting: readonly Pair[], { running, met, room }: Occupied): readonly Pair[] {
  const started: Pair[] = [];
  const isMeeting = (pair: Pair) => !isAlone(pair) && !met.some((it) => partiesOf(pair).every((id) => isIn(id, it)));
  for (const pair of waiting) {
    const beside = [...running, ...started];
    const meetings = isMeeting(pair) ? beside.filter(isMeeting) : [];
    const fits = partiesOf(pair).every((party) => {
      const taken = rolesAt(beside, party);
      return taken === 0 || taken + rolesAt([pair], party) <= room(party);
    });
    if (fits && !meetings.some((it) => partiesOf(pair).some((id) => isIn(id, it)))) started.push(pair);
  }
  return started;
}

const partiesOf = ({ guest, host }: Pair): readonly number[] => [guest, host];

const isIn = (party: number, pair: Pair): boolean => partiesOf(pair).includes(party);

const rolesAt = (pairs: readonly Pair[], party: number): number =>
  pairs.flatMap(partiesOf).filter((it) => it === party).length;
