import { closed, object, text } from './schema';

/**
 * Schemas of what chooses Calico for a `Cluster`, closed against unknown fields. Written by hand after what the custom
 * resource definitions of vmware-tanzu/tanzu-framework v0.29.0 say of names, types and required fields, as far as objects of
 * ours have them.
 */
export const calicoSchemas = {
  CalicoConfig: object(
    'CalicoConfig',
    closed({
      calico: closed({ config: closed({ skipCNIBinaries: { type: 'boolean' }, vethMTU: { type: 'integer', minimum: 0 } }) }),
    }),
  ),
  ClusterBootstrap: object(
    'ClusterBootstrap',
    closed({
      cni: closed(
        {
          refName: text,
          valuesFrom: closed({
            providerRef: closed({ apiGroup: text, kind: text, name: text }, ['kind', 'name']),
            secretRef: text,
          }),
        },
        ['refName'],
      ),
    }),
  ),
};
