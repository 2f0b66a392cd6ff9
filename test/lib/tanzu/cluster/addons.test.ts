import { describe, expect, test } from 'vitest';
import { imageDiskMountPlan, ingressControllerPlan } from '../../../../lib';
import { problemsOf } from '../../../support/declarations';

const pathsOf = (plan: (props: never) => unknown, props: unknown) =>
  problemsOf(() => plan(props as never)).map(({ path }) => path);

describe.each([
  ['ingress controller', ingressControllerPlan],
  ['image disk mount', imageDiskMountPlan],
])('the %s', (_, plan) => {
  test('needs no declaration', () => {
    expect(plan()).toEqual(plan({}));
    expect(plan()).toMatchObject({ kubernetes: '1.25', imagePullSecrets: [] });
  });

  test.each([
    [{ registy: 'harbor.example.com' }, ['registy']],
    [{ kubernetes: 'x' }, ['kubernetes']],
    [{ kubernetes: 1.27 }, ['kubernetes']],
    [{ registry: 'http://x y' }, ['registry']],
    [{ images: { busybox: 'busybox' } }, ['images.busybox']],
    [{ imagePullSecrets: 'harbor' }, ['imagePullSecrets']],
    [{ imagePullSecrets: ['a b'] }, ['imagePullSecrets[0]']],
    [{ imagePullSecrets: ['a', 'b', 'a'] }, ['imagePullSecrets[2]']],
    ['no', ['']],
    [[], ['']],
    [null, ['']],
  ])('refuses %j', (props, paths) => {
    expect(pathsOf(plan, props)).toEqual(paths);
  });
});

test.each([
  [{ ingressClassName: 'Not A Name', replicas: 0 }, ['ingressClassName', 'replicas']],
  [{ replicas: 101 }, ['replicas']],
  [{ replicas: '2' }, ['replicas']],
  [{ loadBalancerIP: 'x\ny' }, ['loadBalancerIP']],
  [{ loadBalancerIP: 'lb.example.com' }, ['loadBalancerIP']],
  [{ kubernetes: '1.20' }, ['kubernetes']],
  [{ mountPath: '/var/lib/etcd' }, ['mountPath']],
])('no ingress controller is planned of %j', (props, paths) => {
  expect(pathsOf(ingressControllerPlan, props)).toEqual(paths);
});

test('an image disk mount runs on nodes for Spark workers where it is told that there are some', () => {
  const tolerations = (props: object) => imageDiskMountPlan(props).pods.imageDiskMount.tolerations;
  expect(tolerations({})).toEqual([]);
  expect(tolerations({ sparkNodes: true })).toEqual([
    { key: 'kubefate-tanzu/nodes', operator: 'Equal', value: 'spark', effect: 'NoSchedule' },
  ]);
  expect(pathsOf(imageDiskMountPlan, { sparkNodes: { taints: [] } })).toEqual(['sparkNodes.taints']);
});

test.each([
  [{ mountPath: '/var/lib', interval: 0 }, ['mountPath', 'interval']],
  [{ interval: 0.5 }, ['interval']],
  [{ interval: 86401 }, ['interval']],
  [{ controlPlane: 'no' }, ['controlPlane']],
  [{ replicas: 2 }, ['replicas']],
])('no image disk mount is planned of %j', (props, paths) => {
  expect(pathsOf(imageDiskMountPlan, props)).toEqual(paths);
});
