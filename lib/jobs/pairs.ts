import type { PartyPlan } from '../federation/party';
import { sparkCores } from '../federation/verification';

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
export const roomOf = ({ sizing }: PartyPlan): number =>
  Math.max(1, Math.min(sparkCores(sizing), Math.floor(sizing.containers.fateflow.limits.memoryGiB / driverGiB)));

/** A driver's heap of 1 GiB, and as much beside it for Python. */
const driverGiB = 2;

/** Of a party whose plan nobody has here. */
export const unknownRoom = 1;

/**
 * Those of the waiting pairs that may start beside the ones that run, in their order. A pair that finds nothing else at its parties
 * starts in any case.
 */
export function startable(
  waiting: readonly Pair[],
  running: readonly Pair[],
  room: (party: number) => number,
): readonly Pair[] {
  const started: Pair[] = [];
  for (const pair of waiting) {
    const fits = [pair.guest, pair.host].every((party) => {
      const taken = rolesAt([...running, ...started], party);
      return taken === 0 || taken + rolesAt([pair], party) <= room(party);
    });
    if (fits) started.push(pair);
  }
  return started;
}

const rolesAt = (pairs: readonly Pair[], party: number): number =>
  pairs.flatMap(({ guest, host }) => [guest, host]).filter((it) => it === party).length;
