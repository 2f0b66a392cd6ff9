import type { Construct } from 'constructs';
import type { Secret } from 'kubernetes-types/core/v1';
import type { TanzuClusterPlan } from '../../lib/tanzu/cluster';
import { cniChoice } from '../../lib/tanzu/cluster/cni';
import { type Identity, type KubernetesObject, Manifest } from '../app/manifest';
import { WholeChart } from '../app/whole-chart';
import { builtinGenericClass } from './builtin-generic-class';
import { type CalicoConfig, type ClusterBootstrap, calicoBootstrap, calicoConfig } from './calico';
import { cluster } from './cluster';
import { base64 } from './settings';
import { tanzukubernetesclusterClass } from './tanzukubernetescluster-class';
import { trustedCaSecret } from './trusted-ca-secret';
import { clusterV1alpha1 } from './v1alpha1';
import { clusterV1alpha2 } from './v1alpha2';

/**
 * A Tanzu Kubernetes cluster, for its vSphere Namespace on the Supervisor: one object in the API that the platform has, and
 * with a `Cluster` also the Secret with the certificate authorities to trust, and what makes Calico its network plugin.
 *
 * | Vocabulary               | Object                                                                     |
 * |--------------------------|----------------------------------------------------------------------------|
 * | `v1alpha1`               | `TanzuKubernetesCluster` with `workers`                                    |
 * | `v1alpha2`, `v1alpha3`   | `TanzuKubernetesCluster` with `nodePools`                                  |
 * | `tanzukubernetescluster` | `Cluster` of that class, or of `builtin-generic-v3.1.0`                    |
 * | `builtin-generic`        | `Cluster` of the classes from `builtin-generic-v3.2.0` on                  |
 *
 * @see White paper, "Deploying a KubeFATE Instance"
 */
export class TanzuKubernetesCluster extends WholeChart {
  /** The cluster object. */
  readonly cluster: Manifest<KubernetesObject>;

  constructor(scope: Construct, id: string, plan: TanzuClusterPlan) {
    super(scope, id, { namespace: plan.namespace });
    if (plan.trust.length > 0 && 'class' in plan.api) this.trustedCaSecret(plan);
    if (cniChoice(plan) === 'bootstrap') this.calico(plan);
    this.cluster = new Manifest<KubernetesObject>(this, 'cluster', clusterObject(plan));
  }

  private calico(plan: TanzuClusterPlan) {
    new Manifest<CalicoConfig>(this, 'calico-config', calicoConfig(plan));
    new Manifest<ClusterBootstrap>(this, 'cluster-bootstrap', calicoBootstrap(plan));
  }

  private trustedCaSecret({ name, trust }: TanzuClusterPlan) {
    new Manifest<Secret>(this, 'trusted-ca', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: trustedCaSecret(name) },
      type: 'Opaque',
      // Certificates and no keys. The value under a key is base64 itself, and so what stands here is that twice.
      data: Object.fromEntries(trust.map((ca) => [ca.name, base64(base64(ca.certificate))])),
    });
  }
}

function clusterObject(plan: TanzuClusterPlan): KubernetesObject & Identity {
  switch (plan.api.vocabulary) {
    case 'v1alpha1':
      return clusterV1alpha1(plan);
    case 'v1alpha2':
    case 'v1alpha3':
      return clusterV1alpha2(plan);
    case 'tanzukubernetescluster':
      return cluster(plan, tanzukubernetesclusterClass);
    case 'builtin-generic':
      return cluster(plan, builtinGenericClass);
  }
}
