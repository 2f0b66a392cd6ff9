import { partyData } from '../fate/releases/data';
import { type LastingPartyValues, lastingPartyValues } from '../federation/lasting';
import type { PartyPlan } from '../federation/party';
import { Problems } from '../input/problems';
import type { DataOutcome } from '../upgrade/steps';
import { checkDecision, planPartyUpgrade, type UpgradePlan, type UpgradeProps } from '../upgrade/upgrade';
import { numbered } from './steps-text';

/**
 * A plan of an upgrade, as Markdown.
 *
 * @param objects what becomes of the member's objects, by what they become
 */
export function describeUpgrade(
  { member, from, to, data, steps, back }: UpgradePlan,
  objects: Readonly<Record<string, readonly string[]>> = {},
): string {
  if (steps.length === 0) return `${member} stays at FATE ${to}: there is nothing to upgrade`;
  return [
    `## ${member} from FATE ${from} to ${to}`,
    ...(data.length > 0 ? ['', '| Data | | Claims |', '| --- | --- | --- |', ...data.map(row)] : []),
    ...numbered(steps),
    ...Object.entries(objects).flatMap(([change, names]) =>
      names.length > 0 ? ['', `Objects that are ${change}: ${names.join(', ')}.`] : [],
    ),
    ...(back.length > 0 ? ['', `### ${member} back to FATE ${from}`, ...numbered(back)] : []),
  ].join('\n');
}

const row = ({ data, outcome, claims }: DataOutcome): string =>
  `| \`${data}\`: ${partyData[data].what} | ${outcome} | ${claimsText(claims)} |`;

const claimsText = ({ from, to }: DataOutcome['claims']): string => {
  const [before, after] = [from, to].map((claims) => claims.join(', ') || 'elsewhere');
  return before === after ? `${before}` : `${before} → ${after}`;
};

/**
 * Why an update may not go to the plan's release, with the plan of the upgrade. None where the release stays, or nobody kept
 * what it was, or `upgrade` says that all is done.
 *
 * @param before what is known of the update before
 */
export function refusedUpgrade(
  before: Partial<LastingPartyValues>,
  plan: PartyPlan,
  upgrade: UpgradeProps | undefined,
): string | undefined {
  const { fate } = before;
  if (fate === undefined || fate === plan.fate) return undefined;
  const problems = Problems.none();
  const planned = planPartyUpgrade(problems, { ...lastingPartyValues(plan), ...before, fate }, plan);
  if (planned !== undefined) checkDecision(problems.at('upgrade'), planned, upgrade);
  const error = problems.asError(`party ${plan.id}`);
  return error && [error.message, ...(planned === undefined ? [] : ['', describeUpgrade(planned)])].join('\n');
}
