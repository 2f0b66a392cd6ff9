import { IPv4 } from 'ipaddr.js';

/** True for an IPv4 literal that a host of another organisation can have: four decimal parts, in none of {@link nobodys}. */
export const isHostIpv4 = (text: string): boolean =>
  IPv4.isValidFourPartDecimal(text) && !nobodys.some((network) => IPv4.parse(text).match(network));

/**
 * Networks that lead back to the caller, to many at once or to nobody, and the addresses under which clouds give machines their
 * credentials.
 */
const nobodys = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local, with the metadata services of most clouds
  '192.0.0.0/24', // protocols of the IETF; Oracle's metadata service
  '224.0.0.0/3', // multicast, and what is reserved for later
  '100.100.100.200/32', // Alibaba's metadata service
  '168.63.129.16/32', // Azure's agent
].map((network) => IPv4.parseCIDR(network));

/** True for a label of a DNS name, which is also what Kubernetes takes as a namespace. */
export const isDnsLabel = (text: string): boolean => text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);

/** True for a lower-case DNS name. An IPv4 literal is none, however it is spelled: `127.1`, `0x7f.1`, `2130706433`. */
export const isDnsName = (text: string): boolean =>
  text.length <= 253 && text.split('.').every(isDnsLabel) && !/(^|\.)(\d+|0x[\da-f]*)$/.test(text);

/**
 * True for a DNS name that leads out of a cluster: with a dot, and a last label such as top-level domains have; neither in the
 * cluster's own domain nor the machine's own, nor that of a cloud's metadata service. What a name of others resolves to is
 * theirs all the same.
 */
export const isHostName = (text: string): boolean => isDnsName(text) && topLevel.test(text) && !innerName.test(text);

/** True for an http or https URL without user and password, in the characters that URLs have, of a DNS name or an IPv4 literal. */
export function isHttpUrl(url: unknown): url is string {
  const [, host = '', port = '80'] =
    typeof url === 'string'
      ? (/^https?:\/\/([^/?#:]+)(?::(\d+))?([/?#][\w.~:/?#[\]@!$&'()*+,;=%-]*)?$/.exec(url) ?? [])
      : [];
  return (isDnsName(host) || IPv4.isValidFourPartDecimal(host)) && 0 < Number(port) && Number(port) <= 65535;
}

/** Letters, or what writes others in them. Search domains of a pod make `nginx.fate-30000` a name in its cluster. */
const topLevel = /\.([a-z]+|xn--[-a-z0-9]+)$/;

const innerName =
  /(^|\.)(metadata|instance-data)\.|(^|\.)(localhost|localdomain|cluster\.local|svc|pod|default)$|\.(svc|pod)\./;
