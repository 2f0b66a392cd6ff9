import type { TanzuClusterPlan } from '../../../lib/tanzu/cluster';
import type { AnyObject } from '../../support/objects';

/** What a plan says of nodes, in words of no vocabulary. */
export interface ReadNodes {
  readonly name?: string;
  readonly count: unknown;
  readonly vmClass: string;
  readonly storageClass: string;
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly object[];
  readonly failureDomain?: string;
  readonly drainSeconds: number;
}

const plain = { labels: {}, taints: [], failureDomain: undefined, drainSeconds: 0 };

export function nodesOfPlan({ controlPlane, workers }: TanzuClusterPlan): readonly ReadNodes[] {
  const [first, ...pools] = [{ ...plain, ...controlPlane, name: undefined }, ...workers].map((nodes) => ({
    name: nodes.name,
    count: nodes.replicas,
    vmClass: nodes.vmClass.name,
    storageClass: nodes.storageClass,
    volumes: nodes.volumes.map(
      (volume) => `${volume.name} ${volume.mountPath} ${volume.capacityGiB}Gi ${volume.storageClass}`,
    ),
    labels: nodes.labels,
    taints: nodes.taints,
    failureDomain: nodes.failureDomain,
    drainSeconds: nodes.nodeDrainTimeoutSeconds,
  }));
  if (first === undefined) throw new Error('no control plane');
  return [first, ...pools];
}

/** The same, from a cluster object: the control plane, then the pools. */
export function nodesOfObject({ apiVersion, spec: { topology } }: AnyObject): readonly ReadNodes[] {
  if (apiVersion === 'run.tanzu.vmware.com/v1alpha1') {
    return [readGroup(topology.controlPlane), readGroup(topology.workers, 'workers')];
  }
  return apiVersion.startsWith('run.') ? readPools(topology) : readTopology(topology);
}

const readGroup = (group: AnyObject, name?: string): ReadNodes => ({
  ...plain,
  name,
  count: group.count,
  vmClass: group.class,
  storageClass: group.storageClass,
  volumes: readVolumes(group.volumes, group.storageClass),
});

const readPools = ({ controlPlane, nodePools }: AnyObject): readonly ReadNodes[] =>
  [controlPlane, ...nodePools].map((pool) => ({
    name: pool.name,
    count: pool.replicas,
    vmClass: pool.vmClass,
    storageClass: pool.storageClass,
    volumes: readVolumes(pool.volumes, pool.storageClass),
    labels: pool.labels ?? {},
    taints: pool.taints ?? [],
    failureDomain: pool.failureDomain,
    drainSeconds: readDrain(pool),
  }));

function readTopology({ controlPlane, workers, variables }: AnyObject): readonly ReadNodes[] {
  const cluster = valuesOf(variables);
  const { vmClass, storageClass, controlPlaneVolumes, volumes = controlPlaneVolumes } = cluster;
  return [
    {
      ...plain,
      name: undefined,
      count: controlPlane.replicas,
      vmClass,
      storageClass,
      volumes: readVolumes(volumes, ''),
      drainSeconds: readDrain(controlPlane),
    },
    ...workers.machineDeployments.map((deployment: AnyObject) => readDeployment(deployment, cluster)),
  ];
}

/** With the values of the cluster where a deployment has none of its own. */
function readDeployment(deployment: AnyObject, cluster: AnyObject) {
  const { name, replicas, metadata, failureDomain, variables } = deployment;
  const values = { ...cluster, ...valuesOf(variables.overrides) };
  const bound = (end: string) =>
    Number(metadata.annotations[`cluster.x-k8s.io/cluster-api-autoscaler-node-group-${end}-size`]);
  const labels = values.nodePoolLabels?.map(({ key, value }: AnyObject) => [key, value]) ?? [];
  return {
    name,
    count: replicas ?? { min: bound('min'), max: bound('max') },
    vmClass: values.vmClass,
    storageClass: values.storageClass,
    volumes: readVolumes(values.nodePoolVolumes ?? values.volumes, ''),
    labels: values.node?.labels ?? Object.fromEntries(labels),
    taints: values.node?.taints ?? values.nodePoolTaints ?? [],
    failureDomain,
    drainSeconds: readDrain(deployment),
  };
}

const readDrain = ({ nodeDrainTimeout, deletion }: AnyObject): number =>
  Number(deletion?.nodeDrainTimeoutSeconds ?? nodeDrainTimeout?.replace(/s$/, '') ?? 0);

export const valuesOf = (variables: readonly AnyObject[]): AnyObject =>
  Object.fromEntries(variables.map(({ name, value }) => [name, value]));

const readVolumes = (volumes: readonly AnyObject[] | undefined, storageClass: string): readonly string[] =>
  (volumes ?? []).map(
    (volume) =>
      `${volume.name} ${volume.mountPath} ${volume.capacity.storage ?? volume.capacity} ${volume.storageClass ?? storageClass}`,
  );
