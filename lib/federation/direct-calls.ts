import { IPv4 } from 'ipaddr.js';
import { services } from '../fate/services';
import { neighboursOf } from './neighbours';
import type { PartyPlan } from './party';
import type { ProxyPlan } from './proxy';

type Proxied = PartyPlan & { readonly proxy: ProxyPlan };

export const isProxied = (plan: PartyPlan): plan is Proxied => plan.proxy !== undefined;

/** What a party's containers call without its proxy, as `NO_PROXY` lists it. */
export function directOf(plan: Proxied): readonly string[] {
  const { namespace, fqdn, addresses, ingress, mysql, proxy } = plan;
  const ofMembers = neighboursOf(plan).flatMap((each) => [
    each.nginx.address,
    each.kind === 'Exchange' ? each.trafficServer.address : each.pulsar.address,
    ...(each.kind === 'Exchange' ? [] : [each.fqdn]),
  ]);
  const all = [
    ...['localhost', '127.0.0.1', '.svc', '.svc.cluster.local', `.${namespace}`],
    ...Object.values(services).map(({ name }) => name),
    ...[mysql.host, fqdn, ...Object.values(addresses ?? {}), ...Object.values(ingress.hosts)],
    ...ofMembers,
    ...proxy.noProxy,
  ];
  return [...new Set(all)];
}

/** Whether a host is called by the party's proxy, as programs read `NO_PROXY`: names by their ends, addresses by networks too. */
export function goesByProxy(plan: PartyPlan, host: string): plan is Proxied {
  if (!isProxied(plan)) return false;
  const isAddress = IPv4.isValidFourPartDecimal(host);
  return !directOf(plan).some((entry) => {
    if (entry.includes('/')) return isAddress && IPv4.parse(host).match(IPv4.parseCIDR(entry));
    const name = entry.replace(/^\./, '');
    return host === name || (!isAddress && host.endsWith(`.${name}`));
  });
}

/** In both spellings: some programs read the one alone, and some the other. */
export function proxyVariables(plan: PartyPlan): Readonly<Record<string, string>> {
  if (!isProxied(plan)) return {};
  const { url } = plan.proxy;
  const variables = { HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: directOf(plan).join(',') };
  return {
    ...variables,
    ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [name.toLowerCase(), value])),
  };
}
