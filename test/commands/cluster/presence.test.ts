import { describe, expect, test } from 'vitest';
import type { Access } from '../../../commands/cluster/access';
import { policiesOf, presenceOf } from '../../../commands/cluster/presence';
import { ClusterRefusal } from '../../../commands/cluster/refusal';
import { App, Exchange, FederatedLearningCluster } from '../../../constructs';
import { federation } from '../../../lib';
import type { ToldObject } from '../../../lib/kubernetes/told-objects';
import { twoParties } from '../../support/declarations';
import type { AnyObject } from '../../support/objects';

const { exchange, parties } = federation(twoParties);
const [party, other] = parties as [(typeof parties)[number], (typeof parties)[number]];
const ofParty = (plan: typeof party): AnyObject[] =>
  new FederatedLearningCluster(new App(), plan.namespace, plan).toJson();
const ofExchange = (): AnyObject[] => new Exchange(new App(), exchange.namespace, exchange).toJson();

/** A namespace with these objects, of which somebody may not see some kinds. */
const holding = (objects: readonly AnyObject[], hidden: readonly string[] = []): Access =>
  ({
    list: async (kind: string): Promise<readonly ToldObject[]> => {
      if (hidden.includes(kind)) throw new ClusterRefusal('forbidden', kind, 'no');
      return objects.filter((each) => each.kind === kind);
    },
  }) as unknown as Access;

const rest = [
  { kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt' } },
  { kind: 'Service', metadata: { name: 'something' } },
];

test('a party and an exchange as they are drawn are whole, whatever else is there', async () => {
  expect(await presenceOf(holding([...ofParty(party), ...rest]), party)).toEqual({ state: 'whole' });
  expect(await presenceOf(holding([...ofExchange(), ...rest]), exchange)).toEqual({ state: 'whole' });
});

test('one of which some objects are missing is half there, whichever they are', async () => {
  const objects = ofParty(party).filter(({ kind }) => kind !== 'Namespace');
  for (const gone of objects) {
    const access = holding(objects.filter((each) => each !== gone));
    const missing = [`${gone.kind}/${gone.metadata.name}`];
    expect(await presenceOf(access, party)).toEqual({ state: 'partial', missing });
  }
});

test('nothing but what every namespace has is nothing', async () => {
  expect(await presenceOf(holding(rest), party)).toEqual({ state: 'absent' });
  expect(await presenceOf(holding(rest), exchange)).toEqual({ state: 'absent' });
});

test.each<[string, AnyObject[], typeof party | typeof exchange, string]>([
  ['another party', ofParty(other), party, 'party 40000'],
  ['a party, where the exchange should be', ofParty(party), exchange, 'party 30000'],
  ['the exchange, where a party should be', ofExchange(), party, 'an exchange'],
  [
    'another program, even of the same name',
    [{ kind: 'Deployment', metadata: { name: 'nginx', labels: { app: 'shop' } } }],
    party,
    'Deployment/nginx',
  ],
])('%s is somebody else', async (_, objects, plan, holds) => {
  expect(await presenceOf(holding(objects), plan)).toEqual({ state: 'foreign', holds });
});

test('what may not be seen is not missed; who may see nothing is told so', async () => {
  const objects = ofParty(party).filter(({ kind }) => kind !== 'Ingress');
  expect(await presenceOf(holding(objects, ['Ingress', 'ConfigMap']), party)).toEqual({ state: 'whole' });
  const all = [...new Set(ofParty(party).map(({ kind }) => kind))];
  await expect(presenceOf(holding(objects, all), party)).rejects.toThrow(ClusterRefusal);
});

describe('NetworkPolicies', () => {
  const policy = (name: string, spec: object) => ({ kind: 'NetworkPolicy', metadata: { name }, spec });

  test('that are drawn are neither changed nor others', async () => {
    expect(await policiesOf(holding(ofParty(party)), party)).toEqual({ changed: [], others: [] });
    expect(await policiesOf(holding(ofExchange()), exchange)).toEqual({ changed: [], others: [] });
  });

  test('of which any says something else, or which nobody has drawn, are named', async () => {
    const policies = ofParty(party).filter(({ kind }) => kind === 'NetworkPolicy');
    expect(policies.length).toBeGreaterThan(5);
    for (const { metadata, spec } of policies) {
      const closed = policy(metadata.name, { ...spec, egress: [{ to: [{ ipBlock: { cidr: '192.0.2.1/32' } }] }] });
      const live = [closed, policy('somebody', {})];
      expect(await policiesOf(holding(live), party)).toEqual({ changed: [metadata.name], others: ['somebody'] });
    }
  });

  test('of an exchange are changed where one of its parties is not in them yet', async () => {
    const before: AnyObject[] = new Exchange(new App(), exchange.namespace, {
      ...exchange,
      parties: exchange.parties.slice(1),
    }).toJson();
    expect([...(await policiesOf(holding(before), exchange)).changed].sort()).toEqual(['nginx', 'traffic-server']);
  });

  test('that may not be seen are no policies of nobody', async () => {
    await expect(policiesOf(holding([], ['NetworkPolicy']), party)).rejects.toThrow(ClusterRefusal);
  });
});
