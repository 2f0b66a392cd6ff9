import { Construct } from 'constructs';
import type {
  NetworkPolicy,
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from 'kubernetes-types/networking/v1';
import { type Member, memberName } from '../../lib/federation/certificates';
import { acmeSolver, type FlowEnd, type PlannedFlow, portText } from '../../lib/federation/flows';
import { isHostIpv4 } from '../../lib/input/addresses';
import { isFromMinor } from '../../lib/kubernetes/releases';
import { Manifest } from '../app/manifest';
import { memberLabels, partOf } from './namespace';

export interface NetworkPoliciesProps {
  /** All connections from and to the pods of the namespace. */
  readonly flows: readonly PlannedFlow[];
  /** Release of the cluster. */
  readonly kubernetes: string;
}

/**
 * Lets through the connections of a plan, and no other: a policy for each workload, of its name, which holds all that its pods
 * need, and one that denies the rest. So there is no moment in which one is applied and its pods lack something.
 *
 * Kubelets pass any policy, and others add to these: what somebody wants to be open besides is a policy of its own.
 *
 * @see Kubernetes, "Network Policies"
 */
export class NetworkPolicies extends Construct {
  constructor(scope: Construct, id: string, { flows, kubernetes }: NetworkPoliciesProps) {
    super(scope, id);
    for (const workload of workloadsOf(flows)) this.workload(workload, flows, kubernetes);
    this.denial();
  }

  private workload(workload: string, flows: readonly PlannedFlow[], kubernetes: string) {
    const incoming = flows.filter(({ to }) => to.kind === 'workload' && to.workload === workload);
    const outgoing = flows.filter(
      ({ from }) => from.kind === 'every-pod' || (from.kind === 'workload' && from.workload === workload),
    );
    const ingress = rules(incoming, (flow) => sources(flow, kubernetes));
    const egress = rules(outgoing, (flow) => targets(flow, kubernetes));
    new Manifest<NetworkPolicy>(this, workload, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: workload, annotations: { 'kubernetes.io/description': described(incoming, outgoing) } },
      spec: {
        podSelector: { matchLabels: podLabels(workload) },
        policyTypes: ['Ingress', 'Egress'],
        ingress: listed(ingress.map(({ peers, ports }): NetworkPolicyIngressRule => ({ from: peers, ports }))),
        egress: listed(egress.map(({ peers, ports }): NetworkPolicyEgressRule => ({ to: peers, ports }))),
      },
    });
  }

  /** Of pods that no other policy names. It comes last: until then nothing is closed that has no policy of its own yet. */
  private denial() {
    new Manifest<NetworkPolicy>(this, denyAll, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: denyAll },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
  }
}

const denyAll = 'default-deny';

/** An API server gives no empty list back: one would be a change for ever. */
const listed = <T>(rules: T[]): T[] | undefined => (rules.length > 0 ? rules : undefined);

const workloadsOf = (flows: readonly PlannedFlow[]): ReadonlySet<string> =>
  new Set(
    flows.flatMap(({ from, to }) => [to, from].flatMap((end) => (end.kind === 'workload' ? [end.workload] : []))),
  );

/** Why there is what there is, for who reads the policy in a cluster. */
function described(incoming: readonly PlannedFlow[], outgoing: readonly PlannedFlow[]): string {
  const at = ({ port }: PlannedFlow) => (port === 'any' ? 'any port' : portText(port));
  const lines = [
    ...incoming.map((flow) => `from ${sourceText(flow.from)} at ${at(flow)}: ${flow.why}`),
    ...outgoing.map((flow) => `to ${endText(flow.to)} at ${at(flow)}: ${flow.why}`),
  ];
  return [...new Set(lines)].join('\n');
}

const sourceText = (end: FlowEnd): string =>
  'isKeptTo' in end && !end.isKeptTo ? `${endText(end)}, and whoever reaches the port,` : endText(end);

function endText(end: FlowEnd): string {
  if (end.kind === 'workload') return end.workload;
  if (end.kind === 'host') return end.at.join(' and ');
  if (end.kind === 'workers')
    return `workers of Spark in ${'ranges' in end ? end.ranges.join(' and ') : end.namespace}`;
  if (end.kind === 'member') return memberName(end.member);
  return end.kind === 'endpoint' ? `${end.service} of ${memberName(end.member)}` : end.kind.replaceAll('-', ' ');
}

interface Rule {
  /** None: everybody. */
  readonly peers?: NetworkPolicyPeer[];
  readonly ports: NetworkPolicyPort[];
}

/** One way through a policy. */
interface Opening {
  /** None: everybody. */
  readonly peer?: NetworkPolicyPeer;
  readonly port: NetworkPolicyPort;
}

/** Each peer with its ports, and peers of the same ports together. */
function rules(flows: readonly PlannedFlow[], openings: (flow: PlannedFlow) => readonly Opening[]): readonly Rule[] {
  const byPeer = grouped(flows.flatMap(openings), ({ peer }) => peer);
  const ofPeers = byPeer.map(([peer, some]) => ({
    peer,
    ports: grouped(some, ({ port }) => port).map(([port]) => port),
  }));
  return grouped(ofPeers, ({ ports }) => ports).map(([ports, some]) => ({
    ...(some.every(({ peer }) => peer !== undefined) && { peers: some.flatMap(({ peer }) => peer ?? []) }),
    ports,
  }));
}

/** In the order in which a key comes first. Keys are data. */
function grouped<T, Key>(all: readonly T[], keyOf: (one: T) => Key): readonly (readonly [Key, readonly T[]])[] {
  const groups = new Map<string, readonly [Key, T[]]>();
  for (const one of all) {
    const key = keyOf(one);
    const text = JSON.stringify([key]);
    const group = groups.get(text) ?? ([key, []] as const);
    groups.set(text, group);
    group[1].push(one);
  }
  return [...groups.values()];
}

function sources({ from, port, protocol }: PlannedFlow, kubernetes: string): readonly Opening[] {
  const ports = portsOf(port, protocol);
  if ('isKeptTo' in from && !from.isKeptTo) return opened([undefined], ports);
  if (from.kind === 'member') return opened([...(from.ranges ?? []).map(block), namespaceOf(from.member)], ports);
  return opened(peersOf(from, kubernetes), ports);
}

/**
 * An address of a load balancer is the pods' own by the time that policies look, where these are in the same cluster. A name has
 * no place in a policy: its port is open to every address.
 */
function targets({ to, port, protocol }: PlannedFlow, kubernetes: string): readonly Opening[] {
  const ports = portsOf(port, protocol);
  if (to.kind === 'host') return opened(to.at.map(addressed), ports);
  if (to.kind !== 'endpoint') return opened(peersOf(to, kubernetes), ports);
  return [
    ...opened([addressed(to.address)], ports),
    ...opened([namespaceOf(to.member)], portsOf(to.podPort, protocol)),
  ];
}

const opened = (peers: readonly Opening['peer'][], ports: readonly NetworkPolicyPort[]): readonly Opening[] =>
  peers.flatMap((peer) => ports.map((port) => ({ peer, port })));

/** Without a number: all of the protocol. A range is each of its ports: not all that enforce policies know of `endPort`. */
function portsOf(port: PlannedFlow['port'], protocol: PlannedFlow['protocol']): readonly NetworkPolicyPort[] {
  if (port === 'any') return [{ protocol }];
  const [from, to] = typeof port === 'number' ? [port, port] : port;
  return Array.from({ length: to - from + 1 }, (_, i) => ({ port: from + i, protocol }));
}

/** None for a name. */
function addressed(host: string): NetworkPolicyPeer | undefined {
  if (host.includes('/')) return block(host);
  return isHostIpv4(host) ? block(`${host}/32`) : undefined;
}

const block = (cidr: string): NetworkPolicyPeer => ({ ipBlock: { cidr } });

/** Members in the same cluster, in whatever namespace they are: what they have open there they say themselves. */
const namespaceOf = (member: Member): NetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: { ...partOf, ...memberLabels(member === 'exchange' ? 'exchange' : 'party') } },
});

/** One of `undefined` is everybody. */
const peersOf = (end: FlowEnd, kubernetes: string): readonly Opening['peer'][] =>
  end.kind === 'workers' && 'ranges' in end ? end.ranges.map(block) : [peerOf(end, kubernetes)];

function peerOf(end: FlowEnd, kubernetes: string): NetworkPolicyPeer | undefined {
  if (end.kind === 'workload') return { podSelector: { matchLabels: podLabels(end.workload) } };
  if (end.kind === 'dns') return resolver(kubernetes);
  if ('namespace' in end) return { namespaceSelector: { matchLabels: namespaceName(end.namespace) } };
  return undefined;
}

const podLabels = (workload: string): Record<string, string> =>
  workload === acmeSolver.workload ? { ...acmeSolver.labels } : { 'app.kubernetes.io/name': workload };

const namespaceName = (name: string) => ({ 'kubernetes.io/metadata.name': name });

/** Namespaces have their name as a label since Kubernetes 1.21. */
const resolver = (kubernetes: string): NetworkPolicyPeer => ({
  namespaceSelector: isFromMinor(kubernetes, 21) ? { matchLabels: namespaceName('kube-system') } : {},
  podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
});
