import type { Service } from 'kubernetes-types/core/v1';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import { expect, test } from 'vitest';
import {
  App,
  Exchange,
  type ExchangePlan,
  exchangeDescriptor,
  exchangePlan,
  FederatedLearningCluster,
  type PartyPlan,
  type PartyProps,
  partyDescriptor,
  partyPlan,
} from '../../../index';
import { planDeclaration } from '../../../lib/federation/declaration';
import { firewallRules } from '../../../lib/reports/firewall';
import { partyRunbook } from '../../../lib/reports/runbook';
import { exchangeDescriptorOf, problemsOf } from '../../support/declarations';

const domain = 'example.com';
const local = { externalTrafficPolicy: 'Local' } as const;
const inEu: PartyProps = {
  id: 30000,
  addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' },
  egress: ['192.0.2.0/26'],
  services: { nginx: local, pulsar: local },
};
/** Without ranges: the ports of its own exchange are open to all, and no other one's. */
const inUs: PartyProps = {
  id: 40000,
  addresses: { nginx: '192.0.2.165', pulsar: '192.0.2.164' },
  services: { nginx: local, pulsar: local },
};
const described = [inEu, inUs].map((party) => partyDescriptor(partyPlan({ domain, ...party })));

function exchangeOf(i: number, callers?: readonly number[]): ExchangePlan {
  return exchangePlan({
    domain,
    addresses: { trafficServer: `198.51.100.${i}`, nginx: `203.0.113.${i}` },
    egress: [`198.51.100.${64 * i}/28`],
    services: { nginx: local, trafficServer: local },
    parties: described.flatMap((each) => each ?? []),
    callers,
  });
}
const [eu, us] = [exchangeOf(1, [30000]), exchangeOf(2, [40000])].map((plan) => exchangeDescriptor(plan));
const party = partyPlan({ domain, ...inEu, exchange: eu, otherExchanges: us ? [us] : [] });

/** Ranges that Services and policies let in. */
function letIn(plan: PartyPlan | ExchangePlan) {
  const app = new App();
  const chart = 'id' in plan ? new FederatedLearningCluster(app, 'party', plan) : new Exchange(app, 'exchange', plan);
  const objects: object[] = chart.toJson();
  const of = <Kind>(kind: string) => objects.filter((it) => (it as { kind: string }).kind === kind) as Kind[];
  const policies = of<NetworkPolicy>('NetworkPolicy').flatMap(({ spec }) =>
    (spec?.ingress ?? []).flatMap(({ from = [] }) => from.flatMap(({ ipBlock }) => ipBlock?.cidr ?? [])),
  );
  return {
    services: of<Service>('Service').flatMap(({ spec }) =>
      spec?.type === 'LoadBalancer' ? [spec.loadBalancerSourceRanges] : [],
    ),
    policies: [...new Set(policies)],
  };
}

test('a party lets in its own exchange and those that others call by, and nobody else', () => {
  const both = ['198.51.100.64/28', '198.51.100.128/28'];
  expect(letIn(party)).toEqual({ services: [both, both], policies: both });
});

test('another exchange without ranges opens the ports of a party again', () => {
  const { egress: _, ...unknown } = us as NonNullable<typeof us>;
  const opened = partyPlan({ domain, ...inEu, exchange: eu, otherExchanges: [unknown] });
  expect(letIn(opened)).toEqual({ services: [undefined, undefined], policies: [] });
});

test('a party calls nobody by another exchange', () => {
  const { otherExchanges: _, ...alone } = party;
  const out = ({ direction }: { direction: string }) => direction === 'out';
  expect(firewallRules([party]).filter(out)).toEqual(firewallRules([alone]).filter(out));
});

test('an exchange lets in those alone that call by it, and leads to all', () => {
  const plan = exchangeOf(1, [30000]);
  expect(letIn(plan)).toEqual({ services: [inEu.egress, inEu.egress], policies: inEu.egress });
  expect(letIn(exchangeOf(1)).services).toEqual([undefined, undefined]); // the other one has declared no ranges
  expect(plan.parties.map(({ id }) => id)).toEqual([30000, 40000]);
});

test("the firewall's sheet of each side has the same connections, whichever exchange they come by", () => {
  const incoming = firewallRules([party]).filter(
    ({ direction, source }) => direction === 'in' && source.who.startsWith('exchange'),
  );
  expect(incoming.map(({ source, port }) => [source.who, source.at, port])).toEqual([
    ['exchange', ['198.51.100.64/28'], 9300],
    ['exchange of other parties', ['198.51.100.128/28'], 9300],
    ['exchange', ['198.51.100.64/28'], 6651],
    ['exchange of other parties', ['198.51.100.128/28'], 6651],
  ]);
  const ofExchange = firewallRules([exchangeOf(1, [30000])]);
  const callers = ofExchange.flatMap(({ direction, source }) =>
    direction === 'in' && source.who.startsWith('party') ? [source.who] : [],
  );
  expect(new Set(callers)).toEqual(new Set(['party 30000']));
});

test('an exchange whose callers have not joined yet is open, as one that knows nobody', () => {
  expect(letIn(exchangeOf(1, [50000])).services).toEqual([undefined, undefined]);
});

test('the runbook of a party says where the other exchange calls from', () => {
  expect(JSON.stringify(partyRunbook(party, [40000]))).toContain('198.51.100.128/28');
});

test('files of one organisation have both', () => {
  const around = { read: () => undefined, now: new Date(0) };
  const federation = { domain };
  expect(
    planDeclaration({ federation, party: inEu, exchange: eu, otherExchanges: us && [us] }, around).parties[0],
  ).toEqual(party);
  const parties = described.flatMap((each) => each ?? []);
  expect(planDeclaration({ federation, parties, callers: [30000] }, around).exchange?.callers).toEqual([30000]);
});

test.each<[string, () => unknown, string, string]>([
  [
    'without an exchange of its own',
    () => partyPlan({ domain, ...inEu, otherExchanges: us && [us] }),
    'otherExchanges',
    'name that as exchange',
  ],
  [
    'of another federation',
    () => partyPlan({ domain: 'example.org', ...inEu, exchange: eu, otherExchanges: us && [us] }),
    'otherExchanges[0].domain',
    'use "example.org"',
  ],
  [
    'at the address of its own',
    () => partyPlan({ domain, ...inEu, exchange: eu, otherExchanges: eu && [eu] }),
    'otherExchanges[0].trafficServer',
    'own address',
  ],
  [
    'at the address of the party',
    () =>
      partyPlan({
        domain,
        ...inEu,
        exchange: eu,
        otherExchanges: [{ ...exchangeDescriptorOf(), nginx: { address: '192.0.2.72', port: 9300 } }],
      }),
    'addresses.nginx',
    'own address',
  ],
])('another exchange %s is refused', (_, declare, path, remedy) => {
  expect(problemsOf(declare)).toContainEqual(
    expect.objectContaining({ path, remedy: expect.stringContaining(remedy) }),
  );
});

test.each<[string, readonly unknown[], string]>([
  ['nobody', [], 'callers'],
  ['a name', ['30000'], 'callers[0]'],
  ['one twice', [30000, 30000], 'callers[1]'],
])('callers that are %s are refused', (_, callers, path) => {
  expect(problemsOf(() => exchangePlan({ domain, callers: callers as number[] }))).toContainEqual(
    expect.objectContaining({ path }),
  );
});
