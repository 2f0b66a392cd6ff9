import type { ChartModule } from './chart';

/** What the files of a chart can say of images. */
export interface ImageScheme<Image extends string> {
  /** Those that the chart runs where the file says nothing. */
  readonly published: Readonly<Record<Image, string>>;
  /** Tag of FATE's own images. */
  readonly tag: string;
  /** Whether the key `imageTag` puts another one in its place. */
  readonly hasTagKey: boolean;
  /** Images that a module names by two keys of its own. */
  readonly named: Readonly<Partial<Record<Image, { readonly module: ChartModule; readonly keys: NameKeys }>>>;
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
    registry: isNamed ? registry : undefined,
    imageTag: imageTag === scheme.tag ? undefined : imageTag,
    modules: {},
  };
  return { ...common, modules: moduleKeys(scheme, images, runImages(scheme, common)) };
}

/** Images that are neither at the common place nor under the common tag, where the chart can be told so. */
function moduleKeys({ named }: ImageScheme<string>, images: Images, runs: Images): ImageKeys['modules'] {
  const other = Object.entries(named).flatMap(([name, at]) => {
    const image = images[name] ?? '';
    const { tag } = partsOf(image);
    if (at === undefined || tag === undefined || image.includes('@') || image === runs[name]) return [];
    const [imageKey, tagKey] = at.keys;
    return [[at.module, { [imageKey]: image.slice(0, -tag.length - 1), [tagKey]: tag }] as const];
  });
  return Object.fromEntries(other);
}

/** Images that the chart runs with these keys. */
export function runImages<Image extends string>(
  scheme: ImageScheme<Image>,
  { registry, imageTag = scheme.tag, modules }: ImageKeys,
): Readonly<Record<Image, string>> {
  const run = Object.entries<string>(scheme.published).map(([name, image]) => {
    const at = scheme.named[name as Image];
    const own = at && modules[at.module];
    const [ownImage, ownTag] = at === undefined || own === undefined ? [] : at.keys.map((key) => own[key]);
    const tagged = isOwn(scheme, name) ? `${image.slice(0, -scheme.tag.length)}${ownTag ?? imageTag}` : image;
    if (ownImage !== undefined) return [name, `${ownImage}:${partsOf(tagged).tag}`];
    return [name, registry === undefined ? tagged : `${registry}/${tagged.slice(tagged.lastIndexOf('/') + 1)}`];
  });
  return Object.fromEntries(run);
}

/** Whether it is one of FATE's own, which all have the release as their tag. */
export const isOwn = ({ published, tag }: ImageScheme<string>, name: string): boolean =>
  published[name]?.endsWith(`:${tag}`) === true;

interface ImageParts {
  /** Registry and path. */
  readonly path: string;
  readonly tag?: string;
}

function partsOf(image: string): ImageParts {
  const [, path = '', tag] = /^(?:(.*)\/)?[^/:@]+(?::([^@]+))?/.exec(image) ?? [];
  return { path, tag };
}

/** Where FATE's images are published. */
export const publisher = 'federatedai';

export function commonest(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
