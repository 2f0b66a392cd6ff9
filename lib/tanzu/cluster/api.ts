import { checkKeys, checkOneOf, isMap, shown } from '../../input/checks';
import type { Problems } from '../../input/problems';

/**
 * What the cluster is made on; decides in which API its object is written. VCF 4.2 has vSphere 7.0, VCF 5 has vSphere 8.0.
 * Each one stands for itself and what follows it up to the next.
 */
export type Platform = keyof typeof platforms;

/**
 * API of the cluster object. `TanzuKubernetesCluster` has three versions. A Cluster API `Cluster` is made from a class, which
 * decides on the names of its variables.
 */
export type ClusterApiProps =
  | {
      /** Group and version of the object; the group decides on its kind. */
      readonly apiVersion: `run.tanzu.vmware.com/${TanzuVersion}`;
    }
  | {
      readonly apiVersion: 'cluster.x-k8s.io/v1beta1';
      /** The class that a `Cluster` is made from. */
      readonly class: 'tanzukubernetescluster';
    }
  | { readonly apiVersion: `cluster.x-k8s.io/${ClusterVersion}`; readonly class: BuiltinClass };

type TanzuVersion = 'v1alpha1' | 'v1alpha2' | 'v1alpha3';
type ClusterVersion = 'v1beta1' | 'v1beta2';
type BuiltinClass = `builtin-generic-v${number}.${number}.${number}`;

/** The same, and how it is spelled there. */
export type ClusterApi =
  | { readonly vocabulary: TanzuVersion; readonly apiVersion: string }
  | {
      readonly vocabulary: 'tanzukubernetescluster' | 'builtin-generic';
      readonly apiVersion: string;
      readonly class: string;
      /** Where the class is, if not beside the cluster. */
      readonly classNamespace?: string;
    };

/** Spelling of a cluster object: a version of `TanzuKubernetesCluster`, or the variables of a family of classes. */
export type Vocabulary = ClusterApi['vocabulary'];

const tanzu = <Version extends TanzuVersion>(version: Version) =>
  ({ apiVersion: `run.tanzu.vmware.com/${version}` }) as const;

const builtin = (version: ClusterVersion, builtinClass: BuiltinClass) =>
  ({ apiVersion: `cluster.x-k8s.io/${version}`, class: builtinClass }) as const;

interface PlatformApis {
  readonly api: ClusterApiProps;
  readonly served: readonly Vocabulary[];
  /** Whether it serves `cluster.x-k8s.io/v1beta2`. */
  readonly v1beta2?: boolean;
}

const platforms = {
  'vSphere 7.0': { api: tanzu('v1alpha1'), served: ['v1alpha1'] },
  'vSphere 7.0 U3': { api: tanzu('v1alpha2'), served: ['v1alpha1', 'v1alpha2'] },
  'vSphere 8.0': { api: tanzu('v1alpha3'), served: ['v1alpha3', 'tanzukubernetescluster'] },
  'VKS 3.2': {
    api: builtin('v1beta1', 'builtin-generic-v3.2.0'),
    served: ['v1alpha3', 'tanzukubernetescluster', 'builtin-generic'],
  },
  'VKS 3.4': { api: builtin('v1beta1', 'builtin-generic-v3.4.0'), served: ['builtin-generic'], v1beta2: true },
  'VKS 3.6': { api: builtin('v1beta2', 'builtin-generic-v3.6.0'), served: ['builtin-generic'], v1beta2: true },
  'VCF 9.0': { api: builtin('v1beta1', 'builtin-generic-v3.4.0'), served: ['builtin-generic'], v1beta2: true },
  'VCF 9.1': { api: builtin('v1beta2', 'builtin-generic-v3.6.0'), served: ['builtin-generic'], v1beta2: true },
} as const satisfies Record<string, PlatformApis>;

/** The API that was declared, else the platform's own; problems are about values that are none, or not served there. */
export function planApi(
  problems: Problems,
  platform: Platform,
  declared: ClusterApiProps | undefined,
): ClusterApi | undefined {
  checkOneOf(problems, 'platform', platform, Object.keys(platforms));
  const known = apisOf(platform);
  const api = declared === undefined ? known && spelled(known.api) : readApi(problems.at('api'), declared);
  if (api !== undefined && known !== undefined) checkServed(problems, platform, known, api);
  return api;
}

function checkServed(
  problems: Problems,
  platform: Platform,
  { served, v1beta2 = false }: PlatformApis,
  { vocabulary, apiVersion }: ClusterApi,
): void {
  if (!served.includes(vocabulary)) {
    problems.add('api', `${vocabulary} is not for new clusters on ${platform}`, `use ${served.join(', ')}`);
  } else if (apiVersion === 'cluster.x-k8s.io/v1beta2' && !v1beta2) {
    problems.add('api.apiVersion', `${shown(apiVersion)} came after ${platform}`, 'use cluster.x-k8s.io/v1beta1');
  }
}

const apisOf = (platform: Platform): PlatformApis | undefined =>
  typeof platform === 'string' && Object.hasOwn(platforms, platform) ? platforms[platform] : undefined;

function readApi(problems: Problems, declared: ClusterApiProps): ClusterApi | undefined {
  if (!isMap(declared)) {
    problems.add('', `${shown(declared)} is no map`, 'use one such as { apiVersion: "run.tanzu.vmware.com/v1alpha2" }');
    return undefined;
  }
  checkKeys<ClusterApiProps>(problems, declared, { apiVersion: true, class: true });
  const clusterClass = 'class' in declared ? declared.class : undefined;
  const versions = versionsOf(clusterClass);
  if (versions === undefined) {
    problems.add(
      'class',
      `${shown(clusterClass)} is not known`,
      'use tanzukubernetescluster or builtin-generic-v3.2.0',
    );
    return undefined;
  }
  checkOneOf(problems, 'apiVersion', declared.apiVersion, versions);
  return versions.includes(declared.apiVersion) ? spelled(declared) : undefined;
}

function versionsOf(clusterClass: string | undefined): readonly string[] | undefined {
  if (clusterClass === undefined) return ['v1alpha1', 'v1alpha2', 'v1alpha3'].map((v) => `run.tanzu.vmware.com/${v}`);
  if (clusterClass === 'tanzukubernetescluster') return ['cluster.x-k8s.io/v1beta1'];
  if (builtinMinor(clusterClass) === undefined) return undefined;
  return ['cluster.x-k8s.io/v1beta1', 'cluster.x-k8s.io/v1beta2'];
}

/** `builtin-generic-v3.1.0` still has the older names; from v3.4.0 on a class is no longer copied into every namespace. */
function spelled(api: ClusterApiProps): ClusterApi {
  const { apiVersion } = api;
  if (!('class' in api)) return { vocabulary: apiVersion.split('/')[1] as TanzuVersion, apiVersion };
  const minor = builtinMinor(api.class) ?? 0;
  return {
    vocabulary: minor < 2 ? 'tanzukubernetescluster' : 'builtin-generic',
    apiVersion,
    class: api.class,
    classNamespace: minor >= 4 ? 'vmware-system-vks-public' : undefined,
  };
}

export function builtinMinor(builtinClass: string): number | undefined {
  const minor = /^builtin-generic-v3\.(\d+)\.\d+$/.exec(builtinClass)?.[1];
  return minor === undefined ? undefined : Number(minor);
}
