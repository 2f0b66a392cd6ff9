import { expect, test } from 'vitest';
import { checkNamespaceState, workloadDomainPlan } from '../../../../lib/tanzu/workload-domain';
import { problemsOf } from '../../../support/declarations';
import { existingDomain } from '../../../support/workload-domains';

const plan = workloadDomainPlan({
  ...existingDomain,
  namespace: 'fate',
  storagePolicies: ['Gold', 'Silver'],
  vmClasses: ['best-effort-small', 'best-effort-2xlarge'],
  contentLibrary: 'releases',
});
const needs = { storagePolicies: ['policy-gold', 'policy-silver'], contentLibrary: 'library-1' };
const complete = {
  configStatus: 'RUNNING',
  storagePolicies: ['policy-silver', 'policy-gold', 'policy-other'],
  vmClasses: ['best-effort-2xlarge', 'best-effort-small'],
  contentLibraries: ['library-0', 'library-1'],
};

test('a namespace that offers what the plan asks of it, and more, will do', () => {
  expect(() => checkNamespaceState(plan, complete, needs)).not.toThrow();
});

test('everything that a namespace lacks is named in one go, by the names of the declaration', () => {
  const state = {
    configStatus: 'ERROR',
    storagePolicies: ['policy-gold'],
    vmClasses: ['best-effort-small'],
    contentLibraries: [],
  };
  const found = problemsOf(() => checkNamespaceState(plan, state, needs));
  expect(found.map(({ path, what }) => `${path} ${what}`)).toEqual([
    'namespace is in the state ERROR',
    'storagePolicies[1] "Silver" is not assigned to it',
    'vmClasses[1] "best-effort-2xlarge" is not bound to it',
    'contentLibrary "releases" is not attached to it',
  ]);
  expect(found[2]?.remedy).toContain('Workload Management > Namespaces > fate > VM Service');
});

test('a library is not asked for where none was declared', () => {
  expect(() =>
    checkNamespaceState(plan, { ...complete, contentLibraries: [] }, { storagePolicies: needs.storagePolicies }),
  ).not.toThrow();
});
