import { type ImageScheme, imageKeys, runImages } from '../images';
import { mangledNames } from '../limits/any-file';
import { type ChartLimit, limit } from '../limits/limit';

/** Images of the plan that the chart runs otherwise. */
export function imageLimits(
  scheme: ImageScheme<string>,
  images: Readonly<Partial<Record<string, string>>>,
): ChartLimit[] {
  const keys = imageKeys(scheme, images);
  const runs = runImages(scheme, keys);
  const others = Object.entries(images).filter(([name, image]) => untagged(image) !== untagged(runs[name]));
  return [
    ...mangledNames({ 'images (registry)': keys.registry, 'images (tag)': keys.imageTag }),
    ...others.map(([name, image]) =>
      limit(`images.${name}`, `runs ${runs[name]}`, `it is not the planned ${image}${floats(runs[name])}`),
    ),
  ];
}

const untagged = (image: string | undefined): string | undefined => image?.replace(/:latest$/, '');

const floats = (image: string | undefined): string =>
  /(:8|:latest)$/.test(`${image}`) ? ', and a restart may bring another version' : '';
