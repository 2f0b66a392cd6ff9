import type {
  NetworkingProps,
  NsxNetworkingProps,
  SupervisorLoadBalancerProps,
  SupervisorProps,
  VdsNetworkingProps,
  WorkloadDomainProps,
} from '../../lib/tanzu/workload-domain';

/** Networks of a Supervisor on NSX-T, with addresses reserved for documentation and private ones. */
export const networks = {
  type: 'nsx',
  management: {
    portGroup: 'management',
    cidr: '198.51.100.0/24',
    gateway: '198.51.100.1',
    startingAddress: '198.51.100.10',
  },
  switch: 'overlay-switch',
  edgeCluster: 'edge-cluster-id',
  podCidrs: ['10.244.0.0/20'],
  serviceCidr: '10.112.0.0/22',
  ingressCidrs: ['192.0.2.0/27'],
  egressCidrs: ['192.0.2.32/27'],
  dns: ['198.51.100.2'],
  ntp: ['time.example.com'],
  searchDomains: ['example.com'],
} as const satisfies NsxNetworkingProps;

const { egressCidrs: _, ...withoutEgress } = networks;
/** The same, for a Supervisor of vSphere 9. */
export const routedNetworks = { ...withoutEgress, routing: 'ROUTED' } as const satisfies NetworkingProps;

const certificateAuthority = '-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----\n';

/** A load balancer of each kind. */
export const balancers = {
  haproxy: {
    type: 'haproxy',
    servers: [{ host: '198.51.100.20' }],
    username: 'supervisor',
    certificateAuthority,
    addresses: ['203.0.113.128-203.0.113.191'],
  },
  'nsx-advanced': { type: 'nsx-advanced', host: '198.51.100.30', username: 'supervisor', certificateAuthority },
  foundation: { type: 'foundation', addresses: ['203.0.113.128-203.0.113.191'] },
} as const satisfies Record<string, SupervisorLoadBalancerProps>;

/** Networks of a Supervisor on a distributed switch. */
export const vdsNetworks = {
  type: 'vds',
  management: networks.management,
  workload: {
    portGroup: 'workload',
    cidr: '203.0.113.0/24',
    gateway: '203.0.113.1',
    addresses: ['203.0.113.16-203.0.113.95'],
  },
  serviceCidr: networks.serviceCidr,
  loadBalancer: balancers.haproxy,
  dns: networks.dns,
  ntp: networks.ntp,
  searchDomains: networks.searchDomains,
} as const satisfies VdsNetworkingProps;

/** Everything exists but the namespace. */
export const existingDomain = {
  vsphere: '8.0',
  datacenter: 'dc-01',
  cluster: 'cluster-01',
  supervisor: { id: 'supervisor-1', endpoint: '192.0.2.1' },
} as const satisfies WorkloadDomainProps;

/** The Supervisor is made too. */
export const newDomain = (vsphere: '8.0' | '9.0', supervisor: Partial<SupervisorProps> = {}) =>
  ({
    vsphere,
    datacenter: 'dc-01',
    cluster: 'cluster-01',
    hosts: ['esx-1', 'esx-2', 'esx-3', 'esx-4'].map((host) => `${host}.example.com`),
    supervisor: { create: { networks: vsphere === '9.0' ? routedNetworks : networks, ...supervisor } },
    // A Supervisor on NSX-T before vSphere 9 begins with one, and no other takes one.
    ...(vsphere !== '9.0' && supervisor.networks?.type !== 'vds' && { contentLibrary: 'kubernetes-releases' }),
  }) satisfies WorkloadDomainProps;
