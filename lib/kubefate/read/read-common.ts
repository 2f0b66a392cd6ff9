import type { ExchangeImage, PartyImage } from '../../fate/releases';
import type { HostingProps } from '../../federation/hosting';
import type { Problems } from '../../input/problems';
import { chartImages, tagged } from '../chart';
import { place } from './located';
import type { Source } from './source';

/**
 * What a declaration takes from the keys that both charts have. Where the chart brings a policy for pods, the cluster is of
 * Kubernetes 1.24 or earlier; which, the file does not say.
 */
export function readHosting<Image extends PartyImage | ExchangeImage>(
  source: Source,
  usualNamespace: string,
  images: readonly Image[],
): HostingProps<Image> {
  source.map('podSecurityPolicy');
  const namespace = source.require('namespace', source.text('namespace')) ?? usualNamespace;
  const name = source.require('name', source.text('name'));
  if (name !== namespace) source.differ('name', '', `the objects are named by their namespace, ${namespace}`);
  const hasPolicy = source.flag('podSecurityPolicy.enabled') ?? false;
  const registry = source.text('registry');
  const imageTag = source.text('imageTag');
  const imagePullSecrets = source.list('imagePullSecrets').flatMap(({ path }) => source.text(`${path}.name`) ?? []);
  const runs = chartImages({ registry, imageTag });
  const ownImages = images.filter((image) => tagged.includes(image)).map((image) => [image, runs[image]]);
  return {
    ...(namespace !== usualNamespace && { namespace }),
    ...(hasPolicy && { kubernetes: '1.21' }),
    ...(registry !== undefined && { registry }),
    ...(imageTag !== undefined && { images: Object.fromEntries(ownImages) }),
    ...(imagePullSecrets.length > 0 && { imagePullSecrets }),
  };
}

/** The modules are all of those that are always drawn, in any order. */
export function readModules(source: Source, drawn: readonly string[]): void {
  const items = source.list('modules');
  source.require('modules', items.length === 0 ? undefined : items);
  const found = items.map(({ value }) => value);
  for (const item of items) if (drawn.includes(`${item.value}`)) source.take(item);
  const missing = drawn.filter((module) => !found.includes(module));
  if (items.length > 0 && missing.length > 0) {
    source.differ('modules', '', `these are always drawn, too: ${missing.join(', ')}`);
  }
}

/** Whether the file is for a chart that can be read here. */
export function readChart(problems: Problems, source: Source, version: string): 'fate' | 'fate-exchange' | undefined {
  const name = source.require('chartName', source.text('chartName'));
  const found = source.require('chartVersion', source.text('chartVersion'));
  const at = (path: string) => place({ line: source.find(path)?.line ?? 1, path });
  if (found !== undefined && found !== version) {
    problems.add(at('chartVersion'), `${JSON.stringify(found)} is not the chart's`, `give a file for ${version}`);
  }
  if (name === 'fate' || name === 'fate-exchange') return name;
  if (name !== undefined) {
    problems.add(at('chartName'), `${JSON.stringify(name)} is no chart of a federation`, 'use fate or fate-exchange');
  }
  return undefined;
}
