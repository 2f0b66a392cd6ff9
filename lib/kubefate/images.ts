import type { ChartModule } from './chart';

/** What the files of a chart can say of images. */
export interface ImageScheme<Image extends string> {
  /** Those that the chart runs where the file says nothing. */
  readonly published: Readonly<Record<Image, string>>;
  /** Tag of FATE's own images. */
  readonly tag: string;
  /** Whether the key `imageTag` puts another one in its place. */
  readonly hasTagKey: boolean;
  /** Whether `registry` is written before every image as it is, in the place of where FATE's are published. */
  readonly hasPrefixes?: boolean;
  /** Images that a module names by two keys of its own. */
  readonly named: Readonly<Partial<Record<Image, NamedImage>>>;
}

interface NamedImage {
  readonly module: ChartModule;
  readonly keys: NameKeys;
  /** What the chart adds to the name, for the build. */
  readonly suffix?: string;
}

/** Keys of a module's image without its tag, and of the tag. */
type NameKeys = readonly [image: string, tag: string];

/** What a file says of images. */
export interface ImageKeys {
  /** One for all. */
  readonly registry?: string;
  /** One for FATE's own. */
  readonly imageTag?: string;
  /** Images in the place of single ones, as key of the module → value. */
  readonly modules: Readonly<Partial<Record<ChartModule, Readonly<Record<string, string>>>>>;
}

type Images = Readonly<Partial<Record<string, string>>>;

/** The keys that come nearest to the planned images. */
export function imageKeys(scheme: ImageScheme<string>, images: Images): ImageKeys {
  const own = Object.entries(images).filter(([name]) => isOwn(scheme, name));
  const parts = own.map(([, image]) => partsOf(`${image}`));
  const registry = commonest(parts.map(({ path }) => path)) ?? publisher;
  const imageTag = (scheme.hasTagKey && commonest(parts.flatMap(({ tag }) => tag ?? []))) || scheme.tag;
  // Naming the registry moves MySQL's image to it, too.
  const isNamed = registry !== publisher || images['mysql']?.startsWith(`${publisher}/`) === true;
  const common = {
    registry: isNamed && !scheme.hasPrefixes ? registry : undefined,
    imageTag: imageTag === scheme.tag ? undefined : imageTag,
    modules: {},
  };
  return { ...common, modules: moduleKeys(scheme, images, runImages(scheme, common)) };
}

/** Images that are neither at the common place nor under the common tag, where the chart can be told so. */
function moduleKeys({ named }: ImageScheme<string>, images: Images, runs: Images): ImageKeys['modules'] {
  const other = Object.entries(named).flatMap(([name, at]) => {
    const image = images[name] ?? '';
    const { name: path, tag } = partsOf(image);
    const { module, keys, suffix = '' } = at ?? { keys: ['', ''] };
    if (module === undefined || tag === undefined || image.includes('@') || image === runs[name]) return [];
    if (!path.endsWith(suffix)) return [];
    return [[module, { [keys[0]]: path.slice(0, path.length - suffix.length), [keys[1]]: tag }] as const];
  });
  return Object.fromEntries(other);
}

/** Images that the chart runs with these keys. */
export function runImages<Image extends string>(
  scheme: ImageScheme<Image>,
  { registry, imageTag = scheme.tag, modules }: ImageKeys,
): Readonly<Record<Image, string>> {
  const run = Object.entries<string>(scheme.published).map(([name, image]) => {
    const published = partsOf(image);
    const at = scheme.named[name as Image];
    const said = at && modules[at.module];
    const [ownName, ownTag] = at === undefined || said === undefined ? [] : at.keys.map((key) => said[key]);
    const own = ownName === undefined ? undefined : `${ownName}${at?.suffix ?? ''}`;
    const tag = ownTag ?? (isOwn(scheme, name) ? imageTag : published.tag);
    return [name, `${placed(scheme, registry, published.name, own)}:${tag}`];
  });
  return Object.fromEntries(run);
}

/** A name with its registry. */
function placed(
  { hasPrefixes }: ImageScheme<string>,
  registry: string | undefined,
  name: string,
  own?: string,
): string {
  if (hasPrefixes) return `${registry ?? ''}${own ?? name}`;
  return own ?? (registry === undefined ? name : `${registry}/${name.slice(name.lastIndexOf('/') + 1)}`);
}

/** Whether it is one of FATE's own, which all have the release as their tag. */
export const isOwn = ({ published, tag }: ImageScheme<string>, name: string): boolean =>
  published[name]?.endsWith(`:${tag}`) === true;

interface ImageParts {
  /** All but tag and digest. */
  readonly name: string;
  /** Registry and path. */
  readonly path: string;
  readonly tag?: string;
}

function partsOf(image: string): ImageParts {
  const [, name = '', path = '', tag] = /^((?:(.*)\/)?[^/:@]+)(?::([^@]+))?/.exec(image) ?? [];
  return { name, path, tag };
}

/** Where FATE's images are published. */
export const publisher = 'federatedai';

export function commonest(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
