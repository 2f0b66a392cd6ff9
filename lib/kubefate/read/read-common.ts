import type { ExchangeImage, PartyImage } from '../../fate/releases';
import type { HostingProps } from '../../federation/hosting';
import { shown } from '../../input/checks';
import { InvalidInput, type Problem, type Problems } from '../../input/problems';
import { nodePortBounds, type PublicServiceProps } from '../../kubernetes/public-services';
import { chartImages, tagged } from '../chart';
import { place } from './located';
import type { Source } from './source';

/** What a declaration takes from the keys that both charts have. */
export function readHosting<Image extends PartyImage | ExchangeImage>(
  source: Source,
  usualNamespace: string,
  images: readonly Image[],
): Omit<HostingProps<Image>, 'kubernetes'> {
  const namespace = source.require('namespace', source.text('namespace')) ?? usualNamespace;
  const name = source.require('name', source.text('name'));
  if (name !== namespace) source.differ('name', '', `the objects are named by their namespace, ${shown(namespace)}`);
  const registry = source.text('registry');
  const imageTag = source.text('imageTag');
  const pullSecrets = source.list('imagePullSecrets').flatMap(({ path }) => source.text(`${path}.name`) ?? []);
  const imagePullSecrets = [...new Set(pullSecrets)];
  const runs = chartImages({ registry, imageTag });
  const ownImages = images.filter((image) => tagged.includes(image)).map((image) => [image, runs[image]]);
  return {
    namespace: namespace === usualNamespace ? undefined : namespace,
    registry,
    images: imageTag === undefined ? undefined : Object.fromEntries(ownImages),
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

/** Modules of other engines in the place of those that are drawn here. */
export function refuseOtherEngines(source: Source, needed: string, others: readonly string[], remedy: string): void {
  const items = source.list('modules');
  if (items.some(({ value }) => value === needed)) return;
  for (const item of items)
    if (others.includes(`${item.value}`)) source.refuse(item, 'is not what is drawn here', remedy);
}

/**
 * The Service of a module at a port of every node; none where it is of another type, or the port is whichever is free.
 *
 * @param key of the port that others connect to
 */
export function readNodePort(source: Source, module: string, key: string): PublicServiceProps | undefined {
  const [type, port] = [`${module}.type`, `${module}.${key}`];
  if (source.find(type)?.value !== 'NodePort') return undefined;
  if (!source.says(port)) {
    source.differ(
      port,
      'nothing, which is whichever is free',
      'others have to know the port: name it, and it is taken over',
    );
    return undefined;
  }
  source.takeIf(type, 'NodePort');
  const nodePort = source.integer(port, nodePortBounds.from, nodePortBounds.to);
  return nodePort === undefined ? undefined : { type: 'NodePort', nodePort };
}

/** The Services that are reached otherwise than through a LoadBalancer. */
export function declaredServices<Service extends string>(
  services: Readonly<Record<Service, PublicServiceProps | undefined>>,
): { readonly services?: Readonly<Partial<Record<Service, PublicServiceProps>>> } {
  return Object.values(services).some((it) => it !== undefined) ? { services } : {};
}

/**
 * Plans what was read, lest anything be read that cannot be planned.
 *
 * @param keys where the file says what a plan's problem is about, by the beginning of its path
 */
export function refuseUnplannable(source: Source, plan: () => unknown, keys: Readonly<Record<string, string>>): void {
  for (const { path, what, remedy } of problemsOf(plan)) {
    const known = Object.keys(keys).filter((key) => `${path}.`.startsWith(`${key}.`) || path.startsWith(`${key}[`));
    const [nearest] = known.sort((a, b) => b.length - a.length);
    source.refuseAt((nearest === undefined ? undefined : keys[nearest]) ?? path, what, remedy);
  }
}

function problemsOf(plan: () => unknown): readonly Problem[] {
  try {
    plan();
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
}

/** Whether the file is for a chart that can be read here. */
export function readChart(problems: Problems, source: Source, version: string): 'fate' | 'fate-exchange' | undefined {
  const name = source.require('chartName', source.text('chartName'));
  const found = source.require('chartVersion', source.text('chartVersion'));
  const at = (path: string) => place({ line: source.find(path)?.line ?? 1, path });
  if (found !== undefined && found !== version) {
    problems.add(at('chartVersion'), `${shown(found)} is not the chart's`, `give a file for ${version}`);
  }
  if (name === 'fate' || name === 'fate-exchange') return name;
  if (name !== undefined) {
    problems.add(at('chartName'), `${shown(name)} is no chart of a federation`, 'use fate or fate-exchange');
  }
  return undefined;
}
