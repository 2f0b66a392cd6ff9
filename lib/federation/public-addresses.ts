import {
  type AddressKind,
  checkHostAddress,
  checkKeys,
  checkPort,
  checkUnique,
  isMap,
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

type Addresses<Service extends string> = Readonly<Record<Service, string>>;

export interface PlannedAddresses<Service extends string> {
  /** All of them, or none. */
  readonly addresses?: Addresses<Service>;
  /** Those to request from the platform. */
  readonly reserved: Readonly<Partial<Record<Service, string>>>;
}

export function planAddresses<Service extends string>(
  problems: Problems,
  declared: Readonly<Record<Service, PublicAddress>> | undefined,
  kinds: Readonly<Record<Service, AddressKind>>,
): PlannedAddresses<Service> {
  const none: PlannedAddresses<Service> = { reserved: {} as Partial<Addresses<Service>> };
  if (declared === undefined) return none;
  const services = Object.keys(kinds) as Service[];
  if (!isMap(declared)) {
    problems.add('', `${shown(declared)} is no map`, `use { ${services.join(', ')} }`);
    return none;
  }
  checkKeys(problems, declared, services);
  for (const service of services) checkAddress(problems, service, declared[service], kinds[service]);
  const isReserved = (address: PublicAddress): address is { reserved: string } => isMap(address);
  const literal = (address: PublicAddress) => (isReserved(address) ? address.reserved : address);
  const entries = services.map((service) => [service, declared[service]] as const);
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
    checkKeys(problems.at(path), address, ['reserved']);
    checkHostAddress(problems, `${path}.reserved`, address['reserved'], 'ipv4');
  }
}

/** Public ports, defaults filled in. */
export function planPorts<Service extends string>(
  problems: Problems,
  declared: Readonly<Partial<Record<Service, number>>> | undefined,
  defaults: Readonly<Record<Service, number>>,
): Readonly<Record<Service, number>> {
  const ports = { ...defaults, ...readMap(problems, '', declared) };
  checkKeys(problems, ports, Object.keys(defaults));
  for (const service of Object.keys(defaults) as Service[]) checkPort(problems, service, ports[service]);
  return ports;
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
  checkKeys(at, props, names);
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
