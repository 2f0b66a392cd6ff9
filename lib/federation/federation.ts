import { checkKeys, checkUnique, type Declared, isMap, readDeclaration, shown } from '../input/checks';
import { Problems } from '../input/problems';
import type { PublicService } from '../kubernetes/public-services';
import { type AgreementProps, agreementKeys, planAgreement } from './agreement';
import { exchangeDescriptor, partyDescriptor } from './descriptor';
import { checkRoute, type ExchangePlan, type ExchangeProps, exchangeKeys, planExchange } from './exchange';
import { type KubectlAccess, memberAccess, planAccess } from './kubectl-access';
import { checkDirect, type PartyPlan, type PartyProps, partyEndpoints, partyKeys, planParty } from './party';
import { isId } from './party-id';
import { checkDistinct, ownEndpoints } from './public-addresses';
import { planSparkNodes, type SparkNodesProps } from './spark-nodes';

/** Members of a federation. */
interface MembersProps extends AgreementProps {
  /** None before the first party joins. */
  readonly parties: readonly PartyProps[];
  /**
   * Where commands such as `diagnose` find the cluster of a member that does not say so itself. A kubeconfig of a member's own
   * goes with its own context.
   * @default that of `kubectl`
   */
  readonly access?: KubectlAccess;
  /** Nodes for the Spark workers of each party that does not say so itself. @default none: they run wherever there is room */
  readonly sparkNodes?: SparkNodesProps | boolean;
}

/** A whole federation, declared in one place. */
export interface FederationProps extends MembersProps {
  /** The exchange between the parties; `{}` for one of defaults. */
  readonly exchange: ExchangeProps;
}

/** The same without an exchange: each party calls each other one at its own addresses. By releases of FATE 1. */
export interface MeshProps extends MembersProps {
  /** There is none. */
  readonly exchange: false;
}

/** Plans of everything in a federation. */
export interface Federation {
  /** With a route to each party that has addresses. */
  readonly exchange: ExchangePlan;
  /** In the order of the declaration. */
  readonly parties: readonly PartyPlan[];
}

/** The same without an exchange. */
export interface Mesh extends Pick<Federation, 'parties'> {
  readonly exchange?: undefined;
}

/**
 * Plans a federation: checks the declaration, decides every default, derives every name, and connects the parties that
 * have addresses, through the exchange or with one another.
 *
 * @throws {InvalidInput} with every problem of the declaration
 */
export function federation(declaration: FederationProps): Federation;
export function federation(declaration: MeshProps): Mesh;
export function federation(declaration: FederationProps | MeshProps): Federation | Mesh;
export function federation(declaration: FederationProps | MeshProps): Federation | Mesh {
  const problems = Problems.none();
  const props = readDeclaration(problems, declaration);
  checkShape(problems, props);
  const parties = listOr(props.parties).map(mapOr);
  const plan = planFederation(
    problems,
    props.exchange === false ? { ...props, parties } : { ...props, parties, exchange: mapOr(props.exchange) },
  );
  problems.throwIfAny(`federation ${shown(props.domain)}`);
  return plan;
}

function planFederation(problems: Problems, props: FederationProps | MeshProps): Federation | Mesh {
  const agreement = planAgreement(problems, props);
  const ids = props.parties.map(({ id }, i) => ({ path: `parties[${i}].id`, value: id }));
  checkUnique(
    problems,
    ids.filter(({ value }) => isId(value)),
    'every party needs its own id',
  );
  const access = planAccess(problems.at('access'), props.access);
  const empty = props.exchange === false ? undefined : planExchange(problems.at('exchange'), props.exchange, agreement);
  const joining = empty === undefined ? { peers: [] } : { exchange: exchangeDescriptor(empty) };
  const usual = { sparkNodes: planSparkNodes(problems.at('sparkNodes'), props.sparkNodes) };
  const parties = props.parties.map((party, i) =>
    planParty(party === noMap ? Problems.none() : problems.at(`parties[${i}]`), party, agreement, joining, usual),
  );
  if (empty === undefined) checkDirect(problems, 'exchange', agreement);
  checkNamespaces(problems, empty, parties);
  checkHosts(problems, parties);
  checkAddresses(problems, props, empty, parties);
  checkPlaces(problems, parties);
  const routed = parties.flatMap((party) => partyDescriptor(party) ?? []).sort((a, b) => a.id - b.id);
  const exchange = empty && { ...empty, access: memberAccess(empty.access, access), parties: routed };
  const planned = parties.map((party) => ({ ...party, access: memberAccess(party.access, access) }));
  checkNodePorts(problems, [
    ...(exchange ? [{ path: 'exchange', plan: exchange }] : []),
    ...planned.map((plan, i) => ({ path: `parties[${i}]`, plan })),
  ]);
  if (exchange !== undefined) return { exchange, parties: planned };
  return { parties: planned.map((party) => ({ ...party, peers: routed.filter(({ id }) => id !== party.id) })) };
}

/** A second id has its own message already, and the same default namespace would only repeat it. */
function checkNamespaces(problems: Problems, exchange: ExchangePlan | undefined, parties: readonly PartyPlan[]): void {
  const firsts = new Map<number, Declared<string>>();
  for (const [i, { id, namespace }] of parties.entries()) {
    if (isId(id) && !firsts.has(id)) firsts.set(id, { path: `parties[${i}].namespace`, value: namespace });
  }
  const own = exchange === undefined ? [] : [{ path: 'exchange.namespace', value: exchange.namespace }];
  checkUnique(problems, [...own, ...firsts.values()], 'every party and the exchange need their own namespace');
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

/** What others run for two parties: each would write over what the other one has. */
function checkPlaces(problems: Problems, parties: readonly PartyPlan[]): void {
  const databases = parties.flatMap(({ mysql: { isExternal, host, port, name } }, i) =>
    isExternal ? [{ path: `parties[${i}].mysql.external`, value: `${host}:${port}/${name}` }] : [],
  );
  checkUnique(problems, databases, 'every party needs its own database');
  const directories = parties.flatMap(({ hdfs }, i) => {
    if (!hdfs.isExternal) return [];
    const namenodes = hdfs.namenodes.map(({ host, port }) => `${host}:${port}`).sort();
    return [{ path: `parties[${i}].hdfs.external`, value: `${namenodes.join()}${hdfs.pathPrefix ?? ''}/fate` }];
  });
  checkUnique(
    problems,
    directories,
    'every party needs its own directory: by pathPrefix, with FATE 1, or in another HDFS',
  );
}

/** Members that are declared to be in one cluster share the ports of its nodes. Where they are not, nobody knows. */
function checkNodePorts(
  problems: Problems,
  members: readonly { readonly path: string; readonly plan: ExchangePlan | PartyPlan }[],
): void {
  const clusters = new Map<string, Declared<number | undefined>[]>();
  for (const { path, plan } of members) {
    const { kubeconfig, context } = plan.access;
    const [file, name] = [kubeconfig, context].map((it: unknown) => (typeof it === 'string' ? it : undefined)); // else it is reported
    if (file === undefined && name === undefined) continue;
    const cluster = JSON.stringify([file, name]);
    const ports = Object.entries<PublicService>(plan.services).flatMap(([key, service]) =>
      service.type === 'NodePort'
        ? [{ path: `${path}.services.${key}.nodePort`, value: Object.values(service.nodePorts)[0] }]
        : [],
    );
    clusters.set(cluster, [...(clusters.get(cluster) ?? []), ...ports]);
  }
  for (const ports of clusters.values())
    checkUnique(problems, ports, 'Services of one cluster need a port of its nodes each');
}

function checkAddresses(
  problems: Problems,
  props: FederationProps | MeshProps,
  exchange: ExchangePlan | undefined,
  parties: readonly PartyPlan[],
): void {
  const isMapped = ({ ports }: { readonly ports?: object } = {}) => ports !== undefined;
  checkDistinct(problems, [
    ...(exchange ? ownEndpoints('exchange.addresses', exchange, isMapped(props.exchange || {})) : []),
    ...parties.flatMap((party, i) => partyEndpoints(`parties[${i}]`, party, isMapped(props.parties[i]))),
  ]);
  if (exchange === undefined) return;
  for (const [i, { addresses, ports, pulsar }] of parties.entries()) {
    const at = (path: string, value: number) => ({ path: `parties[${i}].${path}`, value });
    const messages = pulsar.isExternal ? 'pulsar.external.public.port' : 'ports.pulsar';
    if (addresses !== undefined)
      checkRoute(problems, exchange, at('ports.nginx', ports.nginx), at(messages, ports.pulsar));
  }
}

/** Reports what is not even of the right shape; the rest reads on with what is left of it. */
function checkShape(problems: Problems, props: FederationProps | MeshProps): void {
  checkKeys<FederationProps>(problems, props, {
    ...agreementKeys,
    exchange: true,
    parties: true,
    access: true,
    sparkNodes: true,
  });
  const { exchange, parties } = props;
  if (exchange === undefined) problems.add('exchange', 'is missing', shapes);
  else if (exchange !== false && !isMap(exchange)) problems.add('exchange', `${shown(exchange)} is no map`, shapes);
  else if (exchange !== false) {
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

const shapes = 'use {} for an exchange of defaults, or false where parties call one another directly';

const missingAddresses = [
  'exchange.addresses',
  'is missing',
  'deploy the exchange with no parties first, then give the addresses of its two LoadBalancers: every party needs them',
] as const;

/** Stands for what {@link checkShape} has told of. */
const noMap = {};
const mapOr = <T>(value: T): T => (isMap(value) ? value : (noMap as T));
const listOr = <T>(value: readonly T[]): readonly T[] => (Array.isArray(value) ? value : []);
