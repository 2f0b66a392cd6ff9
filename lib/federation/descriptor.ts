import type { FateRelease } from '../fate/releases';

export const descriptorVersion = 'kubefate-tanzu/v1';

/** Where a service is reached from outside its cluster. */
export interface PublicEndpoint {
  readonly address: string;
  readonly port: number;
}

interface Descriptor {
  readonly apiVersion: typeof descriptorVersion;
  readonly domain: string;
  readonly fate: FateRelease;
}

/** What the other members of a federation may know of a party. Holds no secret. */
export interface PartyDescriptor extends Descriptor {
  readonly kind: 'Party';
  /** Unique in the federation. */
  readonly id: number;
  /** Name of the party in SNI and in its certificate: `<id>.<domain>`. */
  readonly fqdn: string;
  /** Takes coordination calls over HTTP. The address is an IPv4 literal. */
  readonly nginx: PublicEndpoint;
  /** Takes replicated messages over TLS. */
  readonly pulsar: PublicEndpoint;
  /** CIDR ranges that the party's own connections come from, where it declared them; for firewalls. */
  readonly egress?: readonly string[];
}

/** What the parties may know of an exchange. Holds no secret. */
export interface ExchangeDescriptor extends Descriptor {
  readonly kind: 'Exchange';
  /**
   * Takes TLS for every party of the domain. FATE registers this address in Pulsar once and never again: a reserved
   * address or a DNS name.
   */
  readonly trafficServer: PublicEndpoint;
  /** Takes coordination calls over HTTP. The address is an IPv4 literal. */
  readonly nginx: PublicEndpoint;
}

/** Addresses of a party's two LoadBalancers. */
export interface PartyAddresses {
  /** IPv4 literal. */
  readonly nginx: string;
  /** IPv4 literal or DNS name. */
  readonly pulsar: string;
}

/** Addresses of an exchange's two LoadBalancers. */
export interface ExchangeAddresses {
  /** IPv4 literal or DNS name. */
  readonly trafficServer: string;
  /** IPv4 literal. */
  readonly nginx: string;
}

/** The part of a party's plan that becomes public. */
interface PublicParty {
  readonly id: number;
  readonly fqdn: string;
  readonly domain: string;
  readonly fate: FateRelease;
  readonly ports: { readonly nginx: number; readonly pulsar: number };
  readonly addresses?: PartyAddresses;
  readonly egress?: readonly string[];
}

/** The part of an exchange's plan that becomes public. */
interface PublicExchange {
  readonly domain: string;
  readonly fate: FateRelease;
  readonly ports: { readonly trafficServer: number; readonly nginx: number };
  readonly addresses?: ExchangeAddresses;
}

/**
 * A plan and its addresses make a descriptor; without addresses there is none.
 *
 * @param addresses once a LoadBalancer has them; by default those that the plan declares
 */
export function partyDescriptor(party: PublicParty, addresses: PartyAddresses): PartyDescriptor;
export function partyDescriptor(party: PublicParty, addresses?: PartyAddresses): PartyDescriptor | undefined;
export function partyDescriptor(party: PublicParty, addresses = party.addresses): PartyDescriptor | undefined {
  if (addresses === undefined) return undefined;
  const { id, fqdn, domain, fate, ports, egress } = party;
  return {
    apiVersion: descriptorVersion,
    kind: 'Party',
    id,
    fqdn,
    domain,
    fate,
    nginx: { address: addresses.nginx, port: ports.nginx },
    pulsar: { address: addresses.pulsar, port: ports.pulsar },
    ...(egress && { egress }),
  };
}

/** As {@link partyDescriptor}, of an exchange. */
export function exchangeDescriptor(exchange: PublicExchange, addresses: ExchangeAddresses): ExchangeDescriptor;
export function exchangeDescriptor(
  exchange: PublicExchange,
  addresses?: ExchangeAddresses,
): ExchangeDescriptor | undefined;
export function exchangeDescriptor(
  exchange: PublicExchange,
  addresses = exchange.addresses,
): ExchangeDescriptor | undefined {
  if (addresses === undefined) return undefined;
  const { domain, fate, ports } = exchange;
  return {
    apiVersion: descriptorVersion,
    kind: 'Exchange',
    domain,
    fate,
    trafficServer: { address: addresses.trafficServer, port: ports.trafficServer },
    nginx: { address: addresses.nginx, port: ports.nginx },
  };
}
