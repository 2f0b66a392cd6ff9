import {
  checkHttpUrl,
  checkKeys,
  checkNames,
  checkObjectName,
  checkOneOf,
  checkUnique,
  isMap,
  type Keys,
  readDeclaration,
  readFlag,
  readList,
  readMap,
  readText,
  shown,
} from '../../input/checks';
import { counted } from '../../input/counted';
import { Problems } from '../../input/problems';
import { checkNamespace } from '../../kubernetes/namespaces';
import type { ClusterRangesProps } from '../cluster-ranges';
import { readTexts } from './management';
import { type PreflightItem, preflight } from './preflight';
import { checkOverlaps, type LoadBalancerBudget, type LoadBalancersProps, planBudget, planClusters } from './ranges';
import { storageClassName } from './storage-class';
import {
  type ExistingSupervisor,
  type ExistingSupervisorProps,
  planSupervisor,
  type SupervisorPlan,
  type SupervisorProps,
  type VsphereRelease,
} from './supervisor';
import { planVmClasses, type VmClassesPlan, type VmClassProps } from './vm-classes';

/**
 * One organisation's workload domain: what exists by its name, and under `create` what is to be made.
 *
 * @see White paper, "Architecture Diagram"
 */
export interface WorkloadDomainProps {
  /** Decides on what the vSphere provider can make here. */
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
  /** The Supervisor of the cluster; `{}` for one that runs and of which nothing is known. */
  readonly supervisor: ExistingSupervisorProps | { readonly create: SupervisorProps };
  /**
   * The vSphere Namespace for Tanzu Kubernetes clusters. The vSphere provider makes it from vSphere 8.0.0.1 on.
   * @default { create: { name: 'fate' } }
   */
  readonly namespace?: string | { readonly create: { readonly name: string } };
  /** Those that the namespace offers, each as a StorageClass. @default ['vSAN Default Storage Policy'] @see White paper, "Disk Failure" */
  readonly storagePolicies?: readonly (string | { readonly create: StoragePolicyProps })[];
  /** VM classes that the namespace must offer. @default the 16 default classes where it is created, else those that it has */
  readonly vmClasses?: readonly VmClassProps[];
  /** The library with the Kubernetes releases. @default the Supervisor's own */
  readonly contentLibrary?: string | { readonly create: ContentLibraryProps };
  /** Networks of the Tanzu Kubernetes clusters, for the check against all others. @default one cluster of default networks */
  readonly clusters?: readonly ClusterRangesProps[];
  /**
   * For the check of the ingress networks.
   * @default { parties: 1, exchanges: 0 }, and an ingress controller for each cluster
   */
  readonly loadBalancers?: LoadBalancersProps;
}

/** Picks datastores by tags that exist. For vSAN rules name a policy that exists. */
export interface StoragePolicyProps {
  /** Its name in vCenter; the StorageClass is named after it. */
  readonly name: string;
  /** Name of the category of the tags. */
  readonly tagCategory: string;
  /** Names of the tags, one or more. */
  readonly tags: readonly string[];
}

/** A content library that follows a published one, and fetches what is used. */
export interface ContentLibraryProps {
  /** Its name in vCenter. */
  readonly name: string;
  /** Name of the datastore that holds it. */
  readonly datastore: string;
  /** Of the published library, whose certificate vCenter trusts already. */
  readonly subscriptionUrl: string;
}

/** A workload domain, complete and checked. */
export interface WorkloadDomainPlan {
  readonly vsphere: VsphereRelease;
  readonly datacenter: string;
  readonly cluster: string;
  /** Names to look up; none where nobody looks. */
  readonly hosts: readonly string[];
  readonly supervisor: ExistingSupervisor | { readonly create: SupervisorPlan };
  /** Of the Supervisor, as declared. */
  readonly endpoint?: string;
  /** Whether the namespace's state can be read: from vSphere 8.0.0.1 on. */
  readonly namespace: { readonly name: string; readonly create: boolean; readonly readable: boolean };
  /** In the order declared. */
  readonly storagePolicies: readonly (StoragePolicy & { readonly create?: StoragePolicyProps })[];
  readonly vmClasses: VmClassesPlan;
  /** None: the Supervisor's own. */
  readonly contentLibrary?: { readonly name: string; readonly create?: ContentLibraryProps };
  readonly loadBalancers: LoadBalancerBudget;
  /** What the paper asks for: checked by this plan, or to be looked at. */
  readonly preflight: readonly PreflightItem[];
}

/** A storage policy and what it is called in Kubernetes. */
export interface StoragePolicy {
  readonly name: string;
  /** Name of the StorageClass that it becomes. */
  readonly storageClass: string;
}

/**
 * Plan of a workload domain.
 *
 * @throws {InvalidInput} with every problem of the declaration
 */
export function workloadDomainPlan(declaration: WorkloadDomainProps): WorkloadDomainPlan {
  const problems = Problems.none();
  const plan = planWorkloadDomain(problems, declaration);
  problems.throwIfAny(`workload domain of cluster ${shown(plan.cluster)}`);
  return plan;
}

/** As {@link workloadDomainPlan}; worth nothing when `problems` were found. */
export function planWorkloadDomain(problems: Problems, declaration: WorkloadDomainProps): WorkloadDomainPlan {
  const props = readDeclaration(problems, declaration);
  checkKeys(problems, props, domainKeys);
  checkOneOf(problems, 'vsphere', props.vsphere, ['7.0', '8.0', '9.0']);
  for (const key of ['datacenter', 'cluster'] as const) readText(problems, key, props[key]);
  const hosts = planHosts(problems, props);
  const storagePolicies = planStoragePolicies(problems, props.storagePolicies);
  const namespace = planNamespace(problems, props);
  const vmClasses = planVmClasses(problems.at('vmClasses'), props.vmClasses, namespace.create);
  const contentLibrary = planContentLibrary(problems, props);
  if (props.vsphere === '7.0') checkVsphere7(problems, namespace.create, vmClasses);
  else if (!namespace.create) checkUnused(problems, namespace.name, storagePolicies, vmClasses, contentLibrary);
  const { supervisor, endpoint, taken, type, path } = planSupervisor(problems, props.supervisor, {
    vsphere: props.vsphere,
    storagePolicies: storagePolicies.map(({ name }) => name),
    hasContentLibrary: contentLibrary !== undefined,
    takesNamespace: namespace.create,
  });
  const clusters = planClusters(problems, props.clusters);
  checkOverlaps(problems, path, taken, clusters);
  const loadBalancers = planBudget(problems, props.loadBalancers, clusters.length, path, taken?.published);
  return {
    vsphere: props.vsphere,
    datacenter: props.datacenter,
    cluster: props.cluster,
    hosts,
    supervisor,
    endpoint,
    namespace,
    storagePolicies,
    vmClasses,
    contentLibrary,
    loadBalancers,
    preflight: preflight({
      hosts: hosts.length > 0,
      networks: type,
      published: taken?.published !== undefined,
      attachesLibrary: !('create' in supervisor) || supervisor.create.api === 'v1',
      endpoint: endpoint !== undefined,
      createsSupervisor: 'create' in supervisor,
      contentLibrary: contentLibrary !== undefined,
      storagePolicies: storagePolicies.map(({ name }) => name),
      vsphere: props.vsphere,
    }),
  };
}

const domainKeys: Keys<WorkloadDomainProps> = {
  vsphere: true,
  datacenter: true,
  cluster: true,
  hosts: true,
  belowGuideline: true,
  supervisor: true,
  namespace: true,
  storagePolicies: true,
  vmClasses: true,
  contentLibrary: true,
  clusters: true,
  loadBalancers: true,
};

/** Of the paper's workload domain. @see White paper, "Architecture Diagram" */
const guidelineHosts = 4;
/** A control plane VM each. */
const fewestHosts = 3;

function planHosts(problems: Problems, props: WorkloadDomainProps): readonly string[] {
  const { hosts: declared } = props;
  const belowGuideline = readFlag(problems, 'belowGuideline', props.belowGuideline, false);
  const hosts = readList(problems, 'hosts', declared, []);
  const values = hosts.map((value, i) => ({ path: `hosts[${i}]`, value }));
  for (const { path, value } of values) readText(problems, path, value);
  checkUnique(problems, values, 'name a host once');
  const count = new Set(hosts).size;
  if (declared === undefined || count >= guidelineHosts) return hosts;
  if (count < fewestHosts)
    problems.add(
      'hosts',
      `${counted(count, 'host carries', 'hosts carry')} no Supervisor`,
      `use ${guidelineHosts} or more`,
    );
  else if (!belowGuideline) {
    problems.add(
      'hosts',
      `${counted(count, 'host leaves', 'hosts leave')} vSAN no room to rebuild what a failed one held`,
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
  const { name, create } = named(problems, declared, { name: true, tagCategory: true, tags: true });
  const storageClass = storageClassName(name);
  if (name !== '') checkObjectName(problems, create ? 'create.name' : '', storageClass, 'vsan-default-storage-policy');
  if (create === undefined) return { name, storageClass };
  readText(problems, 'create.tagCategory', create.tagCategory);
  readTexts(problems, 'create.tags', create.tags);
  return { name, storageClass, create };
}

/** What exists, by its name, or is to be made; reports what is neither. */
function named<Props extends { readonly name: string }>(
  problems: Problems,
  declared: string | { readonly create: Props },
  keys: Keys<Props>,
): { readonly name: string; readonly create?: Props } {
  if (!isMap(declared)) return { name: readText(problems, '', declared) };
  checkNames(problems, declared, ['create']);
  const create = readMap(problems, 'create', declared.create) as Props;
  checkNames(problems.at('create'), create, Object.keys(keys));
  return { name: readText(problems, 'create.name', create.name), create };
}

function planNamespace(problems: Problems, props: WorkloadDomainProps): WorkloadDomainPlan['namespace'] {
  const { namespace = { create: { name: 'fate' } }, supervisor, vsphere } = props;
  if (isMap(namespace) && isMap(namespace.create) && 'network' in namespace.create) {
    problems.add(
      'namespace.create.network',
      "cannot be given: the vSphere provider 4.17 creates namespaces on the Supervisor's own network, or in a VPC of their own",
      'leave it out; for another network create the namespace in vCenter (Workload Management > Namespaces), and give its name as namespace',
    );
  }
  const keys = { name: true, network: true } as const; // the latter has its own message
  const { name, create } = named<{ readonly name: string; readonly network?: unknown }>(
    problems.at('namespace'),
    namespace,
    keys,
  );
  const path = create === undefined ? 'namespace' : 'namespace.create.name';
  if (name !== '') checkNamespace(problems, path, name, 'fate');
  const readable = vsphere !== '7.0';
  if (readable && create === undefined && isMap(supervisor) && 'create' in supervisor) {
    problems.add(path, `${shown(name)} cannot exist before its Supervisor`, 'use { create: { name: … } }');
  }
  return { name, create: create !== undefined, readable };
}

function planContentLibrary(problems: Problems, props: WorkloadDomainProps): WorkloadDomainPlan['contentLibrary'] {
  const { contentLibrary } = props;
  if (contentLibrary === undefined) return undefined;
  const at = problems.at('contentLibrary');
  const { name, create } = named(at, contentLibrary, { name: true, datastore: true, subscriptionUrl: true });
  if (create === undefined) return { name };
  readText(at, 'create.datastore', create.datastore);
  checkHttpUrl(at, 'create.subscriptionUrl', create.subscriptionUrl, 'https://example.com/lib.json');
  return { name, create };
}

/** Reports what the vSphere provider cannot do on vSphere 7. */
function checkVsphere7(problems: Problems, createsNamespace: boolean, { create }: VmClassesPlan): void {
  if (createsNamespace) {
    problems.add(
      'namespace',
      'cannot be created on vSphere 7.0 by the vSphere provider',
      'create it in vCenter (Workload Management > Namespaces) with its storage policies, and give its name here',
    );
  }
  if (create.length > 0) {
    problems.add('vmClasses', 'cannot be created on vSphere 7.0 by the vSphere provider', 'use default classes');
  }
}

/** Reports what would be made for a namespace that is not: it exists, and nothing gives it more. */
function checkUnused(
  problems: Problems,
  namespace: string,
  storagePolicies: WorkloadDomainPlan['storagePolicies'],
  { names, create: classes }: VmClassesPlan,
  contentLibrary: WorkloadDomainPlan['contentLibrary'],
): void {
  const made = [
    ...storagePolicies.flatMap(({ create }, i) => (create ? [`storagePolicies[${i}]`] : [])),
    ...classes.map(({ name }) => `vmClasses[${names.indexOf(name)}]`),
    ...(contentLibrary?.create ? ['contentLibrary'] : []),
  ];
  for (const path of made) {
    problems.add(
      path,
      `would be created, and not reach namespace "${namespace}", which exists`,
      'create the namespace too, or add it to the namespace in vCenter and use its name here',
    );
  }
}
