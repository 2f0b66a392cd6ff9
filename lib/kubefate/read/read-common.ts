import type { ExchangeImage, PartyImage } from '../../fate/releases';
import type { HostingProps } from '../../federation/hosting';
import { shown } from '../../input/checks';
import { InvalidInput, type Problem } from '../../input/problems';
import { nodePortBounds, type PublicServiceProps } from '../../kubernetes/public-services';
import { type ImageKeys, type ImageScheme, isOwn, runImages } from '../images';
import type { Source } from './source';

/** What a declaration takes from the keys that both charts have. */
export function readHosting<Image extends PartyImage | ExchangeImage>(
  source: Source,
  usualNamespace: string,
  scheme: ImageScheme<Image>,
): Omit<HostingProps<Image>, 'kubernetes'> {
  const namespace = source.require('namespace', source.text('namespace')) ?? usualNamespace;
  const name = source.require('name', source.text('name'));
  if (name !== namespace) source.differ('name', '', `the objects are named by their namespace, ${shown(namespace)}`);
  const registry = source.text('registry');
  const imageTag = scheme.hasTagKey ? source.text('imageTag') : undefined;
  const images = readImages(scheme, { registry, imageTag, modules: readNames(source, scheme) });
  const pullSecrets = source.list('imagePullSecrets').flatMap(({ path }) => source.text(`${path}.name`) ?? []);
  const imagePullSecrets = [...new Set(pullSecrets)];
  return {
    namespace: namespace === usualNamespace ? undefined : namespace,
    // A prefix of images is part of each, and no registry.
    registry: scheme.hasPrefixes ? undefined : registry,
    images,
    ...(imagePullSecrets.length > 0 && { imagePullSecrets }),
  };
}

/** Images in the place of the published ones: FATE's own under another tag, and those that a module names. */
function readImages<Image extends string>(
  scheme: ImageScheme<Image>,
  keys: ImageKeys,
): Readonly<Partial<Record<Image, string>>> | undefined {
  const isOther = (name: string, module: string | undefined) =>
    (scheme.hasPrefixes && keys.registry !== undefined) ||
    (keys.imageTag !== undefined && isOwn(scheme, name)) ||
    (module !== undefined && module in keys.modules);
  const others = Object.entries<string>(runImages(scheme, keys)).filter(([name]) =>
    isOther(name, scheme.named[name as Image]?.module),
  );
  return others.length === 0 ? undefined : (Object.fromEntries(others) as Partial<Record<Image, string>>);
}

function readNames<Image extends string>(source: Source, { named }: ImageScheme<Image>): ImageKeys['modules'] {
  const read = Object.values<ImageScheme<Image>['named'][Image]>(named).flatMap((at) => {
    if (at === undefined) return [];
    const found = at.keys.flatMap((key) => {
      const text = source.text(`${at.module}.${key}`);
      return text === undefined ? [] : [[key, text]];
    });
    return found.length === 0 ? [] : [[at.module, Object.fromEntries(found)]];
  });
  return Object.fromEntries(read);
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
