import { exchangeFlows, type Flow, partyFlows } from '../fate/flows';
import { type Release, releases } from '../fate/releases';
import { localPorts, services, workloads } from '../fate/services';
import { type AnyIngress, asksCertManager } from '../kubernetes/ingresses';
import type { Transport } from './agreement';
import { type BackupPlan, backupName, restoreName } from './backup';
import { callerRanges } from './callers';
import type { Member } from './certificates';
import type { ExchangeDescriptor, PartyDescriptor } from './descriptor';
import { goesByProxy, isProxied } from './direct-calls';
import { externalEngines, isInCluster } from './engines';
import { callingParties, type ExchangePlan, type PortRange } from './exchange';
import { type Ui, uiBackends } from './ingress';
import type { Monitoring } from './monitoring';
import { callingMembers, isJoined, neighboursOf } from './neighbours';
import type { PartyPlan } from './party';
import { type ProxyPlan, proxyAt } from './proxy';
import { hasCertificate, pulsarDoor, pulsarHosts } from './pulsar';
import { type ExternalSparkPlan, sparkDriverOf } from './spark';

/** As lists and descriptions have it: `9300`, `31000-31015`. */
export const portText = (port: PortRange): string => (typeof port === 'number' ? `${port}` : port.join('-'));

/** Whether connections of a flow are made to a port. */
export const isAtPort = ({ port }: Pick<PlannedFlow, 'port'>, number: number): boolean =>
  port === 'any' || (typeof port === 'number' ? port === number : port[0] <= number && number <= port[1]);

/** One end of a connection. */
export type FlowEnd =
  | WorkloadEnd
  | MemberEnd
  | EndpointEnd
  /** All pods of a namespace that the plan knows. */
  | { readonly kind: 'every-pod'; readonly namespace: string }
  /** The cluster's own resolver. */
  | { readonly kind: 'dns' }
  /** The controller that serves Ingresses, wherever in its namespace it runs. */
  | { readonly kind: 'ingress-controller'; readonly namespace: string }
  /** The Prometheus that scrapes, wherever in its namespace it runs. */
  | { readonly kind: 'scraper'; readonly namespace: string }
  | HostEnd
  | WorkersEnd
  /** The Kubernetes API. */
  | { readonly kind: 'api-server' }
  /** Whoever reaches the port. */
  | { readonly kind: 'anybody' };

/** Servers outside of the federation. */
export interface HostEnd {
  readonly kind: 'host';
  /** As a list has it: `MySQL`, `store of backups`. */
  readonly what: string;
  /** Names, IPv4 addresses or CIDR ranges. */
  readonly at: readonly string[];
  /** Whether they are in the party's own cluster, with no firewall on the way. */
  readonly isNearby: boolean;
}

/** Workers of a Spark that somebody else runs. */
export type WorkersEnd = { readonly kind: 'workers' } & (
  | { readonly namespace: string }
  | {
      /** CIDR ranges. */
      readonly ranges: readonly string[];
      /** Whether others may not call: the called pods see addresses. */
      readonly isKeptTo: boolean;
    }
);

/** Pods of one workload. */
export interface WorkloadEnd {
  readonly kind: 'workload';
  readonly namespace: string;
  /** What its pods are known by: `nginx`, `spark-worker`, `acme-http-solver`. */
  readonly workload: string;
}

/** Another member that calls, from wherever. */
export interface MemberEnd {
  readonly kind: 'member';
  readonly member: Member;
  /** Whether it is an exchange that others call by, and the called party does not. */
  readonly isOther?: boolean;
  /** CIDR ranges that its connections come from, where it has declared them. */
  readonly ranges?: readonly string[];
  /** Whether others may not call: all who may have declared their ranges, and the called pods see addresses. */
  readonly isKeptTo: boolean;
}

/** What another member publishes and is called at. */
export interface EndpointEnd {
  readonly kind: 'endpoint';
  readonly member: Member;
  readonly service: 'nginx' | 'pulsar' | 'trafficServer';
  /** IPv4 literal, or a name where the kind of service may have one. */
  readonly address: string;
  /** Port of the pods behind it: what a connection goes to inside of one cluster. */
  readonly podPort: number;
}

/** Connections of one kind, of one plan. Answers travel on the same connection. */
export interface PlannedFlow {
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  /** Of the called pods, or the public one of an endpoint or a host. `any` where the programs agree on one while they run. */
  readonly port: PortRange | 'any';
  readonly protocol: 'TCP' | 'UDP';
  readonly why: string;
  /** `mutual-tls`: both ends prove who they are. `tls`: the called one shows a certificate. */
  readonly encrypted: 'mutual-tls' | 'tls' | 'no';
}

/**
 * Every connection from and to the pods of a party or an exchange: inside its namespace, and across its border. Not probes of the
 * kubelets, and not what people ask of pods through the API server.
 */
export const flowsOf = (plan: PartyPlan | ExchangePlan): readonly PlannedFlow[] =>
  'id' in plan ? flowsOfParty(plan) : flowsOfExchange(plan);

function flowsOfParty(plan: PartyPlan): readonly PlannedFlow[] {
  const { namespace, ingress, backup, monitoring } = plan;
  return [
    ...partyFlows.filter((it) => isOf(it, plan)).flatMap((it) => ofParty(it, plan)),
    ...(isJoined(plan) ? neighbourFlows(plan) : []),
    ...Object.keys(ingress.hosts).map((ui) => fromController(plan, ui as Ui)),
    ...toSolver(plan),
    ...(backup ? toStore(plan, backup) : []),
    ...(isProxied(plan) ? [toProxy(plan, workloads.client)] : []),
    ...scrapes(namespace, monitoring, [...exporting, ...(plan.pulsar.isExternal ? [] : [ownPulsar])]),
    ...dns(namespace),
  ];
}

function flowsOfExchange(plan: ExchangePlan): readonly PlannedFlow[] {
  const { namespace, parties, transport, monitoring } = plan;
  const proxy = workload(namespace, trafficServer.name);
  const gate = workload(namespace, nginx.name);
  const calling = callingParties(plan);
  const callers = (service: 'trafficServer' | 'nginx'): readonly FlowEnd[] =>
    calling.length > 0
      ? calling.map(({ id, egress }) => callerOf(id, egress, plan.services[service], calling))
      : [{ kind: 'anybody' }];
  return [
    ...exchangeFlows.filter((it) => isOf(it, plan)).flatMap((it) => inside(it, plan)),
    ...callers('trafficServer').map((from) =>
      tcp(from, proxy, trafficServer.ports.tls, 'messages to other parties', tunnels[transport]),
    ),
    ...callers('nginx').map((from) => tcp(from, gate, nginx.ports.http, 'calls to other parties', calls[transport])),
    ...parties.flatMap((party) => [
      tcp(proxy, pulsarOf(party), party.pulsar.port, 'messages of other parties', tunnels[transport]),
      tcp(gate, nginxOf(party.id, party), party.nginx.port, 'calls of other parties', calls[transport]),
    ]),
    ...scrapes(namespace, monitoring, exporting),
    ...dns(namespace),
  ];
}

/** Whether a plan has such connections. */
function isOf(flow: Flow, plan: PartyPlan | ExchangePlan): boolean {
  const { jobs }: Release['fateboard'] = releases[plan.fate].fateboard;
  const has = (feature: NonNullable<Flow['with']>[number]) =>
    feature === 'certificate'
      ? 'pulsar' in plan && hasCertificate(plan)
      : (plan as Partial<PartyPlan>)[feature] !== undefined;
  return (
    (flow.with ?? []).every(has) &&
    [undefined, plan.transport].includes(flow.transport) &&
    (flow.pulsars === undefined || ('pulsar' in plan && plan.pulsar.cluster !== undefined)) &&
    [undefined, jobs].includes(flow.jobs)
  );
}

/** Inside of its namespace, but for what somebody else runs. */
const ofParty = (flow: Flow, plan: PartyPlan): readonly PlannedFlow[] =>
  plan.spark.isExternal && [flow.from, flow.to].some((end) => end === 'sparkMaster' || end === 'sparkWorker')
    ? withSpark(flow, plan, plan.spark)
    : inside(flow, plan);

/** What a party has with the Spark of somebody else; nothing of what that has with itself. */
function withSpark({ from, to, port, why }: Flow, plan: PartyPlan, spark: ExternalSparkPlan): readonly PlannedFlow[] {
  const workers = workersOf(plan, spark, to === 'fateflow');
  const { drivers, blocks, executors } = spark.ports;
  if (from === 'fateflow' && to === 'sparkWorker') return [tcp(podsOf(from, plan), workers, executors, why, 'no')];
  if (from === 'fateflow' && port === 'rpc')
    return spark.masters.map((master) => tcp(podsOf(from, plan), host('Spark', master.host), master.port, why, 'no'));
  if (from !== 'sparkWorker' || isElsewhere(to, plan)) return [];
  if (to === 'fateflow') return [drivers, blocks].map((row) => tcp(workers, podsOf(to, plan), row, why, 'no'));
  return [tcp(workers, podsOf(to, plan), portOf(to, port, plan.fate), why, 'no')];
}

/** @param viaService whether they may come by way of one, behind which addresses are not always those of callers */
function workersOf(plan: PartyPlan, { network }: ExternalSparkPlan, viaService: boolean): WorkersEnd {
  if ('namespace' in network) return { kind: 'workers', ...network };
  const driver = viaService ? sparkDriverOf(plan) : undefined;
  const isKeptTo = driver === undefined || callerRanges(driver.service, [{ egress: network.ranges }]) !== undefined;
  return { kind: 'workers', ranges: network.ranges, isKeptTo };
}

/** None where others run who calls, or what they run is not called by the party. */
function inside(flow: Flow, plan: PartyPlan | ExchangePlan): readonly PlannedFlow[] {
  const { from, to, port, why, encrypted } = flow;
  const end = (of: Flow['from']) => podsOf(of, plan);
  if ('id' in plan && isElsewhere(from, plan)) return [];
  const called =
    'id' in plan && isElsewhere(to, plan)
      ? externalEnds(flow, plan)
      : [{ to: end(to), port: portOf(to, port, plan.fate) }];
  return called.map((each) => tcp(end(from), each.to, each.port, why, encrypted ?? 'no'));
}

/** Whether somebody else runs it. */
const isElsewhere = (of: Flow['from'], plan: PartyPlan): boolean =>
  externalEngines(plan).some(({ containers }) => containers.some((each) => each === of));

/** What somebody else runs in the place of the party's own. */
function externalEnds(
  { to, port }: Flow,
  { mysql, hdfs, pulsar }: PartyPlan,
): readonly Pick<PlannedFlow, 'to' | 'port'>[] {
  if (pulsar.isExternal && to === 'pulsar')
    return [{ to: host('Pulsar', ...pulsarHosts(pulsar)), port: port === 'admin' ? pulsar.adminPort : pulsar.port }];
  if (to === 'mysql') return [{ to: host('MySQL', mysql.host), port: mysql.port }];
  if (!hdfs.isExternal) return [];
  const { namenodes, datanodes } = hdfs;
  const nearby = namenodes.every((each) => isInCluster(each.host));
  if (to === 'namenode' && port === 'rpc')
    return namenodes.map((each) => ({ to: host('namenode of HDFS', each.host), port: each.port }));
  if (to === 'datanode' && port === 'data')
    return [{ to: { ...host('datanodes of HDFS', ...datanodes.ranges), isNearby: nearby }, port: datanodes.port }];
  return [];
}

/** Whose pods a Service or a workload has. */
function podsOf(of: Flow['from'], plan: PartyPlan | ExchangePlan): WorkloadEnd {
  const { fate, namespace } = plan;
  if (of in workloads) return workload(namespace, workloads[of as keyof typeof workloads]);
  const behind: Partial<Record<Flow['from'], string>> = {
    fateboard: releases[fate].fateboard.pod,
    notebook: workloads.client,
    nginxInternal: nginx.name,
    pulsarPublicTls: 'pulsar' in plan ? pulsarDoor(plan) : undefined,
  };
  return workload(namespace, behind[of] ?? services[of as keyof typeof services].name);
}

/** Ports of Services, which are those of the pods, and the few that are the release's or in no Service. */
function portOf(to: Flow['to'], port: Flow['port'], fate: PartyPlan['fate']): PlannedFlow['port'] {
  if (port === 'any') return port;
  const { hdfs }: Release = releases[fate];
  const ports: Readonly<Record<string, number>> = {
    ...services[to as keyof typeof services].ports,
    ...(to === 'namenode' && hdfs.namenode),
    ...(to === 'datanode' && { ...hdfs.datanode, ipc: hdfs.datanodeIpc }),
    ...(to === 'trafficServer' && { status: localPorts.trafficServerStatus }),
  };
  return Number(ports[port]);
}

/**
 * What a party has with its exchange or, without one, with each other party. `diagnose` looks from FATE Flow's pod whether they are there.
 *
 * @param ofAll whether with those of a Pulsar that somebody else runs, which pass no pod of the party @default with messages of its own
 */
export function neighbourFlows(plan: PartyPlan, ofAll = !plan.pulsar.isExternal): readonly PlannedFlow[] {
  const { namespace, transport } = plan;
  const { pulsar, fateflow } = services;
  const at = (name: string) => workload(namespace, name);
  const messages = (...flow: Parameters<typeof tcp>) => (ofAll ? [tcp(...flow)] : []);
  return [
    ...callersOf(plan, 'nginx').map((from) =>
      tcp(from, at(nginx.name), nginx.ports.http, 'calls of other parties', calls[transport]),
    ),
    ...callersOf(plan, 'pulsar').flatMap((from) =>
      messages(from, at(pulsarDoor(plan)), pulsar.ports['broker-tls'], 'messages of other parties', tunnels[transport]),
    ),
    ...neighboursOf(plan).flatMap((each) => {
      const gate = nginxOf(memberOf(each), each);
      const other = each.kind === 'Exchange' ? proxyOf(each) : pulsarOf(each);
      const { port } = each.kind === 'Exchange' ? each.trafficServer : each.pulsar;
      const looked = `what diagnose asks of ${each.kind === 'Exchange' ? 'the exchange' : 'other parties'}`;
      return [
        tcp(at(nginx.name), gate, each.nginx.port, 'calls to other parties', calls[transport]),
        ...messages(at(pulsar.name), other, port, 'messages to other parties', tunnels[transport]),
        tcp(at(fateflow.name), gate, each.nginx.port, looked, transport === 'open' ? 'no' : 'tls'),
        tcp(at(fateflow.name), other, port, looked, 'tls'),
      ];
    }),
  ];
}

/** Before any other member is known, whoever comes may call: none of them has a certificate that is taken. */
function callersOf(plan: PartyPlan, service: 'nginx' | 'pulsar'): readonly FlowEnd[] {
  const calling = callingMembers(plan);
  if (calling.length === 0) return [{ kind: 'anybody' }];
  const caller = (each: ExchangeDescriptor | PartyDescriptor) =>
    callerOf(memberOf(each), each.egress, plan.services[service], calling);
  const others = plan.otherExchanges ?? [];
  return [...neighboursOf(plan).map(caller), ...others.map((each) => ({ ...caller(each), isOther: true }))];
}

const memberOf = (each: ExchangeDescriptor | PartyDescriptor): Member =>
  each.kind === 'Exchange' ? 'exchange' : each.id;

const proxyOf = ({ trafficServer: { address } }: ExchangeDescriptor): EndpointEnd => ({
  kind: 'endpoint',
  member: 'exchange',
  service: 'trafficServer',
  address,
  podPort: trafficServer.ports.tls,
});

const callerOf = (
  member: Member,
  ranges: readonly string[] | undefined,
  ...called: Parameters<typeof callerRanges>
): MemberEnd => ({ kind: 'member', member, ranges, isKeptTo: callerRanges(...called) !== undefined });

const nginxOf = (
  member: Member,
  { nginx: { address } }: Pick<PartyDescriptor | ExchangeDescriptor, 'nginx'>,
): EndpointEnd => ({
  kind: 'endpoint',
  member,
  service: 'nginx',
  address,
  podPort: nginx.ports.http,
});

const pulsarOf = ({ id, pulsar: { address } }: PartyDescriptor): EndpointEnd => ({
  kind: 'endpoint',
  member: id,
  service: 'pulsar',
  address,
  podPort: services.pulsar.ports['broker-tls'],
});

/** Behind the controller an interface speaks plain HTTP, whatever it speaks in front of it. */
function fromController(plan: PartyPlan, ui: Ui): PlannedFlow {
  const { ingress } = plan;
  const { service, port } = uiBackends[ui];
  const ports: Readonly<Record<string, number>> = services[service].ports;
  const from: FlowEnd = { kind: 'ingress-controller', namespace: ingress.controllerNamespace };
  return tcp(from, podsOf(service, plan), Number(ports[port]), `user interface ${ui}`, 'no');
}

/** An authority that asks by ACME whose a host name is is answered through the controller. */
export const toSolver = ({ namespace, ingress }: Pick<PartyPlan, 'namespace'> & Ingressed): readonly PlannedFlow[] =>
  asksCertManager(ingress)
    ? [
        tcp(
          { kind: 'ingress-controller', namespace: ingress.controllerNamespace },
          workload(namespace, acmeSolver.workload),
          acmeSolver.port,
          acmeSolver.why,
          'no',
        ),
      ]
    : [];

interface Ingressed {
  readonly ingress: AnyIngress;
}

/** Pods that cert-manager makes beside an Ingress. @see cert-manager, "HTTP01" */
export const acmeSolver = {
  workload: 'acme-http-solver',
  labels: { 'acme.cert-manager.io/http01-solver': 'true' },
  port: 8089,
  why: "cert-manager's proof of host names",
} as const;

function toStore(plan: PartyPlan, { to }: BackupPlan): readonly PlannedFlow[] {
  if (!('bucket' in to)) return [];
  const { hostname, port } = new URL(to.endpoint);
  return [backupName, restoreName].map((name) =>
    goesByProxy(plan, hostname)
      ? toProxy(plan, name)
      : tcp(workload(plan.namespace, name), host('store of backups', hostname), Number(port || 443), 'backups', 'tls'),
  );
}

function toProxy({ namespace, proxy }: { readonly namespace: string; readonly proxy: ProxyPlan }, name: string) {
  const { host: at, port, tls } = proxyAt(proxy);
  const why = 'what the notebook loads, and backups';
  return tcp(workload(namespace, name), host('HTTP proxy', at), port, why, tls ? 'tls' : 'no');
}

type Scraped = readonly [workload: string, port: number];

const scrapes = (namespace: string, monitoring: Monitoring | undefined, scraped: readonly Scraped[]) =>
  monitoring === undefined
    ? []
    : scraped.map(([name, port]) =>
        tcp({ kind: 'scraper', namespace: monitoring.namespace }, workload(namespace, name), port, 'metrics', 'no'),
      );

const { nginx, trafficServer } = services;
const ownPulsar: Scraped = [services.pulsar.name, services.pulsar.ports.admin];
const exporting: readonly Scraped[] = [
  [nginx.name, localPorts.nginxStatus],
  ...Object.values(services.exporter.ports).map((port): Scraped => [services.exporter.name, port]),
];

export const dns = (namespace: string, why = 'names of Services and of others'): readonly PlannedFlow[] =>
  (['UDP', 'TCP'] as const).map((protocol) => ({
    from: { kind: 'every-pod', namespace },
    to: { kind: 'dns' },
    port: 53,
    protocol,
    why,
    encrypted: 'no',
  }));

export const workload = (namespace: string, name: string): WorkloadEnd => ({
  kind: 'workload',
  namespace,
  workload: name,
});

export const host = (what: string, ...at: readonly string[]): HostEnd => ({
  kind: 'host',
  what,
  at,
  isNearby: at.every(isInCluster),
});

export const tcp = (
  from: FlowEnd,
  to: FlowEnd,
  port: PlannedFlow['port'],
  why: string,
  encrypted: PlannedFlow['encrypted'],
): PlannedFlow => ({ from, to, port, protocol: 'TCP', why, encrypted });

/** nginx proves who calls, or takes plain HTTP of anybody. */
const calls: Readonly<Record<Transport, PlannedFlow['encrypted']>> = { 'mutual-tls': 'mutual-tls', open: 'no' };
/** Pulsars speak TLS from end to end, and prove who calls or not. */
const tunnels: Readonly<Record<Transport, PlannedFlow['encrypted']>> = { 'mutual-tls': 'mutual-tls', open: 'tls' };
