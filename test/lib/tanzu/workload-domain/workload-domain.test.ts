import { expect, test } from 'vitest';
import { type WorkloadDomainProps, workloadDomainPlan } from '../../../../lib/tanzu/workload-domain';
import { problemsOf } from '../../../support/declarations';
import { existingDomain, newDomain } from '../../../support/workload-domains';

const vsphere7 = { ...existingDomain, vsphere: '7.0', supervisor: {}, namespace: 'fate' } as const;
const paths = (props: object) =>
  problemsOf(() => workloadDomainPlan(props as WorkloadDomainProps)).map(({ path }) => path);
const problem = (props: object) => problemsOf(() => workloadDomainPlan(props as WorkloadDomainProps))[0];

test('by default everything exists but the namespace', () => {
  expect(workloadDomainPlan(existingDomain)).toMatchObject({
    supervisor: { id: 'supervisor-1' },
    endpoint: '192.0.2.1',
    namespace: { name: 'fate', create: true, readable: true },
    storagePolicies: [{ name: 'vSAN Default Storage Policy', storageClass: 'vsan-default-storage-policy' }],
    hosts: [],
  });
});

test('on vSphere 7 the namespace is made by hand, and used by its name', () => {
  expect(workloadDomainPlan(vsphere7).namespace).toEqual({ name: 'fate', create: false, readable: false });
  const { namespace: _, ...undeclared } = vsphere7;
  for (const props of [undeclared, { ...vsphere7, namespace: { create: { name: 'fate' } } }]) {
    expect(problem(props)?.remedy).toMatch('create it in vCenter');
    expect(paths(props)).toEqual(['namespace']);
  }
  expect(paths({ ...vsphere7, vmClasses: [{ create: { name: 'own', cpu: 2, memoryGiB: 4 } }] })).toEqual(['vmClasses']);
});

test('a namespace does not exist before its Supervisor', () => {
  expect(paths({ ...newDomain('8.0'), namespace: 'fate' })).toEqual(['namespace']);
});

test('nothing is made that a namespace which exists would never get', () => {
  const props = {
    ...existingDomain,
    namespace: 'fate',
    storagePolicies: ['gold', { create: { name: 'own', tagCategory: 'c', tags: ['t'] } }],
    vmClasses: ['best-effort-small', { create: { name: 'own', cpu: 2, memoryGiB: 4 } }],
    contentLibrary: { create: { name: 'own', datastore: 'd', subscriptionUrl: 'https://example.com/lib.json' } },
  };
  expect(paths(props)).toEqual(['storagePolicies[1]', 'vmClasses[1]', 'contentLibrary']);
  expect(() =>
    workloadDomainPlan({ ...props, namespace: { create: { name: 'x' } } } as WorkloadDomainProps),
  ).not.toThrow();
});

test('a workload domain has four hosts; three are accepted on request, two never', () => {
  const hosts = (count: number, belowGuideline?: boolean) => ({
    ...existingDomain,
    hosts: Array.from({ length: count }, (_, i) => `esx-${i}.example.com`),
    belowGuideline,
  });
  expect(workloadDomainPlan(hosts(4)).hosts).toHaveLength(4);
  expect(problem(hosts(3))).toMatchObject({ path: 'hosts', remedy: expect.stringContaining('belowGuideline') });
  expect(workloadDomainPlan(hosts(3, true)).hosts).toHaveLength(3);
  expect(paths(hosts(2, true))).toEqual(['hosts']);
  const twice = { ...hosts(4), hosts: ['a', 'b', 'c', 'c'] };
  expect(paths(twice)).toEqual(['hosts[3]', 'hosts']);
});

test('two storage policies of one StorageClass name are refused', () => {
  expect(problem({ ...existingDomain, storagePolicies: ['Gold 1', 'gold_1'] })).toMatchObject({
    path: 'storagePolicies[1]',
    what: '"gold-1" is already storagePolicies[0]',
  });
  expect(paths({ ...existingDomain, storagePolicies: [] })).toEqual(['storagePolicies']);
});

test('everything wrong with a declaration is named in one go', () => {
  const props = {
    vsphere: '6.7',
    cluster: '',
    hosts: ['a'],
    supervisor: { endpoint: 'https://192.0.2.1', ofNamespace: '', adress: 1 },
    namespace: { create: { name: 'Fate' } },
    storagePolicies: [5, { create: { name: 'own', tags: [] } }],
    contentLibrary: { create: { name: 'own', subscriptionUrl: 'example.com' } },
    naemspace: 'x',
  };
  expect(paths(props)).toEqual([
    'naemspace',
    'vsphere',
    'datacenter',
    'cluster',
    'hosts',
    'storagePolicies[0]',
    'storagePolicies[1].create.tagCategory',
    'storagePolicies[1].create.tags',
    'namespace.create.name',
    'contentLibrary.create.datastore',
    'contentLibrary.create.subscriptionUrl',
    'supervisor.adress',
    'supervisor.endpoint',
    'supervisor.ofNamespace',
  ]);
});

test('a declaration of the wrong shape ends in problems, not in a crash', () => {
  const shapes: object[] = [
    { supervisor: 'x' },
    { supervisor: undefined },
    { supervisor: { create: null } },
    { namespace: 5 },
    { namespace: { create: 'fate' } },
    { storagePolicies: 'gold' },
    { contentLibrary: { create: null } },
    { vmClasses: {} },
    { clusters: [null] },
    { loadBalancers: 3 },
    { hosts: 4 },
  ];
  for (const shape of shapes) expect(paths({ ...existingDomain, ...shape }), JSON.stringify(shape)).not.toEqual([]);
});

const made = newDomain('8.0');
const madeWith = (networks: object, own: object = {}) => ({
  ...made,
  supervisor: {
    create: { ...made.supervisor.create, ...own, networks: { ...made.supervisor.create.networks, ...networks } },
  },
});
const at = 'supervisor.create.networks';
const policy = { name: 'own', tagCategory: 'speed', tags: ['fast'] };
const library = { name: 'own', datastore: 'vsan', subscriptionUrl: 'https://example.com/lib.json' };

test.each<[props: object, path: string]>([
  [{ ...existingDomain, datacenter: 'dc\n01' }, 'datacenter'],
  [{ ...existingDomain, cluster: 'cluster\u0000' }, 'cluster'],
  [{ ...existingDomain, cluster: 'x'.repeat(257) }, 'cluster'],
  [{ ...existingDomain, hosts: ['a\u202e', 'b', 'c', 'd'] }, 'hosts[0]'],
  [{ ...existingDomain, namespace: Symbol('fate') }, 'namespace'],
  [{ ...existingDomain, namespace: { create: { name: { toString: 0 } } } }, 'namespace.create.name'],
  [{ ...existingDomain, supervisor: { ofNamespace: 'Fate\n' } }, 'supervisor.ofNamespace'],
  [{ ...existingDomain, supervisor: { id: 'id\r' } }, 'supervisor.id'],
  [{ ...existingDomain, storagePolicies: [Symbol('gold')] }, 'storagePolicies[0]'],
  [{ ...existingDomain, storagePolicies: ['gold..silver'] }, 'storagePolicies[0]'],
  [
    { ...existingDomain, storagePolicies: [{ create: { ...policy, tags: [null] } }] },
    'storagePolicies[0].create.tags[0]',
  ],
  [
    { ...existingDomain, storagePolicies: [{ create: { ...policy, name: 'a\u0000' } }] },
    'storagePolicies[0].create.name',
  ],
  [{ ...existingDomain, contentLibrary: 10n }, 'contentLibrary'],
  [
    { ...existingDomain, contentLibrary: { create: { ...library, subscriptionUrl: 'https://a b' } } },
    'contentLibrary.create.subscriptionUrl',
  ],
  [
    { ...existingDomain, contentLibrary: { create: { ...library, subscriptionUrl: 'https://example.com/\u0000' } } },
    'contentLibrary.create.subscriptionUrl',
  ],
  [{ ...existingDomain, loadBalancers: { parties: Symbol('2') } }, 'loadBalancers.parties'],
  [{ ...existingDomain, loadBalancers: { parties: null } }, 'loadBalancers.parties'],
  [madeWith({ dns: ['x'] }), `${at}.dns[0]`],
  [madeWith({ dns: ['192.0.2.1', '192.0.2'] }), `${at}.dns[1]`],
  [madeWith({ ntp: ['time example'] }), `${at}.ntp[0]`],
  [madeWith({ searchDomains: ['.example.com'] }), `${at}.searchDomains[0]`],
  [madeWith({ switch: 'a\nb' }), `${at}.switch`],
  [madeWith({ t0Gateway: 'id' }), `${at}.t0Gateway`],
  [madeWith({}, { name: Symbol('fate') }), 'supervisor.create.name'],
])('every name and address of a workload domain has its own grammar: %#', (props, path) => {
  expect(paths(props)).toContain(path);
});

test('a refused URL is not repeated where it may hold a password', () => {
  const contentLibrary = { create: { ...library, subscriptionUrl: 'https://user:opensesame@example.com/lib.json' } };
  const problems = problemsOf(() => workloadDomainPlan({ ...existingDomain, contentLibrary }));
  expect(problems.map(({ path }) => path)).toEqual(['contentLibrary.create.subscriptionUrl']);
  expect(JSON.stringify(problems)).not.toContain('opensesame');
});
