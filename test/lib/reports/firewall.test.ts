import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ExchangePlan, exchangePlan, federation, type PartyPlan, partyPlan } from '../../../index';
import { flowsOf } from '../../../lib/federation/flows';
import { csv } from '../../../lib/formats/csv';
import { markdown } from '../../../lib/formats/markdown';
import { issuers } from '../../../lib/kubernetes/ingresses';
import { type FirewallRule, firewallRules } from '../../../lib/reports/firewall';
import { firewallPage, firewallRows, firewallText } from '../../../lib/reports/firewall-text';
import { exchangeDescriptorOf, twoParties } from '../../support/declarations';
import { drawExample } from '../../support/drawn-examples';
import { examples } from '../../support/examples';
import { partyDescriptorOf } from '../../support/parties';

const root = join(__dirname, '../../..');
const agreement = { domain: 'example.com' };

/** Rules between members. */
const between = (rules: readonly FirewallRule[]) =>
  rules.filter(({ source, destination }) =>
    [source, destination].every(({ who }) => /^(exchange|party|parties)\b/.test(who)),
  );
const toText = ({ source, destination, port, encrypted }: FirewallRule) =>
  JSON.stringify([source, destination, port, encrypted]);

const isMember = (plan: object): plan is PartyPlan | ExchangePlan => 'driver' in plan && 'ports' in plan;

describe.each(examples)('the rules of the example %s', (example) => {
  let plans: readonly (PartyPlan | ExchangePlan)[];
  beforeAll(async () => {
    plans = (await drawExample(example)).drawn.map(({ plan }) => plan).filter(isMember);
  });

  test('let through every connection from and to other members, and no other', () => {
    for (const plan of plans) {
      const rules = between(firewallRules([plan]));
      const called = flowsOf(plan).flatMap(({ to, port }) => (to.kind === 'endpoint' ? [`${to.address}:${port}`] : []));
      const out = rules.filter(({ direction }) => direction === 'out');
      expect(new Set(out.map(({ destination, port }) => `${destination.at}:${port}`))).toEqual(new Set(called));
      const calls = flowsOf(plan).filter(({ from }) => from.kind === 'member' || from.kind === 'anybody');
      expect(rules.length - out.length).toBe(calls.length);
    }
  });

  test('are the same at both ends of a connection', () => {
    const rules = between(firewallRules(plans));
    const of = (direction: FirewallRule['direction'], inner: boolean) =>
      rules
        .filter((rule) => rule.direction === direction && (rule.member === 'exchange') === inner)
        .map(toText)
        .sort();
    if (!plans.some((plan) => !('id' in plan)) || !plans.some((plan) => 'id' in plan)) return;
    expect(of('out', false)).toEqual(of('in', true));
    expect(of('in', false)).toEqual(of('out', true));
  });
});

test('rules of parties without an exchange are the same at both ends of a connection', () => {
  const { parties } = federation({ ...twoParties, exchange: false });
  const rules = between(firewallRules(parties));
  const of = (member: number, direction: FirewallRule['direction']) =>
    rules
      .filter((rule) => rule.member === member && rule.direction === direction)
      .map(toText)
      .sort();
  expect(of(30000, 'out')).toHaveLength(2);
  expect(of(30000, 'out')).toEqual(of(40000, 'in'));
  expect(of(30000, 'in')).toEqual(of(40000, 'out'));
});

const whole = federation({
  ...agreement,
  exchange: {
    addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' },
    egress: ['198.51.100.64/28'],
    registry: 'harbor.example.com:5000/fate',
    nginxConnectPorts: [9300, 19300],
  },
  parties: [
    {
      id: 30000,
      addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' },
      ports: { nginx: 19300, pulsar: 30651 },
      egress: ['198.51.100.0/28', '198.51.100.16/28'],
      backup: { to: { bucket: 'fate', endpoint: 'https://s3.example.com:9000' } },
      ingress: {
        uis: ['notebook', 'spark'],
        basicAuthSecret: 'ui-users',
        tlsSecret: { notebook: 'tls' },
        annotations: { 'cert-manager.io/issuer': 'a' },
      },
    },
    { id: 40000 },
  ],
});
const rulesOf = (member: FirewallRule['member'], direction: FirewallRule['direction']) =>
  firewallRows(
    firewallRules([whole.exchange, ...whole.parties]).filter(
      (rule) => rule.member === member && rule.direction === direction,
    ),
  )
    .slice(1)
    .map((row) => row.slice(2).join(' | '));

test('a party is let in at its declared addresses and ports, from the ranges of the exchange', () => {
  const hosts = ['30000.notebook.example.com', '30000.spark.example.com'];
  expect(rulesOf(30000, 'in')).toEqual([
    'exchange: 198.51.100.64/28 | party 30000, nginx: 192.0.2.72 | 19300 | TCP | calls of other parties | mutual TLS',
    'exchange: 198.51.100.64/28 | party 30000, Pulsar: 192.0.2.73 | 30651 | TCP | messages of other parties | mutual TLS',
    `users | ingress controller: ${hosts[0]} | 443 | TCP | user interfaces: notebook | TLS`,
    `users | ingress controller: ${hosts[1]} | 80 | TCP | user interfaces: spark | no`,
    `ACME, where the issuer asks by it | ingress controller: ${hosts.join(', ')} | 80 | TCP | proof of host names | no`,
    'operators | Kubernetes API of the cluster | 6443 | TCP | administration | TLS',
    'operators | Supervisor | 443 | TCP | logins | TLS',
  ]);
});

const dockerHub =
  'auth.docker.io, registry-1.docker.io, production.cloudflare.docker.com, production.cloudfront.docker.com';

test('it is let out to the exchange, to its issuer, store and registry, and for names and time, from its own ranges', () => {
  const own = 'party 30000: 198.51.100.0/28, 198.51.100.16/28';
  expect(rulesOf(30000, 'out')).toEqual([
    `${own} | exchange, nginx: 192.0.2.69 | 9300 | TCP | calls to other parties | mutual TLS`,
    `${own} | exchange, Traffic Server: 192.0.2.68 | 443 | TCP | messages to other parties | mutual TLS`,
    `${own} | issuer of certificates | 443 | TCP | certificates of host names | TLS`,
    `${own} | store of backups: s3.example.com | 9000 | TCP | backups | TLS`,
    `${own} | registry: ${dockerHub} | 443 | TCP | images | TLS`,
    `${own} | DNS servers | 53 | UDP | names of others | no`,
    `${own} | DNS servers | 53 | TCP | names of others | no`,
    `${own} | NTP servers | 123 | UDP | clocks, by which certificates hold | no`,
  ]);
});

test('of a party without addresses the exchange has its rules too, and says what is not declared', () => {
  expect(rulesOf('exchange', 'in').filter((row) => row.includes('40000'))).toEqual([
    'party 40000: not declared yet | exchange, nginx: 192.0.2.69 | 9300 | TCP | calls to other parties | mutual TLS',
    'party 40000: not declared yet | exchange, Traffic Server: 192.0.2.68 | 443 | TCP | messages to other parties | mutual TLS',
  ]);
  expect(rulesOf('exchange', 'out').filter((row) => row.includes('40000'))).toEqual([
    'exchange: 198.51.100.64/28 | party 40000, nginx: not declared yet | 9300 | TCP | calls of other parties | mutual TLS',
    'exchange: 198.51.100.64/28 | party 40000, Pulsar: not declared yet | 6651 | TCP | messages of other parties | mutual TLS',
  ]);
  expect(rulesOf('exchange', 'out')).toContain(
    'exchange: 198.51.100.64/28 | registry: harbor.example.com | 5000 | TCP | images | TLS',
  );
});

test('an exchange that routes to nobody yet takes connections of whoever joins, and those that are declared beside it by name', () => {
  const sourcesOf = (...parties: readonly { id: number }[]) => {
    const plans = federation({
      ...agreement,
      exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
      parties,
    });
    const rules = between(firewallRules([plans.exchange, ...plans.parties]));
    const taken = rules.filter(({ member, direction }) => member === 'exchange' && direction === 'in');
    return [...new Set(taken.map(({ source }) => source.who))];
  };
  expect(sourcesOf()).toEqual(['parties, once there are some']);
  expect(sourcesOf({ id: 1 }, { id: 2 })).toEqual(['party 1', 'party 2']);
});

test('an organisation that has the descriptors of others alone has the same rules with them', () => {
  const descriptor = { ...exchangeDescriptorOf(), egress: ['198.51.100.64/28'] };
  const party = partyPlan({ ...agreement, id: 30000, exchange: descriptor });
  expect(between(firewallRules([party])).map(({ direction, source }) => [direction, source.at])).toEqual([
    ['in', ['198.51.100.64/28']],
    ['in', ['198.51.100.64/28']],
    ['out', []],
    ['out', []],
  ]);
  const known = { ...partyDescriptorOf(40000, '192.0.2.165', '192.0.2.164'), egress: ['198.51.100.32/28'] };
  const exchange = exchangePlan({ ...agreement, parties: [known] });
  expect(between(firewallRules([exchange])).map(({ source, destination }) => [source.at, destination.at])).toEqual([
    [['198.51.100.32/28'], []],
    [['198.51.100.32/28'], []],
    [[], ['192.0.2.164']],
    [[], ['192.0.2.165']],
  ]);
  expect(firewallRules([exchangePlan(agreement)])[0]?.source.who).toBe('parties, once there are some');
});

test.each([
  partyPlan({ ...agreement, id: 1, transport: 'open', driver: 'kubefate' }),
  exchangePlan({ ...agreement, transport: 'open', driver: 'kubefate' }),
])('a member that KubeFATE makes is let out to its charts, and operators to its service: $namespace', (plan) => {
  const ends = (of: object) =>
    firewallRules([{ ...plan, ...of }]).map(({ source, destination }) => `${source.who} | ${destination.who}`);
  const added = ends({}).filter((it) => !ends({ driver: 'native' }).includes(it));
  expect(added).toEqual([
    expect.stringMatching(/^(party 1|exchange) \| repository of KubeFATE's charts$/),
    "operators | ingress controller, for KubeFATE's service",
  ]);
});

test('an issuer that is asked in any way is in the sheet, both ways', () => {
  const asked = (annotations: Readonly<Record<string, string>>) =>
    firewallRules([partyPlan({ ...agreement, id: 1, ingress: { annotations } })])
      .filter(({ purpose }) => /host names/.test(purpose))
      .map(({ direction, port }) => [direction, port]);
  for (const issuer of issuers)
    expect(asked({ [issuer]: 'true' })).toEqual([
      ['in', 80],
      ['out', 443],
    ]);
  expect(asked({})).toEqual([]);
});

test('what members leave open is said to be so', () => {
  const { exchange, parties } = federation({
    ...agreement,
    transport: 'open',
    exchange: { addresses: { trafficServer: '192.0.2.68', nginx: '192.0.2.69' } },
    parties: [{ id: 30000 }],
  });
  const rules = between(firewallRules([exchange, ...parties]));
  for (const { port, encrypted } of rules) expect(encrypted).toBe(port === 9300 ? 'no' : 'tls');
  expect(firewallRules([partyPlan({ ...agreement, id: 1 })]).filter((rule) => between([rule]).length > 0)).toEqual([]);
});

test('all formats have the same rules', () => {
  const rules = firewallRules([whole.exchange, ...whole.parties]);
  const cells = firewallRows(rules)
    .slice(1)
    .map((row) => row.slice(2));
  const text = firewallText(rules)
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/));
  const page = markdown(firewallPage(rules))
    .split('\n')
    .map((line) => line.split(' | ').map((each) => each.replace(/^\| | \|$/g, '')));
  for (const row of cells) for (const lines of [text, page]) expect(lines).toContainEqual(row);
  expect(csv(firewallRows(rules)).split('\r\n').length).toBe(rules.length + 2);
});

test('the sheet of the three-party example is in the README for one party, and whole where that leads to', async () => {
  const plans = (await drawExample('three-party')).drawn.map(({ plan }) => plan).filter(isMember);
  const rules = firewallRules(plans);
  const tables = (of: readonly FirewallRule[], heading: string) =>
    markdown(firewallPage(of))
      .replace(/^# .*\n\n/, '')
      .replaceAll('## ', `${heading} `);
  const text = (file: string) => readFileSync(join(root, file), 'utf8');
  expect(text('docs/approval.md')).toContain(tables(rules, '###'));
  expect(text('README.md')).toContain(
    tables(
      rules.filter(({ member }) => member === 30000),
      '####',
    ),
  );
});
