import { IPv4, isValidCIDR } from 'ipaddr.js';

/** True for an IPv4 literal that another host can reach: four decimal parts, neither loopback nor multicast. */
export const isHostIpv4 = (text: string): boolean =>
  IPv4.isValidFourPartDecimal(text) &&
  !['loopback', 'unspecified', 'broadcast', 'multicast'].includes(IPv4.parse(text).range());

/** True for a label of a DNS name, which is also what Kubernetes takes as a namespace. */
export const isDnsLabel = (text: string): boolean => text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);

/** True for a lower-case DNS name; an IPv4 literal is none. */
export const isDnsName = (text: string): boolean =>
  text.length <= 253 && text.split('.').every(isDnsLabel) && !/^[\d.]+$/.test(text);

export const isCidr = (text: string): boolean => isValidCIDR(text);
