import { type Address, type PlannedAddresses, planAddresses } from './declaration/addresses';
import { type Agreement, type AgreementProps, agreementKeys, planAgreement } from './declaration/agreement';
import { checkInteger, checkKeys, checkPort, checkUnique, type Declared, shown } from './declaration/checks';
import { checkPartyDescriptor } from './declaration/descriptors';
import { type Hosting, type HostingProps, hostingKeys, planHosting } from './declaration/hosting';
import { checkResources } from './declaration/sizing';
import type { PartyDescriptor } from './descriptor';
import { planPorts } from './party';
import { Problems } from './problems';
import { type ExchangeImage, releases } from './releases';
import { services } from './services';
import type { ExchangeContainer, Resources } from './sizing';

/** A port or an inclusive range of ports. */
export type PortRange = number | readonly [from: number, to: number];

/** The exchange between the parties, as its operator declares it. */
export interface ExchangeProps extends HostingProps<ExchangeImage> {
  /**
   * Addresses of the exchange's two LoadBalancers. Every party remembers Traffic Server's for good: reserve it or give
   * it a DNS name. Without addresses the exchange is complete, and no party can be connected yet.
   */
  readonly addresses?: { readonly trafficServer: Address; readonly nginx: Address };
  /**
   * Ports under which the parties reach these addresses, where a gateway in between maps them.
   * @default trafficServer 443, nginx 9300
   */
  readonly ports?: { readonly trafficServer?: number; readonly nginx?: number };
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
  readonly ports: { readonly trafficServer: number; readonly nginx: number };
  readonly connectPorts: readonly PortRange[];
  readonly replicas: number;
  readonly resources: Readonly<Record<ExchangeContainer, Resources>>;
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
  const { parties = [] } = props;
  parties.forEach((party, i) => checkPartyDescriptor(problems.at(`parties[${i}]`), party, agreement));
  const plan = planExchange(problems, props, agreement, parties);
  const ids = parties.map((party, i) => ({ path: `parties[${i}].id`, value: party?.id }));
  checkUnique(problems, ids, 'every party needs its own id');
  checkRoutes(problems, plan.connectPorts, parties.map(routeOfDescriptor));
  problems.throwIfAny(`exchange of ${shown(props.domain)}`);
  return plan;
}

/** The plan of an exchange; worth nothing when `problems` were found. */
export function planExchange(
  problems: Problems,
  props: ExchangeProps,
  agreement: Agreement,
  parties: readonly PartyDescriptor[],
): ExchangePlan {
  const { connectPorts = defaultConnectPorts, replicas = 2, resources = {} } = props;
  checkInteger(problems, 'replicas', replicas, 1, 99);
  connectPorts.forEach((range, i) => checkPortRange(problems, `connectPorts[${i}]`, range));
  checkResources(problems.at('resources'), resources, Object.keys(defaultResources));
  return {
    ...agreement,
    ...planHosting(problems, props, 'fate-exchange', exchangeImages(agreement)),
    ...planAddresses(problems.at('addresses'), props.addresses, { trafficServer: 'ipv4 or name', nginx: 'ipv4' }),
    ports: planPorts(problems.at('ports'), props.ports, {
      trafficServer: services.trafficServer.ports.tls,
      nginx: services.nginx.ports.http,
    }),
    connectPorts,
    replicas,
    resources: { ...defaultResources, ...resources },
    parties: [...parties].sort((a, b) => a.id - b.id),
  };
}

/** A party as the exchange routes to it, each value with the path under which the author wrote it. */
export interface DeclaredRoute {
  readonly nginx: Declared<string>;
  readonly pulsar: Declared<string>;
  readonly pulsarPort: Declared<number>;
}

const routeOfDescriptor = ({ nginx, pulsar }: PartyDescriptor, i: number): DeclaredRoute => ({
  nginx: { path: `parties[${i}].nginx`, value: `${nginx?.address}:${nginx?.port}` },
  pulsar: { path: `parties[${i}].pulsar`, value: `${pulsar?.address}:${pulsar?.port}` },
  pulsarPort: { path: `parties[${i}].pulsar.port`, value: pulsar?.port },
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

const defaultConnectPorts: readonly PortRange[] = [services.pulsarPublicTls.ports['broker-tls'], [30000, 32767]];

const modest: Resources = { requests: { cpu: 0.5, memoryGiB: 1 }, limits: { cpu: 4, memoryGiB: 8 } };
const defaultResources: Readonly<Record<ExchangeContainer, Resources>> = { trafficServer: modest, nginx: modest };

const includesPort = (ports: readonly PortRange[], port: number): boolean =>
  ports.some((range) => (typeof range === 'number' ? range === port : range[0] <= port && port <= range[1]));

function checkPortRange(problems: Problems, path: string, range: PortRange): void {
  if (!Array.isArray(range)) return checkPort(problems, path, range);
  range.forEach((port, i) => checkPort(problems, `${path}[${i}]`, port));
  if (range.length !== 2 || range[0] > range[1]) problems.add(path, `${shown(range)} is no range`, 'use [from, to]');
}

function exchangeImages({ fate }: Agreement): Readonly<Record<ExchangeImage, string>> {
  const { nginx, trafficServer } = (releases[fate] ?? releases['1.6.1']).images;
  return { nginx, trafficServer };
}
