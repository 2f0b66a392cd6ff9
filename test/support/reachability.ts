import { IPv4 } from 'ipaddr.js';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from 'kubernetes-types/networking/v1';
import type { AnyObject } from './objects';

type Labels = Readonly<Record<string, string>>;

export interface TestPod {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** Ports with a name, by which a policy may call them. */
  readonly ports?: Readonly<Record<string, number>>;
}

/** A pod, or an IPv4 address outside of the cluster. */
export type TestEnd = TestPod | string;

export interface TestConnection {
  readonly from: TestEnd;
  readonly to: TestEnd;
  readonly port: number;
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
}

/** What decides on connections in a cluster. */
export interface TestCluster {
  /** By the name of a namespace. */
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly policies: readonly NetworkPolicy[];
}

/**
 * Whether a network that enforces policies lets a connection through.
 *
 * @see Kubernetes, "Network Policies": isolation, additive rules, selectors, and that no pod is cut off from itself
 */
export function isReachable(cluster: TestCluster, connection: TestConnection): boolean {
  const { from, to } = connection;
  return (
    from === to || (isAllowed(cluster, 'Egress', from, connection) && isAllowed(cluster, 'Ingress', to, connection))
  );
}

function isAllowed(cluster: TestCluster, direction: Direction, pod: TestEnd, connection: TestConnection): boolean {
  if (typeof pod === 'string') return true;
  const isolating = isolatingOf(cluster, direction, pod);
  if (isolating.length === 0) return true;
  return isolating.some((policy) => rulesOf(policy, direction).some((rule) => lets(cluster, policy, rule, connection)));
}

type Direction = 'Ingress' | 'Egress';

const known = new WeakMap<TestCluster, Record<Direction, Map<TestPod, readonly NetworkPolicy[]>>>();

/** Policies that cut a pod off but for what they let through; each pod is asked for often. */
function isolatingOf(cluster: TestCluster, direction: Direction, pod: TestPod): readonly NetworkPolicy[] {
  const ofCluster = known.get(cluster) ?? { Ingress: new Map(), Egress: new Map() };
  known.set(cluster, ofCluster);
  const isolating =
    ofCluster[direction].get(pod) ??
    cluster.policies.filter((it) => selects(it, pod) && typesOf(it).includes(direction));
  ofCluster[direction].set(pod, isolating);
  return isolating;
}

function selects({ metadata, spec }: NetworkPolicy, pod: TestPod): boolean {
  return metadata?.namespace === pod.namespace && matches(spec?.podSelector ?? {}, pod.labels);
}

/** Without a word, of connections to pods, and of those from them where there is a rule for them. */
const typesOf = ({ spec }: NetworkPolicy): readonly string[] =>
  spec?.policyTypes ?? ['Ingress', ...(spec?.egress ? ['Egress'] : [])];

interface TestRule {
  readonly side: 'from' | 'to';
  readonly peers: readonly NetworkPolicyPeer[];
  readonly ports: readonly NetworkPolicyPort[];
}

const rulesOf = ({ spec }: NetworkPolicy, direction: Direction): readonly TestRule[] =>
  direction === 'Ingress'
    ? (spec?.ingress ?? []).map(({ from = [], ports = [] }) => ({ side: 'from', peers: from, ports }))
    : (spec?.egress ?? []).map(({ to = [], ports = [] }) => ({ side: 'to', peers: to, ports }));

/** A rule without peers is for everybody, and one without ports for all of them. */
function lets(cluster: TestCluster, policy: NetworkPolicy, rule: TestRule, connection: TestConnection): boolean {
  const { side, peers, ports } = rule;
  return (
    (peers.length === 0 || peers.some((peer) => isPeer(cluster, policy, peer, connection[side]))) &&
    (ports.length === 0 || ports.some((port) => isPort(port, connection)))
  );
}

function isPeer({ namespaces }: TestCluster, policy: NetworkPolicy, peer: NetworkPolicyPeer, end: TestEnd): boolean {
  const { ipBlock, podSelector, namespaceSelector } = peer;
  if (typeof end === 'string') return ipBlock !== undefined && isInBlock(ipBlock, end);
  if (ipBlock !== undefined) return false; // for addresses outside of the cluster
  const isThere = namespaceSelector
    ? matches(namespaceSelector, { ...namespaces.get(end.namespace) })
    : end.namespace === policy.metadata?.namespace;
  return isThere && matches(podSelector ?? {}, end.labels);
}

function isInBlock({ cidr, except = [] }: NonNullable<NetworkPolicyPeer['ipBlock']>, address: string): boolean {
  const isIn = (range: string) => !range.includes(':') && IPv4.parse(address).match(IPv4.parseCIDR(range));
  return isIn(cidr) && !except.some(isIn);
}

function isPort({ port, endPort, protocol = 'TCP' }: NetworkPolicyPort & { endPort?: number }, on: TestConnection) {
  if (protocol !== (on.protocol ?? 'TCP')) return false;
  if (port === undefined) return true;
  if (typeof port === 'string') return typeof on.to !== 'string' && on.to.ports?.[port] === on.port;
  return port <= on.port && on.port <= (endPort ?? port);
}

/** An empty selector is for all; its conditions hold together. */
export function matches({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const isIn = value !== undefined && values.includes(value);
      return operator === 'In' ? isIn : !isIn;
    })
  );
}

/** As an API server has them: a namespace has its name as a label. */
export const clusterOf = (objects: readonly AnyObject[], others: readonly string[] = []): TestCluster => ({
  namespaces: new Map<string, Labels>([
    ...others.map((name): [string, Labels] => [name, { 'kubernetes.io/metadata.name': name }]),
    ...objects
      .filter(({ kind }) => kind === 'Namespace')
      .map(({ metadata: { name, labels } }): [string, Labels] => [
        name,
        { ...labels, 'kubernetes.io/metadata.name': name },
      ]),
  ]),
  policies: objects.filter(({ kind }) => kind === 'NetworkPolicy'),
});

/** Two of each workload, of Jobs too: a pod is never cut off from itself, but from the other one. */
export const podsOf = (objects: readonly AnyObject[]): TestPod[] =>
  objects.flatMap((object) => {
    const template = templateOf(object);
    if (template === undefined) return [];
    const { namespace, name } = object.metadata;
    const labels: Labels = { ...template.metadata?.labels };
    const named = (template.spec?.containers ?? []).flatMap(({ ports = [] }) =>
      ports.map((port): [string, number] => [`${port.name}`, port.containerPort]),
    );
    return ['a', 'b'].map((copy) => ({ name: `${name}-${copy}`, namespace, labels, ports: Object.fromEntries(named) }));
  });

const templateOf = ({ kind, spec }: AnyObject): PodTemplateSpec | undefined =>
  kind === 'CronJob'
    ? spec.jobTemplate.spec.template
    : ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind)
      ? spec.template
      : undefined;
