import * as pulumi from '@pulumi/pulumi';
import { App, FederatedLearningCluster } from '../constructs';
import { services } from '../lib/fate/services';
import { type AgreementProps, unreadableDomain } from '../lib/federation/agreement';
import { backupName } from '../lib/federation/backup';
import { certificateName } from '../lib/federation/certificates';
import { type ExchangeDescriptor, type PartyDescriptor, partyDescriptor } from '../lib/federation/descriptor';
import type { DescriptorTrust } from '../lib/federation/descriptor-files';
import type { Ui } from '../lib/federation/ingress';
import { type LastingPartyValues, lastingPartyChanges, lastingPartyValues } from '../lib/federation/lasting';
import { isJoined } from '../lib/federation/neighbours';
import {
  type PartyPlan,
  type PartyProps,
  planDeclaredParty,
  unpublishedImages,
  unpublishedRemedy,
} from '../lib/federation/party';
import { partySecretNeeds } from '../lib/federation/secret-needs';
import { isHostIpv4 } from '../lib/input/addresses';
import { type Declared, type Keys, readConfig, readGivenEntries, shown } from '../lib/input/checks';
import { Problems } from '../lib/input/problems';
import { refusedUpgrade } from '../lib/reports/upgrade-text';
import { readUpgrade, type UpgradeProps } from '../lib/upgrade/upgrade';
import { readChain } from './certificates/chains';
import type { PartyCertificates } from './certificates/declared';
import { loadTls } from './certificates/load-tls';
import { PartyCertificate } from './certificates/party-certificate';
import { type Checked, checkOf, warnBeforeUpdate } from './engine/before-update';
import { readArgs } from './engine/component-args';
import { orRefuse, refuseIfAny } from './engine/refuse';
import { type ChartResources, chartResources, fieldManagerKey } from './kubernetes/chart-resources';
import {
  accessTo,
  type ClusterAccessConfig,
  checkNoAccess,
  type ReadCluster,
  readCluster,
  readSparkNodes,
} from './kubernetes/cluster-access';
import { checkPublicAddresses, publicAddresses } from './kubernetes/public-addresses';
import { checkSecrets, type PartySecrets, type StackSecretNeeds, secretObjects } from './kubernetes/secrets';
import { verificationOf } from './kubernetes/verification';
import { checkNativeDriver } from './native-driver';
import {
  type Described,
  type DescriptorSource,
  type PartySource,
  readDescriptors,
  readParties,
  readTrust,
  withDescriptor,
} from './references/descriptors';
import { readLock } from './references/image-lock';
import { signedDescriptor } from './references/signed-descriptor';
import type { Told } from './references/stack-outputs';

/** One organisation's party, as its stack is configured. */
export interface PartyConfig {
  /** What all members have agreed on. */
  readonly federation: AgreementProps;
  /** The party itself. */
  readonly party: PartyProps;
  /** Where the exchange's descriptor comes from. @default the party stands alone, or has `peers` */
  readonly exchange?: DescriptorSource<ExchangeDescriptor>;
  /**
   * Where descriptors of other exchanges of the federation come from: those that other parties call by. The party calls nobody by them.
   * @default none
   */
  readonly otherExchanges?: readonly DescriptorSource<ExchangeDescriptor>[];
  /**
   * In the place of an exchange: where the other parties' descriptors come from, which call one another directly. One that has none
   * yet is left out, with a warning; `[]` before there is any.
   * @default the party stands alone, or has an `exchange`
   */
  readonly peers?: readonly PartySource[];
  /** The cluster that the party is put on. @default that of `kubectl` */
  readonly cluster?: ClusterAccessConfig;
  /** Where the certificate for a key of the stack's own comes from. @default both come from `secrets` */
  readonly certificates?: PartyCertificates;
  /**
   * Values of the Secrets that the party's pods read.
   * @default generated passwords; a party that meets others must be given a certificate, here or by `certificates`
   */
  readonly secrets?: PartySecrets;
  /**
   * File of the authorities of the federation, PEM: what signed descriptors are checked against. Relative to the project.
   * @default `ca` of the own certificate in `secrets`, where that is a text
   */
  readonly ca?: string;
  /** Once another FATE release is declared: that what its plan puts first is done. @default a party stays at its release */
  readonly upgrade?: UpgradeProps;
}

/** What other stacks and people take of a party's. */
export interface PartyOutputs extends Partial<Told<'descriptor' | 'certificateRequest'>> {
  /** For the exchange, or other parties. None of a party that stands alone and declares no addresses. */
  readonly descriptor?: pulumi.Output<PartyDescriptor>;
  /**
   * The descriptor with the member's signature, for those who get it as a file. None without the member's certificate and key
   * as values: `certificates`, or `secrets` that hold them.
   */
  readonly signedDescriptor?: pulumi.Output<string | undefined>;
  /** Signing request for the stack's own key, as PEM, for whoever is the authority; with `certificates`. */
  readonly certificateRequest?: pulumi.Output<string>;
  /** Of the published user interfaces. */
  readonly urls: Readonly<Partial<Record<Ui, string>>>;
  /** How the Job of `verification` went, as the last refresh saw it. None where nothing is verified. */
  readonly verification?: pulumi.Output<string>;
  /** Host name → address, for DNS; as far as the cluster's stack tells the address of its ingress controller. */
  readonly hosts?: pulumi.Output<Readonly<Record<string, string>>>;
  /** The same as a line for `/etc/hosts`; empty where that address is a name. */
  readonly hostsFile?: pulumi.Output<string>;
}

/**
 * One party: its namespace, Secrets and Federated Learning Cluster. The exchange's stack takes its descriptor, or
 * those of its peers do.
 *
 * @throws {pulumi.RunError} with every problem of the configuration and of others' descriptors
 */
export async function partyStack(config: PartyConfig): Promise<PartyOutputs> {
  const { plan, secrets, upgrade, cluster, makeCertificate } = await read(config);
  const { provider, ingressAddress } = accessTo(cluster);
  const certificate = makeCertificate?.(checkOf(() => party));
  const own = certificate && { pulsarCertificate: certificate.values };
  const values = { ...secrets, ...own };
  const dependsOn = certificate && checkOf(() => certificate);
  const party: PartyDeployment = new PartyDeployment(
    `party-${plan.id}`,
    { plan, secrets: values, upgrade },
    { provider, dependsOn },
  );
  const signed = signedDescriptor(party.descriptor, values.pulsarCertificate);
  return {
    ...(party.descriptor && { descriptor: party.descriptor }),
    ...(signed && { signedDescriptor: signed }),
    ...(certificate && { certificateRequest: certificate.request }),
    urls: party.urls,
    ...(party.verification && { verification: party.verification }),
    ...(ingressAddress && dnsOf(Object.values(plan.ingress.hosts), ingressAddress)),
  };
}

const dnsOf = (hosts: readonly string[], ingressAddress: pulumi.Output<string | undefined>) => ({
  hosts: ingressAddress.apply((address) => Object.fromEntries(address ? hosts.map((host) => [host, address]) : [])),
  hostsFile: ingressAddress.apply((address = '') => (isHostIpv4(address) ? [address, ...hosts].join(' ') : '')),
});

const configKeys: Keys<PartyConfig> = {
  federation: true,
  party: true,
  exchange: true,
  otherExchanges: true,
  peers: true,
  cluster: true,
  certificates: true,
  secrets: true,
  ca: true,
  upgrade: true,
};

interface ReadParty extends PartyDeploymentArgs {
  readonly cluster: ReadCluster;
  /** None where nothing asks for it. */
  readonly makeCertificate?: MakeCertificate;
}

type MakeCertificate = (checked: Checked) => PartyCertificate;

/** Everything that is awaited, and the plan of it. */
async function read(declared: PartyConfig): Promise<ReadParty> {
  const problems = Problems.none();
  const config = readConfig(problems, declared, configKeys);
  const { federation, secrets, upgrade } = config;
  const party = await readLock(problems.at('party'), config.party);
  const trust = await readTrust(problems, config.ca, Object(Object(secrets).pulsarCertificate).ca);
  const { exchange, otherExchanges } = await readExchanges(problems, config, trust);
  const sources = readGivenEntries(problems, 'peers', config.peers);
  const peers = sources && (await readParties(problems, sources, trust)).flatMap(withDescriptor);
  const cluster = await readCluster(problems.at('cluster'), config.cluster);
  checkNoAccess(problems.at('party'), party);
  const { kubernetes } = cluster;
  const plan = planDeclaredParty(problems, {
    federation,
    party,
    exchange: described(exchange),
    otherExchanges: otherExchanges?.flatMap((each) => described(each) ?? []),
    peers,
    kubernetes,
    sparkNodes: await readSparkNodes(cluster),
  });
  const makeCertificate = await readCertificate(problems, config, plan, exchange);
  const needs = partySecretNeeds(plan, isJoined(config));
  const made = config.certificates === undefined ? [] : (['pulsarCertificate'] as const);
  checkDeployment(problems, 'party', { plan, secrets, upgrade }, { ...needs, made });
  refuseIfAny(problems, `party ${shown(Object(party).id)}`);
  warnOfImages(plan);
  return { plan, secrets, upgrade, cluster, makeCertificate };
}

function warnOfImages(plan: PartyPlan): void {
  const images = unpublishedImages(plan);
  if (images.length === 0) return;
  void pulumi.log.warn(`party ${plan.id} pulls ${images.join(', ')}, which nobody has published: ${unpublishedRemedy}`);
}

interface ReadExchanges {
  readonly exchange?: Described<ExchangeDescriptor>;
  readonly otherExchanges?: readonly Described<ExchangeDescriptor>[];
}

/** Together, since a stack can be referred to only once. */
async function readExchanges(
  problems: Problems,
  { exchange, otherExchanges }: PartyConfig,
  trust: DescriptorTrust,
): Promise<ReadExchanges> {
  const own = exchange === undefined ? [] : [{ path: 'exchange', value: exchange }];
  const others = readGivenEntries(problems, 'otherExchanges', otherExchanges);
  const read = await readDescriptors<ExchangeDescriptor>(problems, [...own, ...(others ?? [])], trust);
  for (const { path, value } of read)
    if (value === undefined) problems.add(path, 'has no output `descriptor`', 'run `pulumi up` there first');
  const isOwn = ({ path }: Described<ExchangeDescriptor>) => path.startsWith('exchange');
  return { exchange: read.find(isOwn), otherExchanges: others && read.filter((each) => !isOwn(each)) };
}

const described = (read: Described<ExchangeDescriptor> | undefined): Declared<ExchangeDescriptor> | undefined =>
  read?.value === undefined ? undefined : { path: read.path, value: read.value };

/** How the party's key and certificate are made of what is declared and known; what is wrong with that is reported. */
async function readCertificate(
  problems: Problems,
  config: PartyConfig,
  { id, domain, namespace, certManager }: PartyPlan,
  exchange: Described<ExchangeDescriptor> | undefined,
): Promise<MakeCertificate | undefined> {
  const { certificates } = config;
  if (certificates === undefined || domain === unreadableDomain) return undefined;
  if (!isJoined(config)) {
    problems.add(
      'certificates',
      'are for a party that meets others',
      'name its exchange or its peers, or leave them out',
    );
    return undefined;
  }
  if (certManager !== undefined) {
    problems.add('certificates', 'are given beside party.certManager, which makes one', 'use one of the two');
    return undefined;
  }
  const commonName = certificateName(id, domain);
  const read = await readChain(problems, certificates, { id, commonName }, exchange);
  const tls = await loadTls(problems.at('certificates'));
  return tls && ((checked) => new PartyCertificate(`party-${id}`, { tls, commonName, namespace, ...read, checked }));
}

/** What a {@link PartyDeployment} is made from. */
export interface PartyDeploymentArgs {
  /** Made by `partyPlan()` or `federation()`. */
  readonly plan: PartyPlan;
  /** Values of the Secrets that the plan's pods read. @default generated passwords; a certificate must be given to a party that meets others */
  readonly secrets?: PartySecrets;
  /** Once the plan's FATE release is another: that what its upgrade puts first is done. @default a party stays at its release */
  readonly upgrade?: UpgradeProps;
}

const argKeys: Keys<PartyDeploymentArgs> = { plan: true, secrets: true, upgrade: true };

/** Reports what keeps a party from being deployed; `path` is where its plan comes from. */
function checkDeployment(
  problems: Problems,
  path: string,
  { plan, secrets, upgrade }: PartyDeploymentArgs,
  needs: StackSecretNeeds,
): void {
  checkNativeDriver(problems.at(path), plan);
  if (isJoined(plan)) checkPublicAddresses(problems.at(path), plan);
  checkSecrets(problems.at('secrets'), secrets, needs);
  readUpgrade(problems.at('upgrade'), upgrade);
}

/** Whether the party may go to the plan's release now. @throws with the plan of its upgrade when it may not */
function checkUpgrade(plan: PartyPlan, before: Partial<LastingPartyValues>, upgrade: UpgradeProps | undefined): void {
  const refused = refusedUpgrade(before, plan, upgrade);
  if (refused !== undefined) throw new pulumi.RunError(refused);
}

/** Whether another member is at an address that a LoadBalancer has had since an earlier update. @throws {InvalidInput} when it is */
function checkGiven(plan: PartyPlan, told: PartyDescriptor | undefined): void {
  if (plan.addresses !== undefined || told === undefined) return;
  partyDescriptor(plan, { nginx: told.nginx.address, pulsar: told.pulsar.address });
}

/**
 * A party on a cluster: the objects of the chart `FederatedLearningCluster`, and the Secrets its pods read. Its provider is
 * best made by `clusterProvider()`.
 *
 * The party's data outlive it. `pulumi destroy --exclude-protected` removes its objects one by one, and leaves the Namespace
 * with the claims, that of its backups among them, and in the state of the stack the passwords of their MySQL: `pulumi up` goes on with both.
 *
 * An update that does not know the state of the one before ends in a conflict at the Namespace, before it changes anything.
 *
 * An update warns of what it cannot change any more, and says what does: sizes and class of volumes, namespace, domain, id,
 * and the addresses at which FATE registers the Pulsars of other parties once and for all.
 * Another FATE release is refused, with the plan of the upgrade, until `upgrade` says that its plan was followed.
 */
export class PartyDeployment extends pulumi.ComponentResource {
  /** With the declared addresses, or those that the LoadBalancers got. A party that stands alone has only declared ones. */
  readonly descriptor?: pulumi.Output<PartyDescriptor>;
  /** Of the published user interfaces. */
  readonly urls: Readonly<Partial<Record<Ui, string>>>;
  /** How the Job of the plan's verification went, as the last refresh saw it. None where nothing is verified. */
  readonly verification?: pulumi.Output<string>;

  /** @throws {pulumi.RunError} when there is no plan, or a Secret has no values */
  constructor(name: string, declared: PartyDeploymentArgs, options?: pulumi.ComponentResourceOptions) {
    const args = readArgs(`party ${name}`, declared, argKeys, 'partyPlan() or federation()');
    const { plan, secrets = {} } = args;
    const needs = partySecretNeeds(plan);
    const problems = Problems.none();
    checkDeployment(problems, 'plan', args, needs);
    refuseIfAny(problems, `party ${plan.id}`);
    const hooks = warnBeforeUpdate<LastingPartyValues, { descriptor: PartyDescriptor }>(
      name,
      (before) => lastingPartyChanges(before, plan),
      ({ descriptor }, before) => {
        checkUpgrade(plan, before, args.upgrade);
        checkGiven(plan, descriptor);
      },
    );
    // Another address of somebody else is a change of the component, which is looked at first.
    const nginx = plan.peers?.map((peer) => peer.nginx);
    const inputs = {
      ...lastingPartyValues(plan),
      exchangeNginx: plan.exchange?.nginx,
      ...(plan.otherExchanges && { otherExchangesNginx: plan.otherExchanges.map((each) => each.nginx) }),
      ...(nginx && { peersNginx: nginx }),
    };
    super('kubefate-tanzu:index:PartyDeployment', name, inputs, pulumi.mergeOptions(options, { hooks }));
    const { namespace } = plan;
    const resources = chartResources(new FederatedLearningCluster(new App(), namespace, plan), {
      parent: this,
      secrets: secretObjects(needs, secrets, { parent: this }),
      options: {
        [`Namespace ${namespace}`]: { retainOnDelete: true },
        [`PersistentVolumeClaim ${namespace}/${backupName}`]: { retainOnDelete: true },
        [fieldManagerKey(namespace)]: { protect: true }, // the Namespace stays its own
      },
    });
    this.descriptor = descriptorOf(plan, resources);
    this.urls = urlsOf(plan);
    this.verification = plan.verification && verificationOf(resources);
    const { descriptor, urls, verification } = this;
    this.registerOutputs({ descriptor, urls, ...(verification && { verification }) });
  }
}

/** A party that stands alone has no public Pulsar. */
function descriptorOf(plan: PartyPlan, resources: ChartResources): pulumi.Output<PartyDescriptor> | undefined {
  if (!isJoined(plan)) {
    const descriptor = partyDescriptor(plan);
    return descriptor && pulumi.output(descriptor);
  }
  const nginx = { service: services.nginx.name, kind: 'ipv4' } as const;
  const pulsar = { service: services.pulsarPublicTls.name, kind: 'ipv4 or name' } as const;
  const elsewhere = plan.pulsar.public?.address;
  return (
    elsewhere === undefined
      ? publicAddresses(plan, resources, { nginx, pulsar })
      : publicAddresses<'nginx'>(plan, resources, { nginx }).apply((own) => ({ ...own, pulsar: elsewhere }))
  ).apply((addresses) => orRefuse(() => partyDescriptor(plan, addresses)));
}

const urlsOf = ({ ingress: { hosts, tlsSecrets } }: PartyPlan): Readonly<Partial<Record<Ui, string>>> =>
  Object.fromEntries(
    Object.entries(hosts).map(([ui, host]) => [ui, `${ui in tlsSecrets ? 'https' : 'http'}://${host}`]),
  );
