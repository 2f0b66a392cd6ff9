import { type RestorableParty, restoreSteps } from '../operations/restore';
import { numbered } from './steps-text';

/** How a party gets its database and its models again, as Markdown. */
export const describeRestore = (plan: RestorableParty): string =>
  [`## ${plan.namespace} back to a backup`, ...numbered(restoreSteps(plan))].join('\n');
