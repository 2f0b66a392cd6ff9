import { checkPinned, type HostingProps, type ImageDigests, planHosting } from '../../federation/hosting';
import { soundResources } from '../../federation/sizing';
import {
  checkHostName,
  checkHttpUrl,
  checkInteger,
  checkKeys,
  checkObjectName,
  checkUnique,
  type Keys,
  readDeclaration,
  readFlag,
  readList,
  readMap,
  readOneOf,
  shown,
} from '../../input/checks';
import { Problems } from '../../input/problems';
import { type AnyIngress, type AnyIngressProps, planAnyIngress } from '../../kubernetes/ingresses';
import { checkNamespace } from '../../kubernetes/namespaces';
import { type Pods, type PodsProps, planPods } from '../../kubernetes/pods';
import type { Resources, ResourcesProps } from '../../kubernetes/quantities';
import { admitsByLabels, kubernetesMinor } from '../../kubernetes/releases';
import { defaultStorageClass, readStorageClass, type StorageClassName } from '../../kubernetes/storage-classes';
import { firstWithIngressV1, type KubeFateRelease, kubeFateReleases, type ServiceRelease } from './service-releases';

/** Containers of a KubeFATE service, in a pod each. */
export type KubeFateContainer = 'kubefate' | 'mariadb';

/** The KubeFATE service of one cluster, as its operator declares it. */
export interface KubeFateProps
  extends Omit<HostingProps<KubeFateContainer>, 'driver' | 'kubernetes'>,
    PodsProps<KubeFateContainer> {
  /** Host name under which the CLI reaches the service. */
  readonly host: string;
  /**
   * Namespaces whose FLC the service makes. They must be there before the service, which has a Role in each of them and no
   * other right to what is in a namespace.
   * @default []
   */
  readonly parties?: readonly string[];
  /** As `parties`: the namespace whose exchange the service makes. @default none */
  readonly exchange?: string;
  /**
   * Rights in every namespace of the cluster, every Secret included, in the place of a Role in each of those named.
   * @default false
   */
  readonly clusterWide?: boolean;
  /**
   * KubeFATE release whose service is deployed; the charts that the service installs have versions of their own. Before
   * 1.8.0 the service describes clusters up to Kubernetes 1.21 only.
   * @default '1.6.1'
   */
  readonly release?: KubeFateRelease;
  /**
   * Kubernetes release of the cluster. Up to 1.24 the charts bring a PodSecurityPolicy, and the service may make it.
   * @default '1.21', the last release that takes all objects of the charts of 1.6.1
   */
  readonly kubernetes?: string;
  /** How the host name is published. @default by the cluster's controller `nginx`, over HTTP */
  readonly ingress?: KubeFateIngressProps;
  /** StorageClass of the database's claim; `false` names none, which is the cluster's default one. @default 'vsan-default-storage-policy' */
  readonly storageClass?: StorageClassName;
  /** The database's claim, in GiB. @default 5 */
  readonly volumeGiB?: number;
  /**
   * Chart repository from which the service loads charts that nobody has uploaded to it.
   * @default 'https://federatedai.github.io/KubeFATE'
   */
  readonly chartRepository?: string;
  /** Resources of single containers in the place of the default. @default KubeFATE's own: promised 0.5 CPU and 0.5 GiB, at most 2 CPU and 4 GiB */
  readonly resources?: Readonly<Partial<Record<KubeFateContainer, ResourcesProps>>>;
}

/** How the host name of a KubeFATE service is published. */
export interface KubeFateIngressProps extends AnyIngressProps {
  /** Existing Secret of type `kubernetes.io/tls` for the host name. @default plain HTTP, which is all that the CLI of 1.6.1 speaks */
  readonly tlsSecret?: string;
}

/** Everything to draw of a KubeFATE service: complete and checked. */
export interface KubeFatePlan {
  readonly namespace: string;
  readonly kubernetes: string;
  readonly networkPolicies: boolean;
  readonly images: Readonly<Record<KubeFateContainer, string>>;
  /** Where copies of the published ones are pulled from. None: from where they are published. */
  readonly registry?: string;
  /** As they were declared. None: images are known by their tags. */
  readonly digests?: ImageDigests;
  readonly imagePullSecrets: readonly string[];
  /** Of the Ingress. */
  readonly host: string;
  readonly ingress: KubeFateIngress;
  /** Of the database's claim; none for the cluster's default one. */
  readonly storageClass?: string;
  /** Of the database's claim. */
  readonly volumeGiB: number;
  /** URL. */
  readonly chartRepository: string;
  readonly resources: Readonly<Record<KubeFateContainer, Resources>>;
  readonly pods: Pods<KubeFateContainer>;
  readonly rights: Rights;
}

export interface KubeFateIngress extends AnyIngress {
  /** None: plain HTTP. */
  readonly tlsSecret?: string;
}

/** What a service may do. */
export interface Rights {
  /** In one namespace each. */
  readonly roles: readonly { readonly namespace: string; readonly rules: readonly Rule[] }[];
  /** In all namespaces, where that was asked for, and to what is in none. */
  readonly onCluster: readonly Rule[];
}

/** A rule of RBAC, one API group at a time. */
export interface Rule {
  readonly apiGroup: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/**
 * Plan of a KubeFATE service.
 *
 * @throws {InvalidInput} with every problem of the declaration
 */
export function kubeFatePlan(declaration: KubeFateProps): KubeFatePlan {
  const problems = Problems.none();
  const props = readDeclaration(problems, declaration);
  const { volumeGiB = 5 } = props;
  const { chartRepository = 'https://federatedai.github.io/KubeFATE', kubernetes = defaultKubernetes } = props;
  checkKeys(problems, props, kubeFateKeys);
  const releases = Object.keys(kubeFateReleases) as KubeFateRelease[];
  const release = readOneOf(problems, 'release', props.release, releases, '1.6.1');
  checkHostName(problems, 'host', props.host, 'kubefate.example.com');
  const ingress = planKubeFateIngress(problems.at('ingress'), props.ingress);
  const storageClass = readStorageClass(problems, 'storageClass', props.storageClass, defaultStorageClass);
  checkInteger(problems, 'volumeGiB', volumeGiB, 1, 1024);
  checkHttpUrl(problems, 'chartRepository', chartRepository, 'https://example.com/charts');
  const known: ServiceRelease = kubeFateReleases[release];
  const hosting = planHosting(problems, { ...props, kubernetes }, 'kube-fate', kubeFateImages(known.service));
  checkPinned(problems, props, Object.values(hosting.images));
  const clusterWide = readFlag(problems, 'clusterWide', props.clusterWide, false);
  checkDescribes(problems, release, known, kubernetes);
  const parties = readList(problems, 'parties', props.parties, []);
  checkNamespaces(problems, hosting.namespace, parties, props);
  const resources = soundResources(
    problems.at('resources'),
    readMap(problems, 'resources', props.resources),
    defaultResources,
  );
  const pods = planPods(problems.at('pods'), props.pods, ['kubefate', 'mariadb']);
  problems.throwIfAny('KubeFATE service');
  const { driver: _, ...rest } = hosting;
  return {
    ...rest,
    host: props.host,
    ingress,
    storageClass,
    volumeGiB,
    chartRepository,
    resources: { ...defaultResources, ...resources },
    pods,
    rights: rightsOf({ parties, exchange: props.exchange, clusterWide, kubernetes, ...known }),
  };
}

export const kubeFatePlanKeys: Keys<KubeFatePlan> = {
  namespace: true,
  kubernetes: true,
  networkPolicies: true,
  images: true,
  registry: true,
  digests: true,
  imagePullSecrets: true,
  host: true,
  ingress: true,
  storageClass: true,
  volumeGiB: true,
  chartRepository: true,
  resources: true,
  pods: true,
  rights: true,
};

const kubeFateKeys: Keys<KubeFateProps> = {
  host: true,
  parties: true,
  exchange: true,
  clusterWide: true,
  release: true,
  namespace: true,
  kubernetes: true,
  networkPolicies: true,
  registry: true,
  images: true,
  digests: true,
  imagePullSecrets: true,
  ingress: true,
  storageClass: true,
  volumeGiB: true,
  chartRepository: true,
  resources: true,
  pods: true,
};

/** The last one that takes all objects of the charts of 1.6.1. */
const defaultKubernetes = '1.21';

/** As they are published, for a version of the service. */
export const kubeFateImages = (service: string): Readonly<Record<KubeFateContainer, string>> => ({
  kubefate: `federatedai/kubefate:${service}`,
  // KubeFATE lets `mariadb:10` float; 10.11 is the last of it.
  mariadb: 'mariadb:10.11.6',
});

const modest: Resources = { requests: { cpu: 0.5, memoryGiB: 0.5 }, limits: { cpu: 2, memoryGiB: 4 } };
const defaultResources: Readonly<Record<KubeFateContainer, Resources>> = { kubefate: modest, mariadb: modest };

function planKubeFateIngress(problems: Problems, declared: KubeFateIngressProps | undefined): KubeFateIngress {
  const props = readMap(problems, '', declared);
  const { tlsSecret } = props;
  checkKeys<KubeFateIngressProps>(problems, props, {
    ingressClassName: true,
    controllerNamespace: true,
    annotations: true,
    tlsSecret: true,
  });
  if (tlsSecret !== undefined) checkObjectName(problems, 'tlsSecret', tlsSecret, 'kubefate-tls');
  return { ...planAnyIngress(problems, props), tlsSecret };
}

/** On a later Kubernetes the service installs and updates, and answers every question about a cluster with an error. */
function checkDescribes(
  problems: Problems,
  release: KubeFateRelease,
  { service, lastKubernetes }: ServiceRelease,
  kubernetes: unknown,
): void {
  const minor = typeof kubernetes === 'string' ? kubernetesMinor(kubernetes) : undefined;
  if (lastKubernetes === undefined || minor === undefined || minor <= lastKubernetes) return;
  problems.add(
    'release',
    `the service ${service} of ${shown(release)} asks for Ingresses of v1beta1, which Kubernetes ${kubernetes} has no more`,
    `use "${firstWithIngressV1}" or later: "1.11.2" serves the charts of 1.6.1, too`,
  );
}

function checkNamespaces(
  problems: Problems,
  own: string,
  parties: readonly string[],
  { exchange, clusterWide }: KubeFateProps,
): void {
  const members = [
    ...parties.map((value, i) => ({ path: `parties[${i}]`, value, usual: 'fate-30000' })),
    ...(exchange === undefined ? [] : [{ path: 'exchange', value: exchange, usual: 'fate-exchange' }]),
  ];
  for (const { path, value, usual } of members) if (value !== own) checkNamespace(problems, path, value, usual);
  const names = [{ path: 'namespace', value: own }, ...members];
  checkUnique(problems, names, 'every FLC, the exchange and the service need their own namespace');
  if (names.length === 1 && clusterWide !== true) {
    problems.add('parties', 'names none, and there is no exchange', 'name their namespaces, or use clusterWide: true');
  }
}

interface RightsNeeded {
  readonly parties: readonly string[];
  readonly exchange: string | undefined;
  readonly clusterWide: boolean;
  readonly kubernetes: string;
  readonly toleratesHiddenNodes: boolean;
  readonly makesJobs: boolean;
}

function rightsOf({
  parties,
  exchange,
  clusterWide,
  kubernetes,
  toleratesHiddenNodes,
  makesJobs,
}: RightsNeeded): Rights {
  const hasPolicies = !admitsByLabels(kubernetes);
  const shared = hasPolicies ? policyBindings : [];
  const flc = [...flcContents, ...(makesJobs ? [jobs] : []), ...shared];
  const roles = parties.map((namespace) => ({ namespace, rules: flc }));
  if (exchange !== undefined) roles.push({ namespace: exchange, rules: [...exchangeContents, ...shared] });
  return {
    roles: clusterWide ? [] : roles,
    onCluster: [
      ...(clusterWide ? flc : []),
      { apiGroup: '', resources: ['namespaces'], verbs: ['get', 'list'] },
      ...(toleratesHiddenNodes ? [] : [{ apiGroup: '', resources: ['nodes'], verbs: ['list'] }]),
      ...(hasPolicies ? policies(clusterWide ? undefined : roles.map(({ namespace }) => namespace)) : []),
    ],
  };
}

const read = ['get', 'list'];
const write = [...read, 'create', 'update', 'patch', 'delete'];

const pods: Rule = { apiGroup: '', resources: ['pods', 'pods/log'], verbs: read };

/** What Helm makes of chart `fate`, with its own records in Secrets, and where the service looks how it is. */
const flcContents: readonly Rule[] = [
  { apiGroup: '', resources: ['configmaps', 'services', 'secrets', 'persistentvolumeclaims'], verbs: write },
  pods,
  { apiGroup: 'apps', resources: ['deployments', 'statefulsets'], verbs: write },
  { apiGroup: 'networking.k8s.io', resources: ['ingresses'], verbs: write },
];

const jobs: Rule = { apiGroup: 'batch', resources: ['jobs'], verbs: write };

/** As {@link flcContents}, of chart `fate-exchange`, which keeps no data and publishes no interface. */
const exchangeContents: readonly Rule[] = [
  { apiGroup: '', resources: ['configmaps', 'services', 'secrets'], verbs: write },
  pods,
  { apiGroup: 'apps', resources: ['deployments'], verbs: write },
  { apiGroup: 'networking.k8s.io', resources: ['ingresses'], verbs: read },
];

/** What the charts add to bind their own PodSecurityPolicy. */
const policyBindings: readonly Rule[] = [
  { apiGroup: '', resources: ['serviceaccounts'], verbs: write },
  { apiGroup: 'rbac.authorization.k8s.io', resources: ['roles', 'rolebindings'], verbs: write },
];

/** A chart's policy is named like its cluster. Only who may use a policy may hand that right on. */
const policies = (names: readonly string[] | undefined): readonly Rule[] => {
  const rule = { apiGroup: 'policy', resources: ['podsecuritypolicies'] };
  return [
    { ...rule, verbs: ['create'] }, // the name of an object to create is not known to the authorizer
    { ...rule, verbs: ['get', 'update', 'patch', 'delete', 'use'], resourceNames: names },
  ];
};
