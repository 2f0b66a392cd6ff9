import { type ExchangeImage, releases } from '../fate/releases';
import { services } from '../fate/services';
import type { ExchangeContainer } from '../fate/sizes';
import { checkInteger, checkKeys, checkUnique, type Declared, isPort, readList, shown } from '../input/checks';
import { Problems } from '../input/problems';
import { type Pods, type PodsProps, planPods } from '../kubernetes/pods';
import type { PublicService, PublicServiceProps } from '../kubernetes/public-services';
import type { Resources } from '../kubernetes/quantities';
import { type Agreement, type AgreementProps, agreementKeys, planAgreement } from './agreement';
import type { PartyDescriptor } from './descriptor';
import { checkPartyDescriptor } from './descriptor-checks';
import { type Hosting, type HostingProps, hostingKeys, planHosting } from './hosting';
import {
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
  /** How others reach the two Services. @default LoadBalancers */
  readonly services?: Readonly<Partial<Record<ExchangeContainer, PublicServiceProps>>>;
  /**
   * Ports of parties' Pulsars that Traffic Server may connect to. A property of the exchange and not of its routes,
   * so that a new route restarts nothing.
   * @default [6651, [30000, 32767]]
   */
  readonly connectPorts?: readonly PortRange[];
  /**
   * Pods of Traffic Server and of nginx each. They keep no state.
   * @default 2
   */
  readonly replicas?: number;
  /** Resources of single containers in the place of the default. @default promised 0.5 CPU and 1 GiB, at most 4 CPU and 8 GiB */
  readonly resources?: Readonly<Partial<Record<ExchangeContainer, Resources>>>;
}

/** Everything to draw of one exchange: complete and checked. */
export interface ExchangePlan extends Agreement, Hosting<ExchangeImage>, PlannedAddresses<'trafficServer' | 'nginx'> {
  /** Those that the parties reach. */
  readonly ports: { readonly trafficServer: number; readonly nginx: number };
  readonly services: Readonly<Record<ExchangeContainer, PublicService>>;
  readonly connectPorts: readonly PortRange[];
  /** Of Traffic Server and of nginx each. */
  readonly replicas: number;
  readonly resources: Readonly<Record<ExchangeContainer, Resources>>;
  readonly pods: Pods<ExchangeContainer>;
  /** Parties to route between, by id; none before the first one joins. */
  readonly parties: readonly PartyDescriptor[];
}

export const exchangeKeys = [
  ...hostingKeys,
  'addresses',
  'ports',
  'connectPorts',
  'replicas',
  'resources',
  'services',
  'pods',
] as const satisfies readonly (keyof ExchangeProps)[];

/**
 * Plan of an exchange whose operator knows the parties by their descriptors.
 *
 * @throws {InvalidInput} with every problem of the declaration
 */
export function exchangePlan(
  props: AgreementProps & ExchangeProps & { readonly parties?: readonly PartyDescriptor[] },
): ExchangePlan {
  const problems = Problems.none();
  checkKeys(problems, props, [...exchangeKeys, ...agreementKeys, 'parties']);
  const agreement = planAgreement(problems, props);
  const declared = readList(problems, 'parties', props.parties, []).map((value, i) => ({
    path: `parties[${i}]`,
    value,
  }));
  const plan = planExchange(problems, props, agreement, []);
  const parties = routableParties(problems, declared, plan);
  problems.throwIfAny(`exchange of ${shown(props.domain)}`);
  return { ...plan, parties };
}

/** Parties that an exchange can route to, by id; what keeps the others out is reported. */
export function routableParties(
  problems: Problems,
  declared: readonly Declared<PartyDescriptor>[],
  exchange: ExchangePlan,
): readonly PartyDescriptor[] {
  const sound = declared.filter(({ path, value }) => checkPartyDescriptor(problems.at(path), value, exchange));
  const ids = sound.map(({ path, value }) => ({ path: `${path}.id`, value: value.id }));
  checkUnique(problems, ids, 'every party needs its own id');
  checkRoutes(problems, exchange.connectPorts, sound.map(routeOfDescriptor));
  return sound.map(({ value }) => value).sort((a, b) => a.id - b.id);
}

/** The plan of an exchange; worth nothing when `problems` were found. */
export function planExchange(
  problems: Problems,
  props: ExchangeProps,
  agreement: Agreement,
  parties: readonly PartyDescriptor[],
): ExchangePlan {
  const { replicas = 2, resources = {} } = props;
  const connectPorts = readList(problems, 'connectPorts', props.connectPorts, defaultConnectPorts).filter((range, i) =>
    isPortRange(problems.at(`connectPorts[${i}]`), range),
  );
  checkInteger(problems, 'replicas', replicas, 1, 99);
  const ownResources = soundResources(problems.at('resources'), resources, defaultResources);
  const hosting = planHosting(problems, props, 'fate-exchange', exchangeImages(agreement));
  const kinds = { trafficServer: 'ipv4 or name', nginx: 'ipv4' } as const;
  const addresses = planAddresses(problems.at('addresses'), props.addresses, kinds);
  const usualPorts = { trafficServer: services.trafficServer.ports, nginx: services.nginx.ports };
  const published = planServices(problems, props.services, usualPorts, hosting, addresses);
  return {
    ...agreement,
    ...hosting,
    ...addresses,
    services: published,
    ports: planPorts(problems.at('ports'), props.ports, publicPorts(published, usualPorts)),
    connectPorts,
    replicas,
    resources: { ...defaultResources, ...ownResources },
    pods: planPods(problems.at('pods'), props.pods, ['trafficServer', 'nginx']),
    parties: [...parties].sort((a, b) => a.id - b.id),
  };
}

/** A party as the exchange routes to it, each value with the path under which the author wrote it. */
export interface DeclaredRoute {
  readonly nginx: Declared<string>;
  readonly pulsar: Declared<string>;
  readonly pulsarPort: Declared<number>;
}

const routeOfDescriptor = ({ path, value: { nginx, pulsar } }: Declared<PartyDescriptor>): DeclaredRoute => ({
  nginx: { path: `${path}.nginx`, value: `${nginx.address}:${nginx.port}` },
  pulsar: { path: `${path}.pulsar`, value: `${pulsar.address}:${pulsar.port}` },
  pulsarPort: { path: `${path}.pulsar.port`, value: pulsar.port },
});

/** Reports what would make two routes one, and targets that Traffic Server would refuse. */
export function checkRoutes(
  problems: Problems,
  connectPorts: readonly PortRange[],
  routes: readonly DeclaredRoute[],
): void {
  checkUnique(
    problems,
    routes.flatMap(({ nginx, pulsar }) => [nginx, pulsar]),
    'every LoadBalancer has its own address',
  );
  for (const { path, value } of routes.map(({ pulsarPort }) => pulsarPort)) {
    if (Number.isInteger(value) && !includesPort(connectPorts, value)) {
      problems.add(
        path,
        `${value} is outside the exchange's connectPorts`,
        `use ${portsText(connectPorts)}, or widen connectPorts`,
      );
    }
  }
}

/** As Traffic Server and people read it: `6651 30000-32767`. */
export const portsText = (ports: readonly PortRange[]): string =>
  ports.map((range) => (typeof range === 'number' ? range : range.join('-'))).join(' ');

export const defaultConnectPorts: readonly PortRange[] = [services.pulsarPublicTls.ports['broker-tls'], [30000, 32767]];

const modest: Resources = { requests: { cpu: 0.5, memoryGiB: 1 }, limits: { cpu: 4, memoryGiB: 8 } };
const defaultResources: Readonly<Record<ExchangeContainer, Resources>> = { trafficServer: modest, nginx: modest };

export const includesPort = (ports: readonly PortRange[], port: number): boolean =>
  ports.some((range) => (typeof range === 'number' ? range === port : range[0] <= port && port <= range[1]));

function isPortRange(problems: Problems, range: unknown): range is PortRange {
  const ports: unknown[] = Array.isArray(range) ? range : [range, range];
  const isSound = ports.length === 2 && ports.every(isPort) && Number(ports[0]) <= Number(ports[1]);
  if (!isSound)
    problems.add('', `${shown(range)} is no port or range of ports`, 'use 6651, or [30000, 32767] from low to high');
  return isSound;
}

function exchangeImages({ fate }: Agreement): Readonly<Record<ExchangeImage, string>> {
  const { nginx, trafficServer } = releases[fate].images;
  return { nginx, trafficServer };
}
