// What can go wrong in a federation: how it is seen, what becomes of jobs, what is to be done, and by whom. Data.
import { certificateFailures } from './certificates';
import type { Failure } from './failure';
import { fateFlowFailures } from './fate-flow';
import { hdfsFailures } from './hdfs';
import { jobFailures } from './jobs';
import { networkFailures } from './network';
import { platformFailures } from './platform';
import { podFailures } from './pods';
import { pulsarFailures } from './pulsar';
import { routeFailures } from './routes';
import { sparkFailures } from './spark';

export { drawnSeconds, expectedSeconds } from './expectations';
export type { Actor, Claim, Component, ExchangePlace, Failure, Handling, Layer, PartyPlace } from './failure';
export { layers } from './failure';
export type { Source } from './source';

const known = {
  ...platformFailures,
  ...podFailures,
  ...networkFailures,
  ...certificateFailures,
  ...routeFailures,
  ...fateFlowFailures,
  ...pulsarFailures,
  ...hdfsFailures,
  ...sparkFailures,
  ...jobFailures,
} as const satisfies Record<string, Failure>;

/** A failure by its name, which is its heading's anchor in a runbook, too. */
export type FailureId = keyof typeof known;

/** Every failure, by layer from the bottom up. */
export const failures: Readonly<Record<FailureId, Failure>> = known;

export const failureIds = Object.keys(known) as readonly FailureId[];
