import type { AddressKind } from '../input/checks';
import { plain } from '../input/plain';
import { Problems } from '../input/problems';
import type { Agreement } from './agreement';
import {
  checkDistinct,
  type DeclaredEndpoint,
  describedEndpoints,
  exchangeAddressKinds,
  type PublicEndpoint,
  partyAddressKinds,
  planAddresses,
} from './public-addresses';

export const descriptorVersion = 'kubefate-tanzu/v1';

interface Descriptor extends Agreement {
  readonly apiVersion: typeof descriptorVersion;
}

/** What the other members of a federation may know of a party. Holds no secret. */
export interface PartyDescriptor extends Descriptor {
  readonly kind: 'Party';
  /** Unique in the federation. */
  readonly id: number;
  /** Name of the party in SNI and in its certificate: `<id>.<domain>`. */
  readonly fqdn: string;
  /** Takes coordination calls. The address is an IPv4 literal. */
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
  /** Takes coordination calls. The address is an IPv4 literal. */
  readonly nginx: PublicEndpoint;
  /** CIDR ranges that the exchange's own connections come from, where it declared them; for firewalls. */
  readonly egress?: readonly string[];
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

/** The part of a party's plan that becomes public, and whom it may not be. */
interface PublicParty extends Agreement {
  readonly id: number;
  readonly fqdn: string;
  readonly ports: { readonly nginx: number; readonly pulsar: number };
  readonly addresses?: PartyAddresses;
  readonly egress?: readonly string[];
  readonly exchange?: ExchangeDescriptor;
  readonly otherExchanges?: readonly ExchangeDescriptor[];
  readonly peers?: readonly PartyDescriptor[];
}

/** The part of an exchange's plan that becomes public, and whom it may not be. */
interface PublicExchange extends Agreement {
  readonly ports: { readonly trafficServer: number; readonly nginx: number };
  readonly addresses?: ExchangeAddresses;
  readonly egress?: readonly string[];
  readonly parties?: readonly PartyDescriptor[];
}

/**
 * A plan and its addresses make a descriptor; without addresses there is none.
 *
 * @param given addresses once a LoadBalancer has them; by default those that the plan declares
 * @throws {InvalidInput} when what was given is no address that others reach, or is somebody else's
 */
export function partyDescriptor(party: PublicParty, given: PartyAddresses): PartyDescriptor;
export function partyDescriptor(party: PublicParty, given?: PartyAddresses): PartyDescriptor | undefined;
export function partyDescriptor(party: PublicParty, given?: PartyAddresses): PartyDescriptor | undefined {
  const { id, fqdn, domain, fate, transport, ports, egress, exchange, otherExchanges = [], peers = [] } = party;
  const others = [
    ...(exchange ? describedEndpoints('exchange', exchange) : []),
    ...otherExchanges.flatMap((each, i) => describedEndpoints(`otherExchanges[${i}]`, each)),
    ...peers.flatMap((peer) => describedEndpoints(`party ${peer.id}`, peer)),
  ];
  const addresses =
    given === undefined ? party.addresses : readGiven(`party ${id}`, given, partyAddressKinds, ports, others);
  if (addresses === undefined) return undefined;
  return {
    apiVersion: descriptorVersion,
    kind: 'Party',
    id,
    fqdn,
    domain,
    fate,
    transport,
    nginx: { address: addresses.nginx, port: ports.nginx },
    pulsar: { address: addresses.pulsar, port: ports.pulsar },
    ...(egress && { egress }),
  };
}

/** As {@link partyDescriptor}, of an exchange. */
export function exchangeDescriptor(exchange: PublicExchange, given: ExchangeAddresses): ExchangeDescriptor;
export function exchangeDescriptor(exchange: PublicExchange, given?: ExchangeAddresses): ExchangeDescriptor | undefined;
export function exchangeDescriptor(
  exchange: PublicExchange,
  given?: ExchangeAddresses,
): ExchangeDescriptor | undefined {
  const { domain, fate, transport, ports, egress, parties = [] } = exchange;
  const others = parties.flatMap((party) => describedEndpoints(`party ${party.id}`, party));
  const addresses =
    given === undefined ? exchange.addresses : readGiven('exchange', given, exchangeAddressKinds, ports, others);
  if (addresses === undefined) return undefined;
  return {
    apiVersion: descriptorVersion,
    kind: 'Exchange',
    domain,
    fate,
    transport,
    trafficServer: { address: addresses.trafficServer, port: ports.trafficServer },
    nginx: { address: addresses.nginx, port: ports.nginx },
    ...(egress && { egress }),
  };
}

/** Addresses that a platform gave, none of them somebody else's. A gateway in between is not known here. */
function readGiven<Service extends string>(
  subject: string,
  given: Readonly<Record<Service, string>>,
  kinds: Readonly<Record<Service, AddressKind>>,
  ports: Readonly<Record<Service, number>>,
  others: readonly DeclaredEndpoint[],
): Readonly<Record<Service, string>> | undefined {
  const problems = Problems.none();
  const plan = planAddresses(problems.at('addresses'), plain(given) as typeof given, kinds);
  const own = (Object.keys(plan.addresses ?? {}) as Service[]).map((service) => ({
    path: `addresses.${service}`,
    value: { address: plan.addresses?.[service] ?? '', port: ports[service] },
    isMapped: true,
  }));
  checkDistinct(problems, [...others, ...own]);
  problems.throwIfAny(subject);
  return plan.addresses;
}
