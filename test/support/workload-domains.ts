import type { NetworkingProps, SupervisorProps, WorkloadDomainProps } from '../../lib/tanzu/workload-domain';

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
} as const satisfies NetworkingProps;

const { egressCidrs: _, ...withoutEgress } = networks;
/** The same, for a Supervisor of vSphere 9. */
export const routedNetworks = { ...withoutEgress, routing: 'ROUTED' } as const satisfies NetworkingProps;

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
    ...(vsphere !== '9.0' && { contentLibrary: 'kubernetes-releases' }),
  }) satisfies WorkloadDomainProps;
