import type { TanzuClusterPlan } from './plan';
import type { NodeVolume } from './volumes';

/** What an update of a cluster does not do at once, or at all: its networks, its release, and volumes that nodes are made with. */
export interface LastingClusterValues {
  readonly cni: string;
  readonly podCidrs: string;
  readonly serviceCidrs: string;
  readonly kubernetes: string;
  /** By pool; `controlPlane` is one of them. */
  readonly volumes: Readonly<Record<string, string>>;
}

export const lastingClusterValues = ({
  controlPlane,
  workers,
  network,
  kubernetes,
}: TanzuClusterPlan): LastingClusterValues => ({
  cni: network.cni,
  podCidrs: network.podCidrs.join(', '),
  serviceCidrs: network.serviceCidrs.join(', '),
  kubernetes,
  volumes: Object.fromEntries(
    [{ ...controlPlane, name: 'controlPlane' }, ...workers].map(({ name, volumes }) => [name, volumesText(volumes)]),
  ),
});

const volumesText = (volumes: readonly NodeVolume[]): string =>
  volumes
    .map(({ mountPath, capacityGiB, storageClass }) => `${mountPath} ${capacityGiB}Gi ${storageClass}`)
    .join(', ') || 'none';

/** What an update does at a price, or not at all: a text for each such value that is another than before. */
export function lastingClusterChanges(
  before: Partial<LastingClusterValues>,
  plan: TanzuClusterPlan,
): readonly string[] {
  const now = lastingClusterValues(plan);
  const networks = (['podCidrs', 'serviceCidrs'] as const).filter((key) => (before[key] ?? now[key]) !== now[key]);
  const pools = Object.keys(now.volumes).filter(
    (pool) => (before.volumes?.[pool] ?? now.volumes[pool]) !== now.volumes[pool],
  );
  const upgrades =
    (before.kubernetes ?? now.kubernetes) !== now.kubernetes && plan.api.apiVersion.startsWith('run.tanzu.vmware.com/');
  return [
    ...((before.cni ?? now.cni) === now.cni
      ? []
      : [
          `cni of cluster ${plan.name} was ${before.cni} and is ${now.cni} now: a cluster keeps its network plugin. Put it back, or make another cluster`,
        ]),
    ...(upgrades
      ? [
          `kubernetes of cluster ${plan.name} was ${before.kubernetes} and is ${now.kubernetes} now: the object of ${plan.api.apiVersion} looks ready until its upgrade begins, so that the update does not wait for it. See \`kubectl -n ${plan.namespace} get tanzukubernetescluster ${plan.name}\` before you update what runs on it`,
        ]
      : []),
    ...networks.map(
      (key) =>
        `${key} of cluster ${plan.name} were ${before[key]} and are ${now[key]} now: a cluster keeps its networks. Put them back, or make another cluster`,
    ),
    ...pools.map(
      (pool) =>
        `volumes of ${pool} of cluster ${plan.name} were ${before.volumes?.[pool]} and are ${now.volumes[pool]} now: ${remedyOf(plan)}`,
    ),
  ];
}

/** The older kinds take the change for an error, or for the nodes that are made from then on. */
const remedyOf = ({ api }: TanzuClusterPlan): string =>
  ['v1alpha1', 'v1alpha2'].includes(api.vocabulary)
    ? 'nodes that exist keep theirs. Put them back; where there may be more than one pool, make another with them, and then remove this one'
    : 'the platform replaces the nodes one by one, and every pod on them starts again elsewhere';
