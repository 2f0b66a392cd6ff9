import { shown } from '../../input/checks';
import type { Problems } from '../../input/problems';
import { kubernetesMinor } from '../../kubernetes/releases';
import type { ClusterApi, Vocabulary } from './api';
import { cniChoice, cniVariableSince } from './cni';
import { type ControlPlane, defaultPool, type WorkerPool } from './nodes';
import type { TanzuClusterPlan } from './plan';

const sinceV1alpha2 = ['v1alpha2', 'v1alpha3', 'tanzukubernetescluster', 'builtin-generic'] as const;
const sinceV1alpha3 = ['v1alpha3', 'tanzukubernetescluster', 'builtin-generic'] as const;

/** Those that can say it. */
const vocabularies = {
  pools: sinceV1alpha2,
  poolName: sinceV1alpha2,
  sparkNodes: sinceV1alpha2,
  labels: sinceV1alpha2,
  taints: sinceV1alpha2,
  volumeStorageClass: sinceV1alpha2,
  nodeDrainTimeout: sinceV1alpha2,
  failureDomain: sinceV1alpha3,
  os: sinceV1alpha3,
  autoscaler: ['tanzukubernetescluster', 'builtin-generic'],
  releasePrefix: ['v1alpha1'],
} as const satisfies Record<string, readonly Vocabulary[]>;

type Feature = keyof typeof vocabularies;

/** Reports what the API of the cluster object has no words for, so that nothing is left out in silence. */
export function checkExpressible(problems: Problems, plan: TanzuClusterPlan): void {
  const { controlPlane, workers, network, os, kubernetes } = plan;
  const refuse = refusal(problems, plan.api);
  if (workers.length > 1) refuse('pools', 'workers', `has ${workers.length} pools`, 'use one pool');
  checkVolumes(refuse, 'controlPlane', controlPlane);
  checkDrain(refuse, 'controlPlane', controlPlane);
  for (const [i, pool] of workers.entries()) {
    checkVolumes(refuse, `workers[${i}]`, pool);
    checkDrain(refuse, `workers[${i}]`, pool);
    checkPool(refuse, `workers[${i}]`, pool);
  }
  if (os !== undefined) refuse('os', 'os', `${shown(os)} cannot be chosen`, 'leave it out for Photon');
  if (cniChoice(plan) === 'none') {
    const what = `${shown(network.cni)} cannot be chosen for Kubernetes 1.${kubernetesMinor(kubernetes)} in this class`;
    problems.add(
      'network.cni',
      what,
      `use antrea, or an api of class builtin-generic-v3.${cniVariableSince.classMinor}.0 or later`,
    );
  }
  if (!isWholeRelease(kubernetes)) {
    const remedy = 'use a whole one, as `kubectl get tanzukubernetesreleases` shows it';
    refuse('releasePrefix', 'kubernetes', `${shown(kubernetes)} is the beginning of a release only`, remedy);
  }
}

function checkVolumes(refuse: Refuse, path: string, { storageClass, volumes }: ControlPlane | WorkerPool): void {
  for (const [i, volume] of volumes.entries()) {
    if (volume.storageClass === storageClass) continue;
    const what = `${shown(volume.storageClass)} cannot differ from that of the root disk, ${shown(storageClass)},`;
    refuse('volumeStorageClass', `${path}.volumes[${i}].storageClass`, what, 'use the same');
  }
}

function checkDrain(refuse: Refuse, path: string, { nodeDrainTimeoutSeconds }: ControlPlane | WorkerPool): void {
  if (nodeDrainTimeoutSeconds === 0) return;
  refuse('nodeDrainTimeout', `${path}.nodeDrainTimeoutSeconds`, 'cannot be given', 'leave it out');
}

function checkPool(refuse: Refuse, path: string, pool: WorkerPool): void {
  const { replicas, sparkNodes, failureDomain } = pool;
  if (sparkNodes) {
    const what = 'are a pool of their own with a label and a taint, and cannot be had';
    refuse('sparkNodes', `${path}.sparkNodes`, what, 'leave the pool out');
  } else checkMarks(refuse, path, pool);
  if (failureDomain !== undefined) {
    refuse('failureDomain', `${path}.failureDomain`, `${shown(failureDomain)} cannot be chosen`, 'leave it out');
  }
  if (typeof replicas !== 'number') {
    refuse('autoscaler', `${path}.replicas`, 'has bounds for an autoscaler', 'use a number');
  }
}

/** What a pool with `sparkNodes` has anyway. */
function checkMarks(refuse: Refuse, path: string, { name, labels, taints }: WorkerPool): void {
  if (name !== defaultPool) {
    refuse('poolName', `${path}.name`, `${shown(name)} cannot be given`, `use ${defaultPool}, or leave it out`);
  }
  if (Object.keys(labels).length > 0) refuse('labels', `${path}.labels`, 'cannot be given', 'leave them out');
  if (taints.length > 0) refuse('taints', `${path}.taints`, 'cannot be given', 'leave them out');
}

type Refuse = (feature: Feature, path: string, what: string, remedy: string) => void;

const refusal =
  (problems: Problems, { vocabulary }: ClusterApi): Refuse =>
  (feature, path, what, remedy) => {
    const able: readonly Vocabulary[] = vocabularies[feature];
    if (able.includes(vocabulary)) return;
    problems.add(path, `${what} in ${vocabulary}`, `${remedy}, or an api that can: ${able.join(', ')}`);
  };

/** With patch level and build, `v1.21.2+vmware.1-tkg.1.ee25d55`. */
const isWholeRelease = (release: string): boolean => /^v1\.\d+\.\d+\+/.test(release);
