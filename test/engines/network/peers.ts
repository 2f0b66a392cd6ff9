import { BlockList, isIP } from 'node:net';
import type { CronJob, Job } from 'kubernetes-types/batch/v1';
import { Exchange, FederatedLearningCluster, KubeFateService } from '../../../constructs';
import { federation, kubeFatePlan } from '../../../lib';
import type { Member } from '../../../lib/federation/certificates';
import { type FlowEnd, flowsOf, isAtPort, type PlannedFlow } from '../../../lib/federation/flows';
import { flowsOfService } from '../../../lib/kubefate/service/flows';
import { type AnyObject, objectsOf, podOf, type Workload, workloadsOf } from '../../support/objects';
import { address } from '../support/network';
import type { AddressedPod } from './enforcement';

/** A pod, or somebody outside of the cluster. */
export interface Peer {
  /** `fate-30000/mysql-0` */
  readonly name: string;
  readonly address: string;
}

export interface Connection {
  readonly from: Peer;
  readonly to: Peer;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

let hosts = 10;
export const outside: Peer = { name: 'outside', address: address(hosts++) };
const gate = { trafficServer: address(hosts++), nginx: address(hosts++) };
const published = { 30000: addresses(), 40000: addresses() } as const;

function addresses() {
  return { nginx: address(hosts++), pulsar: address(hosts++) };
}

/** A party with all that can be had, and one with as little as can be; of the exchange they know from where it calls. */
const { exchange, parties } = federation({
  domain: 'example.com',
  exchange: { addresses: gate, egress: Object.values(gate).map((it) => `${it}/32`), monitoring: {} },
  parties: [
    {
      id: 30000,
      addresses: published[30000],
      ingress: { uis: ['notebook', 'fateboard', 'spark', 'pulsar'], basicAuthSecret: 'users' },
      backup: { to: { bucket: 'backups', endpoint: `https://${outside.address}:9000` } },
      monitoring: {},
      verification: true,
    },
    { id: 40000, addresses: published[40000] },
  ],
});
const service = kubeFatePlan({ host: 'kubefate.example.com', exchange: exchange.namespace });

/** All of it is in one cluster. */
const objects: readonly AnyObject[] = [
  ...objectsOf((app) => new Exchange(app, exchange.namespace, exchange)),
  ...parties.flatMap((plan) => objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan))),
  ...objectsOf((app) => new KubeFateService(app, service.namespace, service)),
];

/** By namespace. */
const plannedFlows: ReadonlyMap<string, readonly PlannedFlow[]> = new Map([
  ...[exchange, ...parties].map((plan): [string, readonly PlannedFlow[]] => [plan.namespace, flowsOf(plan)]),
  [service.namespace, flowsOfService(service)],
]);

/** What else runs there. */
const around = {
  'ingress-controller': workload('ingress-nginx', 'controller', { 'app.kubernetes.io/name': 'ingress-nginx' }),
  scraper: workload('monitoring', 'prometheus', { 'app.kubernetes.io/name': 'prometheus' }),
  dns: workload('kube-system', 'coredns', { 'k8s-app': 'kube-dns' }),
  stranger: workload('elsewhere', 'fateflow', { 'app.kubernetes.io/name': 'fateflow' }),
};

function workload(namespace: string, name: string, labels: Readonly<Record<string, string>>): Workload {
  const template = { metadata: { labels }, spec: { containers: [{ name, image: name }] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { selector: { matchLabels: labels }, template },
  };
}

export const namespaces: readonly AnyObject[] = [
  ...objects.filter(({ kind }) => kind === 'Namespace'),
  ...Object.values(around).map(({ metadata }) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: metadata?.namespace },
  })),
];

export const policies: readonly AnyObject[] = objects.filter(({ kind }) => kind === 'NetworkPolicy');

const workloads: readonly (Workload | Job | CronJob)[] = [
  ...workloadsOf(objects),
  ...objects.filter(({ kind }) => ['Job', 'CronJob'].includes(kind)),
  ...Object.values(around),
];

/** Some call others of their own workload. */
const ordinals = new Map([
  ['datanode', [0, 1]],
  ['spark-worker', [0, 1]],
]);

export const pods = workloads.flatMap((workload) =>
  (ordinals.get(`${workload.metadata?.name}`) ?? [0]).map((ordinal): Peer & AddressedPod => {
    const { namespace = '', name = '' } = workload.metadata ?? {};
    const address = addressOf(namespace, name);
    return { name: `${namespace}/${name}-${ordinal}`, address, workload, ordinal };
  }),
);

/** The public one of what is published, as if there were no load balancer between. */
function addressOf(namespace: string, name: string): string {
  if (namespace === exchange.namespace && name === 'traffic-server') return gate.trafficServer;
  if (namespace === exchange.namespace && name === 'nginx') return gate.nginx;
  const { addresses } = parties.find((it) => it.namespace === namespace) ?? {};
  const own = name === 'nginx' || name === 'pulsar' ? addresses?.[name] : undefined;
  return own ?? address(hosts++);
}

/** Where anybody might be called: at every port that somebody has, and at one that the system may give a program. */
export const ports = [
  ...new Set([
    ...[...plannedFlows.values()].flat().flatMap(({ port }) => (port === 'any' ? 40_000 : port)),
    ...workloads.flatMap((it) => podOf(it).containers.flatMap(({ ports = [] }) => ports.map((of) => of.containerPort))),
  ]),
];

/** Whether the caller's flows have such connections, and the called one's. Who belongs to no plan may call anybody, and be called. */
export const isPlanned = ({ from, to, protocol, port }: Connection): boolean => {
  const isFlow = (flow: PlannedFlow) =>
    flow.protocol === protocol && isAtPort(flow, port) && isEnd(flow.from, from) && isEnd(flow.to, to);
  const lets = ({ name }: Peer, isOwn: (flow: PlannedFlow) => boolean) =>
    plannedFlows.get(`${name.split('/')[0]}`)?.some((flow) => isOwn(flow) && isFlow(flow)) ?? true;
  const ofPods = ({ kind }: FlowEnd) => kind === 'workload' || kind === 'every-pod';
  return lets(from, (flow) => ofPods(flow.from)) && lets(to, (flow) => ofPods(flow.to));
};

function isEnd(end: FlowEnd, { name, address }: Peer): boolean {
  switch (end.kind) {
    case 'workload':
      return name.startsWith(`${end.namespace}/${end.workload}-`);
    case 'every-pod':
      return name.startsWith(`${end.namespace}/`);
    case 'endpoint':
      return address === end.address;
    case 'host': // whose addresses nobody knows, where it is a name
      return end.at.some((at) => address === at || (at.includes('/') ? isIn(at, address) : !isIP(at)));
    case 'member':
      return !end.isKeptTo || end.ranges?.includes(`${address}/32`) || name.startsWith(`${namespaceOf(end.member)}/`);
    case 'workers': // of a party that has none here
      return false;
    case 'anybody':
    case 'api-server': // whose address nobody knows either
      return true;
    default:
      return name === `${around[end.kind].metadata?.namespace}/${around[end.kind].metadata?.name}-0`;
  }
}

function isIn(range: string, address: string): boolean {
  const [network = '', prefix] = range.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(prefix));
  return list.check(address);
}

const namespaceOf = (member: Member): string | undefined =>
  (member === 'exchange' ? exchange : parties.find(({ id }) => id === member))?.namespace;
