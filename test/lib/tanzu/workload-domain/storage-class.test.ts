import fc from 'fast-check';
import { expect, test } from 'vitest';
import { storageClassName } from '../../../../lib/tanzu/workload-domain';

test.each([
  ['vSAN Default Storage Policy', 'vsan-default-storage-policy'],
  ['vsan-default-storage-policy', 'vsan-default-storage-policy'],
  ['Régle — Größe 2.0', 'regle-gro-e-2.0'],
  ['a___b--c', 'a-b-c'],
  ['(fast)', '0-fast-0'],
  ['.x.', '0.x.0'],
  ['Gold_1', 'gold-1'],
])('storage policy %j becomes StorageClass %j', (policy, name) => {
  expect(storageClassName(policy)).toBe(name);
});

test('the name of any policy begins and ends as Kubernetes wants it, and is its own StorageClass name', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (policy) => {
      const name = storageClassName(policy);
      expect(name).toMatch(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/);
      expect(storageClassName(name)).toBe(name);
    }),
  );
});
