import type { TanzuClusterPlan } from '../../lib/tanzu/cluster';
import type { Identity, KubernetesObject } from '../app/manifest';
import { releaseName } from './release-name';

/** What Calico is like in one cluster; other keys keep their defaults. */
export interface CalicoConfig extends KubernetesObject {
  spec: { calico: { config: { vethMTU: number } } };
}

/** Which packages a `Cluster` of the same name begins with. */
export interface ClusterBootstrap extends KubernetesObject {
  spec: {
    cni: {
      refName: string;
      valuesFrom: { providerRef: { apiGroup: string; kind: string; name: string } };
    };
  };
}

const group = 'cni.tanzu.vmware.com';
const kind = 'CalicoConfig';

export const calicoConfig = ({ name }: TanzuClusterPlan): CalicoConfig & Identity => ({
  apiVersion: `${group}/v1alpha1`,
  kind,
  metadata: { name },
  spec: { calico: { config: { vethMTU: 0 } } }, // found out on each node
});

/** Must be there before the `Cluster`, for which the platform would make one with Antrea. */
export const calicoBootstrap = ({ name, kubernetes }: TanzuClusterPlan): ClusterBootstrap & Identity => ({
  apiVersion: 'run.tanzu.vmware.com/v1alpha3',
  kind: 'ClusterBootstrap',
  metadata: {
    name,
    // The other packages, and which Calico the wildcard means, are those of this release.
    annotations: { 'tkg.tanzu.vmware.com/add-missing-fields-from-tkr': releaseName(kubernetes) },
  },
  spec: { cni: { refName: 'calico*', valuesFrom: { providerRef: { apiGroup: group, kind, name } } } },
});
