import { rootCertificates } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../../lib/input/problems';
import { type TanzuClusterProps, tanzuClusterPlan } from '../../../../lib/tanzu/cluster';
import { paths, plan, problems, reference } from './declarations';

test('left to its defaults a cluster is the one of the paper', () => {
  const { controlPlane, workers, storage, namespace } = plan();
  expect(controlPlane).toMatchObject({ replicas: 3, vmClass: { name: 'best-effort-small' }, volumes: [] });
  expect(workers).toMatchObject([
    {
      name: 'workers',
      replicas: 3,
      vmClass: { name: 'best-effort-2xlarge' },
      storageClass: 'vsan-default-storage-policy',
      volumes: [
        {
          name: 'containerd',
          mountPath: '/var/lib/containerd',
          capacityGiB: 32,
          storageClass: 'vsan-default-storage-policy',
        },
      ],
    },
  ]);
  expect(storage).toEqual({ defaultClass: 'vsan-default-storage-policy' });
  expect(namespace).toBe('fate');
});

test('every wrong value is named at once', () => {
  expect(
    paths({
      name: 'Party',
      namespace: 'a.b',
      platform: 'vSphere 6.7',
      kubernetes: '1.20',
      os: { name: 'windows', version: 'new' },
      production: 'yes',
      controlPlane: { replicas: 2 },
      workers: [{ name: 'a b', replicas: 151 }],
      storageClass: 'Gold',
      storageClasses: ['gold'],
      network: { cni: 'cilium' },
      trust: [{ name: 'CA', certificate: '' }],
      nodes: 3,
    }).sort(),
  ).toEqual(
    [
      'name',
      'namespace',
      'platform',
      'kubernetes',
      'os.name',
      'os.version',
      'production',
      'controlPlane.replicas',
      'workers[0].name',
      'workers[0].replicas',
      'workers[0].volumes[0].storageClass',
      'storageClass',
      'storageClasses',
      'network.cni',
      'trust[0].name',
      'trust[0].certificate',
      'nodes',
    ].sort(),
  );
});

test('a name leaves room for what machines add to it', () => {
  expect(plan({ name: 'a'.repeat(41) }).name).toHaveLength(41);
  expect(problems({ name: 'a'.repeat(42) })).toMatchObject([{ path: 'name', remedy: 'use 41 characters or less' }]);
});

test('a release is taken as NAME and as VERSION', () => {
  const version = 'v1.21.2+vmware.1-tkg.1.ee25d55';
  expect(plan({ kubernetes: version }).kubernetes).toBe(version);
  expect(plan({ kubernetes: 'v1.21.2---vmware.1-tkg.1.ee25d55' }).kubernetes).toBe(version);
  for (const kubernetes of ['1.21.2', 'latest', 'v2.0.0', 'v1.21.2 ', undefined]) {
    expect(paths({ kubernetes })).toEqual(['kubernetes']);
  }
});

test('the default StorageClass is among those that the cluster offers', () => {
  expect(plan({ storageClass: 'gold', storageClasses: ['gold', 'silver'] }).storage).toEqual({
    defaultClass: 'gold',
    classes: ['gold', 'silver'],
  });
  expect(problems({ storageClass: 'gold', storageClasses: ['silver'] })).toMatchObject([
    { path: 'storageClasses', what: 'lacks the default one, "gold"' },
  ]);
});

test('the StorageClass of the cluster is that of disks and volumes, unless these have their own', () => {
  const volumes = [
    { name: 'containerd', mountPath: '/var/lib/containerd', capacityGiB: 32 },
    { name: 'kubelet', mountPath: '/var/lib/kubelet', capacityGiB: 32, storageClass: 'silver' },
  ] as const;
  const { controlPlane, workers } = plan({ storageClass: 'gold', workers: [{ storageClass: 'bronze', volumes }] });
  expect(controlPlane.storageClass).toBe('gold');
  expect(workers[0]?.storageClass).toBe('bronze');
  expect(workers[0]?.volumes.map(({ storageClass }) => storageClass)).toEqual(['bronze', 'silver']);
});

describe('a certificate authority', () => {
  const certificate = `${rootCertificates[0]}\n`;

  test('is PEM, also of several certificates', () => {
    const trust = [
      { name: 'one', certificate },
      { name: 'two', certificate: certificate + certificate },
    ];
    expect(plan({ trust }).trust).toEqual(trust);
    expect(paths({ trust: [trust[0], trust[0]] })).toEqual(['trust[1].name']);
  });

  test('that comes with a private key is refused, and the key is not shown', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n';
    const [problem, ...more] = problems({ trust: [{ name: 'one', certificate: certificate + key }] });
    expect(problem?.path).toBe('trust[0].certificate');
    expect(JSON.stringify([problem, more])).not.toContain('c2VjcmV0');
  });
});

test('a declaration of any shape gives a plan or problems, and never another error', () => {
  const keys = [
    'name',
    'platform',
    'api',
    'kubernetes',
    'os',
    'controlPlane',
    'workers',
    'network',
    'trust',
    'storageClasses',
  ];
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.array(
      fc.record({ name: fc.jsonValue(), volumes: fc.jsonValue(), vmClass: fc.jsonValue(), replicas: fc.jsonValue() }),
    ),
    fc.record({
      vmClass: fc.jsonValue(),
      volumes: fc.array(fc.jsonValue()),
      proxy: fc.jsonValue(),
      podCidrs: fc.jsonValue(),
    }),
    fc.record({ apiVersion: fc.jsonValue(), class: fc.jsonValue() }),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), anything), (more) => {
      try {
        tanzuClusterPlan({ ...reference, ...more } as TanzuClusterProps);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidInput);
      }
    }),
    { numRuns: 500 },
  );
});
