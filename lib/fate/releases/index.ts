// The FATE releases that this library knows: a file each, and its line here.
import { fate161 } from './fate-1.6.1';
import { fate1112 } from './fate-1.11.2';
import { fate200 } from './fate-2.0.0';
import { fate220 } from './fate-2.2.0';
import type { Release } from './release';

export type {
  ArchiveCall,
  Build,
  Call,
  Coordination,
  DslLanguage,
  ExchangeImage,
  JobCalls,
  JobInterface,
  JobLanguage,
  PartyImage,
  Release,
} from './release';

const known = {
  '1.6.1': fate161,
  '1.11.2': fate1112,
  '2.0.0': fate200,
  '2.2.0': fate220,
} as const satisfies Record<string, Release>;

/** A FATE release that this library knows. */
export type FateRelease = keyof typeof known;

/** What differs between FATE releases, and nothing else does. */
export const releases: Readonly<Record<FateRelease, Release>> = known;
