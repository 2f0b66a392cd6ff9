import { lookup, lookupOutput } from './resource';

interface Named {
  readonly name: string;
}

interface InDatacenter extends Named {
  /** Managed object id. */
  readonly datacenterId?: string;
}

interface Found {
  readonly id: string;
}

/** `id` is the managed object id, unlike that of the resource `Datacenter`, which is the name. */
export const getDatacenter = lookup<Named, Found>('getDatacenter');

/** `id` is the managed object id, such as `domain-c9`. */
export const getComputeCluster = lookup<InDatacenter, Found & { readonly resourcePoolId: string }>('getComputeCluster');

/** `id` is the managed object id, such as `host-12`. */
export const getHost = lookup<Named & { readonly datacenterId: string }, Found & { readonly resourcePoolId: string }>(
  'getHost',
);

/** A storage policy; `id` is its UUID. */
export const getPolicy = lookup<Named, Found>('getPolicy');

/** A network or distributed port group. `distributedVirtualSwitchUuid` tells port groups of one name apart. */
export const getNetwork = lookup<
  InDatacenter & { readonly distributedVirtualSwitchUuid?: string },
  Found & { readonly type: string }
>('getNetwork');

/** `id` is the UUID. */
export const getDistributedVirtualSwitch = lookup<InDatacenter, Found & { readonly uplinks: readonly string[] }>(
  'getDistributedVirtualSwitch',
);

/** `id` is the managed object id, such as `datastore-15`. */
export const getDatastore = lookup<InDatacenter, Found>('getDatastore');

/** `id` is the UUID. */
export const getContentLibrary = lookup<Named, Found>('getContentLibrary');

/** A vSphere Namespace as it is. */
export interface FoundNamespace {
  /** `RUNNING` when it can be used. */
  readonly configStatus: string;
  /** Id of its Supervisor. */
  readonly supervisor: string;
  /** Ids. */
  readonly storagePolicies: readonly string[];
  /** What VMs and clusters in it may use: names of VM classes, ids of content libraries. */
  readonly vmServices: readonly {
    readonly vmClasses: readonly string[];
    readonly contentLibraries: readonly string[];
  }[];
}

/** A vSphere Namespace, from vSphere 8.0.0.1 on. */
export const getNamespace = lookup<Named, FoundNamespace>('getNamespace');

/** As {@link getNamespace}, for arguments that are known late. */
export const getNamespaceOutput = lookupOutput<Named, FoundNamespace>('getNamespace');
