import { pulsar27 } from './pulsar-2.7';
import type { Release } from './release';

/** Pulsar 2.10 as one process: a broker and a bookie. */
export const pulsar210 = {
  ...pulsar27,
  // The image starts as a user of this group.
  group: 0,
} as const satisfies Release['pulsar'];
