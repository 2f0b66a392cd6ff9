import { describe, expect, test } from 'vitest';
import {
  type ClusterDeploymentProps,
  clusterDeploymentPlan,
  type NamespaceOffer,
  type Platform,
} from '../../../../lib/tanzu/cluster';
import { problemsOf } from '../../../support/declarations';
import { reference } from './declarations';

const deployment = (more: object = {}, offer?: NamespaceOffer) =>
  clusterDeploymentPlan({ cluster: reference, ...more } as ClusterDeploymentProps, offer);
const problems = (more: object, offer?: NamespaceOffer) => problemsOf(() => deployment(more, offer));
const on = (platform: Platform, more: object = {}) => ({
  cluster: { ...reference, platform, kubernetes: 'v1.21.2+vmware.1-tkg.1.ee25d55', ...more },
});

describe('the image disk mount', () => {
  test.each([
    ['vSphere 7.0', true],
    ['vSphere 7.0 U3', true],
    ['vSphere 8.0', false],
    ['VCF 9.1', false],
  ] as const)('is by default on %s: %s', (platform, expected) => {
    expect(deployment(on(platform)).imageDiskMount !== undefined).toBe(expected);
  });

  test('is for clusters whose workers all have an image disk', () => {
    const workers = [{}, { name: 'bare', volumes: [] }];
    expect(deployment(on('vSphere 7.0 U3', { workers })).imageDiskMount).toBeUndefined();
    expect(problems({ ...on('vSphere 7.0 U3', { workers }), imageDiskMount: true })).toMatchObject([
      { path: 'imageDiskMount', what: 'would never be ready on bare: no volume at /var/lib/containerd' },
    ]);
  });

  test('runs on the nodes of every pool, whatever keeps other pods off them', () => {
    const taints = [{ key: 'example.com/pool', effect: 'NoExecute' }] as const;
    const cluster = { ...reference, workers: [{}, { name: 'own', taints }, { sparkNodes: true }] };
    const own = [{ key: 'gpu', operator: 'Exists' }];
    const pods = { all: { tolerations: own } };
    const { imageDiskMount, ingressController } = deployment({ cluster, pods, imageDiskMount: true });
    expect(imageDiskMount?.pods.imageDiskMount.tolerations).toEqual([
      ...own,
      { key: 'example.com/pool', operator: 'Equal', effect: 'NoExecute' },
      { key: 'kubefate-tanzu/nodes', operator: 'Equal', value: 'spark', effect: 'NoSchedule' },
    ]);
    expect(ingressController?.pods.ingressController.tolerations).toEqual(own);
  });

  test('can be switched', () => {
    expect(deployment({ ...on('vSphere 7.0'), imageDiskMount: false }).imageDiskMount).toBeUndefined();
    const asPlanned = { mountPath: '/var/lib/containerd', interval: 3600, controlPlane: false };
    expect(deployment({ imageDiskMount: true }).imageDiskMount).toMatchObject(asPlanned);
    expect(deployment({ imageDiskMount: { interval: 60 } }).imageDiskMount).toMatchObject({ interval: 60 });
  });

  test('reaches the control plane where that has the volume, and is refused where it is told to and has none', () => {
    const controlPlane = { volumes: [{ name: 'images', mountPath: '/var/lib/containerd', capacityGiB: 32 }] };
    const cluster = { ...reference, controlPlane };
    expect(deployment({ cluster, imageDiskMount: true }).imageDiskMount).toMatchObject({ controlPlane: true });
    expect(problems({ imageDiskMount: { controlPlane: true } })).toMatchObject([
      { path: 'imageDiskMount', what: 'would never be ready on the control plane: no volume at /var/lib/containerd' },
    ]);
    expect(problems({ imageDiskMount: { mountPath: '/var/lib/etcd' } })).toMatchObject([
      { path: 'imageDiskMount', what: 'would never be ready on the control plane: no volume at /var/lib/etcd' },
    ]);
  });
});

describe('the ingress controller', () => {
  test('is there unless the cluster has one', () => {
    expect(deployment().ingressController).toMatchObject({ ingressClassName: 'nginx', replicas: 2 });
    expect(deployment({ ingressController: false }).ingressController).toBeUndefined();
    const options = { ingressClassName: 'fate', replicas: 3, loadBalancerIP: '192.0.2.80' };
    expect(deployment({ ingressController: options }).ingressController).toMatchObject(options);
  });

  test('needs Kubernetes 1.21', () => {
    const old = { cluster: { ...reference, platform: 'vSphere 7.0', kubernetes: 'v1.20' } };
    expect(problems(old)).toMatchObject([{ path: 'ingressController' }]);
    expect(() => deployment({ ...old, ingressController: false })).not.toThrow();
  });
});

test('add-ons are planned for the release of the cluster, and pull from one registry with one login', () => {
  const { ingressController, imageDiskMount } = deployment({
    imageDiskMount: true,
    registry: 'harbor.example.com/fate',
    images: { imageDiskMount: 'harbor.example.com/tools/busybox:1.37' },
    imagePullSecrets: ['harbor'],
  });
  const common = { kubernetes: reference.kubernetes, imagePullSecrets: ['harbor'] };
  const controller = 'harbor.example.com/fate/controller:v1.15.1';
  expect(ingressController).toMatchObject({ ...common, images: { ingressController: controller } });
  const busybox = 'harbor.example.com/tools/busybox:1.37';
  expect(imageDiskMount).toMatchObject({ ...common, images: { imageDiskMount: busybox } });
});

test('all that is wrong with a deployment is named at once', () => {
  const ingressController = { ingressClassName: 'A', replicas: 0, loadBalancerIP: 'x', port: 80 };
  const found = problems({
    cluster: { ...reference, name: 'A' },
    ingressController,
    imageDiskMount: 'no',
    registry: 'http://x y',
    extra: 1,
  });
  expect(found.map(({ path }) => path).sort()).toEqual([
    'cluster.name',
    'extra',
    'imageDiskMount',
    'ingressController.ingressClassName',
    'ingressController.loadBalancerIP',
    'ingressController.port',
    'ingressController.replicas',
    'registry',
  ]);
  expect(problems({ cluster: undefined }).map(({ path }) => path)).toEqual([
    'cluster.name',
    'cluster.platform',
    'cluster.kubernetes',
  ]);
});

describe('the offer of a vSphere Namespace', () => {
  const offer: NamespaceOffer = {
    namespace: 'org1',
    vmClasses: ['best-effort-small', 'best-effort-2xlarge'],
    storageClasses: ['vsan-default-storage-policy'],
  };

  test('gives the namespace, and is all that a cluster takes', () => {
    expect(deployment({}, offer).cluster.namespace).toBe('org1');
  });

  test('lacks what is not bound or not assigned, and says where vCenter does that', () => {
    const workers = [{ vmClass: 'best-effort-4xlarge' }, { name: 'more', storageClass: 'gold' }];
    const page = 'in vCenter, Workload Management > Namespaces > org1';
    expect(problems({ cluster: { ...reference, workers } }, offer)).toEqual([
      {
        path: 'cluster.workers[0].vmClass',
        what: '"best-effort-4xlarge" is not bound to namespace org1',
        remedy: `use best-effort-small, best-effort-2xlarge, or bind it ${page} > VM Service`,
      },
      {
        path: 'cluster.workers[1].storageClass',
        what: '"gold" is not in namespace org1',
        remedy: `use vsan-default-storage-policy, or assign its policy ${page} > Storage`,
      },
    ]);
  });

  test.each<[what: string, offer: unknown, paths: readonly string[]]>([
    ['a text', 'org1', ['offer', 'offer.namespace', 'offer.vmClasses', 'offer.storageClasses']],
    ['null', null, ['offer', 'offer.namespace', 'offer.vmClasses', 'offer.storageClasses']],
    ['one without lists', { namespace: 'org1' }, ['offer.vmClasses', 'offer.storageClasses']],
    ['one with a text in the place of a list', { ...offer, vmClasses: 'small' }, ['offer.vmClasses']],
    [
      'one with other things in a list',
      { ...offer, storageClasses: [7, 'a b'] },
      [0, 1].map((i) => `offer.storageClasses[${i}]`),
    ],
    ['one with a namespace that is none', { ...offer, namespace: 7 }, ['offer.namespace']],
    ['one with more', { ...offer, zones: [] }, ['offer.zones']],
  ])("is another program's word, and %s is refused", (_, wrong, paths) => {
    expect(problems({}, wrong as NamespaceOffer).map(({ path }) => path)).toEqual(paths);
  });

  test('of another namespace tells nothing', () => {
    expect(problems({ cluster: { ...reference, namespace: 'org2' } }, offer)).toMatchObject([
      { path: 'cluster.namespace', remedy: 'use "org1"' },
    ]);
  });

  test('without VM classes leaves them to the Supervisor', () => {
    expect(() => deployment({}, { ...offer, vmClasses: [] })).not.toThrow();
  });
});
