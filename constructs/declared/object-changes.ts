import { isDeepStrictEqual } from 'node:util';
import type { ExchangePlan } from '../../lib/federation/exchange';
import type { PartyPlan } from '../../lib/federation/party';
import { App } from '../app/app';
import { Exchange } from '../exchange/exchange';
import { FederatedLearningCluster } from '../flc/federated-learning-cluster';

/**
 * What becomes of an object from one plan of a member to another. `replaced` is one of which Kubernetes takes no such change:
 * it has to be deleted first.
 */
export type Change = 'kept' | 'changed' | 'replaced' | 'new' | 'gone';

/** What an update makes of the objects of a member: `<kind>/<name>`, by what becomes of each. */
export function objectChanges(
  from: PartyPlan | ExchangePlan,
  to: PartyPlan | ExchangePlan,
): Readonly<Record<Change, readonly string[]>> {
  const [before, after] = [from, to].map(objectsByName) as [Objects, Objects];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const of = (change: Change) => names.filter((name) => changeOf(before.get(name), after.get(name)) === change);
  return { kept: of('kept'), changed: of('changed'), replaced: of('replaced'), new: of('new'), gone: of('gone') };
}

// biome-ignore lint/suspicious/noExplicitAny: fields of every kind
type AnyObject = any;
type Objects = ReadonlyMap<string, AnyObject>;

/** What is drawn of a member: `<kind>/<name>`, and the object. */
export function objectsByName(plan: PartyPlan | ExchangePlan): Objects {
  const app = new App();
  const chart =
    'id' in plan ? new FederatedLearningCluster(app, plan.namespace, plan) : new Exchange(app, plan.namespace, plan);
  return new Map(chart.toJson().map((object) => [`${object.kind}/${object.metadata.name}`, object]));
}

function changeOf(before: AnyObject, after: AnyObject): Change {
  if (before === undefined) return 'new';
  if (after === undefined) return 'gone';
  if (isDeepStrictEqual(before, after)) return 'kept';
  return isDeepStrictEqual(lasting(before), lasting(after)) ? 'changed' : 'replaced';
}

/** What Kubernetes keeps of an object for as long as it is there. */
function lasting({ apiVersion, kind, spec, immutable, data, roleRef }: AnyObject): unknown {
  const group = apiVersion.split('/')[0];
  if (kind === 'StatefulSet') {
    const { serviceName, selector, podManagementPolicy, volumeClaimTemplates } = spec;
    return { group, serviceName, selector, podManagementPolicy, volumeClaimTemplates };
  }
  if (kind === 'Deployment') return { group, selector: spec.selector };
  if (kind === 'Service') return { isHeadless: spec.clusterIP === 'None' };
  return { group, roleRef, data: immutable && data };
}
