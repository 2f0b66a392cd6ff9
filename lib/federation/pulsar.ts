import { checkInteger, checkKeys, type Keys, readMap } from '../input/checks';
import type { Problems } from '../input/problems';

/** What a party's Pulsar keeps, and for how long. */
export interface PulsarProps {
  /**
   * Unread messages that one topic may hold, in whole GiB. FATE has several topics for each table that it sends. Whoever
   * sends more waits until some are read.
   * @default half of the volume, at least 1
   */
  readonly backlogGiB?: number;
  /**
   * Minutes after which a message is thrown away that nobody has read, at this party or at the one that it is for: the job
   * that waits for it fails.
   * @default never; FATE throws away what a job leaves
   */
  readonly unreadMinutes?: number;
  /**
   * Minutes for which a message stays after it was read; FATE's `topic_ttl`. A Spark worker that fails in between finds it again.
   * @default 3
   */
  readonly readMinutes?: number;
}

/** What a party's Pulsar keeps, decided. */
export interface PulsarPlan {
  readonly backlogGiB: number;
  readonly unreadMinutes?: number;
  readonly readMinutes: number;
}

export function planPulsar(problems: Problems, props: PulsarProps | undefined, volumeGiB: number): PulsarPlan {
  const declared = readMap(problems, '', props);
  checkKeys(problems, declared, keys);
  const { backlogGiB = Math.max(1, Math.floor(volumeGiB / 2)), unreadMinutes, readMinutes = 3 } = declared;
  checkInteger(problems, 'backlogGiB', backlogGiB, 1, volumeGiB);
  if (unreadMinutes !== undefined) checkInteger(problems, 'unreadMinutes', unreadMinutes, 1, year);
  checkInteger(problems, 'readMinutes', readMinutes, 1, year);
  return { backlogGiB, unreadMinutes, readMinutes };
}

const keys: Keys<PulsarProps> = { backlogGiB: true, unreadMinutes: true, readMinutes: true };
const year = 525_600;
