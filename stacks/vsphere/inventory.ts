import type { Input } from '@pulumi/pulumi';
import { type Resource, readable, resource } from './resource';

/** Properties of a {@link ComputeCluster}. */
export interface ComputeClusterArgs {
  /** Managed object id. A change replaces the cluster. */
  readonly datacenterId: Input<string>;
  /** A change renames the cluster in place. */
  readonly name: Input<string>;
  /** Path in the datacenter's folder of hosts. A change moves the cluster in place. @default that folder itself */
  readonly folder?: Input<string>;
  /** Managed object ids, 96 at most. Excludes `hostManaged`. @default none */
  readonly hostSystemIds?: Input<Input<string>[]>;
  /** Whether the hosts name the cluster themselves. @default false */
  readonly hostManaged?: Input<boolean>;
  /** How long a host that leaves may take, in seconds. @default 3600 */
  readonly hostClusterExitTimeout?: Input<number>;
  /** Balances load between the hosts. A Supervisor needs it. @default false */
  readonly drsEnabled?: Input<boolean>;
  /** A Supervisor needs `fullyAutomated`. @default 'manual' */
  readonly drsAutomationLevel?: Input<'manual' | 'partiallyAutomated' | 'fullyAutomated'>;
  /** From 1, most conservative, to 5. @default 3 */
  readonly drsMigrationThreshold?: Input<number>;
  /** vSphere HA. A Supervisor needs it. Must be off while vSAN is switched on: in an update of its own before. @default false */
  readonly haEnabled?: Input<boolean>;
  /** Whether HA starts the VMs of a failed host anew. @default 'enabled' */
  readonly haHostMonitoring?: Input<'enabled' | 'disabled'>;
  /** How room is kept free for what HA starts anew. @default 'resourcePercentage' */
  readonly haAdmissionControlPolicy?: Input<'resourcePercentage' | 'slotPolicy' | 'failoverHosts' | 'disabled'>;
  /** Hosts that may fail. @default 1 */
  readonly haAdmissionControlHostFailureTolerance?: Input<number>;
  /** Storage out of the hosts' own disks. @default false */
  readonly vsanEnabled?: Input<boolean>;
  /** Express storage architecture: vSphere 8, with `vsanUnmapEnabled`, and in the change that enables vSAN. @default false */
  readonly vsanEsaEnabled?: Input<boolean>;
  /** Deduplication, which needs compression. @default false */
  readonly vsanDedupEnabled?: Input<boolean>;
  /** Not with the express storage architecture. @default false */
  readonly vsanCompressionEnabled?: Input<boolean>;
  /** Performance service; the provider's documentation says that it is on. @default false */
  readonly vsanPerformanceEnabled?: Input<boolean>;
  /** Gives back what guests have deleted. @default false */
  readonly vsanUnmapEnabled?: Input<boolean>;
  /** By canonical names of disks. @default none */
  readonly vsanDiskGroups?: Input<Input<{ cache?: Input<string>; storages?: Input<Input<string>[]> }>[]>;
  /** Ids of tags. @default none */
  readonly tags?: Input<Input<string>[]>;
  /** Values by ids of custom attributes. @default none */
  readonly customAttributes?: Input<Record<string, Input<string>>>;
}

/** A vSphere cluster; its id is the managed object id. In VMware Cloud Foundation SDDC Manager makes it: look it up there. */
export const ComputeCluster = readable<ComputeClusterArgs, { readonly resourcePoolId: string }>(
  'vsphere:index/computeCluster:ComputeCluster',
  {
    datacenterId: 'input',
    name: 'input',
    folder: 'input',
    hostSystemIds: 'input',
    hostManaged: 'input',
    hostClusterExitTimeout: 'input',
    drsEnabled: 'input',
    drsAutomationLevel: 'input',
    drsMigrationThreshold: 'input',
    haEnabled: 'input',
    haHostMonitoring: 'input',
    haAdmissionControlPolicy: 'input',
    haAdmissionControlHostFailureTolerance: 'input',
    vsanEnabled: 'input',
    vsanEsaEnabled: 'input',
    vsanDedupEnabled: 'input',
    vsanCompressionEnabled: 'input',
    vsanPerformanceEnabled: 'input',
    vsanUnmapEnabled: 'input',
    vsanDiskGroups: 'input',
    tags: 'input',
    customAttributes: 'input',
    resourcePoolId: 'output',
  },
);
export type ComputeCluster = Resource<ComputeClusterArgs, { readonly resourcePoolId: string }>;

/** Properties of a {@link TagCategory}. */
export interface TagCategoryArgs {
  /** Unique in vCenter. */
  readonly name: Input<string>;
  /** Tags of the category that one object may have. */
  readonly cardinality: Input<'SINGLE' | 'MULTIPLE'>;
  /** Kinds of objects that may have its tags, such as `Datastore`. May grow, and never shrinks. */
  readonly associableTypes: Input<Input<string>[]>;
  /** For people. @default none */
  readonly description?: Input<string>;
}

/** What tags belong to; a storage policy names it beside them. */
export const TagCategory = readable<TagCategoryArgs>('vsphere:index/tagCategory:TagCategory', {
  name: 'input',
  cardinality: 'input',
  associableTypes: 'input',
  description: 'input',
});
export type TagCategory = Resource<TagCategoryArgs>;

/** Properties of a {@link Tag}. */
export interface TagArgs {
  /** Unique in its category. */
  readonly name: Input<string>;
  /** A change replaces the tag. */
  readonly categoryId: Input<string>;
  /** For people. @default none */
  readonly description?: Input<string>;
}

/** A tag, such as a storage policy picks datastores by. */
export const Tag = readable<TagArgs>('vsphere:index/tag:Tag', {
  name: 'input',
  categoryId: 'input',
  description: 'input',
});
export type Tag = Resource<TagArgs>;

/** Properties of a {@link VmStoragePolicy}. */
export interface VmStoragePolicyArgs {
  /** Unique in vCenter; the StorageClass is named after it. */
  readonly name: Input<string>;
  /** For people. @default none */
  readonly description?: Input<string>;
  /** Category and tags by name, not by id. */
  readonly tagRules: Input<
    Input<{
      tagCategory: Input<string>;
      tags: Input<Input<string>[]>;
      /** @default true */
      includeDatastoresWithTags?: Input<boolean>;
    }>[]
  >;
}

/**
 * A storage policy that picks datastores by their tags; its id is a UUID. It cannot say anything about vSAN (failures to
 * tolerate, RAID): for that, look a policy up that exists.
 */
export const VmStoragePolicy = resource<VmStoragePolicyArgs>('vsphere:index/vmStoragePolicy:VmStoragePolicy', {
  name: 'input',
  description: 'input',
  tagRules: 'input',
});
export type VmStoragePolicy = Resource<VmStoragePolicyArgs>;

/** Properties of a {@link ContentLibrary}. */
export interface ContentLibraryArgs {
  /** Unique in vCenter. */
  readonly name: Input<string>;
  /** For people. @default none */
  readonly description?: Input<string>;
  /** Managed object ids of datastores. */
  readonly storageBackings: Input<Input<string>[]>;
  /** Offers the library to others. Excludes `subscription`. @default not published */
  readonly publication?: Input<{
    published?: Input<boolean>;
    authenticationMethod?: Input<'NONE' | 'BASIC'>;
    /** Only `vcsp`. */
    username?: Input<string>;
    password?: Input<string>;
    /** Known from the plugin. */
    publishUrl?: Input<string>;
  }>;
  /** Follows a library that another one has published. @default a library of its own */
  readonly subscription?: Input<{
    subscriptionUrl: Input<string>;
    authenticationMethod?: Input<'NONE' | 'BASIC'>;
    username?: Input<string>;
    password?: Input<string>;
    /** @default false */
    automaticSync?: Input<boolean>;
    /** @default true */
    onDemand?: Input<boolean>;
  }>;
}

/**
 * A content library; its id is a UUID. Every change replaces it.
 *
 * A subscription has no thumbprint: vCenter must trust the publisher's certificate already. Nothing waits for the first
 * synchronisation, so release images appear later. Passwords are kept secret here; the provider's schema does not say so.
 */
export const ContentLibrary = readable<ContentLibraryArgs>('vsphere:index/contentLibrary:ContentLibrary', {
  name: 'input',
  description: 'input',
  storageBackings: 'input',
  publication: ['password'],
  subscription: ['password'],
});
export type ContentLibrary = Resource<ContentLibraryArgs>;
