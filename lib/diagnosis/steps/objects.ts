import { type Member, memberName } from '../../federation/certificates';
import { isSeen, type Seen } from '../asks';
import { fails, holds, type Judgement, unseen, warns } from '../finding';
import type { Step } from '../ladder';
import type { Presence } from '../presence';
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

function named(objects: readonly string[]): string {
  const more = objects.length - mostNamed;
  return `${objects.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const mostNamed = 6;
