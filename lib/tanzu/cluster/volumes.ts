import {
  checkDnsLabel,
  checkInteger,
  checkKeys,
  checkObjectName,
  checkUnique,
  readList,
  readMap,
  shown,
} from '../../input/checks';
import type { Problems } from '../../input/problems';
import { volumeBounds } from '../../kubernetes/quantities';
import type { NodeRole } from './vm-class';

/** A volume that each node of a group gets for itself, made and removed with the node. */
export interface VolumeProps {
  /** DNS label; the claim is called `<node>-<name>`. */
  readonly name: string;
  /** Directory that is put on the volume. */
  readonly mountPath: NodeVolumePath;
  /** Whole GiB, 1 to 63,488; for `/var/lib/containerd` 16 or more. */
  readonly capacityGiB: number;
  /** StorageClass of the volume; in `v1alpha1` it is that of the group. @default the StorageClass of the group */
  readonly storageClass?: string;
}

/** A planned volume. */
export type NodeVolume = Required<VolumeProps>;

/**
 * The directories that can be on a volume of their own; with any other one a node does not come up.
 * `/var/lib/etcd` is one of the control plane.
 */
export const nodeVolumePaths = ['/var/lib/containerd', '/var/lib/kubelet', '/var/lib/etcd'] as const;

/** One of {@link nodeVolumePaths}. */
export type NodeVolumePath = (typeof nodeVolumePaths)[number];

/** The disk for container images. @see White paper, "Deploying a KubeFATE Instance" */
export const imageDisk = { name: 'containerd', mountPath: '/var/lib/containerd', capacityGiB: 32 } as const;

/** Images of a party take several GiB each. */
const leastImageDiskGiB = 16;

export function planVolumes(
  problems: Problems,
  declared: readonly VolumeProps[] | undefined,
  role: NodeRole,
  storageClass: string,
): readonly NodeVolume[] {
  const volumes = readList(problems, 'volumes', declared, role === 'worker' ? [imageDisk] : []).map((volume, i) =>
    planVolume(problems.at(`volumes[${i}]`), volume, role, storageClass),
  );
  for (const key of ['name', 'mountPath'] as const) {
    const values = volumes.map((volume, i) => ({ path: `volumes[${i}].${key}`, value: volume[key] }));
    checkUnique(problems, values, `every volume of a node needs its own ${key}`);
  }
  return volumes;
}

function planVolume(problems: Problems, declared: VolumeProps, role: NodeRole, storageClass: string): NodeVolume {
  const props = readMap(problems, '', declared);
  const volume = {
    ...props,
    storageClass: props.storageClass === undefined ? storageClass : props.storageClass,
  } as NodeVolume;
  checkKeys<VolumeProps>(problems, volume, { name: true, mountPath: true, capacityGiB: true, storageClass: true });
  checkDnsLabel(problems, 'name', volume.name, 'containerd');
  checkMountPath(problems, volume.mountPath, role);
  const least = volume.mountPath === '/var/lib/containerd' ? leastImageDiskGiB : 1;
  checkInteger(problems, 'capacityGiB', volume.capacityGiB, least, volumeBounds.to, volumeBounds.unit);
  checkObjectName(problems, 'storageClass', volume.storageClass, 'vsan-default-storage-policy');
  return volume;
}

function checkMountPath(problems: Problems, mountPath: NodeVolumePath, role: NodeRole): void {
  const own = nodeVolumePaths.filter((path) => role === 'controlPlane' || path !== '/var/lib/etcd');
  if (own.includes(mountPath)) return;
  const what = nodeVolumePaths.includes(mountPath)
    ? 'is a directory of the control plane only'
    : 'cannot be on a volume of its own';
  problems.add('mountPath', `${shown(mountPath)} ${what}`, `use ${own.join(', ')}`);
}
