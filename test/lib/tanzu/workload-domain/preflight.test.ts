import { expect, test } from 'vitest';
import { type WorkloadDomainProps, workloadDomainPlan } from '../../../../lib/tanzu/workload-domain';
import { existingDomain, newDomain } from '../../../support/workload-domains';

const vsphere7 = { ...existingDomain, vsphere: '7.0', supervisor: {}, namespace: 'fate' } as const;

test('the preflight list tells what this plan makes sure of from what someone must look at', () => {
  const status = (props: WorkloadDomainProps, id: string) =>
    workloadDomainPlan(props).preflight.find((item) => item.id === id)?.status;
  for (const id of ['network-adapters', 'storage-adapters', 'drives', 'time', 'permissions']) {
    expect(status(existingDomain, id), id).toBe('ask');
  }
  expect([status(existingDomain, 'hosts'), status(newDomain('8.0'), 'hosts')]).toEqual(['ask', 'checked']);
  expect([status(existingDomain, 'ranges'), status(newDomain('8.0'), 'ranges')]).toEqual(['ask', 'checked']);
  expect([status(existingDomain, 'endpoint'), status(newDomain('8.0'), 'endpoint')]).toEqual([undefined, 'ask']);
  expect([status(vsphere7, 'namespace'), status(existingDomain, 'namespace')]).toEqual(['ask', undefined]);
  const ids = workloadDomainPlan(vsphere7).preflight.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
