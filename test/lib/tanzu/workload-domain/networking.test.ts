import { expect, test } from 'vitest';
import { type NetworkingProps, workloadDomainPlan } from '../../../../lib/tanzu/workload-domain';
import { problemsOf } from '../../../support/declarations';
import { networks, newDomain, routedNetworks } from '../../../support/workload-domains';

const declare = (props: object, vsphere: '8.0' | '9.0' = '8.0') =>
  workloadDomainPlan(newDomain(vsphere, { networks: props as NetworkingProps }));
const planned = (props: object, vsphere: '8.0' | '9.0' = '8.0') => {
  const { supervisor } = declare(props, vsphere);
  if (!('create' in supervisor)) throw new Error('no Supervisor is made');
  return supervisor.create.networks;
};
const at = 'supervisor.create.networks';

test('ranges are planned in two parts, and the management network with its mask and five addresses', () => {
  expect(planned(networks)).toEqual({
    type: 'nsx',
    podCidrs: [{ address: '10.244.0.0', prefix: 20 }],
    serviceCidr: { address: '10.112.0.0', prefix: 22 },
    ingressCidrs: [{ address: '192.0.2.0', prefix: 27 }],
    egressCidrs: [{ address: '192.0.2.32', prefix: 27 }],
    management: {
      portGroup: 'management',
      cidr: { address: '198.51.100.0', prefix: 24 },
      subnetMask: '255.255.255.0',
      gateway: '198.51.100.1',
      startingAddress: '198.51.100.10',
      addressCount: 5,
    },
    switch: 'overlay-switch',
    edgeCluster: 'edge-cluster-id',
    routing: 'NAT',
    dns: ['198.51.100.2'],
    ntp: ['time.example.com'],
    searchDomains: ['example.com'],
  });
});

test('routed networks have no egress range, and may name their gateway', () => {
  expect(planned({ ...routedNetworks, t0Gateway: 'tier-0' }, '9.0')).toMatchObject({
    egressCidrs: [],
    routing: 'ROUTED',
    t0Gateway: 'tier-0',
  });
});

test('everything wrong with networks is named in one go', () => {
  const props = {
    type: 'overlay',
    management: { cidr: '198.51.100.0/24', gateway: '198.51.99.1', startingAddress: '198.51.100.251', vlan: 5 },
    switch: '',
    podCidrs: ['10.244.0.0/24', '10.245.0.0/20'],
    serviceCidr: '10.112.0.1/22',
    ingressCidrs: [],
    egressCidrs: 'all',
    dns: ['198.51.100.2', ''],
    searchDomains: ['example.com'],
    dvs: 'x',
  };
  const found = problemsOf(() => declare(props)).map(({ path }) => path.replace(`${at}.`, ''));
  expect(found).toEqual(
    expect.arrayContaining([
      'dvs',
      'type',
      'podCidrs[0]',
      'serviceCidr',
      'ingressCidrs',
      'egressCidrs',
      'management.vlan',
      'management.portGroup',
      'management.startingAddress',
      'management.gateway',
      'switch',
      'edgeCluster',
      'dns[1]',
      'ntp',
    ]),
  );
  expect(found).not.toContain('podCidrs[1]');
});

test('what is missing altogether ends in problems, not in a crash', () => {
  const shapes: unknown[] = [undefined, null, 'nsx', [], {}, { type: 'nsx', management: 'm' }];
  for (const shape of shapes) expect(problemsOf(() => declare(shape as object)).length).toBeGreaterThan(0);
});

test('what is left out is called missing', () => {
  const found = problemsOf(() => declare({ type: 'nsx', management: {} }));
  expect(new Set(found.map(({ what }) => what))).toEqual(new Set(['is missing']));
  expect(found.map(({ path }) => path.replace(`${at}.`, ''))).toEqual([
    'podCidrs',
    'serviceCidr',
    'ingressCidrs',
    'egressCidrs',
    'management.cidr',
    'management.gateway',
    'management.startingAddress',
    'management.portGroup',
    'dns',
    'ntp',
    'searchDomains',
    'switch',
    'edgeCluster',
  ]);
});

test('the five addresses of the control plane are hosts of the subnet, and none is the gateway', () => {
  const management = (startingAddress: string, gateway: string) => ({
    ...networks,
    management: { ...networks.management, cidr: '198.51.100.0/28', startingAddress, gateway },
  });
  const problemAt = (startingAddress: string, gateway = '198.51.100.1') =>
    problemsOf(() => declare(management(startingAddress, gateway))).map(({ path }) => path);
  expect(planned(management('198.51.100.10', '198.51.100.1')).management.addressCount).toBe(5); // up to .14, .15 is broadcast
  expect(problemAt('198.51.100.11')).toEqual([`${at}.management.startingAddress`]);
  expect(problemAt('198.51.100.0', '198.51.100.14')).toEqual([`${at}.management.startingAddress`]);
  expect(problemAt('198.51.100.2', '198.51.100.4')).toEqual([`${at}.management.gateway`]);
  expect(problemAt('198.51.100.2', '198.51.100.20')).toEqual([`${at}.management.gateway`]);
});

test('pods get a /23 or more', () => {
  const withPods = (cidr: string) => () => declare({ ...networks, podCidrs: [cidr] });
  expect(withPods('10.244.0.0/23')).not.toThrow();
  expect(problemsOf(withPods('10.244.0.0/24'))).toMatchObject([
    { path: `${at}.podCidrs[0]`, what: '"10.244.0.0/24" is too small for pods' },
  ]);
});

test('networks that translate addresses need egress ranges, routed ones have none', () => {
  expect(problemsOf(() => declare({ ...networks, egressCidrs: undefined }))).toMatchObject([
    { path: `${at}.egressCidrs`, what: 'is missing' },
  ]);
  expect(problemsOf(() => declare({ ...networks, routing: 'ROUTED' }, '9.0')).map(({ path }) => path)).toContain(
    `${at}.egressCidrs`,
  );
});
