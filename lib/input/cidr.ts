import { IPv4, IPv6 } from 'ipaddr.js';
import { shown } from './checks';
import type { Problems } from './problems';

/** An IPv4 network in two parts. */
export interface Cidr {
  /** The network's own: all bits of hosts are 0. */
  readonly address: string;
  /** Bits of the network's part: 0 to 32. */
  readonly prefix: number;
}

/** Consecutive IPv4 addresses as numbers, both ends included. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
}

/** True for an IPv4 network such as `192.0.2.0/24`, with no bit of a host in it, and in no other spelling. */
export const isNetwork = (text: unknown): text is string =>
  typeof text === 'string' && IPv4.isValidCIDRFourPartDecimal(text) && canonicalNetwork(text) === text;

/** @param text an IPv4 network, as {@link isNetwork} tells */
export function parseCidr(text: string): Cidr {
  const [address, prefix] = IPv4.parseCIDR(text);
  return { address: address.toString(), prefix };
}

export const addressCount = ({ prefix }: Cidr): number => 2 ** (32 - prefix);

export function rangeOf(cidr: Cidr): AddressRange {
  const first = addressNumber(cidr.address);
  return { first, last: first + addressCount(cidr) - 1 };
}

export const addressNumber = (address: string): number =>
  IPv4.parse(address).octets.reduce((number, octet) => number * 256 + octet, 0);

/** Consecutive IPv4 addresses in the words of vCenter. */
export interface AddressBlock {
  /** The first one. */
  readonly address: string;
  /** How many: 256 for a /24. */
  readonly count: number;
}

export function blockRange({ address, count }: AddressBlock): AddressRange {
  const first = addressNumber(address);
  return { first, last: first + count - 1 };
}

/** The addresses of a network that hosts may have. */
export function hostsOf(cidr: Cidr): AddressRange {
  const { first, last } = rangeOf(cidr);
  return { first: first + 1, last: last - 1 };
}

/**
 * Networks that share addresses with one before them, each with the first such.
 *
 * @param others come before them, and may be part of one another
 */
export function overlaps<Network extends { readonly cidr: Cidr } | { readonly range: AddressRange }>(
  own: readonly Network[],
  others: readonly Network[] = [],
): readonly { readonly network: Network; readonly first: Network }[] {
  const all = [...others, ...own].map((network) => ({
    network,
    range: 'range' in network ? network.range : rangeOf(network.cidr),
  }));
  return all.slice(others.length).flatMap(({ network, range }) => {
    const first = all.find((other) => overlap(range, other.range))?.network ?? network;
    return first === network ? [] : [{ network, first }];
  });
}

const overlap = (a: AddressRange, b: AddressRange): boolean => a.first <= b.last && b.first <= a.last;

export const contains = (outer: AddressRange, inner: AddressRange): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;

/** Of a prefix length: 24 is `255.255.255.0`. */
export const subnetMask = (prefix: number): string => IPv4.subnetMaskFromPrefixLength(prefix).toString();

/** Reports what is no IPv4 or IPv6 network in its one canonical form, or is all of either. */
export function checkNetwork(problems: Problems, path: string, value: unknown): void {
  const canonical = typeof value === 'string' ? canonicalNetwork(value) : undefined;
  if (canonical === undefined)
    problems.add(path, `${shown(value)} is no CIDR range`, 'use one such as "198.51.100.0/28"');
  else if (canonical.endsWith('/0')) problems.add(path, `${shown(value)} is everybody`, 'use the ranges of your own');
  else if (canonical !== value)
    problems.add(path, `${shown(value)} has bits of a host, or another spelling`, `use "${canonical}"`);
}

function canonicalNetwork(text: string): string | undefined {
  const [, prefix] = /^[\da-fA-F.:]+\/(\d{1,3})$/.exec(text) ?? [];
  if (prefix === undefined) return undefined;
  if (IPv4.isValidCIDRFourPartDecimal(text)) return `${IPv4.networkAddressFromCIDR(text)}/${Number(prefix)}`;
  const isIpv6 = !text.includes('.') && IPv6.isValidCIDR(text);
  return isIpv6 ? `${IPv6.networkAddressFromCIDR(text).toRFC5952String()}/${Number(prefix)}` : undefined;
}

/** Stands for a network that was refused, so that reading can go on. */
export const unreadable: Cidr = { address: '0.0.0.0', prefix: 32 };

/** The network that was declared; {@link unreadable}, and a problem, for anything else. */
export function readNetwork(problems: Problems, path: string, value: unknown): Cidr {
  if (isNetwork(value)) return parseCidr(value);
  const hasHostBits = typeof value === 'string' && IPv4.isValidCIDRFourPartDecimal(value);
  problems.add(
    path,
    value === undefined ? 'is missing' : `${shown(value)} is no IPv4 network`,
    hasHostBits ? `use "${canonicalNetwork(value)}"` : 'use one such as "10.244.0.0/20"',
  );
  return unreadable;
}

/** Stands for addresses that were refused. */
export const noAddresses: AddressBlock = { address: '0.0.0.0', count: 1 };

/** The addresses that were declared, from the first to the last; {@link noAddresses}, and a problem, for anything else. */
export function readBlock(problems: Problems, path: string, value: unknown): AddressBlock {
  const [first = '', last = '', ...rest] = typeof value === 'string' ? value.split('-') : [];
  const count = isAddress(first) && isAddress(last) ? addressNumber(last) - addressNumber(first) + 1 : 0;
  if (count > 0 && rest.length === 0) return { address: first, count };
  problems.add(path, `${shown(value)} is no range of IPv4 addresses`, 'use one such as "203.0.113.16-203.0.113.95"');
  return noAddresses;
}

const isAddress = (text: string): boolean => IPv4.isValidFourPartDecimal(text) && IPv4.parse(text).toString() === text;
