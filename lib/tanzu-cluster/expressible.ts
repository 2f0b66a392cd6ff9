import { shown } from '../declaration/checks';
import type { Problems } from '../problems';
import type { ClusterApi, Vocabulary } from './api';
import { defaultPool, type WorkerPool } from './nodes';
import type { TanzuClusterPlan } from './tanzu-cluster';

/** Those that can say it. Of `TanzuKubernetesCluster`, versions before the one that brought it cannot. */
const vocabularies = {
  pools: ['v1alpha2', 'v1alpha3', 'tanzukubernetescluster', 'builtin-generic'],
  failureDomain: ['v1alpha3', 'tanzukubernetescluster', 'builtin-generic'],
  os: ['v1alpha3', 'tanzukubernetescluster', 'builtin-generic'],
  autoscaler: ['tanzukubernetescluster', 'builtin-generic'],
  cni: ['v1alpha1', 'v1alpha2', 'v1alpha3'],
  releasePrefix: ['v1alpha1'],
} as const satisfies Record<string, readonly Vocabulary[]>;

type Feature = keyof typeof vocabularies;

/** Reports what the API of the cluster object has no words for, so that nothing is left out in silence. */
export function checkExpressible(problems: Problems, plan: TanzuClusterPlan): void {
  const { api, workers, network, os, kubernetes } = plan;
  const refuse = refusal(problems, api);
  const [second] = workers.slice(1);
  if (second !== undefined) refuse('pools', 'workers', `has ${workers.length} pools`, 'use one pool');
  for (const [i, pool] of workers.entries()) checkPool(refuse, `workers[${i}]`, pool);
  for (const [path, { storageClass, volumes }] of [
    ['controlPlane', plan.controlPlane] as const,
    ...workers.map((pool, i) => [`workers[${i}]`, pool] as const),
  ]) {
    for (const [i, volume] of volumes.entries()) {
      if (volume.storageClass === storageClass) continue;
      const what = `${shown(volume.storageClass)} is not the one of the root disk, ${shown(storageClass)}`;
      refuse('pools', `${path}.volumes[${i}].storageClass`, what, 'use the same');
    }
  }
  if (os !== undefined) refuse('os', 'os', `${shown(os)} cannot be chosen`, 'leave it out for Photon');
  if (network.cni !== 'antrea') {
    const what = `${shown(network.cni)} is a choice of the release's packages there`;
    refuse('cni', 'network.cni', what, 'use antrea');
  }
  if (!isFullRelease(kubernetes)) {
    const what = `${shown(kubernetes)} is the beginning of a release only`;
    const remedy = 'use a whole one, as `kubectl get tanzukubernetesreleases` shows it';
    refuse('releasePrefix', 'kubernetes', what, remedy);
  }
}

function checkPool(refuse: Refuse, path: string, pool: WorkerPool): void {
  const { name, replicas, labels, taints, failureDomain } = pool;
  if (name !== defaultPool) {
    refuse('pools', `${path}.name`, `${shown(name)} cannot be given`, `use ${defaultPool}, or leave it out`);
  }
  if (Object.keys(labels).length > 0) refuse('pools', `${path}.labels`, 'cannot be given', 'leave them out');
  if (taints.length > 0) refuse('pools', `${path}.taints`, 'cannot be given', 'leave them out');
  if (failureDomain !== undefined) {
    refuse('failureDomain', `${path}.failureDomain`, `${shown(failureDomain)} cannot be chosen`, 'leave it out');
  }
  if (typeof replicas !== 'number') {
    refuse('autoscaler', `${path}.replicas`, 'has bounds for an autoscaler', 'use a number');
  }
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
const isFullRelease = (release: string): boolean => /^v1\.\d+\.\d+\+/.test(release);
