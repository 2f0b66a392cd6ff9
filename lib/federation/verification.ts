import { type SparkWorkers, sparkCores } from '../fate/spark';
import { checkKeys, checkUnique, type Keys, readList, readMap } from '../input/checks';
import type { Problems } from '../input/problems';
import type { Resources } from '../kubernetes/quantities';
import { isId, readPartyId } from './party-id';

/** With whom a party runs FATE's toy example. */
export interface VerificationProps {
  /**
   * Ids of other parties, with each of which it runs as guest after it has run alone. The other direction is theirs to verify.
   * @default []
   */
  readonly with?: readonly number[];
}

/** What is verified of a party, beside that it works alone. */
export interface Verification {
  /** Ids of the other parties. */
  readonly with: readonly number[];
}

/** Hosts of the toy example, in the order of its runs. */
export const hostsOf = ({ id }: { readonly id: number }, verification: Verification | undefined): readonly number[] =>
  verification === undefined ? [] : [id, ...verification.with];

interface Verified {
  readonly id: number;
  readonly spark: { readonly workers: SparkWorkers };
  /** Whether others can be reached. */
  readonly isJoined: boolean;
}

/** None where nothing is to be verified. */
export function planVerification(
  problems: Problems,
  declared: boolean | VerificationProps | undefined,
  party: Verified,
): Verification | undefined {
  if (declared === undefined || declared === false) return undefined;
  const props = readMap<VerificationProps>(problems, '', declared === true ? {} : declared, forms);
  checkKeys(problems, props, keys);
  const partners = readList(problems, 'with', props.with, []);
  checkPartners(problems, partners, party);
  checkCores(problems, party);
  return { with: partners };
}

const forms = 'use true, or whom to meet: { with: [40000] }';

const keys: Keys<VerificationProps> = { with: true };

function checkPartners(problems: Problems, partners: readonly unknown[], { id, isJoined }: Verified): void {
  const declared = partners.map((value, i) => ({ path: `with[${i}]`, value }));
  for (const { path, value } of declared) {
    readPartyId(problems, path, value);
    if (isId(value) && value === id)
      problems.add(path, `${id} is the party itself`, 'leave it out: it always runs alone, too');
  }
  checkUnique(problems, declared, 'one run with each is enough');
  if (partners.length > 0 && !isJoined)
    problems.add(
      'with',
      'names others, and the party stands alone',
      'name its exchange or its peers, or leave them out',
    );
}

/** Alone it is guest and host at once. */
function checkCores(problems: Problems, { spark }: Verified): void {
  if (sparkCores(spark.workers) > 1) return;
  const remedy = 'give its worker another core or a second worker, or leave out verification';
  problems.add('', 'takes two cores of Spark, and the party has one', remedy);
}

/** Of the pod that asks FATE Flow; what the job itself takes is in the party's sizes. */
export const verificationResources: Resources = {
  requests: { cpu: 0.1, memoryGiB: 0.125 },
  limits: { cpu: 1, memoryGiB: 0.25 },
};
