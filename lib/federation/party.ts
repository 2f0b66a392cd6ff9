import { type PartyImage, releases } from '../fate/releases';
import { partyImages } from '../fate/releases/party-images';
import { services } from '../fate/services';
import { type PartyPod, type PartyVolume, partyPods, partyVolumes, type Sizing } from '../fate/sizes';
import { nameForJobs } from '../fate/spark';
import {
  checkKeys,
  type Declared,
  isMap,
  type Keys,
  problemsBelow,
  readDeclaration,
  readGivenEntries,
  readMap,
  readPart,
  shown,
} from '../input/checks';
import { Problems, pathBelow } from '../input/problems';
import { type Pods, type PodsProps, planPods } from '../kubernetes/pods';
import type { PublicService, PublicServiceProps } from '../kubernetes/public-services';
import { planStorageClasses, type StorageClasses, type StorageClassName } from '../kubernetes/storage-classes';
import { planTrust, type TrustedCa } from '../kubernetes/trusted-cas';
import { type Agreement, type AgreementProps, agreementKeys, planAgreement, readAgreement } from './agreement';
import { type BackupPlan, type BackupProps, backupImage, planBackup } from './backup';
import { type CertManager, type CertManagerProps, planCertManager } from './cert-manager';
import { type Compute, type ComputeProps, planCompute } from './compute';
import { describedParties } from './described-parties';
import type { ExchangeDescriptor, PartyDescriptor } from './descriptor';
import { checkEgress, checkExchangeDescriptor } from './descriptor-checks';
import { checkElsewhere, ownImages } from './engines';
import { type ExistingClaims, planExistingClaims } from './existing-claims';
import { type HdfsPlan, type HdfsProps, planHdfs, readExternalHdfs } from './hdfs';
import {
  checkDriver,
  checkPinned,
  checkRelease,
  type Hosting,
  type HostingProps,
  hostingKeys,
  planHosting,
} from './hosting';
import { type IngressPlan, type IngressProps, planIngress } from './ingress';
import { type KubectlAccess, planAccess } from './kubectl-access';
import { type PartyMonitoring, type PartyMonitoringProps, planPartyMonitoring } from './monitoring';
import { type MysqlPlan, type MysqlProps, planMysql } from './mysql';
import { isJoined, type Joining } from './neighbours';
import { readId } from './party-id';
import { type ProxyPlan, type ProxyProps, planProxy } from './proxy';
import {
  checkDistinct,
  type DeclaredEndpoint,
  describedEndpoints,
  ownEndpoints,
  type PlannedAddresses,
  type PublicAddress,
  partyAddressKinds,
  planAddresses,
  planPorts,
  planServices,
  publicPorts,
} from './public-addresses';
import { type PulsarPlan, type PulsarProps, planPulsar } from './pulsar';
import { planRetention, type RetentionPlan, type RetentionProps } from './retention';
import { planSizing, type SizingProps, sizingKeys } from './sizing';
import { checkTablesReached, planSpark, type SparkPlan, type SparkProps } from './spark';
import { onSparkNodes, planSparkNodes, type SparkNodes, type SparkNodesProps } from './spark-nodes';
import { planVerification, type Verification, type VerificationProps } from './verification';
import { planWorkload, type Workload } from './workload';

/** One party, as its operator declares it. */
export interface PartyProps extends HostingProps<PartyImage | 'backup'>, PodsProps<PartyPod>, SizingProps {
  /** Party id, 1 to 999999999; unique in the federation. Others know the party by it. */
  readonly id: number;
  /**
   * Addresses of the party's two LoadBalancers, `pulsar` being the Service `pulsar-public-tls`. Known once they are
   * deployed, or reserved before: until then the party has no route yet and everything else about it is complete. Without `pulsar`
   * where somebody else runs that.
   * @default with Pulumi those that the LoadBalancers get, else none yet
   */
  readonly addresses?: { readonly nginx: PublicAddress; readonly pulsar?: PublicAddress };
  /**
   * Ports under which others reach these addresses, where a gateway in between maps them.
   * @default nginx 9300, pulsar 6651
   */
  readonly ports?: { readonly nginx?: number; readonly pulsar?: number };
  /** CIDR ranges that the party's own connections come from, for the firewalls of others. @default not declared */
  readonly egress?: readonly string[];
  /** How others reach the two Services that are published, `pulsar` being `pulsar-public-tls`. @default LoadBalancers */
  readonly services?: { readonly nginx?: PublicServiceProps; readonly pulsar?: PublicServiceProps };
  /**
   * StorageClass of every claim; `false` names none, which is the cluster's default one.
   * @default 'vsan-default-storage-policy'
   * @see White paper, "Disk Failure"
   */
  readonly storageClass?: StorageClassName;
  /** StorageClasses of single volumes in the place of `storageClass`. @default {} */
  readonly storageClasses?: Readonly<Partial<Record<PartyVolume, StorageClassName>>>;
  /**
   * PersistentVolumeClaims of the namespace that are there already, by name, in the place of those that would be made: ReadWriteOnce or
   * wider, empty, or what a party of this library has left. A volume's size is then what the claim has. Nobody here deletes one.
   * @default none
   */
  readonly existingClaims?: ExistingClaims;
  /** User interfaces to publish. @default notebook and FATE Board, class `nginx` */
  readonly ingress?: IngressProps;
  /**
   * Nodes for Spark workers alone, known by a label and kept free of other pods by a taint: `true` for those of a cluster's pool with
   * `sparkNodes: true`, or what others are known by. `false` where workers run wherever there is room.
   * @default those that the federation's declaration names; with Pulumi those of the cluster's stack; else false
   */
  readonly sparkNodes?: SparkNodesProps | boolean;
  /** What FATE's code is built to compute, and on what. @default { algorithm: 'basic', device: 'cpu' } */
  readonly compute?: ComputeProps;
  /** A MySQL that somebody else runs. @default the party has its own */
  readonly mysql?: MysqlProps;
  /** An HDFS that somebody else runs. @default the party has its own */
  readonly hdfs?: HdfsProps;
  /** A Spark that somebody else runs. @default the party has its own */
  readonly spark?: SparkProps;
  /** What Pulsar keeps, or one that somebody else runs. @default its own keeps as much as its volume, `volumesGiB.pulsar`, allows */
  readonly pulsar?: PulsarProps;
  /**
   * Has cert-manager make and renew the certificate by which the party is known to the exchange and its parties.
   * @default somebody makes the Secret `pulsar-cert`
   */
  readonly certManager?: CertManagerProps;
  /** Where commands such as `diagnose` find the cluster. @default that of `kubectl` */
  readonly access?: KubectlAccess;
  /**
   * Has a Job run FATE's toy example once the party is there, alone or with others, too: `true`, or with whom. A Job that has run
   * stays, and says how it went; another plan is verified by another one.
   * @default false
   */
  readonly verification?: boolean | VerificationProps;
  /**
   * What the notebook has to begin with. `credit-card`, the white paper's: a notebook for the guest and one for the host, what they
   * run, and data of the same shape, beside `persistence`.
   * @default nothing
   */
  readonly workload?: Workload;
  /** Copies of database and models, by schedule. @default none */
  readonly backup?: BackupProps;
  /** HTTP proxy of the notebook and of backups. @default they call what they call directly */
  readonly proxy?: ProxyProps;
  /**
   * Certificate authorities that the notebook trusts, and backups to a bucket, beside those that everybody trusts: those of an
   * organisation, whose proxy or servers they meet. A federation's own authority is none of them, nor do nodes trust any, which is the
   * cluster's `trust`.
   * @default []
   */
  readonly trust?: readonly TrustedCa[];
  /** How long files and logs of jobs stay on FATE Flow's volume; `{}` is 90 days. @default for ever */
  readonly retention?: RetentionProps;
  /** Objects for a Prometheus and for Grafana. @default none */
  readonly monitoring?: PartyMonitoringProps;
}

/** Everything to draw of one party: complete, checked, and private to it. */
export interface PartyPlan extends Agreement, Hosting<PartyImage>, PlannedAddresses<'nginx' | 'pulsar'>, Joining {
  readonly id: number;
  /** Name of the party in SNI and in certificates: `<id>.<domain>`. */
  readonly fqdn: string;
  /** Those that others reach. */
  readonly ports: { readonly nginx: number; readonly pulsar: number };
  /** None: not declared. */
  readonly egress?: readonly string[];
  readonly services: Readonly<Record<'nginx' | 'pulsar', PublicService>>;
  /** None for the cluster's default one. */
  readonly storageClasses: StorageClasses<PartyVolume>;
  /** In the place of claims that would be made. */
  readonly existingClaims: ExistingClaims;
  readonly sizing: Sizing;
  /** `fateboard` where it has a pod of its own. */
  readonly pods: Pods<Exclude<PartyPod, 'fateboard'>> & Partial<Pods<'fateboard'>>;
  /** None: Spark workers run wherever there is room. */
  readonly sparkNodes?: SparkNodes;
  readonly ingress: IngressPlan;
  readonly compute: Compute;
  readonly mysql: MysqlPlan;
  readonly hdfs: HdfsPlan;
  readonly spark: SparkPlan;
  readonly pulsar: PulsarPlan;
  /** None: somebody makes the Secret of the certificate. */
  readonly certManager?: CertManager;
  /** Empty for what `kubectl` takes. */
  readonly access: KubectlAccess;
  /** None: nothing is verified. */
  readonly verification?: Verification;
  /** None: the notebook is empty. */
  readonly workload?: Workload;
  /** None: nobody copies its data. */
  readonly backup?: BackupPlan;
  /** None: nobody calls by a proxy. */
  readonly proxy?: ProxyPlan;
  /** Beside those that everybody trusts. */
  readonly trust: readonly TrustedCa[];
  /** None: files and logs of jobs stay for ever. */
  readonly retention?: RetentionPlan;
  /** None: nothing is drawn for it. */
  readonly monitoring?: PartyMonitoring;
}

export const partyKeys: Keys<PartyProps> = {
  ...hostingKeys,
  ...sizingKeys,
  id: true,
  addresses: true,
  ports: true,
  egress: true,
  services: true,
  storageClass: true,
  storageClasses: true,
  existingClaims: true,
  sparkNodes: true,
  ingress: true,
  compute: true,
  pods: true,
  mysql: true,
  hdfs: true,
  spark: true,
  pulsar: true,
  certManager: true,
  access: true,
  verification: true,
  workload: true,
  backup: true,
  retention: true,
  proxy: true,
  trust: true,
  monitoring: true,
};

/**
 * Plan of a party whose operator knows only it, the agreement, and the exchange's descriptor or, without an exchange, those of its
 * peers: the other parties, which it calls directly.
 *
 * @throws {InvalidInput} with every problem of the declaration
 */
export function partyPlan(declaration: AgreementProps & PartyProps & Joining): PartyPlan {
  const problems = Problems.none();
  const props = readDeclaration(problems, declaration);
  checkKeys<typeof props>(problems, props, {
    ...partyKeys,
    ...agreementKeys,
    exchange: true,
    otherExchanges: true,
    peers: true,
  });
  const agreement = planAgreement(problems, props);
  const exchange = props.exchange === undefined ? undefined : { path: 'exchange', value: props.exchange };
  const peers = readGivenEntries(problems, 'peers', props.peers);
  const otherExchanges = readGivenEntries(problems, 'otherExchanges', props.otherExchanges);
  const plan = planJoinedParty(problems, '', props, agreement, { exchange, otherExchanges, peers });
  problems.throwIfAny(`party ${shown(props.id)}`);
  return plan;
}

/** How a party is to meet others. By neither it stands alone. */
interface DeclaredJoining {
  /** Where the descriptor comes from, and the descriptor. */
  readonly exchange?: Declared<ExchangeDescriptor>;
  /** The same of other exchanges, by which others call. */
  readonly otherExchanges?: readonly Declared<ExchangeDescriptor>[];
  /** The same of each other party. */
  readonly peers?: readonly Declared<PartyDescriptor>[];
}

/** A party's declaration in parts, and what others have told. */
export interface PartyDeclaration extends DeclaredJoining {
  readonly federation: AgreementProps;
  readonly party: PartyProps;
  /** Release of the cluster. @default not known */
  readonly kubernetes?: string;
  /** The cluster's nodes for Spark workers, and who tells of them; no value where it has none. @default not known */
  readonly sparkNodes?: Declared<SparkNodes | undefined>;
}

/** As {@link partyPlan}, of parts; worth nothing when `problems` were found. */
export function planDeclaredParty(
  problems: Problems,
  { federation, party, kubernetes, sparkNodes: told, ...joining }: PartyDeclaration,
): PartyPlan {
  const agreement = readAgreement(problems, federation);
  const declared = readPart(problems, 'party', party, partyKeys);
  const around = { sparkNodes: toldSparkNodes(problems, declared.sparkNodes, told) };
  const props = { kubernetes, ...declared } as PartyProps;
  const below = problemsBelow(problems, 'party', party);
  const plan = planJoinedParty(problems, 'party', props, agreement, joining, below, around);
  checkRelease(problems.at('party'), plan.kubernetes, kubernetes);
  return plan;
}

/** Those of the cluster, for a party that says nothing else. What another stack tells is its author's word. */
function toldSparkNodes(
  problems: Problems,
  declared: PartyProps['sparkNodes'],
  told: PartyDeclaration['sparkNodes'],
): SparkNodes | undefined {
  if (told?.value === undefined) {
    if (told !== undefined && declared === true) {
      problems.add(
        'party.sparkNodes',
        'are nodes that the cluster does not have',
        'declare a pool with sparkNodes: true in its stack and run `pulumi up` there first, or name the labels of nodes that others have made',
      );
    }
    return undefined;
  }
  const before = problems.count;
  const nodes = planSparkNodes(problems.at(told.path), told.value);
  return problems.count === before ? nodes : undefined;
}

/**
 * A party that knows its exchange, or the others, by descriptors. Public addresses that are theirs, too, are reported: calls of
 * others would come back to the party.
 */
function planJoinedParty(
  problems: Problems,
  path: string,
  props: PartyProps,
  agreement: Agreement,
  { exchange, otherExchanges, peers }: DeclaredJoining,
  below = problems.at(path),
  around?: PlannedAround,
): PartyPlan {
  const isSound = exchange && checkExchangeDescriptor(problems.at(exchange.path), exchange.value, agreement);
  const plan = planParty(
    below,
    props,
    agreement,
    {
      exchange: isSound ? exchange.value : undefined,
      peers: peers && [],
    },
    around,
  );
  const own = partyEndpoints(path, plan, props.ports !== undefined);
  const others = readOtherExchanges(problems, otherExchanges, agreement, exchange);
  if (peers !== undefined) return { ...plan, peers: readPeers(problems, peers, plan, own, exchange) };
  checkDistinct(problems, [
    ...(plan.exchange ? describedEndpoints('exchange', plan.exchange) : []),
    ...others.flatMap(({ path, value }) => describedEndpoints(path, value)),
    ...own,
  ]);
  return others.length === 0 ? plan : { ...plan, otherExchanges: others.map(({ value }) => value) };
}

function readOtherExchanges(
  problems: Problems,
  declared: DeclaredJoining['otherExchanges'],
  agreement: Agreement,
  exchange: DeclaredJoining['exchange'],
): readonly Declared<ExchangeDescriptor>[] {
  if (declared !== undefined && exchange === undefined)
    problems.add(
      'otherExchanges',
      'are given without an exchange, by which the party itself calls',
      'name that as exchange, or leave them out',
    );
  return (declared ?? []).filter(({ path, value }) => checkExchangeDescriptor(problems.at(path), value, agreement));
}

function readPeers(
  problems: Problems,
  declared: readonly Declared<PartyDescriptor>[],
  { id, ...agreement }: PartyPlan,
  own: readonly DeclaredEndpoint[],
  exchange: unknown,
): readonly PartyDescriptor[] {
  if (exchange !== undefined)
    problems.add('peers', 'are given beside an exchange, which joins the party with all others', 'use one of the two');
  checkDirect(problems, 'peers', agreement);
  const itself = declared.filter(({ value }) => isMap(value) && value.id === id);
  for (const { path } of itself) problems.add(`${path}.id`, `${id} is the party itself`, 'leave it out');
  const others = declared.filter((each) => !itself.includes(each));
  return describedParties(problems, others, agreement, own).map(({ value }) => value);
}

/** Reports a release whose parties need an exchange. */
export function checkDirect(problems: Problems, path: string, { fate }: Pick<Agreement, 'fate'>): void {
  if (releases[fate].entersParties) return;
  problems.add(
    path,
    `would have parties meet without an exchange, and FATE ${fate} finds no entry of a single party in its table of Pulsars`,
    `use an exchange, or FATE ${directReleases.join(' or ')}`,
  );
}

const directReleases = Object.entries(releases).flatMap(([fate, { entersParties }]) => (entersParties ? [fate] : []));

/** What a party has where it says nothing of it. */
type PlannedAround = Pick<PartyPlan, 'sparkNodes'>;

/** The plan of one party; worth nothing when `problems` were found. */
export function planParty(
  problems: Problems,
  props: PartyProps,
  agreement: Agreement,
  joining: Joining,
  around: PlannedAround = {},
): PartyPlan {
  const { ports, egress } = props;
  const id = readId(problems, props.id);
  checkEgress(problems, egress);
  const { hdfs: usual, charts } = releases[agreement.fate];
  const external = readExternalHdfs(problems.at('hdfs'), props.hdfs, agreement.fate);
  const sizing = planSizing(problems, props, usual, external && { datanodes: 0, replication: external.replication });
  const fqdn = `${id}.${agreement.domain}`;
  const compute = planCompute(problems.at('compute'), props.compute, agreement.fate);
  const published = { ...partyImages(agreement.fate, compute), backup: backupImage };
  const { images, ...hosting } = planHosting(problems, props, `fate-${id}`, published, charts?.lastKubernetes);
  checkDriver(problems, hosting.driver, agreement);
  const mysql = planMysql(problems.at('mysql'), props.mysql);
  const spark = planSpark(problems.at('spark'), props.spark, { sizing, kubernetes: hosting.kubernetes });
  const namenode = nameForJobs(services.namenode, { ...hosting, spark });
  const hdfs = planHdfs(external, sizing, namenode);
  checkTablesReached(problems.at('spark'), spark, hdfs);
  const pulsar = planPulsar(problems.at('pulsar'), props.pulsar, {
    sizing,
    driver: hosting.driver,
    fate: agreement.fate,
    isJoined: isJoined(joining),
  });
  checkElsewhere(problems, props, hosting.driver);
  const addresses = planPartyAddresses(problems.at('addresses'), props.addresses, pulsar);
  const usualPorts = { nginx: services.nginx.ports, pulsar: services.pulsarPublicTls.ports };
  const reached = planServices(problems, props.services, usualPorts, hosting, addresses);
  const { backup: image, ...own } = images;
  const monitoring = planPartyMonitoring(problems.at('monitoring'), props.monitoring, props);
  checkPinned(problems, props, [
    ...Object.values<string>(ownImages({ mysql, hdfs, spark, pulsar }, own)),
    ...(props.backup === undefined ? [] : [image]),
    ...Object.values(monitoring?.images ?? {}),
  ]);
  const storageClasses = planStorageClasses(problems, props.storageClass, props.storageClasses, partyVolumes);
  const nodes = planSparkNodes(problems.at('sparkNodes'), props.sparkNodes, around.sparkNodes);
  const sparkNodes = spark.isExternal ? undefined : nodes;
  const pods = planPartyPods(problems.at('pods'), props.pods, agreement);
  return {
    ...agreement,
    ...hosting,
    images: own,
    ...addresses,
    services: reached,
    id,
    fqdn,
    ports: planPartyPorts(problems.at('ports'), ports, publicPorts(reached, usualPorts), pulsar),
    egress,
    storageClasses,
    existingClaims: planExistingClaims(problems.at('existingClaims'), props.existingClaims, {
      storageClasses: props.storageClasses,
      datanodes: sizing.datanodes,
      isClustered: pulsar.cluster !== undefined,
    }),
    sizing,
    sparkNodes,
    pods: sparkNodes
      ? onSparkNodes(problems.at('pods'), readMap(Problems.none(), '', props.pods), pods, sparkNodes)
      : pods,
    ingress: planIngress(problems.at('ingress'), props.ingress, id, agreement.domain),
    compute,
    mysql,
    hdfs,
    spark,
    pulsar,
    certManager: planCertManager(problems.at('certManager'), props.certManager),
    access: planAccess(problems.at('access'), props.access),
    verification: planVerification(problems.at('verification'), props.verification, {
      id,
      spark,
      isJoined: isJoined(joining),
    }),
    workload: planWorkload(problems.at('workload'), props.workload, { isJoined: isJoined(joining) }),
    backup: planBackup(problems.at('backup'), props.backup, {
      image,
      storageClass: storageClasses.mysql,
      folder: hosting.namespace,
    }),
    proxy: planProxy(problems.at('proxy'), props.proxy),
    trust: planTrust(problems, props.trust),
    retention: planRetention(problems.at('retention'), props.retention),
    monitoring,
    ...joining,
  };
}

/** Of LoadBalancers; where somebody else runs Pulsar, of its own place. */
function planPartyAddresses(
  problems: Problems,
  declared: PartyProps['addresses'],
  pulsar: PulsarPlan,
): PlannedAddresses<'nginx' | 'pulsar'> {
  if (!pulsar.isExternal) return planAddresses<'nginx' | 'pulsar'>(problems, declared, partyAddressKinds);
  const { nginx } = partyAddressKinds;
  const { addresses, reserved } = planAddresses<'nginx'>(problems, withoutPulsar(declared), { nginx });
  const elsewhere = pulsar.public?.address;
  return { addresses: addresses && elsewhere ? { ...addresses, pulsar: elsewhere } : undefined, reserved };
}

function planPartyPorts(
  problems: Problems,
  declared: PartyProps['ports'],
  usual: PartyPlan['ports'],
  pulsar: PulsarPlan,
): PartyPlan['ports'] {
  if (!pulsar.isExternal) return planPorts(problems, declared, usual);
  const { nginx } = planPorts<'nginx'>(problems, withoutPulsar(declared), { nginx: usual.nginx });
  return { nginx, pulsar: pulsar.public?.port ?? usual.pulsar };
}

/** Without what is reported elsewhere. */
function withoutPulsar<Declared extends object>(declared: Declared | undefined): Declared | undefined {
  if (!isMap(declared)) return declared;
  const { pulsar: _, ...others } = declared;
  return others as Declared;
}

/** Where others reach the party. Of a Pulsar that somebody else runs it is known from the first, and may be behind whatever there is. */
export function partyEndpoints(path: string, plan: PartyPlan, isMapped: boolean): readonly DeclaredEndpoint[] {
  const endpoints = ownEndpoints(pathBelow(path, 'addresses'), plan, isMapped);
  if (!plan.pulsar.isExternal) return endpoints;
  const own = endpoints.filter((each) => each.path !== pathBelow(path, 'addresses.pulsar'));
  const { public: value } = plan.pulsar;
  return value === undefined
    ? own
    : [...own, { path: pathBelow(path, 'pulsar.external.public'), value, isMapped: true, remedy: ownPulsar }];
}

const ownPulsar = 'each party has a Pulsar for itself: use the address and port of this one, as others reach it';

function planPartyPods(problems: Problems, declared: PartyProps['pods'], { fate }: Agreement): PartyPlan['pods'] {
  const isApart = releases[fate].fateboard.pod === 'fateboard';
  if (isApart) return planPods(problems, declared, partyPods);
  const { fateboard, ...others } = readMap(problems, '', declared);
  if (fateboard !== undefined) {
    problems.add('fateboard', `is in FATE Flow's pod in FATE ${fate}`, 'use fateflow, which is for both');
  }
  return planPods(
    problems,
    others,
    partyPods.filter((pod) => pod !== 'fateboard'),
  );
}

/** Images that a party names as the release does, and that nobody has published: its pods wait for them for ever. */
export function unpublishedImages(plan: PartyPlan): readonly string[] {
  const { unpublished = [] } = releases[plan.fate];
  const names = unpublishedNames(plan);
  const own = ownImages(plan, plan.images);
  return unpublished.flatMap((image) => own[image] ?? []).filter((it) => names.includes(it.replace(dockerHub, '')));
}

/** As the release names what nobody has published of a party's images. */
export function unpublishedNames({ fate, compute }: PartyPlan): readonly string[] {
  const named = partyImages(fate, compute);
  return (releases[fate].unpublished ?? []).map((image) => named[image]);
}

const dockerHub = /^(index\.)?docker\.io\//;

/** What has to be done for them. */
export const unpublishedRemedy =
  "build them with FATE's own FATE-Builder, and say where they are by registry or images";
