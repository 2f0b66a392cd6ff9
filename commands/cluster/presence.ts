import { isDeepStrictEqual } from 'node:util';
import { oneLine } from '../../lib/diagnosis/answers';
import type { PoliciesSeen, Presence } from '../../lib/diagnosis/presence';
import { services } from '../../lib/fate/services';
import type { ExchangePlan } from '../../lib/federation/exchange';
import type { PartyPlan } from '../../lib/federation/party';
import { type ResourceKind, resources } from '../../lib/kubernetes/resources';
import type { ToldObject } from '../../lib/kubernetes/told-objects';
import type { Access } from './access';
import { ClusterRefusal } from './refusal';

type Lister = Pick<Access, 'list'>;

/**
 * Compares the objects of a member with those that are drawn of it, as far as they may be seen.
 *
 * @throws {ClusterRefusal} when none may be seen
 */
export async function presenceOf(access: Lister, plan: PartyPlan | ExchangePlan): Promise<Presence> {
  const { objectsByName } = await import('../../constructs/declared/object-changes.js');
  const drawn = [...objectsByName(plan).keys()].filter((name) => isListed(kindOf(name)));
  const live = await liveObjects(access, [...new Set([...drawn.map(kindOf), ...workloads])] as ResourceKind[]);
  const own = 'id' in plan ? `party ${plan.id}` : exchange;
  const holder = holderOf(live.objects, own);
  if (holder !== undefined && holder !== own) return { state: 'foreign', holds: holder };
  const missing = drawn.filter((name) => live.kinds.has(kindOf(name)) && !live.objects.has(name));
  if (missing.length === 0) return { state: 'whole' };
  if (holder === own) return { state: 'partial', missing };
  const others = [...live.objects.keys()].filter((name) => workloads.includes(kindOf(name)));
  return others.length === 0
    ? { state: 'absent' }
    : { state: 'foreign', holds: oneLine(others.slice(0, 3).join(', ')) };
}

/**
 * Compares the NetworkPolicies of a namespace with those that are drawn, which have all that an API server would add.
 *
 * @throws {ClusterRefusal} when they may not be seen
 */
export async function policiesOf(access: Lister, plan: PartyPlan | ExchangePlan): Promise<PoliciesSeen> {
  const { objectsByName } = await import('../../constructs/declared/object-changes.js');
  const drawn = objectsByName(plan);
  const live = (await access.list('NetworkPolicy')).map(({ metadata, spec }) => ({ name: `${metadata?.name}`, spec }));
  const specOf = (name: string): unknown => drawn.get(`NetworkPolicy/${name}`)?.spec;
  const isDrawn = ({ name }: { readonly name: string }) => specOf(name) !== undefined;
  return {
    changed: live
      .filter((each) => isDrawn(each) && !isDeepStrictEqual(each.spec, specOf(each.name)))
      .map(({ name }) => name),
    others: live.filter((each) => !isDrawn(each)).map(({ name }) => name),
  };
}

const kindOf = (name: string): string => name.slice(0, name.indexOf('/'));

/** A Job is gone some time after its end. */
const isListed = (kind: string): boolean => kind in resources && kind !== 'Job';

const workloads: readonly string[] = ['Deployment', 'StatefulSet'] satisfies ResourceKind[];

interface Live {
  /** Those that may be seen. */
  readonly kinds: ReadonlySet<string>;
  readonly objects: ReadonlyMap<string, ToldObject>;
}

async function liveObjects(access: Lister, kinds: readonly ResourceKind[]): Promise<Live> {
  const lists = await Promise.all(kinds.map(async (kind) => ({ kind, listed: await listedOrRefused(access, kind) })));
  const seen = lists.flatMap(({ kind, listed }) => (listed instanceof ClusterRefusal ? [] : [{ kind, listed }]));
  const [refusal] = lists.flatMap(({ listed }) => (listed instanceof ClusterRefusal ? [listed] : []));
  if (seen.length === 0 && refusal !== undefined) throw refusal;
  const objects = seen.flatMap(({ kind, listed }) =>
    listed.map((each) => [`${kind}/${each.metadata?.name}`, each] as const),
  );
  return { kinds: new Set(seen.map(({ kind }) => kind)), objects: new Map(objects) };
}

/** Objects of a kind, of which there are none where nobody knows it; or that they may not be seen. */
async function listedOrRefused(access: Lister, kind: ResourceKind): Promise<readonly ToldObject[] | ClusterRefusal> {
  try {
    return await access.list(kind);
  } catch (error) {
    if (!(error instanceof ClusterRefusal)) throw error;
    if (error.kind === 'forbidden') return error;
    if (error.kind === 'not-found') return [];
    throw error;
  }
}

/**
 * Whose namespace it is, by what only one member has; `own` where its objects are FATE's and no more is known, and none where
 * they are another program's.
 */
function holderOf(live: ReadonlyMap<string, ToldObject>, own: string): string | undefined {
  const pulsar = live.get(`ConfigMap/${services.pulsar.name}-config`);
  const [, id] = /replicatorPrefix=\S*?(\d+)\s/.exec(Object.values(pulsar?.data ?? {}).join('\n')) ?? [];
  if (id !== undefined) return `party ${id}`;
  if (live.has(`ConfigMap/${services.trafficServer.name}-config`)) return exchange;
  const isFates = ({ metadata }: ToldObject) => metadata?.labels?.['app.kubernetes.io/part-of'] === 'fate';
  return [...live.values()].some(isFates) ? own : undefined;
}

const exchange = 'an exchange';
