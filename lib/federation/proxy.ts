import { IPv4 } from 'ipaddr.js';
import { isDnsName } from '../input/addresses';
import { checkHttpUrl, checkKeys, type Keys, readEntries, readMap, shown } from '../input/checks';
import { isNetwork } from '../input/cidr';
import type { Problems } from '../input/problems';

/**
 * An HTTP proxy by which calls leave the cluster: of the notebook, which loads packages and data, and of backups to their bucket. FATE
 * Flow and all others call members and one another alone, and know of none.
 */
export interface ProxyProps {
  /** Where it is, without user and path: `http://proxy.example.com:3128`. */
  readonly url: string;
  /**
   * What is called without it, beside Services, the cluster's own names, and names and addresses of members: host names, domains
   * as `.example.com`, IPv4 addresses, and networks as `10.0.0.0/8`.
   * @default []
   */
  readonly noProxy?: readonly string[];
}

/** A party's proxy, decided. */
export interface ProxyPlan {
  readonly url: string;
  readonly noProxy: readonly string[];
}

export function planProxy(problems: Problems, declared: ProxyProps | undefined): ProxyPlan | undefined {
  if (declared === undefined) return undefined;
  const props = readMap(problems, '', declared, `use one such as { url: "${example}" }, or leave it out`);
  checkKeys(problems, props, keys);
  const { url, noProxy } = props;
  const before = problems.count;
  checkHttpUrl(problems, 'url', url, example);
  if (problems.count === before && typeof url === 'string' && !/^https?:\/\/[^/?#]+$/.test(url))
    problems.add('url', `${shown(url)} has a path`, `use one such as "${example}"`);
  const entries = readEntries(problems, 'noProxy', noProxy);
  for (const { path, value } of entries) {
    if (isDirect(value)) continue;
    problems.add(
      path,
      `${shown(value)} is no name, address or network`,
      'use one such as "git.example.com", ".example.com", "192.0.2.10" or "10.0.0.0/8"',
    );
  }
  return {
    url: problems.count === before && typeof url === 'string' ? url : example,
    noProxy: entries.map(({ value }) => value),
  };
}

const keys: Keys<ProxyProps> = { url: true, noProxy: true };
const example = 'http://proxy.example.com:3128';

const isDirect = (value: unknown): boolean =>
  typeof value === 'string' &&
  (isDnsName(value.replace(/^\./, '')) || IPv4.isValidFourPartDecimal(value) || isNetwork(value));

/** Where the proxy is. */
export function proxyAt({ url }: ProxyPlan): { readonly host: string; readonly port: number; readonly tls: boolean } {
  const { protocol, hostname, port } = new URL(url);
  const tls = protocol === 'https:';
  return { host: hostname, port: Number(port || (tls ? 443 : 80)), tls };
}
