import { expect, test } from 'vitest';
import {
  type NetworkingProps,
  type WorkloadDomainProps,
  workloadDomainPlan,
} from '../../../../lib/tanzu/workload-domain';
import { problemsOf } from '../../../support/declarations';
import { balancers, existingDomain, newDomain, vdsNetworks } from '../../../support/workload-domains';

const at = 'supervisor.create.networks';
const declare = (props: object, vsphere: '8.0' | '9.0' = '8.0', more: object = {}) => {
  const { contentLibrary: _, ...domain } = newDomain(vsphere, { networks: props as NetworkingProps });
  return workloadDomainPlan({ ...domain, ...more } as WorkloadDomainProps);
};
const planned = (props: object, vsphere: '8.0' | '9.0' = '8.0') => {
  const { supervisor } = declare(props, vsphere);
  if (!('create' in supervisor)) throw new Error('no Supervisor is made');
  return supervisor.create;
};
const paths = (props: object, vsphere: '8.0' | '9.0' = '8.0', more: object = {}) =>
  problemsOf(() => declare(props, vsphere, more)).map(({ path }) => path.replace(`${at}.`, ''));
const withBalancer = (loadBalancer: object) => ({ ...vdsNetworks, loadBalancer });
const withWorkload = (workload: object) => ({ ...vdsNetworks, workload: { ...vdsNetworks.workload, ...workload } });

test('addresses are planned from the first one on, and on any release by the resource that knows distributed switches', () => {
  for (const vsphere of ['8.0', '9.0'] as const) {
    const create = planned(vdsNetworks, vsphere);
    expect(create).toMatchObject({ api: 'v2', certificateNames: ['fate.example.com'] });
    expect(create.networks).toMatchObject({
      type: 'vds',
      workload: { portGroup: 'workload', addresses: [{ address: '203.0.113.16', count: 80 }] },
      serviceCidr: { address: '10.112.0.0', prefix: 22 },
      loadBalancer: {
        type: 'haproxy',
        servers: [{ host: '198.51.100.20', port: 5556 }],
        addresses: [{ address: '203.0.113.128', count: 64 }],
      },
    });
  }
});

test('how many VMs the control plane has is said from vSphere 9.0 on', () => {
  expect(planned(vdsNetworks)).not.toHaveProperty('controlPlaneVms');
  expect(planned(vdsNetworks, '9.0')).toHaveProperty('controlPlaneVms', 3);
});

test('each load balancer has its defaults', () => {
  expect(planned(withBalancer(balancers['nsx-advanced'])).networks).toMatchObject({
    loadBalancer: { host: '198.51.100.30', port: 443, cloud: undefined, addresses: [] },
  });
  expect(planned(withBalancer(balancers.foundation), '9.0').networks).toMatchObject({
    loadBalancer: { availability: 'ACTIVE_PASSIVE', size: 'SMALL' },
  });
});

test.each([
  ['haproxy', { host: '198.51.100.1' }, ['loadBalancer.host']],
  ['haproxy', { servers: [] }, ['loadBalancer.servers']],
  [
    'haproxy',
    { servers: [{ host: 'proxy.example.com', port: 0 }] },
    ['loadBalancer.servers[0].host', 'loadBalancer.servers[0].port'],
  ],
  ['haproxy', { addresses: ['203.0.113.191-203.0.113.128'] }, ['loadBalancer.addresses[0]']],
  ['haproxy', { addresses: undefined }, ['loadBalancer.addresses']],
  ['haproxy', { password: 'secret' }, ['loadBalancer.password']],
  [
    'haproxy',
    { certificateAuthority: 'x', username: '' },
    ['loadBalancer.username', 'loadBalancer.certificateAuthority'],
  ],
  ['nsx-advanced', { servers: [], cloud: '' }, ['loadBalancer.servers', 'loadBalancer.cloud']],
  ['foundation', { username: 'admin', size: 'TINY' }, ['loadBalancer.username', 'loadBalancer.size']],
  ['haproxy', { type: 'nginx' }, ['loadBalancer.type']],
] as const)('what is wrong with %s, %j, is named', (type, more, expected) => {
  expect(paths(withBalancer({ ...balancers[type], ...more }), '9.0').sort()).toEqual([...expected].sort());
});

test('a declaration of one load balancer, or of one network, has no word of another', () => {
  const declared: readonly NetworkingProps[] = [
    vdsNetworks,
    // @ts-expect-error: HAProxy has servers
    { ...vdsNetworks, loadBalancer: { ...balancers.foundation, type: 'haproxy' } },
    // @ts-expect-error: the one of vSphere Foundation has no user
    { ...vdsNetworks, loadBalancer: { type: 'foundation', addresses: [], username: 'supervisor' } },
    // @ts-expect-error: a password is a secret
    { ...vdsNetworks, loadBalancer: { ...balancers['nsx-advanced'], password: 'a' } },
    // @ts-expect-error: a distributed switch has no edge cluster
    { ...vdsNetworks, edgeCluster: 'edge-cluster-id' },
    // @ts-expect-error: VPCs are not made
    { ...vdsNetworks, type: 'nsx-vpc' },
  ];
  for (const networks of declared.slice(1)) expect(() => declare(networks, '9.0')).toThrow();
});

test('no message shows a password or what stands in the place of a certificate', () => {
  const secret = 'tops3cret';
  const wrong = { ...balancers.haproxy, password: secret, certificateAuthority: secret };
  const found = problemsOf(() => declare(withBalancer(wrong)));
  expect(found).toHaveLength(2);
  expect(JSON.stringify(found)).not.toContain(secret);
});

test('addresses of nodes are hosts of their network, and none is its router', () => {
  expect(paths(withWorkload({ addresses: ['203.0.113.200-203.0.114.10'] }))).toContain('workload.addresses[0]');
  expect(paths(withWorkload({ gateway: '203.0.113.20' }))).toEqual(['workload.addresses[0]']);
  expect(paths(withWorkload({ gateway: '192.0.2.1' }))).toEqual(['workload.gateway']);
});

test('no address is of two things', () => {
  const overlapping = { ...balancers.haproxy, addresses: ['203.0.113.90-203.0.113.140'] };
  expect(problemsOf(() => declare(withBalancer(overlapping)))).toMatchObject([
    { path: `${at}.loadBalancer.addresses[0]`, what: expect.stringContaining(`${at}.workload.addresses[0]`) },
  ]);
  expect(paths({ ...vdsNetworks, serviceCidr: '203.0.113.0/25' })).toEqual(['serviceCidr']);
  const cluster = { clusters: [{ podCidrs: ['203.0.113.0/24'] }] };
  expect(paths(vdsNetworks, '8.0', cluster)).toEqual(['clusters[0].podCidrs[0]']);
});

test('the load balancer must have addresses for all LoadBalancers', () => {
  const few = { ...balancers.haproxy, addresses: ['203.0.113.128-203.0.113.131'] };
  expect(declare(vdsNetworks).loadBalancers).toEqual({ needed: 5, available: 64 });
  expect(paths(withBalancer(few))).toEqual(['loadBalancer.addresses']);
  expect(declare(withBalancer(balancers['nsx-advanced'])).loadBalancers).toEqual({ needed: 5 });
});

test('what a release or the provider cannot make is refused with what to do', () => {
  const remedyOf = (props: object, vsphere: '7.0' | '8.0' | '9.0') =>
    problemsOf(() => declare(props, '8.0', { vsphere, namespace: vsphere === '7.0' ? 'fate' : undefined }))[0];
  expect(remedyOf(vdsNetworks, '7.0')).toMatchObject({
    path: `${at}.type`,
    remedy: expect.stringContaining('create the Supervisor in vCenter'),
  });
  for (const vsphere of ['8.0', '9.0'] as const) {
    expect(remedyOf({ type: 'nsx-vpc', privateCidrs: ['172.30.0.0/16'] }, vsphere)).toMatchObject({
      path: `${at}.type`,
      what: expect.stringContaining('no load balancer'),
      remedy: expect.stringContaining('networks: { type: "nsx-vpc"'),
    });
  }
  expect(paths(withBalancer(balancers.foundation))).toEqual(['loadBalancer.type']);
  expect(paths(vdsNetworks, '8.0', { contentLibrary: 'releases' })).toEqual(['contentLibrary']);
});

test('a namespace on another network than its Supervisor is made in vCenter', () => {
  const namespace = { create: { name: 'fate', network: 'workload-2' } };
  const [problem] = problemsOf(() => workloadDomainPlan({ ...existingDomain, namespace } as WorkloadDomainProps));
  expect(problem).toMatchObject({
    path: 'namespace.create.network',
    remedy: expect.stringContaining('create the namespace in vCenter'),
  });
});

test('of a Supervisor that runs, networks of any kind are checked', () => {
  const running = (networks: object) => () =>
    workloadDomainPlan({ ...existingDomain, supervisor: { id: 's', networks } } as WorkloadDomainProps);
  const vds = {
    type: 'vds',
    workloadCidrs: ['203.0.113.0/24', '198.51.100.0/24'],
    serviceCidr: '10.112.0.0/22',
    loadBalancerAddresses: ['203.0.113.128-203.0.113.191'],
  };
  const vpc = {
    type: 'nsx-vpc',
    privateCidrs: ['172.30.0.0/16'],
    serviceCidr: '10.112.0.0/22',
    externalCidrs: ['192.0.2.0/27'],
  };
  expect(running(vds)().loadBalancers).toEqual({ needed: 5, available: 64 });
  expect(running(vpc)().loadBalancers).toEqual({ needed: 5, available: 32 });
  expect(running({ ...vpc, externalCidrs: undefined })().loadBalancers).toEqual({ needed: 5 });
  const found = (networks: object) =>
    problemsOf(running(networks)).map(({ path }) => path.replace('supervisor.networks.', ''));
  expect(found({ ...vds, workloadCidrs: ['203.0.113.0/24', '203.0.113.128/25'] })).toEqual(['workloadCidrs[1]']);
  expect(found({ ...vpc, privateCidrs: ['192.168.0.0/20'] })).toEqual(['clusters[0].podCidrs[0]']);
  expect(found({ ...vpc, serviceCidr: '172.30.8.0/22' })).toEqual(['serviceCidr']);
  expect(found({ type: 'vds' })).toEqual(['workloadCidrs', 'serviceCidr']);
  expect(found({ type: 'nsx-vpc', podCidrs: [] })).toEqual(['podCidrs', 'privateCidrs', 'serviceCidr']);
});

test('the preflight list asks for what such networks need', () => {
  const ids = (plan: ReturnType<typeof workloadDomainPlan>) => plan.preflight.map(({ id }) => id);
  const vds = ids(declare(vdsNetworks));
  expect(vds).toEqual(expect.arrayContaining(['load-balancer', 'releases']));
  expect(vds).not.toContain('edge-cluster');
  expect(ids(workloadDomainPlan(newDomain('8.0')))).not.toContain('releases');
  expect(ids(workloadDomainPlan(newDomain('9.0')))).toEqual(expect.arrayContaining(['edge-cluster', 'releases']));
});
