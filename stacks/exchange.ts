import * as pulumi from '@pulumi/pulumi';
import { App, Exchange } from '../constructs';
import { services } from '../lib/fate/services';
import type { AgreementProps } from '../lib/federation/agreement';
import { type ExchangeDescriptor, exchangeDescriptor, type PartyDescriptor } from '../lib/federation/descriptor';
import { type ExchangePlan, type ExchangeProps, planDeclaredExchange } from '../lib/federation/exchange';
import { type LastingExchangeValues, lastingExchangeChanges, lastingExchangeValues } from '../lib/federation/lasting';
import { exchangeSecretNeeds } from '../lib/federation/secret-needs';
import { type Declared, type Keys, readConfig, readEntries } from '../lib/input/checks';
import { Problems } from '../lib/input/problems';
import { warnBeforeUpdate } from './engine/before-update';
import { orRefuse, refuseIfAny } from './engine/refuse';
import { chartResources } from './kubernetes/chart-resources';
import { accessTo, type ClusterAccessConfig, type ReadCluster, readCluster } from './kubernetes/cluster-access';
import { checkPublicAddresses, publicAddresses } from './kubernetes/public-addresses';
import { checkSecrets, type ExchangeSecrets, secretObjects } from './kubernetes/secrets';
import { checkNativeDriver } from './native-driver';
import { type Described, type PartySource, readParties } from './references/descriptors';
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
  /** The cluster that the exchange is put on. @default that of `kubectl` */
  readonly cluster?: ClusterAccessConfig;
  /** Values of the Secrets that the exchange's pods read. */
  readonly secrets: ExchangeSecrets;
}

/** What the parties' stacks and people take of an exchange's. */
export interface ExchangeOutputs extends Told<'descriptor'> {
  /** For the parties. */
  readonly descriptor: pulumi.Output<ExchangeDescriptor>;
  /** By party, ordered by id. */
  readonly routes: readonly ExchangeRoute[];
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
 * again when their addresses are known: that changes its two route tables and nothing else.
 *
 * @throws {pulumi.RunError} with every problem of the configuration and of the descriptors
 */
export async function exchangeStack(config: ExchangeConfig): Promise<ExchangeOutputs> {
  const { plan, secrets, routes, cluster } = await read(config);
  const { provider } = accessTo(cluster);
  const exchange = new ExchangeDeployment('exchange', { plan, secrets }, { provider });
  return { descriptor: exchange.descriptor, routes };
}

interface ReadExchange extends ExchangeDeploymentArgs {
  readonly routes: readonly ExchangeRoute[];
  readonly cluster: ReadCluster;
}

const configKeys: Keys<ExchangeConfig> = {
  federation: true,
  exchange: true,
  parties: true,
  cluster: true,
  secrets: true,
};

/** Everything that is awaited, and the plan of it. */
async function read(declared: ExchangeConfig): Promise<ReadExchange> {
  const problems = Problems.none();
  const config = readConfig(problems, declared, configKeys);
  const { federation, exchange, secrets } = config;
  const cluster = await readCluster(problems.at('cluster'), config.cluster);
  const sources = readEntries(problems, 'parties', config.parties);
  const parties = (await readParties(problems, sources)).flatMap(withDescriptor);
  const { kubernetes } = cluster;
  const plan = planDeclaredExchange(problems, { federation, exchange, parties, kubernetes });
  checkDeployment(problems, 'exchange', { plan, secrets });
  refuseIfAny(problems, 'exchange');
  const routes = parties.sort((a, b) => a.value.id - b.value.id).map(routeTo);
  return { plan, secrets, routes, cluster };
}

type Routed = Declared<PartyDescriptor> & { readonly name: string };

/** The exchange routes to a party as soon as it can; until then everything else goes on. */
function withDescriptor({ path, value, name }: Described<PartyDescriptor, PartySource>): Routed[] {
  if (value !== undefined) return [{ path, value, name }];
  void pulumi.log.warn(
    `${path} has no descriptor yet, and gets no route: run \`pulumi up\` there, and then here again`,
  );
  return [];
}

const routeTo = ({ value, name }: Routed): ExchangeRoute => ({
  fqdn: value.fqdn,
  nginx: `${value.nginx.address}:${value.nginx.port}`,
  pulsar: `${value.pulsar.address}:${value.pulsar.port}`,
  source: name,
});

/** What an {@link ExchangeDeployment} is made from. */
export interface ExchangeDeploymentArgs {
  /** Made by `exchangePlan()` or `federation()`. */
  readonly plan: ExchangePlan;
  /** Values of the Secrets that the plan's pods read. */
  readonly secrets: ExchangeSecrets;
}

/** Reports what keeps an exchange from being deployed; `path` is where its plan comes from. */
function checkDeployment(problems: Problems, path: string, { plan, secrets }: ExchangeDeploymentArgs): void {
  checkNativeDriver(problems.at(path), plan);
  checkPublicAddresses(problems.at(path), plan);
  checkSecrets(problems.at('secrets'), secrets, exchangeSecretNeeds(plan));
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

  /** @throws {pulumi.RunError} when Secrets have no values */
  constructor(name: string, args: ExchangeDeploymentArgs, options?: pulumi.ComponentResourceOptions) {
    const { plan, secrets } = args;
    const needs = exchangeSecretNeeds(plan);
    const problems = Problems.none();
    checkDeployment(problems, 'plan', args);
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
