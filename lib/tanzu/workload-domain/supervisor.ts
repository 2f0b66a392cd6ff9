import { isDnsName, isHostIpv4 } from '../../input/addresses';
import {
  checkDnsLabel,
  checkKeys,
  checkNames,
  checkOneOf,
  isMap,
  type Keys,
  readMap,
  readText,
  shown,
} from '../../input/checks';
import { Problems } from '../../input/problems';
import { checkNamespace } from '../../kubernetes/namespaces';
import { checkDomain, readTexts } from './management';
import {
  type Networking,
  type NetworkingProps,
  type NetworkType,
  planNetworking,
  planRanges,
  type SupervisorRangesProps,
  takenBy,
} from './networking';
import type { NsxNetworking } from './nsx';
import type { Taken } from './taken';

/** VMware Cloud Foundation 4 has 7.0, 5 has 8.0, and 9 has 9.0. */
export type VsphereRelease = '7.0' | '8.0' | '9.0';

/** A Supervisor that runs. */
export interface ExistingSupervisorProps {
  /**
   * The Supervisor's own id, from vSphere 8.0.0.1 on: a namespace is created with it.
   * @default found by `ofNamespace`; none is needed for a namespace that exists
   */
  readonly id?: string;
  /** A vSphere Namespace of this Supervisor, to find the id by. @default none: `id` is given, or not needed */
  readonly ofNamespace?: string;
  /**
   * Address or name that `kubectl vsphere login` takes. No API of vCenter tells it.
   * @default unknown, and the preflight list asks
   */
  readonly endpoint?: string;
  /** Its networks, for checks only. @default unknown, and the preflight list asks */
  readonly networks?: SupervisorRangesProps;
}

/** A Supervisor to make. Whatever is changed later would cost all clusters in it, and so is refused. */
export interface SupervisorProps {
  /**
   * DNS label: the Supervisor's name. One on NSX-T before vSphere 9.0 has none, and on 8.0 its first namespace is called
   * `<name>-bootstrap`.
   * @default 'fate'
   */
  readonly name?: string;
  /** Of each control plane VM. @default 'SMALL' */
  readonly size?: SupervisorSize;
  /** Storage policy of the control plane, of ephemeral disks and of images. @default the first of the domain */
  readonly storagePolicy?: string;
  /** As of a Supervisor that exists; known once it runs. @default unknown, and the preflight list asks */
  readonly endpoint?: string;
  /** Its networks: on NSX-T, or on a distributed switch with a load balancer. One on VPCs of NSX is made in vCenter. */
  readonly networks: NetworkingProps;
  /**
   * DNS names in the certificate of its API; not on NSX-T before vSphere 9.0.
   * @default `<name>.<first search domain>`
   */
  readonly certificateNames?: readonly string[];
}

const sizes = ['TINY', 'SMALL', 'MEDIUM', 'LARGE'] as const;

/** Size of each control plane VM, in vCenter's words. */
export type SupervisorSize = (typeof sizes)[number];

/** How a Supervisor that runs is found. */
export interface ExistingSupervisor {
  readonly id?: string;
  readonly ofNamespace?: string;
}

/** A Supervisor to make, complete and checked; `api` is which of the provider's two resources makes it. */
export type SupervisorPlan = SupervisorV1Plan | SupervisorV2Plan;

interface MadeSupervisor {
  readonly name: string;
  readonly size: SupervisorSize;
  /** Name of one of the domain's. */
  readonly storagePolicy: string;
}

/** One on NSX-T before vSphere 9.0. */
export interface SupervisorV1Plan extends MadeSupervisor {
  readonly api: 'v1';
  readonly networks: NsxNetworking;
  /**
   * A vSphere Namespace that is made along with the Supervisor, and that is left alone afterwards: on vSphere 8.0 nothing
   * but a namespace tells the Supervisor's own id.
   */
  readonly bootstrapNamespace?: string;
}

/** Any other one. */
export interface SupervisorV2Plan extends MadeSupervisor {
  readonly api: 'v2';
  readonly networks: Networking;
  readonly certificateNames: readonly string[];
  /** VMs of the control plane, where it can be said: from vSphere 9.0 on. Before that there are three. */
  readonly controlPlaneVms?: 3;
}

interface PlannedSupervisor {
  readonly supervisor: ExistingSupervisor | { readonly create: SupervisorPlan };
  readonly endpoint?: string;
  /** What its networks take, where they are declared. */
  readonly taken?: Taken;
  readonly type?: NetworkType;
  /** Of the networks, as their author wrote it. */
  readonly path: string;
}

type DeclaredSupervisor = ExistingSupervisorProps | { readonly create: SupervisorProps };

/** What the rest of the domain asks of its Supervisor. */
interface Surroundings {
  readonly vsphere: VsphereRelease;
  readonly storagePolicies: readonly string[];
  readonly hasContentLibrary: boolean;
  /** Whether a namespace is created in it. */
  readonly takesNamespace: boolean;
}

/** The plan of the Supervisor; worth nothing when `problems` were found. */
export function planSupervisor(
  problems: Problems,
  declared: DeclaredSupervisor,
  surroundings: Surroundings,
): PlannedSupervisor {
  if (!isMap(declared)) {
    problems.add('supervisor', `${shown(declared)} is no map`, 'use {} for one that exists, or { create: … }');
    return { supervisor: {}, path: 'supervisor' };
  }
  if (!('create' in declared)) return planExisting(problems, declared, surroundings);
  checkNames(problems.at('supervisor'), declared, ['create']);
  const path = 'supervisor.create';
  const props = readMap(problems, path, declared.create);
  const create = planCreated(problems, props, surroundings);
  return {
    supervisor: { create },
    endpoint: props.endpoint,
    taken: takenBy(create.networks),
    type: create.networks.type,
    path: `${path}.networks`,
  };
}

function planExisting(
  problems: Problems,
  declared: ExistingSupervisorProps,
  { vsphere, takesNamespace }: Surroundings,
): PlannedSupervisor {
  const at = problems.at('supervisor');
  checkKeys<DeclaredSupervisor>(at, declared, {
    id: true,
    ofNamespace: true,
    endpoint: true,
    networks: true,
    create: true,
  });
  const { id, ofNamespace, endpoint, networks } = declared;
  checkEndpoint(at, endpoint);
  if (id !== undefined) readText(at, 'id', id);
  if (ofNamespace !== undefined) checkNamespace(at, 'ofNamespace', ofNamespace, 'fate');
  if (takesNamespace && vsphere !== '7.0' && id === undefined && ofNamespace === undefined) {
    at.add(
      'id',
      'is missing, and the namespace is created with it',
      'give it, or ofNamespace: the name of a vSphere Namespace that exists on this Supervisor',
    );
  }
  return {
    supervisor: { id, ofNamespace },
    endpoint,
    ...(networks !== undefined && {
      taken: planRanges(at.at('networks'), readMap(at, 'networks', networks)),
      type: networks?.type ?? 'nsx',
    }),
    path: 'supervisor.networks',
  };
}

const createdKeys: Keys<SupervisorProps> = {
  name: true,
  size: true,
  storagePolicy: true,
  endpoint: true,
  networks: true,
  certificateNames: true,
};

function planCreated(
  problems: Problems,
  props: Partial<SupervisorProps>,
  { vsphere, storagePolicies, hasContentLibrary, takesNamespace }: Surroundings,
): SupervisorPlan {
  const at = problems.at('supervisor.create');
  checkKeys(at, props, createdKeys);
  const name = props.name === undefined ? 'fate' : readText(at, 'name', props.name);
  const { size = 'SMALL', storagePolicy = storagePolicies[0] ?? '' } = props;
  if (name !== '') checkDnsLabel(at, 'name', name, 'fate');
  checkOneOf(at, 'size', size, sizes);
  checkOneOf(at, 'storagePolicy', storagePolicy, storagePolicies);
  checkEndpoint(at, props.endpoint);
  const declared = readMap(at, 'networks', props.networks);
  checkMakeable(at.at('networks'), vsphere, declared);
  const networks = isMadeByHand(declared)
    ? planNetworking(Problems.none(), {})
    : planNetworking(at.at('networks'), declared);
  const made = { name, size, storagePolicy, networks };
  if (networks.type === 'nsx' && vsphere !== '9.0') {
    checkV1(problems, networks, hasContentLibrary, props.certificateNames);
    const bootstrapNamespace = vsphere === '8.0' && takesNamespace ? `${name}-bootstrap` : undefined;
    return { api: 'v1', ...made, networks, bootstrapNamespace };
  }
  checkV2(problems, networks, hasContentLibrary);
  const certificateNames =
    props.certificateNames === undefined
      ? [`${name}.${networks.searchDomains[0]}`]
      : readTexts(at, 'certificateNames', props.certificateNames, checkDomain);
  return { api: 'v2', ...made, certificateNames, ...(vsphere === '9.0' && { controlPlaneVms: 3 }) };
}

const isMadeByHand = ({ type }: { readonly type?: unknown }): boolean => type === 'nsx-vpc';

/** Reports networks that the vSphere provider, or the release, does not make. */
function checkMakeable(problems: Problems, vsphere: VsphereRelease, networks: Partial<NetworkingProps>): void {
  const { type } = networks;
  const byHand = `create the Supervisor in vCenter (Workload Management), and give supervisor: { id: …, networks: { type: ${shown(type)}, … } } for the checks`;
  if (isMadeByHand(networks)) {
    problems.add(
      'type',
      `${shown(type)} cannot be made by the vSphere provider 4.17: the Supervisor would have no load balancer`,
      byHand,
    );
  }
  if (networks.type !== 'vds') return;
  if (vsphere === '7.0') {
    problems.add('type', `${shown(type)} cannot be made on vSphere 7.0 by the vSphere provider 4.17`, byHand);
  }
  if (vsphere !== '9.0' && isMap(networks.loadBalancer) && networks.loadBalancer.type === 'foundation') {
    problems.add('loadBalancer.type', '"foundation" came with vSphere 9.0', 'use "haproxy" or "nsx-advanced"');
  }
}

function checkEndpoint(problems: Problems, endpoint: unknown): void {
  if (endpoint === undefined || (typeof endpoint === 'string' && (isHostIpv4(endpoint) || isDnsName(endpoint)))) return;
  problems.add('endpoint', `${shown(endpoint)} is no address`, 'use an IPv4 literal or a lower-case DNS name');
}

function checkV1(
  problems: Problems,
  { routing, searchDomains }: NsxNetworking,
  hasContentLibrary: boolean,
  certificateNames: readonly string[] | undefined,
): void {
  const at = problems.at('supervisor.create');
  if (!hasContentLibrary) problems.add('contentLibrary', 'is missing', 'name one: this Supervisor is created with it');
  if (routing === 'ROUTED') {
    at.add('networks.routing', '"ROUTED" is not known to the vSphere provider before vSphere 9.0', 'use "NAT"');
  }
  if (searchDomains.length > 1) {
    at.add('networks.searchDomains', `${shown(searchDomains)} are more than vSphere before 9.0 takes`, 'use one');
  }
  if (certificateNames !== undefined) {
    at.add('certificateNames', 'cannot be set before vSphere 9.0', 'leave it out');
  }
}

/** @see terraform-provider-vsphere 2.16.1, `supervisor_v2` */
function checkV2(problems: Problems, networks: Networking, hasContentLibrary: boolean): void {
  if (hasContentLibrary) {
    problems.add(
      'contentLibrary',
      'would not reach the Supervisor: the vSphere provider 4.17 drops it without a word',
      'leave it out, and attach the library to the Supervisor in vCenter once it runs',
    );
  }
  if (networks.type === 'nsx' && networks.egressCidrs.length > 0) {
    problems.add(
      'supervisor.create.networks.egressCidrs',
      'would not reach the Supervisor: on vSphere 9.0 the vSphere provider 4.17 drops them without a word',
      'use routing: "ROUTED" without them, or create the Supervisor in vCenter and give its id',
    );
  }
}
