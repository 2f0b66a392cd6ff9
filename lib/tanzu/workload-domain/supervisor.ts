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
import type { Problems } from '../../input/problems';
import { checkNamespace } from '../../kubernetes/namespaces';
import {
  type AddressRanges,
  type AddressRangesProps,
  checkDomain,
  type Networking,
  type NetworkingProps,
  planNetworking,
  planRanges,
  readTexts,
} from './networking';

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
  readonly networks?: AddressRangesProps;
}

/** A Supervisor to make. Whatever is changed later would cost all clusters in it, and so is refused. */
export interface SupervisorProps {
  /**
   * DNS label. On vSphere 9.0 the Supervisor has this name; on 8.0 its first namespace is called `<name>-bootstrap`.
   * @default 'fate'
   */
  readonly name?: string;
  /** Of each control plane VM. @default 'SMALL' */
  readonly size?: SupervisorSize;
  /** Storage policy of the control plane, of ephemeral disks and of images. @default the first of the domain */
  readonly storagePolicy?: string;
  /** As of a Supervisor that exists; known once it runs. @default unknown, and the preflight list asks */
  readonly endpoint?: string;
  /** Its networks, which NSX-T has to give. */
  readonly networks: NetworkingProps;
  /**
   * DNS names in the certificate of its API; vSphere 9.0 only.
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

/** A Supervisor to make, complete and checked. */
export interface SupervisorPlan {
  /** Which of the provider's two resources makes it. */
  readonly api: 'v1' | 'v2';
  readonly name: string;
  readonly size: SupervisorSize;
  /** Name of one of the domain's. */
  readonly storagePolicy: string;
  readonly networks: Networking;
  /** For `v2` only. */
  readonly certificateNames: readonly string[];
  /**
   * A vSphere Namespace that `v1` makes along with the Supervisor, and that is left alone afterwards: on vSphere 8.0 nothing
   * but a namespace tells the Supervisor's own id.
   */
  readonly bootstrapNamespace?: string;
}

interface PlannedSupervisor {
  readonly supervisor: ExistingSupervisor | { readonly create: SupervisorPlan };
  readonly endpoint?: string;
  readonly networks?: AddressRanges & Partial<Networking>;
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
    networks: create.networks,
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
    networks: networks === undefined ? undefined : planRanges(at.at('networks'), readMap(at, 'networks', networks)),
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
  const networks = planNetworking(at.at('networks'), readMap(at, 'networks', props.networks));
  if (vsphere === '9.0') checkV2(problems, networks, hasContentLibrary);
  else checkV1(problems, networks, hasContentLibrary, props.certificateNames);
  return {
    api: vsphere === '9.0' ? 'v2' : 'v1',
    name,
    size,
    storagePolicy,
    networks,
    certificateNames:
      props.certificateNames === undefined
        ? [`${name}.${networks.searchDomains[0]}`]
        : readTexts(at, 'certificateNames', props.certificateNames, checkDomain),
    bootstrapNamespace: vsphere === '8.0' && takesNamespace ? `${name}-bootstrap` : undefined,
  };
}

function checkEndpoint(problems: Problems, endpoint: unknown): void {
  if (endpoint === undefined || (typeof endpoint === 'string' && (isHostIpv4(endpoint) || isDnsName(endpoint)))) return;
  problems.add('endpoint', `${shown(endpoint)} is no address`, 'use an IPv4 literal or a lower-case DNS name');
}

function checkV1(
  problems: Problems,
  { routing, searchDomains }: Networking,
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
function checkV2(problems: Problems, { egressCidrs }: Networking, hasContentLibrary: boolean): void {
  if (hasContentLibrary) {
    problems.add(
      'contentLibrary',
      'would not reach the Supervisor: on vSphere 9.0 the vSphere provider 4.17 drops it without a word',
      'leave it out, and attach the library to the Supervisor in vCenter once it runs',
    );
  }
  if (egressCidrs.length > 0) {
    problems.add(
      'supervisor.create.networks.egressCidrs',
      'would not reach the Supervisor: on vSphere 9.0 the vSphere provider 4.17 drops them without a word',
      'use routing: "ROUTED" without them, or create the Supervisor in vCenter and give its id',
    );
  }
}
