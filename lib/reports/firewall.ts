import { services } from '../fate/services';
import { type Member, memberOf } from '../federation/certificates';
import type { ExchangePlan, PortRange } from '../federation/exchange';
import { type FlowEnd, flowsOf, neighbourFlows, type PlannedFlow, type WorkloadEnd } from '../federation/flows';
import type { Ui } from '../federation/ingress';
import { isJoined } from '../federation/neighbours';
import type { PartyPlan } from '../federation/party';
import { pulsarDoor } from '../federation/pulsar';
import { sparkDriverOf } from '../federation/spark';
import { asksCertManager } from '../kubernetes/ingresses';
import { images } from './images';

/** One end of connections that a firewall lets through. */
export interface RuleEnd {
  /** `party 30000`, `exchange`, `users`, `registry`. */
  readonly who: string;
  /** Addresses, CIDR ranges or names, as they are declared. Empty: not declared yet. None: of no member's declaration. */
  readonly at?: readonly string[];
}

/** Connections of one kind that the firewall of one organisation lets through. */
export interface FirewallRule {
  /** Whose firewall: an organisation is the member that it runs. */
  readonly member: Member;
  /** Whether they come in or go out. */
  readonly direction: 'in' | 'out';
  readonly source: RuleEnd;
  readonly destination: RuleEnd;
  /** Or the first and the last of several. */
  readonly port: PortRange;
  readonly protocol: PlannedFlow['protocol'];
  readonly purpose: string;
  /** `mutual-tls`: both ends prove who they are. `tls`: the called one shows a certificate. */
  readonly encrypted: PlannedFlow['encrypted'];
}

/**
 * What the firewall of each member has to let in and out, as far as it leaves the member's cluster: other members, users, registries, a
 * store of backups, names and time. What stays inside a cluster is for its NetworkPolicies.
 *
 * An exchange routes to parties whose addresses are known. Where parties without any are among the plans, it has their rules, too.
 */
export function firewallRules(plans: readonly (PartyPlan | ExchangePlan)[]): readonly FirewallRule[] {
  const parties = plans.flatMap((plan) => ('id' in plan ? [plan] : []));
  return plans.flatMap((plan) => [
    ...('id' in plan ? betweenMembers(plan) : withParties(plan, parties)),
    ...('id' in plan ? [...userInterfaces(plan), ...elsewhere(plan)] : []),
    ...registries(plan),
    ...names(plan),
    outwards(plan, 'UDP', { who: 'NTP servers' }, 123, 'clocks, by which certificates hold', 'no'),
    ...(plan.driver === 'kubefate' ? byKubeFate(plan) : []),
    ...administration(plan),
  ]);
}

/** What parties without a route have with the exchange is theirs, seen from its side. */
function withParties(exchange: ExchangePlan, parties: readonly PartyPlan[]): readonly FirewallRule[] {
  const unrouted = parties.filter(({ id }) => !exchange.parties.some((routed) => routed.id === id));
  return [
    ...betweenMembers(exchange).filter(({ source }) => parties.length === 0 || source !== nobodyYet),
    ...unrouted
      .flatMap(betweenMembers)
      .map(
        (rule): FirewallRule => ({ ...rule, member: 'exchange', direction: rule.direction === 'in' ? 'out' : 'in' }),
      ),
  ];
}

/**
 * One rule for connections that differ in their purpose alone; that of the first is the one that the federation is for. A Pulsar that
 * somebody else runs for a party is the party's, to all others.
 */
function betweenMembers(plan: PartyPlan | ExchangePlan): readonly FirewallRule[] {
  const flows = 'id' in plan ? (isJoined(plan) ? neighbourFlows(plan, true) : []) : flowsOf(plan);
  const rules = flows.flatMap((flow) => crossing(plan, flow) ?? []);
  return firstOfEach(rules, ({ source, destination, port }) => [source, destination, port]);
}

/** The rule for a flow from or to another member; none for others. */
function crossing(plan: PartyPlan | ExchangePlan, flow: PlannedFlow): FirewallRule | undefined {
  const { from, to, protocol, why: purpose, encrypted } = flow;
  const rule = { member: memberOf(plan), protocol, purpose, encrypted };
  if (to.kind === 'endpoint' && typeof flow.port === 'number') {
    const destination = { who: `${nameOf(to.member)}, ${programs[to.service]}`, at: [to.address] };
    return { ...rule, direction: 'out', source: nodesOf(plan), destination, port: flow.port };
  }
  const called = calledAt(plan, to);
  const source = callers(from);
  return called && source && { ...rule, direction: 'in', source, ...called };
}

function callers(from: FlowEnd): RuleEnd | undefined {
  if (from.kind === 'member')
    return { who: from.isOther ? 'exchange of other parties' : nameOf(from.member), at: from.ranges ?? [] };
  return from.kind === 'anybody' ? nobodyYet : undefined;
}

/** Of an exchange that routes to nobody. */
const nobodyYet: RuleEnd = { who: 'parties, once there are some', at: [] };

/** Under which address and port others reach a workload. */
function calledAt(plan: PartyPlan | ExchangePlan, to: FlowEnd): Pick<FirewallRule, 'destination' | 'port'> | undefined {
  if (to.kind !== 'workload') return undefined;
  const service = published.find((each) => doorOf(plan, each) === to.workload);
  const port = service && (plan.ports as Readonly<Partial<Record<string, number>>>)[service];
  if (service === undefined || port === undefined) return undefined;
  const elsewhere = service === 'pulsar' && 'pulsar' in plan ? plan.pulsar.public?.address : undefined;
  const address = elsewhere ?? (plan.addresses as Readonly<Partial<Record<string, string>>> | undefined)?.[service];
  const who = `${nameOf(memberOf(plan))}, ${programs[service]}`;
  return { destination: { who, at: address === undefined ? [] : [address] }, port };
}

const published = ['nginx', 'pulsar', 'trafficServer'] as const;

/** Whose pods take what comes to it. */
const doorOf = (plan: PartyPlan | ExchangePlan, service: (typeof published)[number]): string =>
  service === 'pulsar' && 'pulsar' in plan ? pulsarDoor(plan) : services[service].name;

const programs = { nginx: 'nginx', pulsar: 'Pulsar', trafficServer: 'Traffic Server' } as const;

/** One for each scheme of the published interfaces, and one for who asks by HTTP whose host names they are. */
function userInterfaces(plan: PartyPlan): readonly FirewallRule[] {
  const { hosts, tlsSecrets } = plan.ingress;
  const all = Object.keys(hosts) as Ui[];
  const secured = all.filter((ui) => tlsSecrets[ui] !== undefined);
  const plain = all.filter((ui) => tlsSecrets[ui] === undefined);
  const isAsked = asksCertManager(plan.ingress) && all.length > 0;
  const at = (uis: readonly Ui[]) => uis.flatMap((ui) => hosts[ui] ?? []);
  const rule = (who: string, uis: readonly Ui[], port: 80 | 443, purpose: string): readonly FirewallRule[] =>
    uis.length === 0
      ? []
      : [
          {
            member: plan.id,
            direction: 'in',
            source: { who },
            destination: { who: 'ingress controller', at: at(uis) },
            port,
            protocol: 'TCP',
            purpose,
            encrypted: port === 443 ? 'tls' : 'no',
          },
        ];
  return [
    ...rule('users', secured, 443, `user interfaces: ${secured.join(', ')}`),
    ...rule('users', plain, 80, `user interfaces: ${plain.join(', ')}`),
    ...rule('ACME, where the issuer asks by it', isAsked ? all : [], 80, 'proof of host names'),
    ...(isAsked
      ? [outwards(plan, 'TCP', { who: 'issuer of certificates' }, 443, 'certificates of host names', 'tls')]
      : []),
  ];
}

/**
 * To what others run for the party, outside of its cluster, and from there: a line for each, however many pods of the party call it, and
 * what for.
 */
function elsewhere(plan: PartyPlan): readonly FirewallRule[] {
  const rules = flowsOf(plan).flatMap(({ from, to, port, why, encrypted }): readonly FirewallRule[] => {
    if (port === 'any') return [];
    if (to.kind === 'host' && !to.isNearby)
      return [outwards(plan, 'TCP', { who: to.what, at: to.at }, port, why, encrypted)];
    const [called, caller] = [workersAt(to), workersAt(from)];
    if (called) return [outwards(plan, 'TCP', called, port, why, encrypted)];
    if (caller === undefined || to.kind !== 'workload') return [];
    const destination = calledByWorkers(plan, to);
    return [
      { member: plan.id, direction: 'in', source: caller, destination, port, protocol: 'TCP', purpose: why, encrypted },
    ];
  });
  return firstOfEach(rules, ({ source, destination, port }) => [source, destination, port]);
}

/** Workers outside of the cluster. */
const workersAt = (end: FlowEnd): RuleEnd | undefined =>
  end.kind === 'workers' && 'ranges' in end ? { who: 'workers of Spark', at: end.ranges } : undefined;

/** What leads to drivers, or pods themselves. */
function calledByWorkers(plan: PartyPlan, { workload }: WorkloadEnd): RuleEnd {
  const driver = workload === services.fateflow.name ? sparkDriverOf(plan) : undefined;
  return driver
    ? { who: `${nameOf(plan.id)}, drivers of Spark`, at: [driver.address] }
    : { who: `${nameOf(plan.id)}, pods of ${workload}` };
}

const firstOfEach = <T>(all: readonly T[], key: (one: T) => unknown): readonly T[] => {
  const keys = all.map((one) => JSON.stringify(key(one)));
  return all.filter((_, i) => keys.indexOf(`${keys[i]}`) === i);
};

/** Of all that pods of the plan run; it may lead nodes on to where it keeps layers. */
function registries(plan: PartyPlan | ExchangePlan): readonly FirewallRule[] {
  const hosts = new Set(images([plan]).map(({ image }) => registryOf(image)));
  return [...hosts].sort().map((host) => {
    const [name = '', port = 443] = host.split(':');
    const at = name === dockerHub ? dockerHubHosts : [name];
    return outwards(plan, 'TCP', { who: 'registry', at }, Number(port), 'images', 'tls');
  });
}

const dockerHub = 'docker.io';

/** Its name is of no server: tokens, manifests and layers have one each. @see Docker, "Allowlist" */
const dockerHubHosts = [
  'auth.docker.io',
  'registry-1.docker.io',
  'production.cloudflare.docker.com',
  'production.cloudfront.docker.com',
];

/** @see Distribution, `reference`: a first component with a dot or a port is a host */
function registryOf(image: string): string {
  const [first = '', ...more] = image.split('/');
  return more.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : dockerHub;
}

/** The cluster's resolver asks those of the organisation. */
const names = (plan: PartyPlan | ExchangePlan): readonly FirewallRule[] =>
  flowsOf(plan)
    .filter(({ to }) => to.kind === 'dns')
    .map(({ protocol }) => outwards(plan, protocol, { who: 'DNS servers' }, 53, 'names of others', 'no'));

/** Of the service that makes the member, by its defaults. */
const byKubeFate = (plan: PartyPlan | ExchangePlan): readonly FirewallRule[] => [
  outwards(plan, 'TCP', { who: "repository of KubeFATE's charts" }, 443, 'charts that nobody has uploaded', 'tls'),
  byOperators(plan, { who: "ingress controller, for KubeFATE's service" }, 80, "calls of KubeFATE's CLI", 'no'),
];

/** For kubectl, Pulumi and the commands that look into a cluster. */
const administration = (plan: PartyPlan | ExchangePlan): readonly FirewallRule[] => [
  byOperators(plan, { who: 'Kubernetes API of the cluster' }, 6443, 'administration', 'tls'),
  byOperators(plan, { who: 'Supervisor' }, 443, 'logins', 'tls'),
];

const byOperators = (
  plan: PartyPlan | ExchangePlan,
  destination: RuleEnd,
  port: number,
  purpose: string,
  encrypted: FirewallRule['encrypted'],
): FirewallRule => ({
  member: memberOf(plan),
  direction: 'in',
  source: { who: 'operators' },
  destination,
  port,
  protocol: 'TCP',
  purpose,
  encrypted,
});

const outwards = (
  plan: PartyPlan | ExchangePlan,
  protocol: FirewallRule['protocol'],
  destination: RuleEnd,
  port: PortRange,
  purpose: string,
  encrypted: FirewallRule['encrypted'],
): FirewallRule => ({
  member: memberOf(plan),
  direction: 'out',
  source: nodesOf(plan),
  destination,
  port,
  protocol,
  purpose,
  encrypted,
});

/** Where connections of a member's pods come from. */
const nodesOf = (plan: PartyPlan | ExchangePlan): RuleEnd => ({ who: nameOf(memberOf(plan)), at: plan.egress ?? [] });

/** As a sheet calls it, which has no sentences. */
export const nameOf = (member: Member): string => (member === 'exchange' ? member : `party ${member}`);
