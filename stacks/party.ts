import * as pulumi from '@pulumi/pulumi';
import { parse } from 'yaml';
import { App, FederatedLearningCluster } from '../constructs';
import { services } from '../lib/fate/services';
import { type Agreement, type AgreementProps, planAgreement } from '../lib/federation/agreement';
import { type ExchangeDescriptor, type PartyDescriptor, partyDescriptor } from '../lib/federation/descriptor';
import { checkExchangeDescriptor } from '../lib/federation/descriptor-checks';
import type { Ui } from '../lib/federation/ingress';
import { checkApart, type PartyPlan, type PartyProps, partyKeys, planParty } from '../lib/federation/party';
import { isHostIpv4 } from '../lib/input/addresses';
import { checkKeys, readMap, shown } from '../lib/input/checks';
import { Problems } from '../lib/input/problems';
import { beforeUpdate } from './before-update';
import { type ChartResources, chartResources, fieldManagerKey } from './kubernetes/chart-resources';
import { type ClusterAccessConfig, checkClusterAccess, clusterAccess } from './kubernetes/cluster-access';
import { checkPublicAddresses, publicAddresses } from './kubernetes/public-addresses';
import { checkSecrets, type PartySecrets, type SecretNeeds, secretObjects } from './kubernetes/secrets';
import { checkNativeDriver } from './native-driver';
import { type DescriptorSource, readDescriptors } from './references/descriptors';
import { refuseIfAny } from './refuse';

/** One organisation's party, as its stack is configured. */
export interface PartyConfig {
  /** What all members have agreed on. */
  readonly federation: AgreementProps;
  /** The party itself. */
  readonly party: PartyProps;
  /** Where the exchange's descriptor comes from. @default the party stands alone */
  readonly exchange?: DescriptorSource<ExchangeDescriptor>;
  /** The cluster that the party is put on. @default that of `kubectl` */
  readonly cluster?: ClusterAccessConfig;
  /** Values of the Secrets that the party's pods read. @default generated passwords; a certificate must be given to a party with an exchange */
  readonly secrets?: PartySecrets;
}

/** What the exchange's stack and people take of a party's. */
export interface PartyOutputs {
  /** For the exchange. None of a party that stands alone and declares no addresses. */
  readonly descriptor?: pulumi.Output<PartyDescriptor>;
  /** Of the published user interfaces. */
  readonly urls: Readonly<Partial<Record<Ui, string>>>;
  /** Host name → address, for DNS; as far as the cluster's stack tells the address of its ingress controller. */
  readonly hosts?: pulumi.Output<Readonly<Record<string, string>>>;
  /** The same as a line for `/etc/hosts`; empty where that address is a name. */
  readonly hostsFile?: pulumi.Output<string>;
}

/**
 * One party: its namespace, Secrets and Federated Learning Cluster. The exchange's stack takes its descriptor.
 *
 * @throws {pulumi.RunError} with every problem of the configuration and of the exchange's descriptor
 */
export async function partyStack(config: PartyConfig): Promise<PartyOutputs> {
  const plan = await planOf(config);
  const { provider, ingressAddress } = clusterAccess(config.cluster);
  const { secrets } = config;
  const party = new PartyDeployment(`party-${plan.id}`, { plan, secrets }, { provider });
  return {
    ...(party.descriptor && { descriptor: party.descriptor }),
    urls: party.urls,
    ...(ingressAddress && dnsOf(Object.values(plan.ingress.hosts), ingressAddress)),
  };
}

const dnsOf = (hosts: readonly string[], ingressAddress: pulumi.Output<string | undefined>) => ({
  hosts: ingressAddress.apply((address) => Object.fromEntries(address ? hosts.map((host) => [host, address]) : [])),
  hostsFile: ingressAddress.apply((address = '') => (isHostIpv4(address) ? [address, ...hosts].join(' ') : '')),
});

async function planOf(config: PartyConfig): Promise<PartyPlan> {
  const problems = Problems.none();
  checkKeys(problems, config, ['federation', 'party', 'exchange', 'cluster', 'secrets']);
  const agreement = planAgreement(
    problems.at('federation'),
    readMap(problems, 'federation', config.federation) as AgreementProps,
  );
  const exchange = await exchangeOf(problems, config, agreement);
  const props = readMap(problems, 'party', config.party) as PartyProps;
  checkKeys(problems.at('party'), props, partyKeys);
  const plan = planParty(problems.at('party'), props, agreement, exchange);
  checkApart(problems, 'party.addresses', props, plan);
  checkNativeDriver(problems.at('party'), plan);
  if (exchange !== undefined) checkPublicAddresses(problems.at('party'), plan);
  checkClusterAccess(problems.at('cluster'), config.cluster);
  checkSecrets(problems.at('secrets'), config.secrets, secretNeeds(plan, config.exchange !== undefined));
  refuseIfAny(problems, `party ${shown(props.id)}`);
  return plan;
}

async function exchangeOf(problems: Problems, { exchange }: PartyConfig, agreement: Agreement) {
  const sources = exchange === undefined ? [] : [{ path: 'exchange', value: exchange }];
  for (const { path, value } of await readDescriptors(problems, sources)) {
    if (value === undefined) problems.add(path, 'has no output `descriptor`', 'run `pulumi up` there first');
    else if (checkExchangeDescriptor(problems.at(path), value, agreement)) return value;
  }
  return undefined;
}

const secretNeeds = (
  { namespace, exchange, imagePullSecrets }: PartyPlan,
  joined = exchange !== undefined,
): SecretNeeds => ({
  namespace,
  names: ['mysql', 'fateboard', 'notebook', ...(joined ? ['pulsarCertificate' as const] : [])],
  imagePullSecrets,
});

/** What a {@link PartyDeployment} is made from. */
export interface PartyDeploymentArgs {
  /** Made by `partyPlan()` or `federation()`. */
  readonly plan: PartyPlan;
  /** Values of the Secrets that the plan's pods read. @default generated passwords; a certificate must be given to a party with an exchange */
  readonly secrets?: PartySecrets;
}

/**
 * A party on a cluster: the objects of the chart `FederatedLearningCluster`, and the Secrets its pods read. Its provider is
 * best made by `clusterProvider()`.
 *
 * The party's data outlive it. `pulumi destroy --exclude-protected` removes its objects one by one, and leaves the Namespace
 * with the claims, and in the state of the stack the passwords of their MySQL: `pulumi up` goes on with both.
 *
 * An update that does not know the state of the one before ends in a conflict at the Namespace, before it changes anything.
 *
 * An update warns when the exchange's Traffic Server has another address than before: FATE registers the Pulsars of other
 * parties behind that address once and for all.
 */
export class PartyDeployment extends pulumi.ComponentResource {
  /** With the declared addresses, or those that the LoadBalancers got. A party that stands alone has only declared ones. */
  readonly descriptor?: pulumi.Output<PartyDescriptor>;
  /** Of the published user interfaces. */
  readonly urls: Readonly<Partial<Record<Ui, string>>>;

  /** @throws {pulumi.RunError} when a Secret has no values */
  constructor(name: string, args: PartyDeploymentArgs, options?: pulumi.ComponentResourceOptions) {
    const { plan, secrets = {} } = args;
    const needs = secretNeeds(plan);
    const problems = Problems.none();
    checkNativeDriver(problems.at('plan'), plan);
    if (plan.exchange !== undefined) checkPublicAddresses(problems.at('plan'), plan);
    checkSecrets(problems.at('secrets'), secrets, needs);
    refuseIfAny(problems, `party ${plan.id}`);
    super('kubefate-tanzu:index:PartyDeployment', name, {}, options);
    const { namespace } = plan;
    const resources = chartResources(new FederatedLearningCluster(new App(), namespace, plan), {
      parent: this,
      secrets: secretObjects(needs, secrets, { parent: this }),
      options: {
        [`Namespace ${namespace}`]: { retainOnDelete: true },
        [fieldManagerKey(namespace)]: { protect: true }, // the Namespace stays its own
        [`ConfigMap ${namespace}/${routeTable}`]: { hooks: exchangeMoved(name, plan) },
      },
    });
    this.descriptor = descriptorOf(plan, resources);
    this.urls = urlsOf(plan);
    this.registerOutputs({ descriptor: this.descriptor, urls: this.urls });
  }
}

/** A party that stands alone has no public Pulsar. */
function descriptorOf(plan: PartyPlan, resources: ChartResources): pulumi.Output<PartyDescriptor> | undefined {
  if (plan.exchange === undefined) {
    const descriptor = partyDescriptor(plan);
    return descriptor && pulumi.output(descriptor);
  }
  return publicAddresses(plan, resources, {
    nginx: { service: services.nginx.name, kind: 'ipv4' },
    pulsar: { service: services.pulsarPublicTls.name, kind: 'ipv4 or name' },
  }).apply((addresses) => partyDescriptor(plan, addresses));
}

const urlsOf = ({ ingress: { hosts, tlsSecrets } }: PartyPlan): Readonly<Partial<Record<Ui, string>>> =>
  Object.fromEntries(
    Object.entries(hosts).map(([ui, host]) => [ui, `${ui in tlsSecrets ? 'https' : 'http'}://${host}`]),
  );

/** ConfigMap with FATE Flow's way to other parties' Pulsars. */
const routeTable = 'pulsar-route-table';

/**
 * The state knows what address the table had before.
 *
 * @see FATE v1.6.1, `python/fate_arch/federation/pulsar/_federation.py`
 */
const exchangeMoved = (name: string, { id, namespace }: PartyPlan): pulumi.ResourceHookBinding =>
  beforeUpdate(`${name}-exchange-moved`, ({ oldInputs, newInputs }) => {
    const [before, now] = [oldInputs, newInputs].map(exchangeAddress);
    if (before === undefined || before === now) return;
    return pulumi.log.warn(
      [
        `The exchange of party ${id} moved from ${before} to ${now ?? 'nowhere'}, and its Pulsar goes on calling ${before} for every party that it knows already. After this update:`,
        `  kubectl -n ${namespace} exec pulsar-0 -- bin/pulsar-admin clusters list`,
        `  kubectl -n ${namespace} exec pulsar-0 -- bin/pulsar-admin clusters delete <id>  # of each other party`,
        `  kubectl -n ${namespace} delete pod pulsar-0`,
      ].join('\n'),
    );
  });

function exchangeAddress(inputs: Record<string, unknown> | undefined): string | undefined {
  const table = Reflect.get(Object(inputs?.['data']), 'pulsar_route_table.yaml');
  return typeof table === 'string' ? parse(table)?.default?.proxy : undefined;
}
