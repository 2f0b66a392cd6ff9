import type { IngressProps } from '../../federation/ingress';
import { uiAnnotations } from '../../federation/ingress';
import { isDnsName } from '../../input/addresses';
import { ingressClass, ingressKeys, unpublished } from '../chart';
import type { Source } from './source';

/** The domain of a party without an exchange is in its host names only. */
export function domainOfHosts(source: Source, id: number): string | undefined {
  for (const [key, ui] of Object.entries(ingressKeys)) {
    const host = hostsOf(source, key)[0] ?? '';
    const prefix = `${id}.${ui}.`;
    if (host.startsWith(prefix) && isDnsName(host.slice(prefix.length))) return host.slice(prefix.length);
  }
  return undefined;
}

const hostsOf = (source: Source, key: string): string[] =>
  source.list(`ingress.${key}.hosts`).map(({ value }) => `${value instanceof Map && value.get('name')?.value}`);

/** The interfaces that the file publishes by name. The chart publishes all four, whatever the file says. */
export function readIngress(source: Source, id: number, domain: string | undefined): IngressProps | undefined {
  const keys = Object.entries(ingressKeys).filter(([key]) => source.map(`ingress.${key}`).size > 0);
  nameUnnamed(source, keys.length === 0);
  if (keys.length === 0) return undefined;
  const classOf = (key: string) => source.map(`ingress.${key}.annotations`).get(ingressClass)?.value;
  const published = keys.filter(([key]) => classOf(key) !== unpublished);
  const className = published.map(([key]) => classOf(key)).find((it) => typeof it === 'string');
  const tlsSecret = published.map(([key]) => secretOf(source, key)).find((it) => it !== undefined);
  for (const [key, ui] of keys) {
    const name = `${id}.${ui}.${domain}`;
    for (const value of [className, unpublished]) takeAnnotation(source, key, ingressClass, value);
    for (const [annotation, value] of Object.entries(uiAnnotations[ui] ?? {})) {
      takeAnnotation(source, key, annotation, value);
    }
    source.takeIf(`ingress.${key}.hosts`, [{ name, path: '/' }]);
    source.takeIf(`ingress.${key}.hosts`, [{ name }]);
    source.takeIf(`ingress.${key}.tls`, [{ secretName: tlsSecret, hosts: [name] }]);
  }
  return {
    ...(typeof className === 'string' && className !== 'nginx' && { className }),
    uis: published.map(([, ui]) => ui),
    ...(tlsSecret !== undefined && { tlsSecret }),
  };
}

function nameUnnamed(source: Source, all: boolean): void {
  const alike = (name: string) => `nothing, which publishes ${name}.kubefate.net, alike for all parties`;
  if (all) {
    const reason =
      'notebook and FATE Board are published, as <id>.<interface>.<domain>, and none that knows no password';
    source.differ('ingress', alike('<interface>'), reason);
    return;
  }
  for (const [key, ui] of Object.entries(ingressKeys)) {
    if (source.find(`ingress.${key}`) !== undefined) continue;
    source.differ(`ingress.${key}`, alike(ui), 'what ingress.uis does not name is not published');
  }
}

/** An annotation has dots in its name, which a path cannot tell from steps. */
function takeAnnotation(source: Source, key: string, annotation: string, value: unknown): void {
  const found = source.map(`ingress.${key}.annotations`).get(annotation);
  if (found !== undefined && found.value === value) source.take(found);
}

function secretOf(source: Source, key: string): string | undefined {
  const name = source
    .list(`ingress.${key}.tls`)
    .map(({ value }) => (value instanceof Map ? value.get('secretName')?.value : undefined))
    .find((it) => it !== undefined);
  return typeof name === 'string' ? name : undefined;
}
