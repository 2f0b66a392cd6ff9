import { expect, test } from 'vitest';
import { vmClasses } from '../../../lib/tanzu/vm-classes';

const classes = Object.entries(vmClasses);

test('every size exists in both families, with the same CPU and memory', () => {
  const family = (prefix: string) =>
    Object.fromEntries(
      classes
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, { cpu, memoryGiB }]) => [name.slice(prefix.length), { cpu, memoryGiB }]),
    );
  expect(Object.keys(family('best-effort-'))).toHaveLength(8);
  expect(family('best-effort-')).toEqual(family('guaranteed-'));
  expect(classes).toHaveLength(16);
});

test('a class is guaranteed exactly when its name says so', () => {
  for (const [name, { guaranteed }] of classes) expect(guaranteed, name).toBe(name.startsWith('guaranteed-'));
});

test('of two classes the larger one has more vCPUs, or as many and more memory', () => {
  const sizes = ['xsmall', 'small', 'medium', 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge'] as const;
  const inOrder = classes
    .filter(([, { guaranteed }]) => guaranteed)
    .sort(([, a], [, b]) => a.cpu - b.cpu || a.memoryGiB - b.memoryGiB)
    .map(([name]) => name);
  expect(inOrder).toEqual(sizes.map((size) => `guaranteed-${size}`));
  expect(vmClasses['guaranteed-8xlarge'].memoryGiB).toBe(vmClasses['guaranteed-4xlarge'].memoryGiB);
});
