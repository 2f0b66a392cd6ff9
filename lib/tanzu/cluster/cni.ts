import { kubernetesMinor } from '../../kubernetes/releases';
import { builtinMinor } from './api';
import type { TanzuClusterPlan } from './plan';

/** Kubernetes and class from which on a `Cluster` chooses its network plugin by a variable, and no longer by a `ClusterBootstrap`. */
export const cniVariableSince = { kubernetesMinor: 35, classMinor: 6 } as const;

/**
 * Where a cluster says which network plugin it has: in its settings, in a variable, or in objects beside it. Antrea is what
 * a `Cluster` has anyway (`default`); `none` is a `Cluster` that cannot say it.
 */
export function cniChoice({
  api,
  kubernetes,
  network,
}: TanzuClusterPlan): 'settings' | 'default' | 'variable' | 'bootstrap' | 'none' {
  if (!('class' in api)) return 'settings';
  if (network.cni === 'antrea') return 'default';
  if ((kubernetesMinor(kubernetes) ?? 0) < cniVariableSince.kubernetesMinor) return 'bootstrap';
  return (builtinMinor(api.class) ?? 0) >= cniVariableSince.classMinor ? 'variable' : 'none';
}
