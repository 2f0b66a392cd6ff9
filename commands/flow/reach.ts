import { releases } from '../../lib/fate/releases';
import { services } from '../../lib/fate/services';
import type { DeclaredPlans } from '../../lib/federation/declaration';
import type { PartyPlan } from '../../lib/federation/party';
import type { Access } from '../cluster/access';
import { memberAccesses } from '../cluster/members';
import type { ClusterSelection } from '../cluster/options';
import { ClusterRefusal } from '../cluster/refusal';
import { Mistake } from '../mistake';
import { FlowClient } from './flow-client';
import type { Way } from './http';

/** How a party's FATE Flow is reached. */
export interface FlowSelection extends ClusterSelection {
  /** @default through the party's cluster */
  readonly url?: string;
}

/**
 * FATE Flow of a party: at a URL, or in its cluster by a forwarded port. That takes less than a command in a pod would, which can do
 * what the pod can; and a file goes through as it is read, however large.
 *
 * @throws {ClusterRefusal} when there is no way to the cluster
 */
export async function flowOf(plans: DeclaredPlans, plan: PartyPlan, selection: FlowSelection): Promise<FlowClient> {
  const { id, fate } = plan;
  if (selection.url !== undefined) return new FlowClient(id, fate, { url: readUrl(selection.url) });
  const members = await memberAccesses({ parties: plans.parties.filter((each) => each.id === id) }, selection);
  const [member] = members;
  if (member === undefined) throw new Error(`nobody knows party ${id}`);
  if (member.access instanceof ClusterRefusal) throw member.access;
  return new FlowClient(id, fate, wayThrough(member.access, plan));
}

function readUrl(text: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (/^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === '') return url;
  }
  throw new Mistake('--url: use one such as http://192.0.2.1:9380, without user and query');
}

const wayThrough = (access: Access, { fate }: PartyPlan): Way => ({
  connect: async () => {
    const name = releases[fate].fateflow.container;
    const pods = await access.pods();
    const pod = pods.find(({ status }) => status?.containerStatuses?.some((it) => it.name === name && it.ready));
    if (pod === undefined)
      throw new Mistake(
        `namespace ${access.namespace} has no container ${name} that is ready; look at kubectl -n ${access.namespace} get pods`,
      );
    return access.forward(`${pod.metadata?.name}`, services.fateflow.ports.http);
  },
});
