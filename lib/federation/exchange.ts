import { type ExchangeImage, releases } from '../fate/releases';
import { services } from '../fate/services';
import type { ExchangeContainer } from '../fate/sizes';
import {
  checkKeys,
  checkUnique,
  type Declared,
  isPort,
  type Keys,
  readDeclaration,
  readEntries,
  readInteger,
  readList,
  readPart,
  shown,
} from '../input/checks';
import { Problems, pathBelow } from '../input/problems';
import { type Pods, type PodsProps, planPods } from '../kubernetes/pods';
import { nodePortBounds, type PublicService, type PublicServiceProps } from '../kubernetes/public-services';
import type { Resources, ResourcesProps } from '../kubernetes/quantities';
import { type Agreement, type AgreementProps, agreementKeys, planAgreement, readAgreement } from './agreement';
import { type CertManager, type CertManagerProps, planCertManager } from './cert-manager';
import { describedParties } from './described-parties';
import type { PartyDescriptor } from './descriptor';
import { checkEgress } from './descriptor-checks';
import {
  checkDriver,
  checkPinned,
  checkRelease,
  type Hosting,
  type HostingProps,
  hostingKeys,
  planHosting,
} from './hosting';
import { type KubectlAccess, planAccess } from './kubectl-access';
import { type Monitoring, type MonitoringProps, planMonitoring } from './monitoring';
import { readPartyId } from './party-id';
import {
  exchangeAddressKinds,
  ownEndpoints,
  type PlannedAddresses,
  type PublicAddress,
  planAddresses,
  planPorts,
  planServices,
  publicPorts,
} from './public-addresses';
import { soundResources } from './sizing';

/** A port or an inclusive range of ports. */
export type PortRange = number | readonly [from: number, to: number];

/** The exchange between the parties, as its operator declares it. */
export interface ExchangeProps extends HostingProps<ExchangeImage>, PodsProps<ExchangeContainer> {
  /**
   * Addresses of the exchange's two LoadBalancers. Every party remembers Traffic Server's for good: reserve it or give
   * it a DNS name. Without addresses the exchange is complete, and no party can be connected yet.
   * @default with Pulumi those that the LoadBalancers get, else none
   */
  readonly addresses?: { readonly trafficServer: PublicAddress; readonly nginx: PublicAddress };
  /**
   * Ports under which the parties reach these addresses, where a gateway in between maps them.
   * @default trafficServer 443, nginx 9300
   */
  readonly ports?: { readonly trafficServer?: number; readonly nginx?: number };
  /** CIDR ranges that the exchange's own connections come from, for the firewalls of others. @default not declared */
  readonly egress?: readonly string[];
  /** How others reach the two Services. @default LoadBalancers */
  readonly services?: Readonly<Partial<Record<ExchangeContainer, PublicServiceProps>>>;
  /**
   * Ports of parties' Pulsars that Traffic Server may connect to. A property of the exchange and not of its routes,
   * so that a new route restarts nothing.
   * @default [6651, [30000, 32767]]
   */
  readonly connectPorts?: readonly PortRange[];
  /**
   * Ports of parties' nginx that the exchange sends calls to; a party with another one gets no route.
   * @default [9300, [30000, 32767]], a LoadBalancer's and those that Kubernetes gives to nodes
   */
  readonly nginxConnectPorts?: readonly PortRange[];
  /**
   * Pods of Traffic Server and of nginx each. They keep no state.
   * @default 2
   */
  readonly replicas?: number;
  /** Resources of single containers in the place of the default. @default promised 0.5 CPU and 1 GiB, at most 4 CPU and 8 GiB */
  readonly resources?: Readonly<Partial<Record<ExchangeContainer, ResourcesProps>>>;
  /**
   * Has cert-manager make and renew the certificate by which the exchange is known to the parties.
   * @default somebody makes the Secret `traffic-server-cert`
   */
  readonly certManager?: CertManagerProps;
  /** Where commands such as `diagnose` find the cluster. @default that of `kubectl` */
  readonly access?: KubectlAccess;
  /** Objects for a Prometheus and for Grafana. @default none */
  readonly monitoring?: MonitoringProps;
}

/** Everything to draw of one exchange: complete and checked. */
export interface ExchangePlan extends Agreement, Hosting<ExchangeImage>, PlannedAddresses<'trafficServer' | 'nginx'> {
  /** Those that the parties reach. */
  readonly ports: { readonly trafficServer: number; readonly nginx: number };
  /** None: not declared. */
  readonly egress?: readonly string[];
  readonly services: Readonly<Record<ExchangeContainer, PublicService>>;
  readonly connectPorts: readonly PortRange[];
  readonly nginxConnectPorts: readonly PortRange[];
  /** Of Traffic Server and of nginx each. */
  readonly replicas: number;
  readonly resources: Readonly<Record<ExchangeContainer, Resources>>;
  readonly pods: Pods<ExchangeContainer>;
  /** None: somebody makes the Secret of the certificate. */
  readonly certManager?: CertManager;
  /** Empty for what `kubectl` takes. */
  readonly access: KubectlAccess;
  /** None: nothing is drawn for it. */
  readonly monitoring?: Monitoring;
  /** Parties to route between, by id; none before the first one joins. */
  readonly parties: readonly PartyDescriptor[];
  /** Ids of those that call by it; none: all of them. */
  readonly callers?: readonly number[];
}

/** Parties whose calls and messages come in, where others that it leads to call by another exchange. */
export const callingParties = ({ parties, callers }: ExchangePlan): readonly PartyDescriptor[] =>
  callers === undefined ? parties : parties.filter(({ id }) => callers.includes(id));

export const exchangeKeys: Keys<ExchangeProps> = {
  ...hostingKeys,
  addresses: true,
  ports: true,
  egress: true,
  connectPorts: true,
  nginxConnectPorts: true,
  replicas: true,
  resources: true,
  services: true,
  pods: true,
  certManager: true,
  access: true,
  monitoring: true,
};

/** Whom an exchange knows. */
interface Known<Descriptor> {
  /** Where the descriptors come from, and the descriptors. */
  readonly parties: readonly Descriptor[];
  /** Ids of the parties that call by this exchange, where others call by another one. @default all of them */
  readonly callers?: readonly number[];
}

/**
 * Plan of an exchange whose operator knows the parties by their descriptors.
 *
 * @throws {InvalidInput} with every problem of the declaration
 */
export function exchangePlan(
  declaration: AgreementProps & ExchangeProps & Partial<Known<PartyDescriptor>>,
): ExchangePlan {
  const problems = Problems.none();
  const props = readDeclaration(problems, declaration);
  checkKeys<typeof props>(problems, props, { ...exchangeKeys, ...agreementKeys, parties: true, callers: true });
  const agreement = planAgreement(problems, props);
  const parties = readEntries(problems, 'parties', props.parties);
  const plan = planRoutingExchange(problems, '', props, agreement, { parties, callers: props.callers });
  problems.throwIfAny(`exchange of ${shown(props.domain)}`);
  return plan;
}

/** An exchange's declaration in parts, and what others have told. */
export interface ExchangeDeclaration extends Known<Declared<PartyDescriptor>> {
  readonly federation: AgreementProps;
  /** @default {} */
  readonly exchange?: ExchangeProps;
  /** Release of the cluster. @default not known */
  readonly kubernetes?: string;
}

/** As {@link exchangePlan}, of parts; worth nothing when `problems` were found. */
export function planDeclaredExchange(
  problems: Problems,
  { federation, exchange, parties, callers, kubernetes }: ExchangeDeclaration,
): ExchangePlan {
  const agreement = readAgreement(problems, federation);
  const props = { kubernetes, ...readPart(problems, 'exchange', exchange, exchangeKeys) };
  const plan = planRoutingExchange(problems, 'exchange', props, agreement, { parties, callers });
  checkRelease(problems.at('exchange'), plan.kubernetes, kubernetes);
  return plan;
}

/** An exchange whose parties are known by descriptors. */
function planRoutingExchange(
  problems: Problems,
  path: string,
  props: ExchangeProps,
  agreement: Agreement,
  { parties, callers }: Known<Declared<PartyDescriptor>>,
): ExchangePlan {
  const plan = planExchange(problems.at(path), props, agreement);
  const own = ownEndpoints(pathBelow(path, 'addresses'), plan, props.ports !== undefined);
  const described = describedParties(problems, parties, plan, own);
  for (const { path, value } of described) {
    checkRoute(
      problems,
      plan,
      { path: `${path}.nginx.port`, value: value.nginx.port },
      { path: `${path}.pulsar.port`, value: value.pulsar.port },
    );
  }
  return {
    ...plan,
    parties: described.map(({ value }) => value),
    ...(callers !== undefined && { callers: readCallers(problems, callers) }),
  };
}

/** A party may be named before it has joined. */
function readCallers(problems: Problems, declared: readonly number[]): readonly number[] {
  const callers = readEntries(problems, 'callers', declared);
  for (const { path, value } of callers) readPartyId(problems, path, value);
  checkUnique(problems, callers, 'name every party once');
  if (Array.isArray(declared) && callers.length === 0)
    problems.add('callers', 'is empty', 'name the parties that call by this exchange, or leave it out for all');
  return callers.map(({ value }) => value);
}

/** The plan of an exchange that routes to nobody yet; worth nothing when `problems` were found. */
export function planExchange(problems: Problems, props: ExchangeProps, agreement: Agreement): ExchangePlan {
  const hosting = planHosting(
    problems,
    props,
    'fate-exchange',
    exchangeImages(agreement),
    releases[agreement.fate].charts?.lastKubernetes,
  );
  checkDriver(problems, hosting.driver, agreement);
  const monitoring = planMonitoring(problems.at('monitoring'), props.monitoring, props);
  checkPinned(problems, props, [...Object.values(hosting.images), ...Object.values(monitoring?.images ?? {})]);
  const addresses = planAddresses(problems.at('addresses'), props.addresses, exchangeAddressKinds);
  const usualPorts = { trafficServer: services.trafficServer.ports, nginx: services.nginx.ports };
  const published = planServices(problems, props.services, usualPorts, hosting, addresses);
  checkEgress(problems, props.egress);
  return {
    ...agreement,
    ...hosting,
    ...addresses,
    services: published,
    ports: planPorts(problems.at('ports'), props.ports, publicPorts(published, usualPorts)),
    egress: props.egress,
    connectPorts: readRanges(problems, 'connectPorts', props.connectPorts, defaultConnectPorts),
    nginxConnectPorts: readRanges(problems, 'nginxConnectPorts', props.nginxConnectPorts, defaultNginxConnectPorts),
    replicas: readInteger(problems, 'replicas', props.replicas === undefined ? 2 : props.replicas, 1, 99),
    resources: { ...defaultResources, ...soundResources(problems.at('resources'), props.resources, defaultResources) },
    pods: planPods(problems.at('pods'), props.pods, ['trafficServer', 'nginx']),
    certManager: planCertManager(problems.at('certManager'), props.certManager),
    access: planAccess(problems.at('access'), props.access),
    monitoring,
    parties: [],
  };
}

/** Reports ports of a party that its exchange does not send anything to. */
export function checkRoute(
  problems: Problems,
  { connectPorts, nginxConnectPorts }: Pick<ExchangePlan, 'connectPorts' | 'nginxConnectPorts'>,
  nginx: Declared<number>,
  pulsar: Declared<number>,
): void {
  for (const [key, ports, { path, value }] of [
    ['nginxConnectPorts', nginxConnectPorts, nginx],
    ['connectPorts', connectPorts, pulsar],
  ] as const) {
    if (includesPort(ports, value)) continue;
    problems.add(path, `${value} is outside the exchange's ${key}`, `use ${portsText(ports)}, or widen ${key}`);
  }
}

/** As Traffic Server and people read it: `6651 30000-32767`. */
export const portsText = (ports: readonly PortRange[]): string =>
  ports.map((range) => (typeof range === 'number' ? range : range.join('-'))).join(' ');

/** What Kubernetes gives to Services of type NodePort. */
const nodePorts: PortRange = [nodePortBounds.from, nodePortBounds.to];

export const defaultConnectPorts: readonly PortRange[] = [services.pulsarPublicTls.ports['broker-tls'], nodePorts];
export const defaultNginxConnectPorts: readonly PortRange[] = [services.nginx.ports.http, nodePorts];

const modest: Resources = { requests: { cpu: 0.5, memoryGiB: 1 }, limits: { cpu: 4, memoryGiB: 8 } };
const defaultResources: Readonly<Record<ExchangeContainer, Resources>> = { trafficServer: modest, nginx: modest };

export const includesPort = (ports: readonly PortRange[], port: number): boolean =>
  ports.some((range) => (typeof range === 'number' ? range === port : range[0] <= port && port <= range[1]));

/** The ranges that were declared; all ports where one of them was reported, so that nothing follows from it. */
function readRanges(
  problems: Problems,
  key: string,
  declared: readonly PortRange[] | undefined,
  fallback: readonly PortRange[],
): readonly PortRange[] {
  const before = problems.count;
  const ranges = readList(problems, key, declared, fallback);
  if (ranges.length === 0) problems.add(key, 'is empty', 'use one port or more, or leave it out');
  for (const [i, range] of ranges.entries()) checkRange(problems, `${key}[${i}]`, range);
  return problems.count === before ? ranges : [[1, 65535]];
}

function checkRange(problems: Problems, path: string, range: unknown): void {
  const [low, high, ...more]: unknown[] = Array.isArray(range) ? range : [range, range];
  if (isPort(low) && isPort(high) && low <= high && more.length === 0) return;
  problems.add(path, `${shown(range)} is no port or range of ports`, 'use 6651, or [30000, 32767] from low to high');
}

export function exchangeImages({ fate }: Pick<Agreement, 'fate'>): Readonly<Record<ExchangeImage, string>> {
  const { nginx, trafficServer } = releases[fate].images;
  return { nginx, trafficServer };
}
