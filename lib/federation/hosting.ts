import { type FateRelease, releases } from '../fate/releases';
import {
  checkNames,
  checkObjectName,
  checkUnique,
  isMap,
  type Keys,
  keyPath,
  readEntries,
  readFlag,
  readMap,
  readOneOf,
  shown,
} from '../input/checks';
import type { Problems } from '../input/problems';
import { mirrored, withoutDigest } from '../kubernetes/images';
import { readNamespace } from '../kubernetes/namespaces';
import { kubernetesMinor } from '../kubernetes/releases';
import type { Agreement } from './agreement';

/** What makes the objects of a namespace: this library, or KubeFATE from a `cluster.yaml`. */
export type Driver = 'native' | 'kubefate';

export const drivers = ['native', 'kubefate'] as const satisfies readonly Driver[];

/** What images are pulled, where from, and with what login. */
export interface ImageSourceProps<Image extends string> {
  /**
   * Registry and path to pull every image from, such as `harbor.example.com/fate`. Without `digests` a copy is known by its tag
   * alone, since one by pull and push has another digest.
   * @default where they are published
   */
  readonly registry?: string;
  /** Single images in the place of the published ones, for example pinned by digest. @default the published ones */
  readonly images?: Readonly<Partial<Record<Image, string>>>;
  /**
   * Digests of images, `sha256:…`, by the names under which they are pulled, or published: a copy by `skopeo copy --all
   * --preserve-digests` or `crane copy` has the digest of what it is a copy of. `kubefate-tanzu images --lock` makes a script that
   * prints them. Pods then name images with their digests, and one that has none is refused.
   * @default images are known by their tags, but for those of add-ons
   */
  readonly digests?: ImageDigests | ImageLockFile;
  /**
   * Names of existing Secrets of type `kubernetes.io/dockerconfigjson`, in the namespace of the pods.
   * @default none
   */
  readonly imagePullSecrets?: readonly string[];
}

/** Digests by names of images without them: `mysql:8.0.28` → `sha256:…`. */
export type ImageDigests = Readonly<Record<string, string>>;

/** A file that has digests as JSON, for declarations in files and for stacks. */
export interface ImageLockFile {
  /** Path of it, relative to the file that names it, with Pulumi to the project. */
  readonly file: string;
}

/** Images of a plan, and the login for them. */
export interface ImageSource<Image extends string> {
  /** As a pod names them, registry included. */
  readonly images: Readonly<Record<Image, string>>;
  /** Where copies of the published ones are pulled from. None: from where they are published. */
  readonly registry?: string;
  /** As they were declared. None: images are known by their tags, but for those of add-ons. */
  readonly digests?: ImageDigests;
  readonly imagePullSecrets: readonly string[];
}

export const imageSourceKeys: Keys<ImageSourceProps<string>> = {
  registry: true,
  images: true,
  digests: true,
  imagePullSecrets: true,
};

/** Where and from what the pods of one namespace run. */
export interface HostingProps<Image extends string> extends ImageSourceProps<Image> {
  /**
   * DNS label. One namespace per party and per exchange: the names of their Services are fixed.
   * @default `fate-<id>` of a party, `fate-exchange` of an exchange, `kube-fate` of a KubeFATE service
   */
  readonly namespace?: string;
  /**
   * Kubernetes release of the cluster, `1.27` or `v1.27.5+vmware.1`: up to 1.24 pods are admitted by a
   * PodSecurityPolicy, from 1.25 on by labels of the namespace.
   * @default '1.25'; with driver `kubefate` and FATE 1.6.1 '1.21', the last release that takes all objects of its charts
   */
  readonly kubernetes?: string;
  /**
   * `kubefate` writes `<namespace>.cluster.yaml` for KubeFATE's CLI in the place of the objects, all but the namespace.
   * @default 'native'
   */
  readonly driver?: Driver;
  /**
   * Whether NetworkPolicies let through what the plan needs, and nothing else. `false` for a cluster whose network has others'
   * rules, or enforces none.
   * @default true
   */
  readonly networkPolicies?: boolean;
}

/** The same of a plan. */
export interface Hosting<Image extends string> extends ImageSource<Image> {
  readonly namespace: string;
  readonly kubernetes: string;
  readonly driver: Driver;
  readonly networkPolicies: boolean;
}

export const hostingKeys: Keys<HostingProps<string>> = {
  ...imageSourceKeys,
  namespace: true,
  kubernetes: true,
  driver: true,
  networkPolicies: true,
};

/**
 * @param published the release's images of what is hosted, and no others
 * @param lastKubernetes the last one for KubeFATE's charts, where later ones do not take all of their objects
 */
export function planHosting<Image extends string>(
  problems: Problems,
  props: HostingProps<Image>,
  defaultNamespace: string,
  published: Readonly<Record<Image, string>>,
  lastKubernetes: string = defaultKubernetes,
): Hosting<Image> {
  const namespace = readNamespace(problems, 'namespace', props.namespace, defaultNamespace);
  const driver = readOneOf(problems, 'driver', props.driver, drivers, 'native');
  const usual = driver === 'kubefate' ? lastKubernetes : defaultKubernetes;
  const kubernetes = readKubernetes(problems, props.kubernetes, usual);
  const networkPolicies = readFlag(problems, 'networkPolicies', props.networkPolicies, true);
  return { namespace, kubernetes, driver, networkPolicies, ...planImages(problems, props, published) };
}

/** Reports a driver that cannot keep what the federation agreed on. */
export function checkDriver(problems: Problems, driver: Driver, { fate, transport }: Agreement): void {
  if (driver !== 'kubefate') return;
  const withCharts = (Object.keys(releases) as FateRelease[]).filter((release) => releases[release].charts);
  if (!withCharts.includes(fate)) {
    problems.add(
      'driver',
      `"kubefate" has no charts of FATE ${fate} that are written for`,
      `use "native", or agree with all members on FATE ${withCharts.join(' or ')}`,
    );
  }
  if (transport === 'open') return;
  problems.add(
    'driver',
    `"kubefate" has no ${shown(transport)}: in its charts nobody proves who they are`,
    'use "native", or agree with all members on transport "open"',
  );
}

/** @param published the images of what is planned, and no others */
export function planImages<Image extends string>(
  problems: Problems,
  props: ImageSourceProps<Image>,
  published: Readonly<Record<Image, string>>,
): ImageSource<Image> {
  const { registry } = props;
  const images = readMap(problems, 'images', props.images);
  const imagePullSecrets = readEntries(problems, 'imagePullSecrets', props.imagePullSecrets);
  const isSound = typeof registry === 'string' && registry.length <= longestName && registryPattern.test(registry);
  if (registry !== undefined && !isSound) {
    problems.add(
      'registry',
      `${shown(registry)} is no registry`,
      'use host and path without scheme or final slash, such as "harbor.example.com/fate"',
    );
  }
  checkImages(problems.at('images'), images, Object.keys(published));
  for (const { path, value } of imagePullSecrets) checkObjectName(problems, path, value, 'registry-credentials');
  checkUnique(problems, imagePullSecrets, 'name every Secret once');
  const digests = readDigests(problems.at('digests'), props.digests);
  const sources = Object.entries<string>(published).map(([name, image]) => {
    const pulled = isSound ? mirrored(image, registry) : image;
    return [name, pinned(digests, pulled, withoutDigest(pulled), withoutDigest(image))];
  });
  const declared = Object.entries<unknown>(images).map(([name, image]) => [
    name,
    typeof image === 'string' ? pinned(digests, image, image) : image, // which is told of above
  ]);
  return {
    images: Object.fromEntries([...sources, ...declared]),
    registry: isSound ? registry : undefined,
    digests,
    imagePullSecrets: imagePullSecrets.map(({ value }) => value),
  };
}

/** Those that are digests; what is none is reported. */
function readDigests(problems: Problems, declared: ImageSourceProps<string>['digests']): ImageDigests | undefined {
  if (declared === undefined) return undefined;
  const digests = Object.entries(readMap<ImageDigests>(problems, '', declared as ImageDigests));
  for (const [name, digest] of digests) {
    if (isDigest(digest)) continue;
    const remedy = `use one such as "sha256:${'0'.repeat(64)}"; files are read for declarations in files and for stacks`;
    problems.add(keyPath(name), `${shown(digest)} is no digest`, remedy);
  }
  return Object.fromEntries(digests.flatMap(([name, digest]) => (isDigest(digest) ? [[name, digest]] : [])));
}

const isDigest = (value: unknown): value is string => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);

/** An image with its digest, where one is known by a name of it. */
export function pinned(digests: ImageDigests | undefined, image: string, ...names: readonly string[]): string {
  const name = names.find((each) => digests !== undefined && Object.hasOwn(digests, each));
  return name === undefined ? image : `${withoutDigest(image)}@${digests?.[name]}`;
}

/** Reports images of which there is no digest, where digests are declared. */
export function checkPinned(
  problems: Problems,
  { digests, driver }: Pick<HostingProps<string>, 'digests' | 'driver'>,
  images: readonly string[],
): void {
  if (!isMap(digests) || driver === 'kubefate') return; // whose charts take none
  const without = images.filter((image) => typeof image === 'string' && !image.includes('@'));
  if (without.length === 0) return;
  const remedy = 'add what a script of `kubefate-tanzu images --lock` prints, or leave all of them out';
  problems.add('digests', `has none of ${[...new Set(without)].join(', ')}`, remedy);
}

export const defaultKubernetes = '1.25';

/** The release that was declared; the usual one, and a problem, for anything else. */
export function readKubernetes(problems: Problems, kubernetes: unknown, usual: string): string {
  if (kubernetes === undefined) return usual;
  const minor = typeof kubernetes === 'string' ? kubernetesMinor(kubernetes) : undefined;
  if (minor === undefined) {
    problems.add(
      'kubernetes',
      `${shown(kubernetes)} is no Kubernetes release`,
      'use one such as "1.27" or "v1.27.5+vmware.1"',
    );
  } else if (minor < 19) {
    problems.add('kubernetes', `${shown(kubernetes)} has no networking.k8s.io/v1`, 'use "1.19" or later');
  } else return `${kubernetes}`;
  return usual;
}

/** Reports a release of which the cluster is not: pods would be admitted in another way there, or not at all. */
export function checkRelease(problems: Problems, declared: unknown, cluster: string | undefined): void {
  if (typeof declared !== 'string' || typeof cluster !== 'string') return;
  if (kubernetesMinor(declared) === kubernetesMinor(cluster)) return;
  const what = `${shown(declared)} is not the release of the cluster`;
  problems.add('kubernetes', what, `use ${shown(cluster)}, or leave it out`);
}

export function checkImages(problems: Problems, images: object, known: readonly string[]): void {
  checkNames(problems, images, known);
  for (const [name, image] of Object.entries(images)) {
    if (typeof image !== 'string' || image.length > longestName || !imagePattern.test(image)) {
      problems.add(
        keyPath(name),
        `${shown(image)} is no image`,
        'use one such as "harbor.example.com/fate/nginx:1.6.1-release"',
      );
    }
  }
}

/** @see Distribution, `reference`: a host, names joined by slashes, a tag, a digest. */
const longestName = 255;
const part = /[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*/.source;
const port = /[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]/.source;
const name = /[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?(\.[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*/.source;
const host = `${name}(:(${port}))?`;
const registryPattern = new RegExp(`^(${host}|${part})(/${part})*$`);
const imagePattern = new RegExp(`^(${host}/)?${part}(/${part})*(:\\w[\\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$`);
