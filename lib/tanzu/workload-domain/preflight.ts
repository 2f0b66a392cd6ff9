import type { NetworkType } from './networking';

/** Something the paper asks for, or this library relies on, before a federation can run here. */
export interface PreflightItem {
  /** For programs, the same in every release: `edge-cluster`. */
  readonly id: string;
  /** For people: a statement that has to be true. */
  readonly what: string;
  /** `checked`: this plan makes sure of it. `ask`: no API tells; someone has to look. */
  readonly status: 'checked' | 'ask';
}

/** What a plan may already be sure of. */
export interface Known {
  readonly hosts: boolean;
  /** What carries the networks; none where they are not declared. */
  readonly networks?: NetworkType;
  /** Whether it is known where LoadBalancers get addresses. */
  readonly published: boolean;
  /** Whether the library with the Kubernetes releases is the Supervisor's from the beginning. */
  readonly attachesLibrary: boolean;
  readonly createsSupervisor: boolean;
  readonly endpoint: boolean;
  readonly contentLibrary: boolean;
  readonly storagePolicies: readonly string[];
  readonly vsphere: string;
}

/** What somebody else runs between the Supervisor and the network outside. */
const edges: Readonly<Record<NetworkType, readonly PreflightItem[]>> = {
  nsx: [{ id: 'edge-cluster', what: 'an NSX edge cluster with a tier-0 gateway exists', status: 'ask' }],
  vds: [
    {
      id: 'load-balancer',
      what: "the load balancer's API answers the Supervisor's management network, and its addresses lead to the workload network",
      status: 'ask',
    },
  ],
  'nsx-vpc': [
    {
      id: 'connectivity-profile',
      what: 'the NSX project has a VPC connectivity profile with external blocks and a transit gateway',
      status: 'ask',
    },
  ],
};

const ranges: Readonly<Record<NetworkType, string>> = {
  nsx: 'pod, service, ingress and egress networks',
  vds: 'management, workload and service networks, and addresses of nodes and load balancer,',
  'nsx-vpc': 'private, external and service networks',
};

const publishes: Readonly<Record<NetworkType, string>> = {
  nsx: 'the ingress networks have',
  vds: 'the load balancer has',
  'nsx-vpc': 'the external blocks have',
};

/** @see White paper, "Hardware Resources", "Network Configuration" and "Architecture Diagram" */
export function preflight(known: Known): readonly PreflightItem[] {
  const {
    hosts,
    networks,
    published,
    attachesLibrary,
    createsSupervisor,
    endpoint,
    contentLibrary,
    storagePolicies,
    vsphere,
  } = known;
  const looked = (isKnown: boolean): PreflightItem['status'] => (isKnown ? 'checked' : 'ask');
  const items: (PreflightItem | false)[] = [
    { id: 'hosts', what: 'the workload domain has 4 hosts or more', status: looked(hosts) },
    { id: 'management-domain', what: 'the management domain is a cluster of its own, with 4 hosts', status: 'ask' },
    { id: 'network-adapters', what: 'every host has two network adapters of 10 GbE or faster', status: 'ask' },
    {
      id: 'storage-adapters',
      what: 'every host has SAS or SATA controllers for vSAN alone, with JBOD and with RAID switched off',
      status: 'ask',
    },
    { id: 'drives', what: 'every host has SAS or SATA drives for vSAN alone', status: 'ask' },
    { id: 'compatibility', what: 'servers and adapters are on the compatibility list of the release', status: 'ask' },
    { id: 'cluster-services', what: 'DRS is fully automated, and HA is on', status: 'ask' },
    { id: 'time', what: 'vCenter, NSX, hosts and clients take their time from the same NTP servers', status: 'ask' },
    ...edges[networks ?? 'nsx'],
    { id: 'ranges', what: `${ranges[networks ?? 'nsx']} are disjoint`, status: looked(networks !== undefined) },
    {
      id: 'load-balancers',
      what: `${publishes[networks ?? 'nsx']} addresses for all LoadBalancers`,
      status: looked(published),
    },
    {
      id: 'reachability',
      what: "the other organisations reach this domain's LoadBalancers at 443, 6651 and 9300",
      status: 'ask',
    },
    {
      id: 'permissions',
      what: 'whoever deploys has the role edit or owner in the vSphere Namespace (vCenter: Permissions)',
      status: 'ask',
    },
    !endpoint && {
      id: 'endpoint',
      what: "the Supervisor's address is known (vCenter: Workload Management > Supervisors, Control Plane Node Address)",
      status: 'ask',
    },
    contentLibrary && {
      id: 'content-library',
      what: 'the content library has synchronized the Kubernetes release that is wanted',
      status: 'ask',
    },
    !attachesLibrary && {
      id: 'releases',
      what: 'the library with the Kubernetes releases is attached to the Supervisor (vCenter: Workload Management > Supervisors > Configure > General)',
      status: 'ask',
    },
    vsphere === '7.0' && {
      id: 'namespace',
      what: `the vSphere Namespace exists, with the storage policies ${storagePolicies.join(', ')} (vCenter: Workload Management > Namespaces)`,
      status: 'ask',
    },
    vsphere === '7.0' &&
      createsSupervisor && {
        id: 'provider',
        what: 'the vSphere provider 4.17 says to support vSphere 8 and 9 only: enabling the Supervisor in SDDC Manager is the tested way',
        status: 'ask',
      },
  ];
  return items.filter((item) => item !== false);
}
