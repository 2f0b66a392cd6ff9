// The FATE releases that this library knows: a file each, and its line here.
import { fate161 } from './fate-1.6.1';
import type { Release } from './release';

export type { ExchangeImage, PartyImage } from './release';

/** What differs between FATE releases, and nothing else does. */
export const releases = {
  '1.6.1': fate161,
} as const satisfies Record<string, Release>;

/** A FATE release that this library knows. */
export type FateRelease = keyof typeof releases;
