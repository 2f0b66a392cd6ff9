import { checkKeys, checkUnique, isMap, shown } from '../input/checks';
import { Problems } from '../input/problems';
import { type AgreementProps, agreementKeys, planAgreement } from './agreement';
import { exchangeDescriptor, partyDescriptor } from './descriptor';
import {
  checkRoutes,
  type DeclaredRoute,
  type ExchangePlan,
  type ExchangeProps,
  exchangeKeys,
  planExchange,
} from './exchange';
import { type PartyPlan, type PartyProps, partyKeys, planParty } from './party';

/** A whole federation, declared in one place. */
export interface FederationProps extends AgreementProps {
  /** The exchange between the parties; `{}` for one of defaults. */
  readonly exchange: ExchangeProps;
  /** None before the first party joins. */
  readonly parties: readonly PartyProps[];
}

/** Plans of everything in a federation. */
export interface Federation {
  /** With a route to each party that has addresses. */
  readonly exchange: ExchangePlan;
  /** In the order of the declaration. */
  readonly parties: readonly PartyPlan[];
}

/**
 * Plans a federation: checks the declaration, decides every default, derives every name, and connects the parties that
 * have addresses through the exchange.
 *
 * @throws {InvalidInput} with every problem of the declaration
 */
export function federation(props: FederationProps): Federation {
  const problems = Problems.none();
  checkShape(problems, props);
  const plan = planFederation(problems, {
    ...props,
    exchange: mapOr(props.exchange),
    parties: listOr(props.parties).map(mapOr),
  });
  problems.throwIfAny(`federation ${shown(props.domain)}`);
  return plan;
}

function planFederation(problems: Problems, props: FederationProps): Federation {
  const agreement = planAgreement(problems, props);
  const ids = props.parties.map(({ id }, i) => ({ path: `parties[${i}].id`, value: id }));
  checkUnique(problems, ids, 'every party needs its own id');
  const empty = planExchange(problems.at('exchange'), props.exchange, agreement, []);
  const descriptor = exchangeDescriptor(empty);
  const parties = props.parties.map((party, i) =>
    planParty(problems.at(`parties[${i}]`), party, agreement, descriptor),
  );
  if (descriptor === undefined && parties.length > 0) {
    problems.add(
      'exchange.addresses',
      'is missing',
      'deploy the exchange with no parties first, then give the addresses of its two LoadBalancers: every party needs them',
    );
  }
  checkNamespaces(problems, empty, parties);
  checkRoutes(problems, empty.connectPorts, parties.flatMap(routeOfParty));
  const routed = parties.flatMap((party) => partyDescriptor(party) ?? []).sort((a, b) => a.id - b.id);
  return { exchange: { ...empty, parties: routed }, parties };
}

function checkNamespaces(problems: Problems, exchange: ExchangePlan, parties: readonly PartyPlan[]): void {
  // A second id has its own message already, and the same default namespace would only repeat it.
  const firsts = parties.flatMap(({ id, namespace }, i) =>
    parties.findIndex((party) => party.id === id) === i ? [{ path: `parties[${i}].namespace`, value: namespace }] : [],
  );
  checkUnique(
    problems,
    [{ path: 'exchange.namespace', value: exchange.namespace }, ...firsts],
    'every party and the exchange need their own namespace',
  );
}

function routeOfParty({ addresses, ports }: PartyPlan, i: number): DeclaredRoute[] {
  if (addresses === undefined) return [];
  const at = `parties[${i}]`;
  return [
    {
      nginx: { path: `${at}.addresses.nginx`, value: `${addresses.nginx}:${ports.nginx}` },
      pulsar: { path: `${at}.addresses.pulsar`, value: `${addresses.pulsar}:${ports.pulsar}` },
      pulsarPort: { path: `${at}.ports.pulsar`, value: ports.pulsar },
    },
  ];
}

/** Reports what is not even of the right shape; the rest reads on with what is left of it. */
function checkShape(problems: Problems, { exchange, parties, ...rest }: FederationProps): void {
  checkKeys(problems, rest, [...agreementKeys, 'exchange', 'parties']);
  if (!isMap(exchange)) problems.add('exchange', `${shown(exchange)} is no map`, 'use {} for an exchange of defaults');
  else checkKeys(problems.at('exchange'), exchange, exchangeKeys);
  if (!Array.isArray(parties))
    problems.add('parties', `${shown(parties)} is no list`, 'use [] before the first party joins');
  listOr(parties).forEach((party, i) => {
    if (!isMap(party)) problems.add(`parties[${i}]`, `${shown(party)} is no map`, 'use one such as { id: 30000 }');
    else checkKeys(problems.at(`parties[${i}]`), party, partyKeys);
  });
}

const mapOr = <T>(value: T): T => (isMap(value) ? value : ({} as T));
const listOr = <T>(value: readonly T[]): readonly T[] => (Array.isArray(value) ? value : []);
