import { expect, test } from 'vitest';
import { type WorkloadDomainProps, workloadDomainPlan } from '../../../../lib/tanzu/workload-domain';
import { problemsOf } from '../../../support/declarations';
import { existingDomain, networks, newDomain, routedNetworks } from '../../../support/workload-domains';

const paths = (props: object) =>
  problemsOf(() => workloadDomainPlan(props as WorkloadDomainProps)).map(({ path }) => path);
const problem = (props: object) => problemsOf(() => workloadDomainPlan(props as WorkloadDomainProps))[0];

test('vSphere 8 makes a Supervisor through the old resource, and learns its id from a namespace made with it', () => {
  const { supervisor, contentLibrary } = workloadDomainPlan(newDomain('8.0'));
  expect(supervisor).toMatchObject({
    create: {
      api: 'v1',
      name: 'fate',
      size: 'SMALL',
      storagePolicy: 'vSAN Default Storage Policy',
      bootstrapNamespace: 'fate-bootstrap',
    },
  });
  expect(contentLibrary).toEqual({ name: 'kubernetes-releases' });
});

test('vSphere 7 makes one in the same way, and its namespace is made by hand afterwards', () => {
  const domain = { ...newDomain('8.0'), vsphere: '7.0', namespace: 'fate' } as const;
  const { supervisor, preflight } = workloadDomainPlan(domain);
  expect(supervisor).toMatchObject({ create: { api: 'v1', bootstrapNamespace: undefined } });
  expect(preflight.map(({ id }) => id)).toEqual(expect.arrayContaining(['namespace', 'provider']));
});

test('vSphere 9 makes a Supervisor through the new resource, which has an id of its own', () => {
  const { supervisor } = workloadDomainPlan(newDomain('9.0', { name: 'org1', size: 'LARGE' }));
  expect(supervisor).toMatchObject({
    create: {
      api: 'v2',
      name: 'org1',
      size: 'LARGE',
      certificateNames: ['org1.example.com'],
    },
  });
  expect(supervisor).not.toHaveProperty('create.bootstrapNamespace');
});

test('what the provider would drop without a word on vSphere 9 is refused', () => {
  const libraries = { ...newDomain('9.0'), contentLibrary: 'kubernetes-releases' };
  expect(problem(libraries)).toMatchObject({ path: 'contentLibrary', what: expect.stringContaining('drops it') });
  const translated = newDomain('9.0', { networks });
  expect(problem(translated)).toMatchObject({
    path: 'supervisor.create.networks.egressCidrs',
    what: expect.stringContaining('drops them'),
    remedy: expect.stringContaining('"ROUTED"'),
  });
});

test('what a Supervisor of vSphere 8 cannot have is refused', () => {
  const { contentLibrary: _, ...withoutLibrary } = newDomain('8.0');
  expect(paths(withoutLibrary)).toEqual(['contentLibrary']);
  const unknown = { networks: { ...routedNetworks, searchDomains: ['a.example.com', 'b.example.com'] } };
  expect(paths(newDomain('8.0', { ...unknown, certificateNames: ['x.example.com'] }))).toEqual([
    'supervisor.create.networks.routing',
    'supervisor.create.networks.searchDomains',
    'supervisor.create.certificateNames',
  ]);
});

test('a namespace is created with the id of its Supervisor, or with another namespace to find it by', () => {
  const endpoint = '192.0.2.1';
  expect(paths({ ...existingDomain, supervisor: { endpoint } })).toEqual(['supervisor.id']);
  for (const supervisor of [{ id: 's' }, { ofNamespace: 'other' }]) {
    expect(workloadDomainPlan({ ...existingDomain, supervisor }).supervisor).toEqual(supervisor);
  }
  expect(() => workloadDomainPlan({ ...existingDomain, supervisor: { endpoint }, namespace: 'fate' })).not.toThrow();
});
