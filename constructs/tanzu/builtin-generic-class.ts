import type { NodeVolume, TanzuClusterPlan } from '../../lib/tanzu/cluster';
import { cniChoice } from '../../lib/tanzu/cluster/cni';
import type { ClassVocabulary } from './cluster';
import { trustedCaSecret } from './trusted-ca-secret';

/** Variables of the classes `builtin-generic-v3.2.0` and later. */
export const builtinGenericClass: ClassVocabulary = {
  cluster: (plan) => ({
    vmClass: plan.controlPlane.vmClass.name,
    storageClass: plan.controlPlane.storageClass,
    volumes: plan.controlPlane.volumes.length > 0 ? plan.controlPlane.volumes.map(volumeOf) : undefined,
    vsphereOptions: {
      persistentVolumes: {
        defaultStorageClass: plan.storage.defaultClass,
        availableStorageClasses: plan.storage.classes,
      },
    },
    osConfiguration: osConfiguration(plan),
    bootstrapAddons: cniChoice(plan) === 'variable' ? { cniRef: { name: plan.network.cni } } : undefined,
  }),
  pool: ({ vmClass, storageClass, volumes, labels, taints }, { controlPlane }) => ({
    vmClass: vmClass.name,
    storageClass,
    // also an empty list, where the pool would have the volumes of the control plane
    volumes: volumes.length > 0 || controlPlane.volumes.length > 0 ? volumes.map(volumeOf) : undefined,
    node: Object.keys(labels).length > 0 || taints.length > 0 ? { labels, taints } : undefined,
  }),
};

/** The capacity is a text here, and a map in the older vocabularies. */
const volumeOf = ({ name, mountPath, storageClass, capacityGiB }: NodeVolume) => ({
  name,
  mountPath,
  storageClass,
  capacity: `${capacityGiB}Gi`,
});

function osConfiguration({ name, network: { proxy }, trust }: TanzuClusterPlan) {
  if (proxy === undefined && trust.length === 0) return undefined;
  return {
    systemProxy: proxy && { http: proxy.httpProxy, https: proxy.httpsProxy, noProxy: proxy.noProxy },
    trust:
      trust.length === 0
        ? undefined
        : {
            additionalTrustedCAs: trust.map((ca) => ({
              caCert: { secretRef: { name: trustedCaSecret(name), key: ca.name } },
            })),
          },
  };
}
