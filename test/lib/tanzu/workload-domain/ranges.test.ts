import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type WorkloadDomainProps, workloadDomainPlan } from '../../../../lib/tanzu/workload-domain';
import { problemsOf } from '../../../support/declarations';
import { existingDomain, networks, newDomain } from '../../../support/workload-domains';

const ranges = {
  podCidrs: ['10.244.0.0/20'],
  serviceCidr: '10.112.0.0/22',
  ingressCidrs: ['192.0.2.0/27'],
  egressCidrs: ['192.0.2.32/27'],
};
const withRanges = (changed: object, clusters?: WorkloadDomainProps['clusters']) =>
  workloadDomainPlan({
    ...existingDomain,
    supervisor: { id: 's', networks: { ...ranges, ...changed } },
    clusters,
  });

test('a range is refused wherever it overlaps another one', () => {
  const overlapping: [object, string, string][] = [
    [{ podCidrs: ['10.244.0.0/20', '10.244.8.0/23'] }, 'podCidrs[1]', 'podCidrs[0]'],
    [{ ingressCidrs: ['10.244.4.0/24'] }, 'ingressCidrs[0]', 'podCidrs[0]'],
    [{ egressCidrs: ['192.0.2.0/24'] }, 'egressCidrs[0]', 'ingressCidrs[0]'],
    [{ serviceCidr: '10.240.0.0/12' }, 'serviceCidr', 'podCidrs[0]'],
  ];
  for (const [changed, path, other] of overlapping) {
    const [problem, ...others] = problemsOf(() => withRanges(changed));
    expect(others).toEqual([]);
    expect(problem?.path).toBe(`supervisor.networks.${path}`);
    expect(problem?.what).toContain(`overlaps supervisor.networks.${other}, `);
  }
});

test('a range that cannot be read overlaps nothing', () => {
  expect(problemsOf(() => withRanges({ podCidrs: ['a', 'b'] })).map(({ path }) => path)).toEqual([
    'supervisor.networks.podCidrs[0]',
    'supervisor.networks.podCidrs[1]',
  ]);
});

test('the management network is part of the check', () => {
  const clash = newDomain('8.0', { networks: { ...networks, ingressCidrs: ['198.51.100.128/27'] } });
  const at = 'supervisor.create.networks';
  expect(problemsOf(() => workloadDomainPlan(clash))).toMatchObject([
    { path: `${at}.management.cidr`, what: `198.51.100.0/24 overlaps ${at}.ingressCidrs[0], 198.51.100.128/27` },
  ]);
});

test("a cluster's own networks overlap neither one another nor the Supervisor's", () => {
  const cluster = { podCidrs: ['172.20.0.0/16'], serviceCidrs: ['172.21.0.0/16'] };
  expect(() => withRanges({}, [cluster, cluster])).not.toThrow(); // two clusters do not see each other's networks
  const found = problemsOf(() =>
    withRanges({}, [cluster, { podCidrs: ['10.244.0.0/16'], serviceCidrs: ['10.244.128.0/20'] }]),
  );
  expect(found.map(({ path, what }) => [path, what])).toEqual([
    ['clusters[1].podCidrs[0]', '10.244.0.0/16 overlaps supervisor.networks.podCidrs[0], 10.244.0.0/20'],
    ['clusters[1].serviceCidrs[0]', '10.244.128.0/20 overlaps clusters[1].podCidrs[0], 10.244.0.0/16'],
  ]);
});

test('a cluster of default networks is assumed', () => {
  const found = problemsOf(() => withRanges({ serviceCidr: '10.96.0.0/23', ingressCidrs: ['192.168.7.0/24'] }));
  expect(found.map(({ path }) => path)).toEqual(['clusters[0].podCidrs[0]', 'clusters[0].serviceCidrs[0]']);
});

test('LoadBalancers need one address each, the Supervisor and every cluster one for its API', () => {
  const budget = (loadBalancers: WorkloadDomainProps['loadBalancers'], clusters?: WorkloadDomainProps['clusters']) =>
    workloadDomainPlan({ ...existingDomain, loadBalancers, clusters }).loadBalancers;
  expect(budget(undefined)).toEqual({ needed: 5 }); // Supervisor, cluster, ingress controller, nginx and Pulsar of a party
  expect(budget({ exchanges: 1 })).toEqual({ needed: 7 });
  expect(budget({ parties: 3, exchanges: 1, ingressControllers: 0 }, [{}, {}])).toEqual({ needed: 11 });
});

test('ingress ranges must have room for all LoadBalancers, and may have it exactly', () => {
  const declare = (ingressControllers: number) =>
    workloadDomainPlan({
      ...existingDomain,
      loadBalancers: { parties: 4, ingressControllers },
      supervisor: { id: 's', networks: { ...ranges, ingressCidrs: ['192.0.2.0/29', '192.0.2.8/29'] } },
    });
  expect(declare(2).loadBalancers).toEqual({ needed: 12, available: 12 }); // 6 usable addresses each
  expect(problemsOf(() => declare(3))).toMatchObject([
    {
      path: 'supervisor.networks.ingressCidrs',
      what: '12 addresses are too few for LoadBalancers',
      remedy:
        'give 13 or more: 1 of the Supervisor, 1 of clusters, 8 of parties, 0 of exchanges, 3 of ingress controllers',
    },
  ]);
});

test('more of anything never needs fewer addresses', () => {
  const count = fc.nat(50);
  fc.assert(
    fc.property(count, count, count, count, (parties, exchanges, ingressControllers, more) => {
      const needed = (parties: number) =>
        workloadDomainPlan({ ...existingDomain, loadBalancers: { parties, exchanges, ingressControllers } })
          .loadBalancers.needed;
      expect(needed(parties + more) - needed(parties)).toBe(2 * more);
    }),
  );
});

test('wrong counts and unknown keys of clusters and LoadBalancers are named', () => {
  const found = problemsOf(() =>
    workloadDomainPlan({
      ...existingDomain,
      loadBalancers: { parties: -1, exchange: 2 } as object,
      clusters: [{ podCidrs: ['x'], pods: [] } as object],
    }),
  );
  expect(found.map(({ path }) => path)).toEqual([
    'clusters[0].pods',
    'clusters[0].podCidrs[0]',
    'loadBalancers.exchange',
    'loadBalancers.parties',
  ]);
});
