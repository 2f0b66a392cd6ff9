import type { TanzuClusterPlan } from '../../lib/tanzu/cluster';

/** The part of a `TanzuKubernetesCluster` that all of its versions have in common. */
export interface Settings {
  network: {
    cni: { name: string };
    pods: { cidrBlocks: readonly string[] };
    services: { cidrBlocks: readonly string[] };
    serviceDomain: string;
    proxy?: { httpProxy: string; httpsProxy: string; noProxy: readonly string[] };
    trust?: { additionalTrustedCAs: { name: string; data: string }[] };
  };
  storage: { defaultClass: string; classes?: readonly string[] };
}

export const settings = ({ network, storage, trust }: TanzuClusterPlan): Settings => ({
  network: {
    cni: { name: network.cni }, // two sources name two defaults
    pods: { cidrBlocks: network.podCidrs },
    services: { cidrBlocks: network.serviceCidrs },
    serviceDomain: network.serviceDomain,
    proxy: network.proxy,
    trust:
      trust.length === 0
        ? undefined
        : { additionalTrustedCAs: trust.map(({ name, certificate }) => ({ name, data: base64(certificate) })) },
  },
  storage,
});

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
