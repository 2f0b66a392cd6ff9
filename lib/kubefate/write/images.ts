import type { ExchangeImage, PartyImage } from '../../fate/releases';
import { chartImages, commonest, type ImageKeys, publisher, releaseTag, tagged } from '../chart';
import { type ChartLimit, limit, mangledNames } from './cluster-file';

type Images = Readonly<Partial<Record<PartyImage | ExchangeImage, string>>>;

/** The keys that come nearest to the planned images. */
export function imageKeys(images: Images): ImageKeys {
  const own = Object.entries(images).filter(([name]) => tagged.includes(name));
  const parts = own.map(([, image]) => partsOf(image));
  const registry = commonest(parts.map(({ path }) => path)) ?? publisher;
  const imageTag = commonest(parts.flatMap(({ tag }) => tag ?? [])) ?? releaseTag;
  // Naming the registry moves MySQL's image to it, too.
  const isNamed = registry !== publisher || images.mysql?.startsWith(`${publisher}/`) === true;
  return { registry: isNamed ? registry : undefined, imageTag: imageTag === releaseTag ? undefined : imageTag };
}

/** Images of the plan that the chart runs otherwise. */
export function imageLimits(images: Images): ChartLimit[] {
  const keys = imageKeys(images);
  const runs = chartImages(keys);
  const others = (Object.entries(images) as [PartyImage | ExchangeImage, string][]).filter(
    ([name, image]) => image !== runs[name] && image !== `${runs[name]}:latest`,
  );
  return [
    ...mangledNames({ 'images (registry)': keys.registry, 'images (tag)': keys.imageTag }),
    ...others.map(([name, image]) =>
      limit(`images.${name}`, `runs ${runs[name]}`, `it is not the planned ${image}${floats(runs[name])}`),
    ),
  ];
}

const floats = (image: string): string =>
  image.endsWith('mysql:8') || !image.includes(':') ? ', and a restart may bring another version' : '';

interface ImageParts {
  /** Registry and path. */
  readonly path: string;
  readonly name: string;
  readonly tag?: string;
}

export function partsOf(image: string): ImageParts {
  const [, path = '', name = '', tag] = /^(?:(.*)\/)?([^/:@]+)(?::([^@]+))?/.exec(image) ?? [];
  return { path, name, tag };
}
