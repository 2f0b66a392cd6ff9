import type { FateRelease } from '../../fate/releases';
import type { ExchangePlan } from '../../federation/exchange';
import type { PartyPlan } from '../../federation/party';
import type { Source } from './source';

/** What fails. */
export type Component =
  | 'host'
  | 'node'
  | 'disk'
  | 'volume'
  | 'pod'
  | 'network'
  | 'certificate'
  | 'routes'
  | 'nginx'
  | 'Traffic Server'
  | 'MySQL'
  | 'FATE Flow'
  | 'user interfaces'
  | 'Pulsar'
  | 'HDFS'
  | 'Spark'
  | 'job';

/** Where it is looked for, from the bottom up: what is above a layer that fails says nothing of its own. */
export const layers = [
  'platform',
  'pods',
  'network',
  'certificates',
  'routes',
  'FATE Flow',
  'Pulsar',
  'HDFS',
  'Spark',
  'jobs',
] as const;

export type Layer = (typeof layers)[number];

/**
 * Whose turn it is: of the member at whose place it shows, whichever that is; of a party or the exchange, wherever it shows; of who runs
 * its vSphere, or of who keeps the authority's key.
 */
export type Actor = 'member' | 'party' | 'other party' | 'exchange' | 'platform' | 'authority';

/** Something that is said of a failure, and who says it. */
export interface Claim {
  readonly says: string;
  readonly source: Source;
  /** FATE releases of which it is said. @default all */
  readonly releases?: readonly FateRelease[];
}

/** One party as those see it who run it. */
export interface PartyPlace {
  readonly plan: PartyPlan;
  /** Ids of the other parties, as far as they are known. */
  readonly others: readonly number[];
}

/** The exchange as those see it who run it. */
export interface ExchangePlace {
  readonly plan: ExchangePlan;
}

/** How a failure is recognised and mended at one member. Lines are for a shell, whose `kubectl` is for the member's cluster. */
export interface Handling {
  /** They change nothing. */
  readonly check: readonly string[];
  /** What they show if it is this. */
  readonly shows: string;
  /** What is to be done, and why. */
  readonly remedy: string;
  /** None where nothing is typed there. */
  readonly commands: readonly string[];
}

/** Something that can go wrong. */
export interface Failure {
  readonly title: string;
  readonly component: Component;
  readonly layer: Layer;
  /** What somebody sees first. */
  readonly sign: string;
  /** In the order in which they act. */
  readonly acts: readonly [Actor, ...Actor[]];
  /** What becomes of jobs and of data. What was measured comes first. */
  readonly effects: readonly [Claim, ...Claim[]];
  /** How long it takes until all works again. @default nobody has said or measured it */
  readonly time?: Claim;
  /** At a party; nothing where it cannot be there. @default never there */
  readonly party?: (place: PartyPlace) => Handling | undefined;
  /** The same at an exchange. */
  readonly exchange?: (place: ExchangePlace) => Handling | undefined;
}

/** The same at a party and at an exchange. */
export const atBoth = (handling: (place: { readonly plan: PartyPlan | ExchangePlan }) => Handling) => ({
  party: handling,
  exchange: handling,
});
