import type { Input } from '@pulumi/pulumi';
import { type Resource, readable, resource } from './resource';

export interface ComputeClusterArgs {
  /** Managed object id. A change replaces the cluster. */
  readonly datacenterId: Input<string>;
  readonly name: Input<string>;
  readonly folder?: Input<string>;
  /** Managed object ids, 96 at most. Excludes `hostManaged`. */
  readonly hostSystemIds?: Input<Input<string>[]>;
  /** The hosts name the cluster themselves. */
  readonly hostManaged?: Input<boolean>;
  /** In seconds. @default 3600 */
  readonly hostClusterExitTimeout?: Input<number>;
  /** @default false */
  readonly drsEnabled?: Input<boolean>;
  /** A Supervisor needs `fullyAutomated`. @default 'manual' */
  readonly drsAutomationLevel?: Input<'manual' | 'partiallyAutomated' | 'fullyAutomated'>;
  /** 1 to 5. @default 3 */
  readonly drsMigrationThreshold?: Input<number>;
  /** A Supervisor needs it. Must be off while vSAN is switched on: in an update of its own before. @default false */
  readonly haEnabled?: Input<boolean>;
  /** @default 'enabled' */
  readonly haHostMonitoring?: Input<'enabled' | 'disabled'>;
  /** @default 'resourcePercentage' */
  readonly haAdmissionControlPolicy?: Input<'resourcePercentage' | 'slotPolicy' | 'failoverHosts' | 'disabled'>;
  /** @default 1 */
  readonly haAdmissionControlHostFailureTolerance?: Input<number>;
  /** @default false */
  readonly vsanEnabled?: Input<boolean>;
  /** Express storage architecture: vSphere 8, with `vsanUnmapEnabled`, and in the change that enables vSAN. @default false */
  readonly vsanEsaEnabled?: Input<boolean>;
  /** Needs compression. @default false */
  readonly vsanDedupEnabled?: Input<boolean>;
  /** @default false */
  readonly vsanCompressionEnabled?: Input<boolean>;
  /** The provider's documentation says true. @default false */
  readonly vsanPerformanceEnabled?: Input<boolean>;
  /** @default false */
  readonly vsanUnmapEnabled?: Input<boolean>;
  /** By canonical names of disks. */
  readonly vsanDiskGroups?: Input<Input<{ cache?: Input<string>; storages?: Input<Input<string>[]> }>[]>;
  /** Ids of tags. */
  readonly tags?: Input<Input<string>[]>;
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

export interface TagCategoryArgs {
  readonly name: Input<string>;
  readonly cardinality: Input<'SINGLE' | 'MULTIPLE'>;
  /** May grow, and never shrinks. */
  readonly associableTypes: Input<Input<string>[]>;
  readonly description?: Input<string>;
}

export const TagCategory = readable<TagCategoryArgs>('vsphere:index/tagCategory:TagCategory', {
  name: 'input',
  cardinality: 'input',
  associableTypes: 'input',
  description: 'input',
});
export type TagCategory = Resource<TagCategoryArgs>;

export interface TagArgs {
  readonly name: Input<string>;
  /** A change replaces the tag. */
  readonly categoryId: Input<string>;
  readonly description?: Input<string>;
}

export const Tag = readable<TagArgs>('vsphere:index/tag:Tag', {
  name: 'input',
  categoryId: 'input',
  description: 'input',
});
export type Tag = Resource<TagArgs>;

export interface VmStoragePolicyArgs {
  readonly name: Input<string>;
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

export interface ContentLibraryArgs {
  readonly name: Input<string>;
  readonly description?: Input<string>;
  /** Managed object ids of datastores. */
  readonly storageBackings: Input<Input<string>[]>;
  /** Excludes `subscription`. */
  readonly publication?: Input<{
    published?: Input<boolean>;
    authenticationMethod?: Input<'NONE' | 'BASIC'>;
    /** Only `vcsp`. */
    username?: Input<string>;
    password?: Input<string>;
    /** Known from the plugin. */
    publishUrl?: Input<string>;
  }>;
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
