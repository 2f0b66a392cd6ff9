import { type ExchangeImage, type PartyImage, releases } from '../releases';
import { type ChartLimit, limit, mangledNames } from './cluster-file';

/** What a file says of images: one registry for all, one tag for FATE's own. */
export interface ImageKeys {
  readonly registry?: string;
  readonly imageTag?: string;
}

type Images = Readonly<Partial<Record<PartyImage | ExchangeImage, string>>>;

/** The keys that come nearest to the planned images. */
export function imageKeys(images: Images): ImageKeys {
  const own = Object.entries(images).filter(([name]) => tagged.includes(name));
  const parts = own.map(([, image]) => partsOf(image));
  const registry = commonest(parts.map(({ path }) => path)) ?? publisher;
  const imageTag = commonest(parts.flatMap(({ tag }) => tag ?? [])) ?? releaseTag;
  // Naming the registry moves MySQL's image to it, too.
  const isNamed = registry !== publisher || images.mysql?.startsWith(`${publisher}/`) === true;
  return { ...(isNamed && { registry }), ...(imageTag !== releaseTag && { imageTag }) };
}

/** Images that the chart runs with these keys. */
export function chartImages({
  registry,
  imageTag = releaseTag,
}: ImageKeys): Record<PartyImage | ExchangeImage, string> {
  const at = (name: string) => `${registry ?? publisher}/${name}`;
  return {
    mysql: registry === undefined ? 'mysql:8' : at('mysql:8'),
    fateflow: at(`python-spark:${imageTag}`),
    fateboard: at(`fateboard:${imageTag}`),
    client: at(`client:${imageTag}`),
    sparkMaster: at(`spark-master:${imageTag}`),
    sparkWorker: at(`spark-worker:${imageTag}`),
    namenode: at('hadoop-namenode:2.0.0-hadoop2.7.4-java8'),
    datanode: at('hadoop-datanode:2.0.0-hadoop2.7.4-java8'),
    nginx: at(`nginx:${imageTag}`),
    pulsar: at('pulsar:2.7.0'),
    trafficServer: at('trafficserver'),
  };
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

/** Where the release publishes its images. */
const publisher = 'federatedai';
const releaseTag = '1.6.1-release';

/** Images whose tag is the file's `imageTag`. */
export const tagged: readonly string[] = Object.entries(releases['1.6.1'].images).flatMap(([name, image]) =>
  image.endsWith(`:${releaseTag}`) ? [name] : [],
);

interface ImageParts {
  /** Registry and path. */
  readonly path: string;
  readonly name: string;
  readonly tag?: string;
}

export function partsOf(image: string): ImageParts {
  const [, path = '', name = '', tag] = /^(?:(.*)\/)?([^/:@]+)(?::([^@]+))?/.exec(image) ?? [];
  return { path, name, ...(tag !== undefined && { tag }) };
}

export function commonest(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
