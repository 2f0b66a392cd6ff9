import * as pulumi from '@pulumi/pulumi';
import { App, Exchange } from '../constructs';
import { services } from '../lib/fate/services';
import { type AgreementProps, unreadableDomain } from '../lib/federation/agreement';
import { type ExchangeDescriptor, exchangeDescriptor } from '../lib/federation/descriptor';
import { type ExchangePlan, type ExchangeProps, planDeclaredExchange } from '../lib/federation/exchange';
import { type LastingExchangeValues, lastingExchangeChanges, lastingExchangeValues } from '../lib/federation/lasting';
import { exchangeSecretNeeds } from '../lib/federation/secret-needs';
import { type Keys, readConfig, readEntries } from '../lib/input/checks';
import { Problems } from '../lib/input/problems';
import { CertificateAuthority } from './certificates/authority';
import { type ExchangeCertificates, readLifetimes } from './certificates/declared';
import { loadTls } from './certificates/load-tls';
import { readRequests } from './certificates/requests';
import { type Checked, checkOf, warnBeforeUpdate } from './engine/before-update';
import { readArgs } from './engine/component-args';
import { orRefuse, refuseIfAny } from './engine/refuse';
import { chartResources } from './kubernetes/chart-resources';
import {
  accessTo,
  type ClusterAccessConfig,
  checkNoAccess,
  type ReadCluster,
  readCluster,
} from './kubernetes/cluster-access';
import { checkPublicAddresses, publicAddresses } from './kubernetes/public-addresses';
import { checkSecrets, type ExchangeSecrets, type StackSecretNeeds, secretObjects } from './kubernetes/secrets';
import { checkNativeDriver } from './native-driver';
import {
  type DescribedParty,
  type PartySource,
  readParties,
  readTrust,
  withDescriptor,
} from './references/descriptors';
import { readLock } from './references/image-lock';
import { signedDescriptor } from './references/signed-descriptor';
import type { Told } from './references/stack-outputs';

/** One organisation's exchange, as its stack is configured. */
export interface ExchangeConfig {
  /** What all members have agreed on. */
  readonly federation: AgreementProps;
  /** The exchange itself. @default {} */
  readonly exchange?: ExchangeProps;
  /**
   * The parties, and where their descriptors come from; one that has none yet gets no route. With a wrong one the whole
   * update is refused, and all routes stay: left out, it would take away the route of a party that works.
   * @default none
   */
  readonly parties?: readonly PartySource[];
  /** Ids of the parties that call by this exchange, where others call by another one. @default all of them */
  readonly callers?: readonly number[];
  /** The cluster that the exchange is put on. @default that of `kubectl` */
  readonly cluster?: ClusterAccessConfig;
  /** The stack is the federation's certificate authority. @default certificates come from `secrets` */
  readonly certificates?: ExchangeCertificates;
  /** Values of the Secrets that the exchange's pods read. @default none: `certificates` make what must be there */
  readonly secrets?: ExchangeSecrets;
  /**
   * File of the authorities of the federation, PEM: what signed descriptors are checked against. Relative to the project.
   * @default `ca` of the own certificate in `secrets`, where that is a text
   */
  readonly ca?: string;
}

/** What the parties' stacks and people take of an exchange's. */
export interface ExchangeOutputs extends Told<'descriptor'> {
  /** For the parties. */
  readonly descriptor: pulumi.Output<ExchangeDescriptor>;
  /**
   * The descriptor with the member's signature, for those who get it as a file. None without the member's certificate and key
   * as values: `certificates`, or `secrets` that hold them.
   */
  readonly signedDescriptor?: pulumi.Output<string | undefined>;
  /** By party, ordered by id. */
  readonly routes: readonly ExchangeRoute[];
  /** Certificate of the federation's authority, as PEM; where the stack has it. */
  readonly authority?: pulumi.Output<string>;
  /** By party: PEM of its certificate and, below it, of the authority; where the stack has it. */
  readonly certificates?: Readonly<Record<string, pulumi.Output<string>>>;
}

/** Where the exchange leads what is meant for a party. */
export interface ExchangeRoute {
  /** The party's name: `<id>.<domain>`. */
  readonly fqdn: string;
  /** Of coordination: `address:port`. */
  readonly nginx: string;
  /** Of data: `address:port`. */
  readonly pulsar: string;
  /** Who says so: `stack acme/kubefate-tanzu/party-30000`, `file party-40000.json`, or `parties[1]` of the configuration. */
  readonly source: string;
}

/**
 * The exchange as one organisation runs it. Deploy it first, with no parties or with such as have no address yet; and
 * again when their addresses are known: that changes its two route tables and two NetworkPolicies, and nothing else.
 *
 * @throws {pulumi.RunError} with every problem of the configuration and of the descriptors
 */
export async function exchangeStack(config: ExchangeConfig): Promise<ExchangeOutputs> {
  const { plan, secrets, routes, cluster, makeAuthority } = await read(config);
  const { provider } = accessTo(cluster);
  const authority = makeAuthority?.(checkOf(() => exchange));
  const own = authority && { trafficServerCertificate: authority.exchange };
  const values = { ...secrets, ...own };
  const exchange: ExchangeDeployment = new ExchangeDeployment('exchange', { plan, secrets: values }, { provider });
  const signed = signedDescriptor(exchange.descriptor, values.trafficServerCertificate);
  return {
    descriptor: exchange.descriptor,
    ...(signed && { signedDescriptor: signed }),
    routes,
    ...(authority && { authority: authority.certificate, certificates: authority.parties }),
  };
}

interface ReadExchange extends ExchangeDeploymentArgs {
  readonly routes: readonly ExchangeRoute[];
  readonly cluster: ReadCluster;
  /** None where nothing asks for it. */
  readonly makeAuthority?: MakeAuthority;
}

type MakeAuthority = (checked: Checked) => CertificateAuthority;

const configKeys: Keys<ExchangeConfig> = {
  federation: true,
  exchange: true,
  parties: true,
  callers: true,
  cluster: true,
  certificates: true,
  secrets: true,
  ca: true,
};

/** Everything that is awaited, and the plan of it. */
async function read(declared: ExchangeConfig): Promise<ReadExchange> {
  const problems = Problems.none();
  const config = readConfig(problems, declared, configKeys);
  const { federation, callers, secrets, certificates } = config;
  const exchange = await readLock(problems.at('exchange'), config.exchange);
  const cluster = await readCluster(problems.at('cluster'), config.cluster);
  checkNoAccess(problems.at('exchange'), exchange);
  const sources = readEntries(problems, 'parties', config.parties);
  const trust = await readTrust(problems, config.ca, Object(Object(secrets).trafficServerCertificate).ca);
  const parties = (await readParties(problems, sources, trust)).flatMap(withDescriptor);
  const { kubernetes } = cluster;
  const plan = planDeclaredExchange(problems, { federation, exchange, parties, callers, kubernetes });
  const makeAuthority = await readAuthority(problems, certificates, plan, parties);
  const needs = exchangeSecretNeeds(plan);
  checkDeployment(problems, 'exchange', plan, secrets, certificates ? { ...needs, made: needs.names } : needs);
  refuseIfAny(problems, 'exchange');
  const routes = parties.sort((a, b) => a.value.id - b.value.id).map(routeTo);
  return { plan, secrets, routes, cluster, makeAuthority };
}

/** How the federation's authority is made of what is declared and known; what is wrong with that is reported. */
async function readAuthority(
  problems: Problems,
  certificates: ExchangeCertificates | undefined,
  { domain, certManager }: ExchangePlan,
  parties: readonly DescribedParty[],
): Promise<MakeAuthority | undefined> {
  if (certificates === undefined) return undefined;
  if (certManager !== undefined) {
    problems.add('certificates', 'are given beside exchange.certManager, which makes one', 'use one of the two');
    return undefined;
  }
  const lifetimes = readLifetimes(problems.at('certificates'), certificates);
  const requests = domain === unreadableDomain ? [] : await readRequests(problems, parties, domain);
  const tls = await loadTls(problems.at('certificates'));
  return tls && ((checked) => new CertificateAuthority('certificates', { tls, domain, lifetimes, requests, checked }));
}

const routeTo = ({ value, name }: DescribedParty): ExchangeRoute => ({
  fqdn: value.fqdn,
  nginx: `${value.nginx.address}:${value.nginx.port}`,
  pulsar: `${value.pulsar.address}:${value.pulsar.port}`,
  source: name,
});

/** What an {@link ExchangeDeployment} is made from. */
export interface ExchangeDeploymentArgs {
  /** Made by `exchangePlan()` or `federation()`. */
  readonly plan: ExchangePlan;
  /** Values of the Secrets that the plan's pods read. @default none: cert-manager makes the certificate */
  readonly secrets?: ExchangeSecrets;
}

const argKeys: Keys<ExchangeDeploymentArgs> = { plan: true, secrets: true };

/** Reports what keeps an exchange from being deployed; `path` is where its plan comes from. */
function checkDeployment(
  problems: Problems,
  path: string,
  plan: ExchangePlan,
  secrets: unknown,
  needs: StackSecretNeeds,
): void {
  checkNativeDriver(problems.at(path), plan);
  checkPublicAddresses(problems.at(path), plan);
  checkSecrets(problems.at('secrets'), secrets, needs);
}

/** Whether a party is at an address that a LoadBalancer has had since an earlier update. @throws {InvalidInput} when one is */
function checkGiven(plan: ExchangePlan, told: ExchangeDescriptor | undefined): void {
  if (plan.addresses !== undefined || told === undefined) return;
  exchangeDescriptor(plan, { trafficServer: told.trafficServer.address, nginx: told.nginx.address });
}

/**
 * An exchange on a cluster: the objects of the chart `Exchange`, and the Secrets its pods read. Its provider is best made by
 * `clusterProvider()`.
 */
export class ExchangeDeployment extends pulumi.ComponentResource {
  /** With the declared addresses, or those that the LoadBalancers got. */
  readonly descriptor: pulumi.Output<ExchangeDescriptor>;

  /** @throws {pulumi.RunError} when there is no plan, or Secrets have no values */
  constructor(name: string, args: ExchangeDeploymentArgs, options?: pulumi.ComponentResourceOptions) {
    const makes = 'exchangePlan() or federation()';
    const { plan, secrets = {} } = readArgs(`exchange ${name}`, args, argKeys, makes);
    const needs = exchangeSecretNeeds(plan);
    const problems = Problems.none();
    checkDeployment(problems, 'plan', plan, secrets, needs);
    refuseIfAny(problems, `exchange ${name}`);
    const hooks = warnBeforeUpdate<LastingExchangeValues, { descriptor: ExchangeDescriptor }>(
      name,
      (before) => lastingExchangeChanges(before, plan),
      ({ descriptor }) => checkGiven(plan, descriptor),
    );
    // With the parties among the inputs, another route is a change of the component, which is looked at first.
    const inputs = { ...lastingExchangeValues(plan), parties: plan.parties };
    super('kubefate-tanzu:index:ExchangeDeployment', name, inputs, pulumi.mergeOptions(options, { hooks }));
    const { namespace } = plan;
    const resources = chartResources(new Exchange(new App(), namespace, plan), {
      parent: this,
      secrets: secretObjects(needs, secrets, { parent: this }),
    });
    this.descriptor = publicAddresses(plan, resources, {
      trafficServer: { service: services.trafficServer.name, kind: 'ipv4 or name' },
      nginx: { service: services.nginx.name, kind: 'ipv4' },
    }).apply((addresses) => orRefuse(() => exchangeDescriptor(plan, addresses)));
    this.registerOutputs({ descriptor: this.descriptor });
  }
}
