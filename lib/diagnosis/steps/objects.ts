import { type Member, memberName } from '../../federation/certificates';
import { isSeen, type Seen } from '../asks';
import { fails, holds, type Judgement, unseen, warns } from '../finding';
import type { Step } from '../ladder';
import type { PoliciesSeen, Presence } from '../presence';
import { clusterStep } from './pods';

/** That the namespace is the member's own, and has all of it. */
export const objectsStep = (member: Member, namespace: string, presence: Seen<Presence>): Step => ({
  id: 'objects',
  layer: 'cluster',
  what: `namespace ${namespace} holds ${memberName(member)}, and all of it`,
  needs: [clusterStep],
  asks: [],
  judge: () => (isSeen(presence) ? judgePresence(member, presence.value) : unseen(presence.unseen)),
});

function judgePresence(member: Member, presence: Presence): Judgement {
  const acts = { member };
  switch (presence.state) {
    case 'whole':
      return holds('nothing is missing');
    case 'partial':
      return warns(`missing: ${named(presence.missing)}`, {
        failure: 'not-deployed',
        acts,
        meaning: 'it was not deployed to the end, or somebody has removed them: deploy it again',
      });
    case 'absent':
      return fails('nothing of it', {
        failure: 'not-deployed',
        acts,
        meaning: 'it was not deployed here, or another context is meant: nothing else was looked at',
      });
    case 'foreign':
      return fails(`it holds ${presence.holds}`, {
        failure: 'not-deployed',
        acts,
        meaning: 'another context or another namespace is meant: nothing else was looked at here',
      });
  }
}

/** That NetworkPolicies are those that are drawn. They add up: others close nothing that a drawn one opens. */
export const policiesStep = (member: Member, isDrawn: boolean, policies: Seen<PoliciesSeen>): Step => ({
  id: 'policies',
  layer: 'cluster',
  what: 'NetworkPolicies there say what is declared',
  needs: [clusterStep],
  asks: [],
  judge: () => (isSeen(policies) ? judgePolicies(member, isDrawn, policies.value) : unseen(policies.unseen)),
});

function judgePolicies(member: Member, isDrawn: boolean, { changed, others }: PoliciesSeen): Judgement {
  if (changed.length > 0)
    return warns(`${named(changed)} ${changed.length === 1 ? 'says' : 'say'} something else`, {
      failure: 'not-deployed',
      acts: { member },
      meaning:
        'what is declared now was not applied, or somebody has changed them: they may close what is needed, or open more',
    });
  if (others.length === 0) return holds(isDrawn ? 'no more and no less' : 'none are declared, and there are none');
  return holds(
    isDrawn
      ? `and beside them ${named(others)}, whose openings add to theirs`
      : `none are declared, and there are ${named(others)}, which close the rest to pods that they select`,
  );
}

function named(objects: readonly string[]): string {
  const more = objects.length - mostNamed;
  return `${objects.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const mostNamed = 6;
