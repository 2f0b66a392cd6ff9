import { type Member, memberName } from '../federation/certificates';
import type { FailureId } from '../reports/failures';

export type { FailureId };

/** Groups of checks, from the ground up. */
export const layers = [
  'cluster',
  'pods',
  'names',
  'connections',
  'certificates',
  'routes',
  'FATE Flow',
  'parties',
  'Pulsar',
  'HDFS',
  'Spark',
  'cores',
] as const;

export type Layer = (typeof layers)[number];

/** Where questions come from: a member, or a machine that is none's in particular. */
export type Asker = Member | 'here';

/** Who has to act: an organisation, or whoever runs what lies between two. */
export type Actor = { readonly member: Member } | { readonly between: readonly [Asker, Member] };

/**
 * - `holds`: as it should be.
 * - `warns`: works, and will not for long, or not in full.
 * - `fails`: does not work.
 * - `skipped`: nothing was asked, since a step below failed.
 * - `unseen`: could not be asked, for want of a right or of an answer.
 */
export type Verdict = 'holds' | 'warns' | 'fails' | 'skipped' | 'unseen';

/** What came of one check. */
export interface Judgement {
  readonly verdict: Exclude<Verdict, 'skipped'>;
  /** What came back. */
  readonly saw: string;
  /** What it means. @default nothing is wrong */
  readonly meaning?: string;
  /** @default nobody, or whoever asks */
  readonly acts?: Actor;
  /** Of the catalogue, which has the remedy. @default none */
  readonly failure?: FailureId;
  /** Whether something did not answer that should have. @default not: a right is missing, or there is nothing to see */
  readonly isLost?: boolean;
}

/** One line of a diagnosis. */
export interface Finding extends Omit<Judgement, 'verdict'> {
  readonly member: Member;
  readonly layer: Layer;
  /** Unique for a member. */
  readonly step: string;
  /** What should be so. */
  readonly what: string;
  /** The other party that it is about. @default none in particular */
  readonly peer?: number;
  readonly verdict: Verdict;
}

/** What does not hold, and who can change it. */
export interface Fault {
  /** Of the catalogue. @default none: what was seen says what to do */
  readonly failure?: FailureId;
  /** @default whoever asks */
  readonly acts?: Actor;
  readonly meaning: string;
}

export const holds = (saw: string): Judgement => ({ verdict: 'holds', saw });
export const fails = (saw: string, fault: Fault): Judgement => ({ verdict: 'fails', saw, ...fault });
export const warns = (saw: string, fault: Fault): Judgement => ({ verdict: 'warns', saw, ...fault });
export const unseen = (saw: string): Judgement => ({ verdict: 'unseen', saw });

export const askerName = (asker: Asker): string => (asker === 'here' ? 'this machine' : memberName(asker));

/** `party 30000`, `the network between party 30000 and the exchange` */
export const actorName = (actor: Actor): string =>
  'member' in actor
    ? memberName(actor.member)
    : `the network between ${askerName(actor.between[0])} and ${askerName(actor.between[1])}`;
