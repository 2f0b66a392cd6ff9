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
    expect(deployment(on(platform)).imageDiskMount).toBe(expected);
  });

  test('is for clusters whose workers all have an image disk', () => {
    const workers = [{}, { name: 'bare', volumes: [] }];
    expect(deployment(on('vSphere 7.0 U3', { workers })).imageDiskMount).toBe(false);
    expect(problems({ ...on('vSphere 7.0 U3', { workers }), imageDiskMount: true })).toMatchObject([
      { path: 'imageDiskMount', what: 'would never be ready on bare: no volume at /var/lib/containerd' },
    ]);
  });

  test('can be switched', () => {
    expect(deployment({ ...on('vSphere 7.0'), imageDiskMount: false }).imageDiskMount).toBe(false);
    expect(deployment({ imageDiskMount: true }).imageDiskMount).toBe(true);
  });
});

describe('the ingress controller', () => {
  test('is there unless the cluster has one', () => {
    expect(deployment().ingressController).toEqual({});
    expect(deployment({ ingressController: false })).not.toHaveProperty('ingressController');
    const options = { ingressClassName: 'fate', replicas: 3, loadBalancerIP: '192.0.2.80' };
    expect(deployment({ ingressController: options }).ingressController).toEqual(options);
  });

  test('needs Kubernetes 1.21', () => {
    const old = { cluster: { ...reference, platform: 'vSphere 7.0', kubernetes: 'v1.20' } };
    expect(problems(old)).toMatchObject([{ path: 'ingressController' }]);
    expect(() => deployment({ ...old, ingressController: false })).not.toThrow();
  });
});

test('all that is wrong with a deployment is named at once', () => {
  const ingressController = { ingressClassName: 'A', replicas: 0, loadBalancerIP: 'x', port: 80 };
  const found = problems({ cluster: { ...reference, name: 'A' }, ingressController, imageDiskMount: 'no', extra: 1 });
  expect(found.map(({ path }) => path).sort()).toEqual([
    'cluster.name',
    'extra',
    'imageDiskMount',
    'ingressController.ingressClassName',
    'ingressController.loadBalancerIP',
    'ingressController.port',
    'ingressController.replicas',
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

  test('of another namespace tells nothing', () => {
    expect(problems({ cluster: { ...reference, namespace: 'org2' } }, offer)).toMatchObject([
      { path: 'cluster.namespace', remedy: 'use "org1"' },
    ]);
  });

  test('without VM classes leaves them to the Supervisor', () => {
    expect(() => deployment({}, { ...offer, vmClasses: [] })).not.toThrow();
  });
});
