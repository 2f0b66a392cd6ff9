import { describe, expect, test } from 'vitest';
import { paths, plan, problems } from './declarations';

test('a control plane has one node or three', () => {
  expect(plan({ controlPlane: { replicas: 1 } }).controlPlane.replicas).toBe(1);
  for (const replicas of [0, 2, 4, 5, '3'])
    expect(paths({ controlPlane: { replicas } })).toEqual(['controlPlane.replicas']);
});

test('a cluster has 0 to 150 workers', () => {
  const pools = (...replicas: number[]) => ({
    workers: replicas.map((count, i) => ({ name: `pool-${i}`, replicas: count })),
  });
  expect(plan(pools(0)).workers[0]?.replicas).toBe(0);
  expect(plan(pools(100, 50)).workers).toHaveLength(2);
  expect(paths(pools(-1))).toEqual(['workers[0].replicas']);
  expect(paths(pools(151))).toEqual(['workers[0].replicas']);
  expect(problems(pools(100, 51))).toMatchObject([{ path: 'workers', what: '151 nodes are too many for a cluster' }]);
  expect(paths({ workers: [] })).toEqual(['workers']);
});

test('bounds for an autoscaler are in order, and their maximum counts', () => {
  const bounds = (min: unknown, max: unknown) => ({ workers: [{ replicas: { min, max } }] });
  expect(plan({ workers: [{ replicas: { min: 2, max: 2 } }] }).workers[0]?.replicas).toEqual({ min: 2, max: 2 });
  expect(paths(bounds(3, 2))).toEqual(['workers[0].replicas.max']);
  expect(paths(bounds(0, 2))).toEqual(['workers[0].replicas.min']);
  expect(paths(bounds(2, undefined))).toEqual(['workers[0].replicas.max']);
  const two = [{ replicas: { min: 1, max: 150 } }, { name: 'more', replicas: 1 }];
  expect(paths({ workers: two })).toEqual(['workers']);
});

test('every pool has its own name', () => {
  expect(paths({ workers: [{ name: 'a' }, { name: 'b' }, { name: 'a' }] })).toEqual(['workers[2].name']);
});

test('labels and taints are what Kubernetes takes', () => {
  const pool = {
    labels: { pool: 'fate', 'example.com/zone': '', 'a.b-c.example/x_y.z': 'A.b_c' },
    taints: [
      { key: 'example.com/fate', effect: 'NoSchedule' },
      { key: 'a', value: 'b', effect: 'NoExecute' },
    ],
  } as const;
  expect(plan({ workers: [pool] }).workers[0]).toMatchObject(pool);
  expect(
    paths({
      workers: [
        {
          labels: { '-a': 'b', a: 'b c', 'A/b/c': 'd', number: 5 },
          taints: [{ key: 'a', effect: 'Never' }, { effect: 'NoExecute' }, null],
        },
      ],
    }),
  ).toEqual([
    'workers[0].labels["-a"]',
    'workers[0].labels.a',
    'workers[0].labels["A/b/c"]',
    'workers[0].labels.number',
    'workers[0].taints[0].effect',
    'workers[0].taints[1].key',
    'workers[0].taints[2]',
    'workers[0].taints[2].key',
    'workers[0].taints[2].effect',
  ]);
});

describe('VM classes', () => {
  const workers = (vmClass: unknown) => ({ workers: [{ vmClass }] });

  test('are by default the least ones of the paper, guaranteed for production', () => {
    const { controlPlane, workers } = plan({ production: true });
    expect(controlPlane.vmClass).toEqual({ name: 'guaranteed-small', cpu: 2, memoryGiB: 4, guaranteed: true });
    expect(workers[0]?.vmClass).toEqual({ name: 'guaranteed-2xlarge', cpu: 8, memoryGiB: 64, guaranteed: true });
  });

  test('below the guideline are refused with those that fit, or accepted on request', () => {
    const [problem] = problems(workers('best-effort-xlarge'));
    expect(problem).toMatchObject({
      path: 'workers[0].vmClass',
      what: '"best-effort-xlarge" (4 vCPU, 32 GiB) is below the guideline',
    });
    expect(problem?.remedy).toBe(
      'use best-effort-2xlarge, best-effort-4xlarge, best-effort-8xlarge, guaranteed-2xlarge, guaranteed-4xlarge, ' +
        'guaranteed-8xlarge, or accept it with belowGuideline: true',
    );
    expect(paths({ controlPlane: { vmClass: 'best-effort-xsmall' } })).toEqual(['controlPlane.vmClass']);
    expect(plan({ workers: [{ vmClass: 'best-effort-xlarge' }], belowGuideline: true }).workers[0]?.vmClass.name).toBe(
      'best-effort-xlarge',
    );
  });

  test('that reserve nothing are not for production, guideline or not', () => {
    const production = { production: true, belowGuideline: true };
    expect(problems({ ...production, ...workers('best-effort-4xlarge') })).toMatchObject([
      { path: 'workers[0].vmClass', what: '"best-effort-4xlarge" reserves nothing for production' },
    ]);
    expect(plan({ ...production, workers: [{ vmClass: 'guaranteed-large' }] }).workers[0]?.vmClass.cpu).toBe(4);
  });

  test('of their own are measured by vCPUs and memory', () => {
    const own = (cpu: number, memoryGiB: number, more: object = {}) =>
      workers({ name: 'fate-worker', cpu, memoryGiB, ...more });
    expect(
      plan({ workers: [{ vmClass: { name: 'fate-worker', cpu: 8, memoryGiB: 64 } }] }).workers[0]?.vmClass,
    ).toEqual({
      name: 'fate-worker',
      cpu: 8,
      memoryGiB: 64,
      guaranteed: false,
    });
    expect(paths(own(7, 64))).toEqual(['workers[0].vmClass']);
    expect(paths(own(8, 63))).toEqual(['workers[0].vmClass']);
    expect(paths({ production: true, ...own(8, 64) })).toEqual(['workers[0].vmClass']);
    expect(() =>
      plan({
        production: true,
        workers: [{ vmClass: { name: 'fate-worker', cpu: 8, memoryGiB: 64, guaranteed: true } }],
      }),
    ).not.toThrow();
    expect(paths(own(8, 64, { guaranteed: 'yes' }))).toEqual(['workers[0].vmClass.guaranteed']);
    expect(paths(workers({ name: 'best-effort-2xlarge', cpu: 8, memoryGiB: 64 }))).toEqual(['workers[0].vmClass.name']);
  });

  test('without a size are unknown', () => {
    for (const vmClass of ['fate-worker', 'toString', 8, null, []])
      expect(paths(workers(vmClass))).toEqual(['workers[0].vmClass']);
  });
});

describe('nodes for Spark workers alone', () => {
  const marks = {
    labels: { 'kubefate-tanzu/nodes': 'spark' },
    taints: [{ key: 'kubefate-tanzu/nodes', value: 'spark', effect: 'NoSchedule' }],
  };

  test('are a pool like others, with a label and a taint', () => {
    const { workers, sparkNodes } = plan({ workers: [{}, { sparkNodes: true, vmClass: 'best-effort-4xlarge' }] });
    const [common, spark] = workers;
    expect(spark).toMatchObject({ name: 'spark', replicas: 3, volumes: common?.volumes, ...marks });
    expect(sparkNodes).toEqual(marks);
    expect(common).toMatchObject({ labels: {}, taints: [] });
    expect(plan().sparkNodes).toBeUndefined();
  });

  test('may be known by labels and taints of their own', () => {
    const own = { labels: { pool: 'spark' }, taints: [{ key: 'dedicated', effect: 'NoExecute' }] } as const;
    expect(plan({ workers: [{}, { sparkNodes: true, ...own }] }).sparkNodes).toEqual(own);
    expect(paths({ workers: [{}, { sparkNodes: true, labels: {}, taints: [] }] })).toEqual([
      'workers[1].labels',
      'workers[1].taints',
    ]);
  });

  test('are several pools where all are known by the same', () => {
    const zone = (name: string, more: object = {}) => ({ name, sparkNodes: true, failureDomain: name, ...more });
    expect(plan({ workers: [{}, zone('a'), zone('b')] }).sparkNodes).toEqual(marks);
    expect(problems({ workers: [{}, zone('a'), zone('b', { labels: { zone: 'b' } })] })).toMatchObject([
      { path: 'workers[2]', what: '"b" has other labels or taints than another pool with sparkNodes' },
    ]);
  });

  test('are never all that there are', () => {
    expect(paths({ workers: [{ sparkNodes: true }] })).toEqual(['workers']);
  });
});
