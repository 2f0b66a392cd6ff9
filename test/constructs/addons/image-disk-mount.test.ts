import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdk8s';
import type { DaemonSet } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Container, Namespace, PodSpec } from 'kubernetes-types/core/v1';
import type { RoleBinding } from 'kubernetes-types/rbac/v1';
import { expect, test } from 'vitest';
import { ImageDiskMount } from '../../../constructs/addons/image-disk-mount';
import { type ImageDiskMountProps, imageDiskMountPlan } from '../../../lib';

type Manifests = { ConfigMap: ConfigMap; DaemonSet: DaemonSet; Namespace: Namespace; RoleBinding: RoleBinding };

const manifests = (props?: ImageDiskMountProps) =>
  new ImageDiskMount(new App(), 'image-disk-mount', imageDiskMountPlan(props)).toJson();

function find<Kind extends keyof Manifests>(kind: Kind, props?: ImageDiskMountProps): Manifests[Kind] | undefined {
  return manifests(props).find((manifest) => manifest.kind === kind);
}

const podSpec = (props?: ImageDiskMountProps): Partial<PodSpec> => find('DaemonSet', props)?.spec?.template.spec ?? {};
const container = (props?: ImageDiskMountProps): Partial<Container> => podSpec(props).containers?.[0] ?? {};
const variable = (wanted: string, props?: ImageDiskMountProps) =>
  container(props).env?.find(({ name }) => name === wanted)?.value;
const mounts = () =>
  container().volumeMounts?.map(({ name, mountPath, readOnly }) => ({
    mountPath,
    readOnly: readOnly ?? false,
    host: podSpec().volumes?.find((volume) => volume.name === name)?.hostPath?.path,
  }));

test('the pods of every object live in a namespace that allows host access', () => {
  expect(manifests()[0]).toMatchObject({
    kind: 'Namespace',
    metadata: { name: 'image-disk-mount', labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
  });
  expect(
    new Set(
      manifests()
        .slice(1)
        .map(({ metadata }) => metadata.namespace),
    ),
  ).toEqual(new Set(['image-disk-mount']));
});

test.each(['1.20', '1.24', 'v1.23.8+vmware.2-tkg.2'])(
  'Kubernetes %s admits the pods by policy, and asks for no seccomp profile',
  (kubernetes) => {
    expect(find('RoleBinding', { kubernetes })).toMatchObject({
      roleRef: { name: 'psp:vmware-system-privileged' },
      subjects: [{ kind: 'Group', name: 'system:serviceaccounts:image-disk-mount' }],
    });
    expect(find('Namespace', { kubernetes })?.metadata?.labels).toBeUndefined();
    expect(JSON.stringify(podSpec({ kubernetes }))).not.toContain('seccompProfile');
  },
);

test.each(['1.25', '1.33', 'v1.26.5+vmware.2-fips.1-tkg.1'])(
  'Kubernetes %s admits the pods by labels alone',
  (kubernetes) => {
    expect(find('RoleBinding', { kubernetes })).toBeUndefined();
    expect(find('Namespace', { kubernetes })?.metadata?.labels).toHaveProperty(['pod-security.kubernetes.io/enforce']);
    expect(podSpec({ kubernetes }).securityContext).toEqual({ seccompProfile: { type: 'RuntimeDefault' } });
  },
);

test('the script that runs is the one in the ConfigMap, and readiness asks the same script', () => {
  const [shell, path, action] = container().command ?? [];
  expect([shell, action]).toEqual(['sh', 'watch']);
  expect(container().readinessProbe?.exec?.command).toEqual(['sh', path, 'recorded']);
  const directory = container().volumeMounts?.find(({ name }) => name === 'image-disk-mount')?.mountPath;
  const file = path?.slice(`${directory}/`.length) ?? '';
  const source = readFileSync(join(__dirname, '../../../constructs/addons/image-disk-mount.sh'), 'utf8');
  expect(find('ConfigMap')?.data?.[file]).toBe(source);
});

test('every variable that the script reads is set', () => {
  const read = find('ConfigMap')?.data?.['image-disk-mount.sh']?.matchAll(/\$\{?([A-Z][A-Z_]+)/g) ?? [];
  const names = container()
    .env?.map(({ name }) => name)
    .sort();
  expect(names).toEqual([...new Set(Array.from(read, (match) => match[1]))].sort());
});

test('the node is seen through its first process, its /etc and its list of disks, and only /etc can be written', () => {
  expect(podSpec().hostPID).toBe(true);
  expect(variable('MOUNTINFO')).toBe('/proc/1/mountinfo');
  expect(mounts()).toContainEqual({ mountPath: '/host/etc', readOnly: false, host: '/etc' });
  expect(mounts()).toContainEqual({ mountPath: '/host/dev/disk', readOnly: true, host: '/dev/disk' });
  expect(mounts()?.filter(({ readOnly }) => !readOnly)).toHaveLength(1);
  expect(variable('FSTAB')).toBe('/host/etc/fstab');
  expect(variable('BY_UUID')).toBe('/host/dev/disk/by-uuid');
});

test('the container is root without any capability, device, token or writable image', () => {
  expect(container().securityContext).toMatchObject({
    runAsUser: 0,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  });
  expect(container().securityContext).not.toHaveProperty('privileged');
  expect(podSpec()).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
  expect(podSpec()).not.toHaveProperty('hostNetwork');
});

test('a boot does not depend on the volume, and containerd and kubelet wait for it', () => {
  expect(variable('ADDED')?.split(',')).toEqual([
    'nofail',
    'x-systemd.before=containerd.service',
    'x-systemd.before=kubelet.service',
  ]);
});

test('the DaemonSet selects its own pods, bounds them, and puts them before all other work of a node', () => {
  const { spec } = find('DaemonSet') ?? {};
  expect(spec?.template.metadata?.labels).toMatchObject(spec?.selector.matchLabels ?? { missing: '' });
  expect(container().resources).toMatchObject({
    requests: { cpu: expect.anything(), memory: expect.anything() },
    limits: { cpu: expect.anything(), memory: expect.anything() },
  });
  expect(podSpec()).toMatchObject({
    priorityClassName: 'system-node-critical',
    nodeSelector: { 'kubernetes.io/os': 'linux' },
  });
  expect(podSpec().terminationGracePeriodSeconds).toBeLessThanOrEqual(5);
});

test('workers alone are served, unless the control plane has the volume too', () => {
  expect(podSpec().tolerations).toBeUndefined();
  const keys = podSpec({ controlPlane: true }).tolerations?.map(({ key }) => key);
  expect(keys).toEqual(['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']);
  expect(podSpec({ controlPlane: true }).nodeSelector).not.toHaveProperty(['node-role.kubernetes.io/control-plane']);
});

test('the volume of etcd is looked for on the control plane and nowhere else', () => {
  const { nodeSelector, tolerations } = podSpec({ mountPath: '/var/lib/etcd' });
  expect(nodeSelector).toHaveProperty(['node-role.kubernetes.io/control-plane'], '');
  expect(tolerations).toHaveLength(2);
  expect(variable('MOUNT_PATH', { mountPath: '/var/lib/etcd' })).toBe('/var/lib/etcd');
});

test('path and interval are those of the declaration, else the image disk every hour', () => {
  expect([variable('MOUNT_PATH'), variable('INTERVAL')]).toEqual(['/var/lib/containerd', '3600']);
  const props = { mountPath: '/var/lib/kubelet', interval: 60 } as const;
  expect([variable('MOUNT_PATH', props), variable('INTERVAL', props)]).toEqual(['/var/lib/kubelet', '60']);
});

test('the image is pinned by digest, and by tag where another registry has its copy', () => {
  expect(container().image).toMatch(/^busybox:[\d.]+@sha256:[0-9a-f]{64}$/);
  expect(container({ registry: 'harbor.example.com/fate' }).image).toMatch(
    /^harbor\.example\.com\/fate\/busybox:[\d.]+$/,
  );
});
