import { describe, expect, test } from 'vitest';
import type { ClusterApiProps, Platform, TanzuClusterProps } from '../../../../lib/tanzu/cluster';
import { paths, plan, problems } from './declarations';

const release = 'v1.21.2+vmware.1-tkg.1.ee25d55';

test.each([
  ['vSphere 7.0', { vocabulary: 'v1alpha1', apiVersion: 'run.tanzu.vmware.com/v1alpha1' }],
  ['vSphere 7.0 U3', { vocabulary: 'v1alpha2', apiVersion: 'run.tanzu.vmware.com/v1alpha2' }],
  ['vSphere 8.0', { vocabulary: 'v1alpha3', apiVersion: 'run.tanzu.vmware.com/v1alpha3' }],
  [
    'VKS 3.2',
    { vocabulary: 'builtin-generic', apiVersion: 'cluster.x-k8s.io/v1beta1', class: 'builtin-generic-v3.2.0' },
  ],
  [
    'VCF 9.0',
    {
      vocabulary: 'builtin-generic',
      apiVersion: 'cluster.x-k8s.io/v1beta1',
      class: 'builtin-generic-v3.4.0',
      classNamespace: 'vmware-system-vks-public',
    },
  ],
  [
    'VCF 9.1',
    {
      vocabulary: 'builtin-generic',
      apiVersion: 'cluster.x-k8s.io/v1beta2',
      class: 'builtin-generic-v3.6.0',
      classNamespace: 'vmware-system-vks-public',
    },
  ],
] as const)('%s has an API of its own', (platform, api) => {
  expect(plan({ platform, kubernetes: release }).api).toEqual(api);
});

test('a class says how its variables are called and where it is', () => {
  const apiOf = (builtinClass: `builtin-generic-v${number}.${number}.${number}`) =>
    plan({ platform: 'VKS 3.2', api: { apiVersion: 'cluster.x-k8s.io/v1beta1', class: builtinClass } }).api;
  expect(apiOf('builtin-generic-v3.1.0').vocabulary).toBe('tanzukubernetescluster');
  expect(apiOf('builtin-generic-v3.3.0')).toHaveProperty('classNamespace', undefined);
  expect(apiOf('builtin-generic-v3.10.0')).toHaveProperty('classNamespace', 'vmware-system-vks-public');
});

test.each([
  ['vSphere 7.0', { apiVersion: 'run.tanzu.vmware.com/v1alpha2' }],
  ['vSphere 7.0 U3', { apiVersion: 'run.tanzu.vmware.com/v1alpha3' }],
  ['VCF 9.0', { apiVersion: 'cluster.x-k8s.io/v1beta1', class: 'tanzukubernetescluster' }],
] as const)('%s does not serve every API', (platform, api) => {
  expect(paths({ platform, api, kubernetes: release })).toContain('api');
});

test('v1beta2 came with VKS 3.4', () => {
  const api = { apiVersion: 'cluster.x-k8s.io/v1beta2', class: 'builtin-generic-v3.2.0' } as const;
  expect(paths({ platform: 'VKS 3.2', api })).toEqual(['api.apiVersion']);
  expect(plan({ platform: 'VKS 3.4', api }).api.apiVersion).toBe(api.apiVersion);
});

test.each([
  [{ apiVersion: 'run.tanzu.vmware.com/v1' }, 'api.apiVersion'],
  [{ apiVersion: 'cluster.x-k8s.io/v1beta1' }, 'api.apiVersion'],
  [{ apiVersion: 'cluster.x-k8s.io/v1beta2', class: 'tanzukubernetescluster' }, 'api.apiVersion'],
  [{ apiVersion: 'run.tanzu.vmware.com/v1alpha3', class: 'builtin-generic-v3.2.0' }, 'api.apiVersion'],
  [{ apiVersion: 'cluster.x-k8s.io/v1beta1', class: 'builtin-generic' }, 'api.class'],
  [{ apiVersion: 'cluster.x-k8s.io/v1beta1', class: 3 }, 'api.class'],
  ['v1alpha3', 'api'],
])('the API %j is none', (api, path) => {
  expect(paths({ api })).toEqual([path]);
});

describe('what a vocabulary has no words for is refused with one that has', () => {
  const older = { apiVersion: 'cluster.x-k8s.io/v1beta1', class: 'tanzukubernetescluster' } as const;
  const refused = (platform: Platform, more: object, api?: ClusterApiProps) =>
    problems({ platform, kubernetes: release, ...(api && { api }), ...more } as TanzuClusterProps);

  test.each([
    ['vSphere 7.0', { workers: [{}, { name: 'more' }] }, ['workers', 'workers[1].name']],
    ['vSphere 7.0', { workers: [{ name: 'fate' }] }, ['workers[0].name']],
    ['vSphere 7.0', { workers: [{ labels: { a: 'b' } }] }, ['workers[0].labels']],
    ['vSphere 7.0', { workers: [{ taints: [{ key: 'a', effect: 'NoSchedule' }] }] }, ['workers[0].taints']],
    ['vSphere 7.0', { workers: [{}, { sparkNodes: true }] }, ['workers', 'workers[1].sparkNodes']],
    ['vSphere 7.0', { workers: [{ failureDomain: 'zone-1' }] }, ['workers[0].failureDomain']],
    [
      'vSphere 7.0',
      { controlPlane: { nodeDrainTimeoutSeconds: 1 }, workers: [{ nodeDrainTimeoutSeconds: 60 }] },
      ['controlPlane.nodeDrainTimeoutSeconds', 'workers[0].nodeDrainTimeoutSeconds'],
    ],
    ['vSphere 7.0', { os: { name: 'ubuntu' } }, ['os']],
    ['vSphere 7.0 U3', { workers: [{ failureDomain: 'zone-1' }] }, ['workers[0].failureDomain']],
    ['vSphere 7.0 U3', { os: { name: 'ubuntu' } }, ['os']],
    ['vSphere 7.0 U3', { kubernetes: 'v1.21' }, ['kubernetes']],
    ['vSphere 8.0', { kubernetes: 'v1.21.2' }, ['kubernetes']],
    ['vSphere 8.0', { workers: [{ replicas: { min: 1, max: 2 } }] }, ['workers[0].replicas']],
    ['VCF 9.1', { kubernetes: 'v1.33' }, ['kubernetes']],
  ] as const)('%s: %j', (platform, more, expected) => {
    const found = refused(platform, more);
    expect(found.map(({ path }) => path)).toEqual(expected);
    for (const { remedy } of found) expect(remedy).toMatch(/, or an api that can: \S+/);
  });

  test('a volume of another StorageClass than its node', () => {
    const volumes = [{ name: 'containerd', mountPath: '/var/lib/containerd', capacityGiB: 32, storageClass: 'gold' }];
    const found = refused('vSphere 7.0', { controlPlane: { volumes }, workers: [{ volumes }] });
    expect(found.map(({ path }) => path)).toEqual([
      'controlPlane.volumes[0].storageClass',
      'workers[0].volumes[0].storageClass',
    ]);
  });

  test('Calico from Kubernetes 1.35 on, in a class without a variable for it', () => {
    const network = { cni: 'calico' };
    const later = { kubernetes: 'v1.35.0+vmware.1', network };
    const newer = { apiVersion: 'cluster.x-k8s.io/v1beta1', class: 'builtin-generic-v3.6.0' } as const;
    for (const [platform, api] of [
      ['vSphere 8.0', older],
      ['VKS 3.4', undefined],
    ] as const) {
      expect(plan({ platform, kubernetes: release, network, api } as TanzuClusterProps).network).toMatchObject(network);
      expect(refused(platform, later, api)).toMatchObject([
        { path: 'network.cni', what: expect.stringContaining('"calico" cannot be chosen for Kubernetes 1.35') },
      ]);
    }
    expect(refused('VKS 3.4', later)[0]?.remedy).toContain(newer.class);
    for (const more of [{ api: newer }, { network: {} }]) {
      expect(() => plan({ platform: 'VKS 3.4', ...later, ...more } as TanzuClusterProps)).not.toThrow();
    }
  });

  test('the beginning of a release is enough in v1alpha1', () => {
    for (const kubernetes of ['v1.20', 'v1.20.7']) {
      expect(plan({ platform: 'vSphere 7.0', kubernetes }).kubernetes).toBe(kubernetes);
    }
  });
});
