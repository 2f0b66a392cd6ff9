import { expect, test } from 'vitest';
import { type TanzuClusterProps, tanzuClusterPlan } from '../../../../lib/tanzu/cluster';
import { lastingClusterChanges, lastingClusterValues } from '../../../../lib/tanzu/cluster/lasting';

const plan = (platform: TanzuClusterProps['platform'], more: Partial<TanzuClusterProps> = {}) =>
  tanzuClusterPlan({ name: 'fate-org1', platform, kubernetes: 'v1.26.5+vmware.2', ...more } as TanzuClusterProps);
const volume = { name: 'containerd', mountPath: '/var/lib/containerd', capacityGiB: 64 } as const;

test.each([
  ['vSphere 7.0 U3', /were \/var\/lib\/containerd 32Gi .* now: nodes that exist keep theirs.*make another/],
  ['vSphere 8.0', /now: the platform replaces the nodes one by one/],
  ['VKS 3.2', /now: the platform replaces the nodes one by one/],
] as const)('on %s another volume of nodes is told, with what comes of it', (platform, text) => {
  const before = lastingClusterValues(plan(platform));
  const now = plan(platform, { workers: [{ volumes: [volume] }] });
  expect(lastingClusterChanges(before, now)).toEqual([expect.stringMatching(text)]);
});

test.each([
  ['vSphere 7.0', 1],
  ['vSphere 8.0', 1],
  ['VKS 3.2', 0],
] as const)('on %s an upgrade that nobody waits for is told', (platform, texts) => {
  const changes = lastingClusterChanges(
    lastingClusterValues(plan(platform)),
    plan(platform, { kubernetes: 'v1.27.5+vmware.1' }),
  );
  expect(changes).toEqual(
    Array.from({ length: texts }, () => expect.stringMatching(/^kubernetes .* does not wait for it/)),
  );
});

test('another network plugin is told, as what a cluster never takes', () => {
  const now = plan('vSphere 8.0', { network: { cni: 'calico' } });
  const changes = lastingClusterChanges(lastingClusterValues(plan('vSphere 8.0')), now);
  expect(changes).toEqual([expect.stringMatching(/^cni .* was antrea and is calico now: .* make another cluster$/)]);
  expect(lastingClusterChanges({}, now)).toEqual([]);
});

test('networks of a cluster are told, and nothing of what may change, of new pools or of a first update', () => {
  const before = lastingClusterValues(plan('vSphere 8.0'));
  const moved = plan('vSphere 8.0', { network: { podCidrs: ['172.20.0.0/16'] } });
  expect(lastingClusterChanges(before, moved)).toEqual([expect.stringMatching(/^podCidrs .* were 192.168.0.0\/16/)]);
  const grown = plan('vSphere 8.0', {
    workers: [
      { name: 'workers', replicas: 5 },
      { name: 'more', volumes: [volume] },
    ],
  });
  expect(lastingClusterChanges(before, grown)).toEqual([]);
  expect(lastingClusterChanges({}, grown)).toEqual([]);
});
