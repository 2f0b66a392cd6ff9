import {
  type AddressKind,
  checkHostAddress,
  checkNames,
  checkUnique,
  type Declared,
  isMap,
  readInteger,
  readMap,
  shown,
} from '../input/checks';
import type { Problems } from '../input/problems';
import { type PublicService, type PublicServiceProps, planPublicService } from '../kubernetes/public-services';

/**
 * Address of a LoadBalancer: as it was assigned, or `reserved` for this service and then requested from the platform
 * (`loadBalancerIP`; on Tanzu from vSphere 7.0 U2 on with NSX).
 */
export type PublicAddress = string | { readonly reserved: string };

type Addresses<Service extends string, Address = string> = Readonly<Record<Service, Address>>;

export interface PlannedAddresses<Service extends string> {
  /** All of them, or none. */
  readonly addresses?: Addresses<Service>;
  /** Those to request from the platform. */
  readonly reserved: Readonly<Partial<Record<Service, string>>>;
}

export const partyAddressKinds = { nginx: 'ipv4', pulsar: 'ipv4 or name' } as const;
export const exchangeAddressKinds = { trafficServer: 'ipv4 or name', nginx: 'ipv4' } as const;

/** @returns none where one of them was reported */
export function planAddresses<Service extends string>(
  problems: Problems,
  declared: Partial<Addresses<Service, PublicAddress>> | undefined,
  kinds: Readonly<Record<Service, AddressKind>>,
): PlannedAddresses<Service> {
  const none: PlannedAddresses<Service> = { reserved: {} as Partial<Addresses<Service>> };
  if (declared === undefined) return none;
  const services = Object.keys(kinds) as Service[];
  if (!isMap(declared)) {
    problems.add('', `${shown(declared)} is no map`, `use { ${services.join(', ')} }`);
    return none;
  }
  const before = problems.count;
  checkNames(problems, declared, services);
  const each = declared as Addresses<Service, PublicAddress>;
  for (const service of services) checkAddress(problems, service, each[service], kinds[service]);
  if (problems.count > before) return none;
  const isReserved = (address: PublicAddress): address is { reserved: string } => isMap(address);
  const literal = (address: PublicAddress) => (isReserved(address) ? address.reserved : address);
  const entries = services.map((service) => [service, each[service]] as const);
  return {
    addresses: Object.fromEntries(
      entries.map(([service, address]) => [service, literal(address)]),
    ) as Addresses<Service>,
    reserved: Object.fromEntries(
      entries.flatMap(([service, address]) => (isReserved(address) ? [[service, address.reserved]] : [])),
    ) as Partial<Addresses<Service>>,
  };
}

function checkAddress(problems: Problems, path: string, address: unknown, kind: AddressKind): void {
  if (address === undefined) problems.add(path, 'is missing', 'give the addresses of all services, or of none');
  else if (!isMap(address)) checkHostAddress(problems, path, address, kind);
  else {
    checkNames(problems.at(path), address, ['reserved']);
    checkHostAddress(problems, `${path}.reserved`, address['reserved'], 'ipv4');
  }
}

/** Public ports, defaults filled in. */
export function planPorts<Service extends string>(
  problems: Problems,
  declared: Readonly<Partial<Record<Service, number>>> | undefined,
  defaults: Readonly<Record<Service, number>>,
): Readonly<Record<Service, number>> {
  const props = readMap(problems, '', declared);
  const services = Object.keys(defaults) as Service[];
  checkNames(problems, props, services);
  const ports = services.map((service) => [
    service,
    readInteger(problems, service, props[service] === undefined ? defaults[service] : props[service], 1, 65535),
  ]);
  return Object.fromEntries(ports) as Readonly<Record<Service, number>>;
}

type ServicePorts = Readonly<Record<string, number>>;

/** @param ports of each Service, by name */
export function planServices<Service extends string>(
  problems: Problems,
  declared: Readonly<Partial<Record<Service, PublicServiceProps>>> | undefined,
  ports: Readonly<Record<Service, ServicePorts>>,
  { kubernetes }: { readonly kubernetes: string },
  { reserved }: PlannedAddresses<Service>,
): Readonly<Record<Service, PublicService>> {
  const props = readMap(problems, 'services', declared) as Readonly<Partial<Record<Service, PublicServiceProps>>>;
  const at = problems.at('services');
  const names = Object.keys(ports) as Service[];
  checkNames(at, props, names);
  const planned = names.map((name) => ({
    name,
    service: planPublicService(at.at(name), props[name], Object.keys(ports[name]), kubernetes),
  }));
  const nodePorts = planned.flatMap(({ name, service }) =>
    service.type === 'NodePort' ? [{ path: `${name}.nodePort`, value: Object.values(service.nodePorts)[0] }] : [],
  );
  checkUnique(at, nodePorts, 'every Service needs a port of its own');
  for (const { name, service } of planned) {
    if (service.type !== 'NodePort' || reserved[name] === undefined) continue;
    problems.add(`addresses.${name}.reserved`, 'is for a LoadBalancer', 'give the address of the nodes as it is');
  }
  return Object.fromEntries(planned.map(({ name, service }) => [name, service])) as Record<Service, PublicService>;
}

/** Ports under which the Services are reached, where nothing in between maps them. */
export const publicPorts = <Service extends string>(
  services: Readonly<Record<Service, PublicService>>,
  ports: Readonly<Record<Service, ServicePorts>>,
): Readonly<Record<Service, number>> =>
  Object.fromEntries(
    Object.entries<PublicService>(services).map(([name, service]) => [
      name,
      Object.values(service.type === 'NodePort' ? service.nodePorts : ports[name as Service])[0],
    ]),
  ) as Record<Service, number>;

/** Where a service is reached from outside its cluster. */
export interface PublicEndpoint {
  /** IPv4 literal, or a DNS name where its kind of service may have one. */
  readonly address: string;
  readonly port: number;
}

/** An endpoint that somebody declared, and whether a gateway maps its port: then others may share its address. */
export interface DeclaredEndpoint extends Declared<PublicEndpoint> {
  readonly isMapped: boolean;
  /** What would work where another has the same. @default that of LoadBalancers */
  readonly remedy?: string;
}

/** The part of a plan that says where it is reached. */
interface PublicPlan<Service extends string> extends PlannedAddresses<Service> {
  readonly ports: Readonly<Record<Service, number>>;
  readonly services: Readonly<Record<Service, PublicService>>;
}

/**
 * The endpoints of a plan; none without addresses. Services of type NodePort share the addresses of the nodes.
 *
 * @param isMapped whether ports were declared, for a gateway
 */
export const ownEndpoints = <Service extends string>(
  path: string,
  { addresses, ports, services }: PublicPlan<Service>,
  isMapped: boolean,
): readonly DeclaredEndpoint[] =>
  Object.entries<string>(addresses ?? {}).map(([service, address]) => ({
    path: `${path}.${service}`,
    value: { address, port: ports[service as Service] },
    isMapped: isMapped || services[service as Service].type === 'NodePort',
  }));

/** The endpoints in a descriptor; what its author has in between is not known. */
export const describedEndpoints = (
  path: string,
  { nginx, pulsar, trafficServer }: Readonly<Partial<Record<'nginx' | 'pulsar' | 'trafficServer', PublicEndpoint>>>,
): readonly DeclaredEndpoint[] =>
  Object.entries({ nginx, pulsar, trafficServer }).flatMap(([service, value]) =>
    value === undefined ? [] : [{ path: `${path}.${service}`, value, isMapped: true }],
  );

/**
 * Reports endpoints that are one and the same: what is sent to the one would reach the other or, where that is its sender,
 * go round for ever. Without a gateway every LoadBalancer has an address of its own.
 */
export function checkDistinct(problems: Problems, endpoints: readonly DeclaredEndpoint[]): void {
  const byEndpoint = new Map<string, string>();
  const unmapped = new Map<string, string>();
  for (const { path, value, isMapped, remedy = distinctRemedy } of endpoints) {
    const { address, port } = value;
    const endpoint = `${address}:${port}`;
    const same = byEndpoint.get(endpoint);
    const alone = isMapped ? undefined : unmapped.get(address);
    if (same !== undefined) problems.add(path, `${shown(endpoint)} is already ${same}`, remedy);
    else if (alone !== undefined) problems.add(path, `${shown(address)} is already ${alone}`, remedy);
    if (same === undefined) byEndpoint.set(endpoint, path);
    if (!isMapped && alone === undefined) unmapped.set(address, path);
  }
}

const distinctRemedy = 'every LoadBalancer has its own address; where a gateway maps ports of one, declare ports';
