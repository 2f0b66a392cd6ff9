import { expect, test } from 'vitest';
import { vmClasses } from '../../../../lib/tanzu/vm-classes';
import { type VmClassProps, workloadDomainPlan } from '../../../../lib/tanzu/workload-domain';
import { problemsOf } from '../../../support/declarations';
import { existingDomain } from '../../../support/workload-domains';

const plan = (classes?: readonly VmClassProps[]) =>
  workloadDomainPlan({ ...existingDomain, vmClasses: classes }).vmClasses;
const worker = { name: 'fate-worker', cpu: 16, memoryGiB: 96 };

test('a namespace that is created offers the 16 default classes, and none of them is made', () => {
  expect(plan()).toEqual({ names: Object.keys(vmClasses), create: [] });
  expect(plan().names).toHaveLength(16);
});

test('of a namespace that exists no class is asked, unless some are named', () => {
  const existing = { ...existingDomain, namespace: 'fate' };
  expect(workloadDomainPlan(existing).vmClasses.names).toEqual([]);
  expect(workloadDomainPlan({ ...existing, vmClasses: ['best-effort-small'] }).vmClasses.names).toEqual([
    'best-effort-small',
  ]);
});

test('classes are offered in the order of the declaration, and made where it says so', () => {
  expect(plan(['guaranteed-small', { existing: 'gpu' }, { create: { ...worker, guaranteed: true } }])).toEqual({
    names: ['guaranteed-small', 'gpu', 'fate-worker'],
    create: [{ ...worker, guaranteed: true }],
  });
  expect(plan([{ create: worker }]).create).toEqual([{ ...worker, guaranteed: false }]);
});

test('every wrong class is named in one go', () => {
  const classes = [
    'best-effort-huge',
    'guaranteed-small',
    'guaranteed-small',
    { existing: 'GPU' },
    { create: { ...worker, name: 'best-effort-small' } },
    { create: { ...worker, cpu: 1.5, memoryGiB: 0, memory: 1, guaranteed: 'no' } },
    { existing: 'a', create: 5 },
    7,
  ] as unknown as readonly VmClassProps[];
  const found = problemsOf(() => plan(classes));
  expect(found.map(({ path }) => path)).toEqual([
    'vmClasses[0]',
    'vmClasses[3].existing',
    'vmClasses[4].create.name',
    'vmClasses[5].create.memory',
    'vmClasses[5].create.cpu',
    'vmClasses[5].create.memoryGiB',
    'vmClasses[5].create.guaranteed',
    'vmClasses[6]',
    'vmClasses[7]',
    'vmClasses[2]',
  ]);
  expect(found[2]?.what).toBe('"best-effort-small" is a default VM class');
});
