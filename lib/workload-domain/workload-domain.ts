import { isDnsName, isHostIpv4 } from '../addresses';
import {
  checkDnsLabel,
  checkInteger,
  checkKeys,
  checkOneOf,
  checkUnique,
  isMap,
  readList,
  readMap,
  shown,
} from '../declaration/checks';
import { Problems } from '../problems';
import {
  type AddressRangesProps,
  checkText,
  type Networking,
  type NetworkingProps,
  planNetworking,
  planRanges,
} from './networking';
import { type PreflightItem, preflight } from './preflight';
import {
  type ClusterRangesProps,
  checkOverlaps,
  type LoadBalancerBudget,
  type LoadBalancersProps,
  planBudget,
  planClusters,
} from './ranges';
import { storageClassName } from './storage-class';
import { planVmClasses, type VmClassesPlan, type VmClassProps } from './vm-classes';

/** VMware Cloud Foundation 4 has 7.0, 5 has 8.0, and 9 has 9.0. */
export type VsphereRelease = '7.0' | '8.0' | '9.0';

/**
 * One organisation's workload domain: what exists by its name, and under `create` what is to be made.
 *
 * @see White paper, "Solution Architecture"
 */
export interface WorkloadDomainProps {
  readonly vsphere: VsphereRelease;
  /** Name of the datacenter. */
  readonly datacenter: string;
  /** Name of the vSphere cluster. */
  readonly cluster: string;
  /**
   * Names of the cluster's hosts, to look each one up.
   * @default nobody looks, and the preflight list asks
   */
  readonly hosts?: readonly string[];
  /** Accept 3 hosts: vSAN then has no room to rebuild what a failed host held. @default false */
  readonly belowGuideline?: boolean;
  readonly supervisor: ExistingSupervisorProps | { readonly create: SupervisorProps };
  /**
   * The vSphere Namespace for Tanzu Kubernetes clusters. The vSphere provider makes it from vSphere 8.0.0.1 on.
   * @default { create: { name: 'fate' } }
   */
  readonly namespace?: string | { readonly create: { readonly name: string } };
  /** @default ['vSAN Default Storage Policy'] @see White paper, "Disk Failure" */
  readonly storagePolicies?: readonly (string | { readonly create: StoragePolicyProps })[];
  /** @default the 16 default classes */
  readonly vmClasses?: readonly VmClassProps[];
  /** The library with the Kubernetes releases. @default the Supervisor's own */
  readonly contentLibrary?: string | { readonly create: ContentLibraryProps };
  /** Networks of the Tanzu Kubernetes clusters, for the check against all others. @default one cluster of default networks */
  readonly clusters?: readonly ClusterRangesProps[];
  /** For the check of the ingress networks. */
  readonly loadBalancers?: LoadBalancersProps;
}

export interface ExistingSupervisorProps {
  /** The Supervisor's own id, from vSphere 8.0.0.1 on. A namespace is created with it. */
  readonly id?: string;
  /** A vSphere Namespace of this Supervisor, to find the id by. */
  readonly ofNamespace?: string;
  /** Address or name that `kubectl vsphere login` takes; an output, and looked up by nobody. */
  readonly endpoint?: string;
  /** Its networks, for checks only. */
  readonly networks?: AddressRangesProps;
}

/** A Supervisor to make. It can neither be changed nor replaced afterwards without losing all clusters in it. */
export interface SupervisorProps {
  /** @default 'fate' */
  readonly name?: string;
  /** Of each control plane VM. @default 'SMALL' */
  readonly size?: SupervisorSize;
  /** Storage policy of the control plane, of ephemeral disks and of images. @default the first of the domain */
  readonly storagePolicy?: string;
  readonly endpoint?: string;
  readonly networks: NetworkingProps;
  /**
   * DNS names in the certificate of its API; vSphere 9 only.
   * @default `<name>.<first search domain>`
   */
  readonly certificateNames?: readonly string[];
}

export type SupervisorSize = (typeof sizes)[number];

/** Picks datastores by tags that exist. For vSAN rules name a policy that exists. */
export interface StoragePolicyProps {
  readonly name: string;
  readonly tagCategory: string;
  readonly tags: readonly string[];
}

export interface ContentLibraryProps {
  readonly name: string;
  /** Name of the datastore that holds it. */
  readonly datastore: string;
  /** Whose certificate vCenter trusts already. */
  readonly subscriptionUrl: string;
}

export interface WorkloadDomainPlan {
  readonly vsphere: VsphereRelease;
  readonly datacenter: string;
  readonly cluster: string;
  readonly hosts: readonly string[];
  readonly supervisor: ExistingSupervisor | { readonly create: Supervisor };
  readonly endpoint?: string;
  /** Whether the namespace's state can be read: from vSphere 8.0.0.1 on. */
  readonly namespace: { readonly name: string; readonly create: boolean; readonly readable: boolean };
  readonly storagePolicies: readonly (StoragePolicy & { readonly create?: StoragePolicyProps })[];
  readonly vmClasses: VmClassesPlan;
  readonly contentLibrary?: { readonly name: string; readonly create?: ContentLibraryProps };
  readonly loadBalancers: LoadBalancerBudget;
  readonly preflight: readonly PreflightItem[];
}

export interface ExistingSupervisor {
  readonly id?: string;
  readonly ofNamespace?: string;
}

export interface Supervisor {
  /** Which of the provider's two resources makes it. */
  readonly api: 'v1' | 'v2';
  readonly name: string;
  readonly size: SupervisorSize;
  readonly storagePolicy: string;
  readonly networks: Networking;
  readonly certificateNames: readonly string[];
}

export interface StoragePolicy {
  readonly name: string;
  /** Name of the StorageClass that it becomes. */
  readonly storageClass: string;
}

const sizes = ['TINY', 'SMALL', 'MEDIUM', 'LARGE'] as const;

/**
 * Plan of a workload domain.
 *
 * @throws {InvalidInput} with every problem of the declaration
 */
export function workloadDomainPlan(props: WorkloadDomainProps): WorkloadDomainPlan {
  const problems = Problems.none();
  checkKeys(problems, props, domainKeys);
  checkOneOf(problems, 'vsphere', props.vsphere, ['7.0', '8.0', '9.0']);
  for (const key of ['datacenter', 'cluster'] as const) checkText(problems, key, props[key]);
  const hosts = planHosts(problems, props);
  const storagePolicies = planStoragePolicies(problems, props.storagePolicies);
  const { supervisor, endpoint, networks, path } = planSupervisor(problems, props, storagePolicies);
  const namespace = planNamespace(problems, props);
  const vmClasses = planVmClasses(problems.at('vmClasses'), props.vmClasses);
  const contentLibrary = planContentLibrary(problems, props);
  checkPlatform(problems, props, vmClasses);
  const clusters = planClusters(problems, props.clusters);
  checkOverlaps(problems, path, networks, clusters);
  const loadBalancers = planBudget(
    problems,
    props.loadBalancers,
    clusters.length,
    `${path}.ingressCidrs`,
    networks?.ingressCidrs,
  );
  problems.throwIfAny(`workload domain of cluster ${shown(props.cluster)}`);
  return {
    vsphere: props.vsphere,
    datacenter: props.datacenter,
    cluster: props.cluster,
    hosts,
    supervisor,
    ...(endpoint !== undefined && { endpoint }),
    namespace,
    storagePolicies,
    vmClasses,
    ...(contentLibrary && { contentLibrary }),
    loadBalancers,
    preflight: preflight({
      hosts: hosts.length > 0,
      ranges: networks !== undefined,
      endpoint: endpoint !== undefined,
      creates: { supervisor: 'create' in supervisor },
      contentLibrary: contentLibrary !== undefined,
      storagePolicies: storagePolicies.map(({ name }) => name),
      vsphere: props.vsphere,
    }),
  };
}

const domainKeys = [
  'vsphere',
  'datacenter',
  'cluster',
  'hosts',
  'belowGuideline',
  'supervisor',
  'namespace',
  'storagePolicies',
  'vmClasses',
  'contentLibrary',
  'clusters',
  'loadBalancers',
] as const satisfies readonly (keyof WorkloadDomainProps)[];

/** Of the paper's workload domain. @see White paper, "Solution Architecture" */
const guidelineHosts = 4;
/** A control plane VM each. */
const fewestHosts = 3;

function planHosts(problems: Problems, { hosts: declared, belowGuideline }: WorkloadDomainProps): readonly string[] {
  const hosts = readList(problems, 'hosts', declared, []);
  const values = hosts.map((value, i) => ({ path: `hosts[${i}]`, value }));
  for (const { path, value } of values) checkText(problems, path, value);
  checkUnique(problems, values, 'name a host once');
  const count = new Set(hosts).size;
  if (declared === undefined || count >= guidelineHosts) return hosts;
  if (count < fewestHosts)
    problems.add('hosts', `${count} of them carry no Supervisor`, `use ${guidelineHosts} or more`);
  else if (belowGuideline !== true) {
    problems.add(
      'hosts',
      `${count} of them leave vSAN no room to rebuild what a failed one held`,
      `use ${guidelineHosts} or more, or accept it with belowGuideline: true`,
    );
  }
  return hosts;
}

function planStoragePolicies(
  problems: Problems,
  declared: WorkloadDomainProps['storagePolicies'],
): WorkloadDomainPlan['storagePolicies'] {
  const policies = readList(problems, 'storagePolicies', declared, ['vSAN Default Storage Policy']);
  if (policies.length === 0) {
    problems.add('storagePolicies', 'is empty', 'use one or more: without any, no volume and no cluster can be made');
  }
  const plans = policies.map((policy, i) => planStoragePolicy(problems.at(`storagePolicies[${i}]`), policy));
  checkUnique(
    problems,
    plans.map(({ storageClass }, i) => ({ path: `storagePolicies[${i}]`, value: storageClass })),
    'use policies whose StorageClasses differ',
  );
  return plans;
}

function planStoragePolicy(
  problems: Problems,
  declared: string | { readonly create: StoragePolicyProps },
): WorkloadDomainPlan['storagePolicies'][number] {
  const create = created(problems, declared, ['name', 'tagCategory', 'tags']);
  if (create === undefined) return { name: `${declared}`, storageClass: storageClassName(`${declared}`) };
  checkText(problems, 'create.tagCategory', create.tagCategory);
  const tags = readList(problems, 'create.tags', create.tags, []);
  if (tags.length === 0) problems.add('create.tags', 'is empty', 'name the tags of the datastores to use');
  return { name: create.name, storageClass: storageClassName(`${create.name}`), create };
}

/** What is to be made; none for the name of what exists. Reports what is neither. */
function created<Props extends { readonly name: string }>(
  problems: Problems,
  declared: string | { readonly create: Props },
  keys: readonly string[],
): Props | undefined {
  if (!isMap(declared)) {
    checkText(problems, '', declared);
    return undefined;
  }
  checkKeys(problems, declared, ['create']);
  const create = readMap(problems, 'create', declared.create) as Props;
  checkKeys(problems.at('create'), create, keys);
  checkText(problems, 'create.name', create.name);
  return create;
}

interface PlannedSupervisor {
  readonly supervisor: WorkloadDomainPlan['supervisor'];
  readonly endpoint?: string;
  readonly networks?: Networking | ReturnType<typeof planRanges>;
  /** Of the networks. */
  readonly path: string;
}

function planSupervisor(
  problems: Problems,
  { supervisor, vsphere }: WorkloadDomainProps,
  policies: WorkloadDomainPlan['storagePolicies'],
): PlannedSupervisor {
  if (!isMap(supervisor)) {
    problems.add(
      'supervisor',
      `${shown(supervisor)} is no map`,
      'use { endpoint: … } of one that exists, or { create: … }',
    );
    return { supervisor: {}, path: 'supervisor' };
  }
  if ('create' in supervisor) {
    checkKeys(problems.at('supervisor'), supervisor, ['create']);
    const path = 'supervisor.create';
    const props = readMap(problems, path, supervisor.create) as SupervisorProps;
    checkEndpoint(problems, `${path}.endpoint`, props.endpoint);
    const create = planCreated(problems.at(path), props, vsphere, policies);
    return { supervisor: { create }, endpoint: props.endpoint, networks: create.networks, path: `${path}.networks` };
  }
  const { id, ofNamespace, endpoint, networks, ...others } = supervisor as ExistingSupervisorProps;
  const at = problems.at('supervisor');
  checkKeys(at, others, ['id', 'ofNamespace', 'endpoint', 'networks', 'create']);
  checkEndpoint(at, 'endpoint', endpoint);
  return {
    supervisor: { ...(id !== undefined && { id }), ...(ofNamespace !== undefined && { ofNamespace }) },
    endpoint,
    ...(networks !== undefined && { networks: planRanges(at.at('networks'), networks) }),
    path: 'supervisor.networks',
  };
}

function planCreated(
  problems: Problems,
  props: SupervisorProps,
  vsphere: VsphereRelease,
  policies: WorkloadDomainPlan['storagePolicies'],
): Supervisor {
  checkKeys(problems, props, ['name', 'size', 'storagePolicy', 'endpoint', 'networks', 'certificateNames']);
  const { name = 'fate', size = 'SMALL', storagePolicy = policies[0]?.name ?? '' } = props;
  checkDnsLabel(problems, 'name', name, 'fate');
  checkOneOf(problems, 'size', size, sizes);
  checkOneOf(
    problems,
    'storagePolicy',
    storagePolicy,
    policies.map(({ name }) => name),
  );
  const networks = planNetworking(
    problems.at('networks'),
    readMap(problems, 'networks', props.networks) as NetworkingProps,
  );
  return {
    api: vsphere === '9.0' ? 'v2' : 'v1',
    name,
    size,
    storagePolicy,
    networks,
    certificateNames: props.certificateNames ?? [`${name}.${networks.searchDomains?.[0]}`],
  };
}

function checkEndpoint(problems: Problems, path: string, endpoint: unknown): void {
  if (endpoint === undefined || (typeof endpoint === 'string' && (isHostIpv4(endpoint) || isDnsName(endpoint)))) return;
  problems.add(path, `${shown(endpoint)} is no address of a host`, 'use an IPv4 literal or a lower-case DNS name');
}

function planNamespace(problems: Problems, props: WorkloadDomainProps): WorkloadDomainPlan['namespace'] {
  const { namespace = { create: { name: 'fate' } }, vsphere } = props;
  const create = created(problems.at('namespace'), namespace, ['name']);
  const name = create === undefined ? `${namespace}` : create.name;
  checkDnsLabel(problems, create === undefined ? 'namespace' : 'namespace.create.name', name, 'fate');
  return { name, create: create !== undefined, readable: vsphere !== '7.0' };
}

function planContentLibrary(problems: Problems, props: WorkloadDomainProps): WorkloadDomainPlan['contentLibrary'] {
  const { contentLibrary } = props;
  if (contentLibrary === undefined) return undefined;
  const at = problems.at('contentLibrary');
  const create = created(at, contentLibrary, ['name', 'datastore', 'subscriptionUrl']);
  if (create === undefined) return { name: `${contentLibrary}` };
  checkText(at, 'create.datastore', create.datastore);
  if (!/^https?:\/\/\S+$/.test(`${create.subscriptionUrl}`)) {
    at.add('create.subscriptionUrl', `${shown(create.subscriptionUrl)} is no URL`, 'use one that begins with https://');
  }
  return { name: create.name, create };
}

/** Reports what this release of vSphere, or the provider for it, cannot do or would drop without a word. */
function checkPlatform(problems: Problems, props: WorkloadDomainProps, { create }: VmClassesPlan): void {
  const { vsphere, supervisor, namespace, contentLibrary } = props;
  // A value of the wrong shape has its message already.
  if (!isMap(supervisor)) return;
  const makesNamespace = namespace === undefined || isMap(namespace);
  if (vsphere === '7.0') {
    if (makesNamespace) {
      problems.add(
        'namespace',
        'cannot be created on vSphere 7.0 by the vSphere provider',
        'create it in vCenter (Workload Management > Namespaces), give it the storage policies there, and use its name here',
      );
    }
    if (create.length > 0) problems.add('vmClasses', 'are fixed on vSphere 7.0', 'use the 16 default classes');
  } else if (makesNamespace && !('create' in supervisor)) {
    const { id, ofNamespace } = supervisor as ExistingSupervisorProps;
    if (id === undefined && ofNamespace === undefined) {
      problems.add(
        'supervisor.id',
        'is missing, and the namespace is created with it',
        'give it, or ofNamespace: the name of a vSphere Namespace that exists on this Supervisor',
      );
    }
  }
  if (!('create' in supervisor)) return;
  if (vsphere === '9.0') checkV2(problems, supervisor.create, contentLibrary !== undefined);
  else checkV1(problems, supervisor.create, contentLibrary !== undefined);
}

function checkV1(problems: Problems, { networks, certificateNames }: SupervisorProps, hasLibrary: boolean): void {
  const at = problems.at('supervisor.create');
  if (!hasLibrary) problems.add('contentLibrary', 'is missing', 'a Supervisor is created with one');
  if (networks?.routing === 'ROUTED') {
    at.add('networks.routing', '"ROUTED" is not known to the vSphere provider before vSphere 9.0', 'use "NAT"');
  }
  if ((networks?.searchDomains?.length ?? 0) > 1) {
    at.add('networks.searchDomains', 'is taken as one domain before vSphere 9.0', 'use a list of one');
  }
  if (certificateNames !== undefined) {
    at.add('certificateNames', 'cannot be set before vSphere 9.0', 'leave it out');
  }
}

function checkV2(problems: Problems, { networks }: SupervisorProps, hasLibrary: boolean): void {
  if (hasLibrary) {
    problems.add(
      'contentLibrary',
      'would not reach a Supervisor of vSphere 9.0: the vSphere provider 4.17 drops it without a word',
      'leave it out, and attach the library in vCenter (Workload Management > Supervisors > Configure > General) afterwards',
    );
  }
  if (networks?.egressCidrs !== undefined) {
    problems.add(
      'supervisor.create.networks.egressCidrs',
      'would not reach a Supervisor of vSphere 9.0: the vSphere provider 4.17 drops them without a word',
      'use routing: "ROUTED" without them, or create the Supervisor in vCenter and give its id',
    );
  }
}
