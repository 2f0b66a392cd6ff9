import { expect, test } from 'vitest';
import { paths, plan, problems } from './declarations';

const volume = (mountPath: string, capacityGiB = 32, name = 'data') => ({ name, mountPath, capacityGiB });
const workers = (...volumes: object[]) => ({ workers: [{ volumes }] });
const controlPlane = (...volumes: object[]) => ({ controlPlane: { volumes } });

test('nodes have volumes at the known directories, etcd in the control plane only', () => {
  const [containerd, kubelet, etcd] = [
    { name: 'a', mountPath: '/var/lib/containerd', capacityGiB: 32 },
    { name: 'b', mountPath: '/var/lib/kubelet', capacityGiB: 20 },
    { name: 'c', mountPath: '/var/lib/etcd', capacityGiB: 4 },
  ] as const;
  const { controlPlane: nodes } = plan({ controlPlane: { volumes: [containerd, kubelet, etcd] } });
  expect(nodes.volumes).toMatchObject([containerd, kubelet, etcd]);
  expect(plan({ workers: [{ volumes: [containerd, kubelet] }] }).workers[0]?.volumes).toHaveLength(2);
  expect(problems(workers(etcd))).toMatchObject([
    {
      path: 'workers[0].volumes[0].mountPath',
      what: '"/var/lib/etcd" is a directory of the control plane only',
      remedy: 'use /var/lib/containerd, /var/lib/kubelet',
    },
  ]);
});

test.each(['/', '/var', '/var/lib', '/var/lib/containerd/', '/var/lib/containerd/io', 'var/lib/containerd', undefined])(
  'a volume at %s is refused with the directories that work',
  (mountPath) => {
    const path = 'controlPlane.volumes[0].mountPath';
    const remedy = 'use /var/lib/containerd, /var/lib/kubelet, /var/lib/etcd';
    expect(problems(controlPlane({ name: 'data', mountPath, capacityGiB: 32 }))).toMatchObject([{ path, remedy }]);
  },
);

test('a disk for images has 16 GiB or more, others 1', () => {
  expect(paths(workers(volume('/var/lib/containerd', 15)))).toEqual(['workers[0].volumes[0].capacityGiB']);
  expect(() =>
    plan({ workers: [{ volumes: [{ name: 'a', mountPath: '/var/lib/containerd', capacityGiB: 16 }] }] }),
  ).not.toThrow();
  expect(() =>
    plan({ workers: [{ volumes: [{ name: 'a', mountPath: '/var/lib/kubelet', capacityGiB: 1 }] }] }),
  ).not.toThrow();
  for (const capacityGiB of [0, 1.5, '32', 63_489]) {
    expect(paths(workers({ ...volume('/var/lib/kubelet'), capacityGiB }))).toEqual([
      'workers[0].volumes[0].capacityGiB',
    ]);
  }
});

test('the volumes of a node differ in name and directory', () => {
  const twice = [volume('/var/lib/containerd'), volume('/var/lib/containerd')];
  expect(paths(workers(...twice))).toEqual(['workers[0].volumes[1].name', 'workers[0].volumes[1].mountPath']);
  expect(paths(workers(volume('/var/lib/kubelet', 9, 'Big')))).toEqual(['workers[0].volumes[0].name']);
});
