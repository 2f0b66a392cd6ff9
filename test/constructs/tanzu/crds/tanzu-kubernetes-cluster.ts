import { closed, object, text } from './schema';

const int32 = { type: 'integer' };
const list = (items: object) => ({ type: 'array', items });
const map = (values: object) => ({ type: 'object', additionalProperties: values });

const capacity = map({ type: 'string', pattern: '^[0-9]+(Ki|Mi|Gi|Ti)$' });
const volumeKeys = ['name', 'mountPath', 'capacity'];
const cidrs = closed({ cidrBlocks: list(text) });

const settings = closed({
  network: closed({
    cni: closed({ name: text }, ['name']),
    pods: cidrs,
    services: cidrs,
    serviceDomain: text,
    proxy: closed({ httpProxy: text, httpsProxy: text, noProxy: list(text) }),
    trust: closed({ additionalTrustedCAs: list(closed({ name: text, data: text }, ['name', 'data'])) }),
  }),
  storage: closed({ classes: list(text), defaultClass: text }),
});

const distribution = closed({ version: text, fullVersion: text });

const tanzu = (spec: object) => object('TanzuKubernetesCluster', spec);

const group = closed(
  {
    count: int32,
    class: text,
    storageClass: text,
    volumes: list(closed({ name: text, mountPath: text, capacity }, volumeKeys)),
  },
  ['count', 'class', 'storageClass'],
);

const nodes = {
  replicas: int32,
  vmClass: text,
  storageClass: text,
  volumes: list(closed({ name: text, mountPath: text, capacity, storageClass: text }, volumeKeys)),
  tkr: closed({ reference: closed({ name: text }) }),
  nodeDrainTimeout: text,
};
const pool = {
  ...nodes,
  name: text,
  labels: map(text),
  taints: list(closed({ key: text, value: text, effect: text, timeAdded: text }, ['key', 'effect'])),
};
const topology = (poolProperties: Record<string, object>) =>
  closed(
    {
      controlPlane: closed(nodes, ['vmClass', 'storageClass']),
      nodePools: list(closed(poolProperties, ['name', 'vmClass', 'storageClass'])),
    },
    ['controlPlane', 'nodePools'],
  );

/**
 * Schemas of `TanzuKubernetesCluster`, closed against unknown fields. Written by hand after what the custom resource
 * definitions of vmware-tanzu/tanzu-framework say of names, types and required fields:
 *
 * - v1alpha1: v0.7.0, `config/crd/bases`. It predates `volumes`, `proxy` and `trust`; these are as in VMware's documentation
 *   of vSphere 7.0.
 * - v1alpha2: v0.29.0, `apis/run/config/crd/bases`.
 * - v1alpha3 has no public definition. Here it is v1alpha2 without `distribution`, and with a pool's `failureDomain`.
 */
export const tanzuSchemas = {
  v1alpha1: tanzu(
    closed(
      {
        distribution,
        topology: closed({ controlPlane: group, workers: group }, ['controlPlane', 'workers']),
        settings,
      },
      ['distribution', 'topology'],
    ),
  ),
  v1alpha2: tanzu(closed({ distribution, topology: topology(pool), settings }, ['topology'])),
  v1alpha3: tanzu(closed({ topology: topology({ ...pool, failureDomain: text }), settings }, ['topology'])),
};
