import { checkKeys, checkUnique, type Declared, isMap, readDeclaration, shown } from '../input/checks';
import { Problems } from '../input/problems';
import { type AgreementProps, agreementKeys, planAgreement } from './agreement';
import { exchangeDescriptor, partyDescriptor } from './descriptor';
import { checkRoute, type ExchangePlan, type ExchangeProps, exchangeKeys, planExchange } from './exchange';
import { type KubectlAccess, memberAccess, planAccess } from './kubectl-access';
import { type PartyPlan, type PartyProps, partyKeys, planParty } from './party';
import { isId } from './party-id';
import { checkDistinct, ownEndpoints } from './public-addresses';

/** A whole federation, declared in one place. */
export interface FederationProps extends AgreementProps {
  /** The exchange between the parties; `{}` for one of defaults. */
  readonly exchange: ExchangeProps;
  /** None before the first party joins. */
  readonly parties: readonly PartyProps[];
  /**
   * Where commands such as `diagnose` find the cluster of a member that does not say so itself. A kubeconfig of a member's own
   * goes with its own context.
   * @default that of `kubectl`
   */
  readonly access?: KubectlAccess;
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
export function federation(declaration: FederationProps): Federation {
  const problems = Problems.none();
  const props = readDeclaration(problems, declaration);
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
  checkUnique(
    problems,
    ids.filter(({ value }) => isId(value)),
    'every party needs its own id',
  );
  const access = planAccess(problems.at('access'), props.access);
  const empty = planExchange(problems.at('exchange'), props.exchange, agreement);
  const descriptor = exchangeDescriptor(empty);
  const parties = props.parties.map((party, i) =>
    planParty(party === noMap ? Problems.none() : problems.at(`parties[${i}]`), party, agreement, descriptor),
  );
  checkNamespaces(problems, empty, parties);
  checkHosts(problems, parties);
  checkAddresses(problems, props, empty, parties);
  const routed = parties.flatMap((party) => partyDescriptor(party) ?? []).sort((a, b) => a.id - b.id);
  const exchange = { ...empty, access: memberAccess(empty.access, access), parties: routed };
  return { exchange, parties: parties.map((party) => ({ ...party, access: memberAccess(party.access, access) })) };
}

/** A second id has its own message already, and the same default namespace would only repeat it. */
function checkNamespaces(problems: Problems, exchange: ExchangePlan, parties: readonly PartyPlan[]): void {
  const firsts = new Map<number, Declared<string>>();
  for (const [i, { id, namespace }] of parties.entries()) {
    if (isId(id) && !firsts.has(id)) firsts.set(id, { path: `parties[${i}].namespace`, value: namespace });
  }
  const declared = [{ path: 'exchange.namespace', value: exchange.namespace }, ...firsts.values()];
  checkUnique(problems, declared, 'every party and the exchange need their own namespace');
}

/** A name leads to one of them. Usual ones differ by the id, whose message is another. */
function checkHosts(problems: Problems, parties: readonly PartyPlan[]): void {
  const declared = parties.flatMap(({ id, ingress }, i) =>
    parties.findIndex((other) => other.id === id) === i
      ? Object.entries(ingress.hosts).map(([ui, value]) => ({ path: `parties[${i}].ingress.hosts.${ui}`, value }))
      : [],
  );
  checkUnique(problems, declared, 'every interface needs its own host name');
}

function checkAddresses(
  problems: Problems,
  props: FederationProps,
  exchange: ExchangePlan,
  parties: readonly PartyPlan[],
): void {
  const isMapped = ({ ports }: { readonly ports?: object }) => ports !== undefined;
  checkDistinct(problems, [
    ...ownEndpoints('exchange.addresses', exchange, isMapped(props.exchange)),
    ...parties.flatMap((party, i) => ownEndpoints(`parties[${i}].addresses`, party, isMapped(props.parties[i] ?? {}))),
  ]);
  for (const [i, { addresses, ports }] of parties.entries()) {
    const [nginx, pulsar] = (['nginx', 'pulsar'] as const).map((service) => ({
      path: `parties[${i}].ports.${service}`,
      value: ports[service],
    }));
    if (addresses !== undefined && nginx && pulsar) checkRoute(problems, exchange, nginx, pulsar);
  }
}

/** Reports what is not even of the right shape; the rest reads on with what is left of it. */
function checkShape(problems: Problems, props: FederationProps): void {
  checkKeys<FederationProps>(problems, props, { ...agreementKeys, exchange: true, parties: true, access: true });
  const { exchange, parties } = props;
  if (exchange === undefined) problems.add('exchange', 'is missing', 'use {} for an exchange of defaults');
  else if (!isMap(exchange)) problems.add('exchange', `${shown(exchange)} is no map`, 'use {} for one of defaults');
  else {
    checkKeys(problems.at('exchange'), exchange, exchangeKeys);
    if (exchange.addresses === undefined && listOr(parties).length > 0) problems.add(...missingAddresses);
  }
  if (parties === undefined) problems.add('parties', 'is missing', 'use [] before the first party joins');
  else if (!Array.isArray(parties))
    problems.add('parties', `${shown(parties)} is no list`, 'use [] before the first party joins');
  listOr(parties).forEach((party, i) => {
    if (!isMap(party)) problems.add(`parties[${i}]`, `${shown(party)} is no map`, 'use one such as { id: 30000 }');
    else checkKeys(problems.at(`parties[${i}]`), party, partyKeys);
  });
}

const missingAddresses = [
  'exchange.addresses',
  'is missing',
  'deploy the exchange with no parties first, then give the addresses of its two LoadBalancers: every party needs them',
] as const;

/** Stands for what {@link checkShape} has told of. */
const noMap = {};
const mapOr = <T>(value: T): T => (isMap(value) ? value : (noMap as T));
const listOr = <T>(value: readonly T[]): readonly T[] => (Array.isArray(value) ? value : []);
