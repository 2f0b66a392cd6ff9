import {
  checkDnsLabel,
  checkKeys,
  checkObjectName,
  checkOneOf,
  type Keys,
  readDeclaration,
  readFlag,
  readList,
  readMap,
  shown,
} from '../../input/checks';
import { Problems } from '../../input/problems';
import { readNamespace } from '../../kubernetes/namespaces';
import { planTrust, type TrustedCa } from '../../kubernetes/trusted-cas';
import { type ClusterApiProps, type Platform, planApi } from './api';
import { checkExpressible } from './expressible';
import { type ClusterNetworkProps, planNetwork } from './network';
import {
  type ControlPlaneProps,
  mostNodes,
  planControlPlane,
  planWorkers,
  sparkNodesOf,
  type WorkerPoolProps,
} from './nodes';
import type { NodeOs, TanzuClusterPlan } from './plan';

/**
 * One Tanzu Kubernetes cluster. Left to its defaults it is the paper's: three nodes of the control plane, three workers with
 * a disk for images each.
 *
 * @see White paper, "Deploying a KubeFATE Instance"
 */
export interface TanzuClusterProps {
  /** DNS label of at most 41 characters: the names of its machines begin with it. */
  readonly name: string;
  /** The vSphere Namespace. @default 'fate' */
  readonly namespace?: string;
  /** What the cluster is made on: decides on its API, and on what that can say. */
  readonly platform: Platform;
  /** API of the cluster object. @default the platform's own */
  readonly api?: ClusterApiProps;
  /**
   * Release, as NAME or VERSION of `kubectl get tanzukubernetesreleases`: `v1.21.2+vmware.1-tkg.1.ee25d55`. In `v1alpha1`
   * its beginning is enough, `v1.20`.
   */
  readonly kubernetes: string;
  /** Operating system of the nodes; from `v1alpha3` on. @default Photon */
  readonly os?: NodeOs;
  /**
   * Nodes with all of their CPU and memory reserved, by guaranteed VM classes.
   * @default false
   * @see White paper, "Sizing Guidelines"
   */
  readonly production?: boolean;
  /** Accept VM classes below the paper's guideline. @default false */
  readonly belowGuideline?: boolean;
  /** Nodes of the control plane. @default 3 of the least class */
  readonly controlPlane?: ControlPlaneProps;
  /** Pools of workers; in `v1alpha1` there is one. With `{ sparkNodes: true }` one is for Spark workers. @default one pool of 3 */
  readonly workers?: readonly WorkerPoolProps[];
  /**
   * StorageClass of root disks and volumes, and the default one in the cluster.
   * @default 'vsan-default-storage-policy'
   * @see White paper, "Disk Failure"
   */
  readonly storageClass?: string;
  /** StorageClasses that the cluster offers. @default those of the vSphere Namespace */
  readonly storageClasses?: readonly string[];
  /** Networks inside the cluster, and its ways out. @default {} */
  readonly network?: ClusterNetworkProps;
  /**
   * Certificate authorities that nodes trust, for registries and proxies. Pods have others: those of a party's own `trust`.
   * @default those of the nodes' image
   */
  readonly trust?: readonly TrustedCa[];
}

/**
 * Plan of a Tanzu Kubernetes cluster.
 *
 * @throws {InvalidInput} with every problem of the declaration
 */
export function tanzuClusterPlan(declaration: TanzuClusterProps): TanzuClusterPlan {
  const problems = Problems.none();
  const props = readDeclaration(problems, declaration);
  const plan = planTanzuCluster(problems, props);
  problems.throwIfAny(`Tanzu Kubernetes cluster ${shown(props.name)}`);
  return plan;
}

const clusterKeys: Keys<TanzuClusterProps> = {
  name: true,
  namespace: true,
  platform: true,
  api: true,
  kubernetes: true,
  os: true,
  production: true,
  belowGuideline: true,
  controlPlane: true,
  workers: true,
  storageClass: true,
  storageClasses: true,
  network: true,
  trust: true,
};

/** The plan of one cluster; worth nothing when `problems` were found. */
export function planTanzuCluster(problems: Problems, props: TanzuClusterProps): TanzuClusterPlan {
  checkKeys(problems, props, clusterKeys);
  const { name, storageClass = 'vsan-default-storage-policy' } = props;
  checkName(problems, name);
  const namespace = readNamespace(problems, 'namespace', props.namespace, 'fate');
  checkObjectName(problems, 'storageClass', storageClass, 'vsan-default-storage-policy');
  const rules = {
    guaranteed: readFlag(problems, 'production', props.production, false),
    belowGuideline: readFlag(problems, 'belowGuideline', props.belowGuideline, false),
  };
  const controlPlane = planControlPlane(problems.at('controlPlane'), props.controlPlane, rules, storageClass);
  const workers = planWorkers(problems, props.workers, rules, storageClass);
  const nodes = [controlPlane, ...workers].map(mostNodes).reduce((sum, count) => sum + count, 0);
  const api = planApi(problems, props.platform, props.api);
  const plan = {
    name,
    namespace,
    api: api ?? { vocabulary: 'v1alpha1', apiVersion: '' },
    kubernetes: planRelease(problems, props.kubernetes),
    os: props.os === undefined ? undefined : planOs(problems.at('os'), props.os),
    controlPlane,
    workers,
    sparkNodes: sparkNodesOf(workers),
    storage: planStorage(problems, props.storageClasses, storageClass),
    network: planNetwork(problems.at('network'), props.network, nodes),
    trust: planTrust(problems, props.trust),
  } satisfies TanzuClusterPlan;
  if (api !== undefined) checkExpressible(problems, plan);
  return plan;
}

const longestName = 41;

function checkName(problems: Problems, name: unknown): void {
  checkDnsLabel(problems, 'name', name, 'party-30000');
  if (typeof name === 'string' && name.length > longestName) {
    problems.add('name', `${shown(name)} is too long`, `use ${longestName} characters or less`);
  }
}

/** NAME has `---` where VERSION has `+`. */
function planRelease(problems: Problems, release: unknown): string {
  const version = typeof release === 'string' ? release.replace('---', '+') : '';
  if (!/^v1\.\d+(\.\d+(\+[a-z0-9][-a-z0-9.]*)?)?$/.test(version)) {
    problems.add(
      'kubernetes',
      `${shown(release)} is no Kubernetes release`,
      'use one such as "v1.21.2+vmware.1-tkg.1.ee25d55", as `kubectl get tanzukubernetesreleases` shows it',
    );
    return 'v1.0.0+unreadable';
  }
  return version;
}

function planOs(problems: Problems, declared: NodeOs): NodeOs {
  const os = readMap(problems, '', declared) as NodeOs;
  checkKeys<NodeOs>(problems, os, { name: true, version: true });
  checkOneOf(problems, 'name', os.name, ['photon', 'ubuntu']);
  if (os.version !== undefined && (typeof os.version !== 'string' || !/^\d+(\.\d+)*$/.test(os.version))) {
    problems.add('version', `${shown(os.version)} is no version`, 'use one such as "24.04"');
  }
  return os;
}

function planStorage(
  problems: Problems,
  declared: readonly string[] | undefined,
  defaultClass: string,
): TanzuClusterPlan['storage'] {
  const classes = readList(problems, 'storageClasses', declared, [defaultClass]);
  classes.forEach((name, i) => checkObjectName(problems, `storageClasses[${i}]`, name, 'vsan-default-storage-policy'));
  if (!classes.includes(defaultClass)) {
    problems.add('storageClasses', `lacks the default one, ${shown(defaultClass)}`, 'add it, or leave the list out');
  }
  return { defaultClass, classes: declared && classes };
}
