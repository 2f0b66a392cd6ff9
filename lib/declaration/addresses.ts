import { isDnsName, isHostIpv4 } from '../addresses';
import type { Problems } from '../problems';
import { checkKeys, isMap, shown } from './checks';

/**
 * Address of a LoadBalancer: as it was assigned, or `reserved` for this service and then requested from the platform
 * (`loadBalancerIP`; on Tanzu from vSphere 7.0 U2 on with NSX).
 */
export type Address = string | { readonly reserved: string };

/** What an address may be. nginx connects to IPv4 literals only and sends everything else to itself, without a word. */
export type AddressKind = 'ipv4' | 'ipv4 or name';

type Addresses<Service extends string> = Readonly<Record<Service, string>>;

export interface PlannedAddresses<Service extends string> {
  /** All of them, or none. */
  readonly addresses?: Addresses<Service>;
  /** Those to request from the platform. */
  readonly reserved: Readonly<Partial<Record<Service, string>>>;
}

export function planAddresses<Service extends string>(
  problems: Problems,
  declared: Readonly<Record<Service, Address>> | undefined,
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
  const isReserved = (address: Address): address is { reserved: string } => isMap(address);
  const literal = (address: Address) => (isReserved(address) ? address.reserved : address);
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

export function checkHostAddress(problems: Problems, path: string, address: unknown, kind: AddressKind): void {
  if (typeof address === 'string' && (isHostIpv4(address) || (kind === 'ipv4 or name' && isDnsName(address)))) return;
  const forms = kind === 'ipv4' ? 'an IPv4 literal such as "192.0.2.72"' : 'an IPv4 literal or a lower-case DNS name';
  problems.add(path, `${shown(address)} is no address of a host`, `use ${forms}`);
}
