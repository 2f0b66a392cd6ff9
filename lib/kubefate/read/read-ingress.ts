import type { IngressProps, Ui } from '../../federation/ingress';
import { basicAuth, uiAnnotations, unguarded } from '../../federation/ingress';
import { isDnsName } from '../../input/addresses';
import { isOfIngressNginx } from '../../kubernetes/ingresses';
import { isLabelKey } from '../../kubernetes/labels';
import { ingressClass, ingressKeys, unpublished } from '../chart';
import type { IngressScheme } from '../charts/party-chart';
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
export function readIngress(
  source: Source,
  id: number,
  domain: string | undefined,
  { classKey, closed, domain: chartDomain }: IngressScheme,
): IngressProps | undefined {
  const keys = Object.entries(ingressKeys).filter(([key]) => source.map(`ingress.${key}`).size > 0);
  nameUnnamed(source, keys.length === 0, chartDomain);
  const ofAll = classKey && source.text(classKey);
  const annotation = (key: string, name: string) => source.map(`ingress.${key}.annotations`).get(name)?.value;
  const isClosed = (key: string) =>
    ofAll === unpublished || Object.entries(closed).every(([name, value]) => annotation(key, name) === value);
  const published = keys.filter(([key]) => !isClosed(key));
  const ofEach = published.map(([key]) => annotation(key, ingressClass)).find((it) => typeof it === 'string');
  const className = classKey === undefined ? ofEach : ofAll;
  const ingressClassName = typeof className === 'string' && !usualClasses.includes(className) ? className : undefined;
  if (keys.length === 0) return ingressClassName === undefined ? undefined : { ingressClassName };
  for (const [key, ui] of keys) {
    const own = isClosed(key) ? closed : classKey === undefined && { [ingressClass]: className };
    for (const [name, value] of Object.entries({ ...own, ...uiAnnotations[ui] }))
      takeAnnotation(source, key, name, value);
    if (isClosed(key)) takeHost(source, key, `${id}.${ui}.${domain}`);
  }
  const hosts = byUi(published, (key, ui) => ownHost(source, key, `${id}.${ui}.${domain}`, published));
  const tlsSecrets = byUi(published, (key, ui) => ownSecret(source, key, hosts[ui] ?? `${id}.${ui}.${domain}`));
  const basicAuthSecret = readBasicAuth(source, published, ingressClassName);
  const annotations = commonAnnotations(
    source,
    published.map(([key]) => key),
    closed,
  );
  return {
    ingressClassName,
    uis: published.map(([, ui]) => ui),
    hosts: orNone(hosts),
    annotations: orNone(annotations),
    tlsSecret: orNone(tlsSecrets),
    basicAuthSecret,
  };
}

const usualClasses = ['nginx', unpublished];

const byUi = (keys: readonly (readonly [string, Ui])[], read: (key: string, ui: Ui) => string | undefined) =>
  Object.fromEntries(
    keys.flatMap(([key, ui]) => {
      const value = read(key, ui);
      return value === undefined ? [] : [[ui, value]];
    }),
  ) as Partial<Record<Ui, string>>;

const orNone = <T extends object>(map: T): T | undefined => (Object.keys(map).length > 0 ? map : undefined);

/** The one host name of an interface, if it is another than the usual one; several, or another's, stay a difference. */
function ownHost(
  source: Source,
  key: string,
  usual: string,
  published: readonly (readonly [string, Ui])[],
): string | undefined {
  const [host = usual, ...more] = hostsOf(source, key);
  const [owner] = published.find(([other]) => hostsOf(source, other)[0] === host) ?? [key];
  if (more.length > 0 || owner !== key || !isDnsName(host)) return undefined;
  takeHost(source, key, host);
  return host === usual ? undefined : host;
}

function takeHost(source: Source, key: string, name: string): void {
  source.takeIf(`ingress.${key}.hosts`, [{ name, path: '/' }]);
  source.takeIf(`ingress.${key}.hosts`, [{ name }]);
}

/** The Secret for the host name; other entries stay differences. */
function ownSecret(source: Source, key: string, host: string): string | undefined {
  const secretName = secretOf(source, key);
  source.takeIf(`ingress.${key}.tls`, [{ secretName, hosts: [host] }]);
  return secretName;
}

/** What all published interfaces are annotated with, beyond what each is anyway. */
function commonAnnotations(
  source: Source,
  keys: readonly string[],
  closed: IngressScheme['closed'],
): Record<string, string> {
  const [first, ...others] = keys.map((key) => source.map(`ingress.${key}.annotations`));
  const common = [...(first ?? [])].flatMap(([name, { value }]): [string, string][] =>
    typeof value === 'string' &&
    isLabelKey(name) &&
    !isUsual(name) &&
    name !== authType &&
    name !== authSecret &&
    !(name in closed) &&
    others.every((it) => it.get(name)?.value === value)
      ? [[name, value]]
      : [],
  );
  for (const key of keys) for (const [name, value] of common) takeAnnotation(source, key, name, value);
  return Object.fromEntries(common);
}

const isUsual = (annotation: string): boolean =>
  annotation === ingressClass || Object.values(uiAnnotations).some((it) => it !== undefined && annotation in it);

/** The one Secret by which all that want one are guarded; of others, and of another controller's, the annotations stay differences. */
function readBasicAuth(
  source: Source,
  published: readonly (readonly [string, Ui])[],
  ingressClassName: string | undefined,
): IngressProps['basicAuthSecret'] {
  const keys = published.filter(([, ui]) => unguarded.includes(ui)).map(([key]) => key);
  const [secret, ...others] = keys.map((key) => {
    const annotations = source.map(`ingress.${key}.annotations`);
    const name = annotations.get(authSecret)?.value;
    return typeof name === 'string' && isDnsName(name) && annotations.get(authType)?.value === 'basic'
      ? name
      : undefined;
  });
  if (keys.length === 0) return undefined;
  if (secret === undefined || others.some((it) => it !== secret)) return false;
  if (ingressClassName !== undefined && !isOfIngressNginx(ingressClassName)) return false;
  for (const key of keys)
    for (const [name, value] of Object.entries(basicAuth(secret))) takeAnnotation(source, key, name, value);
  return secret;
}

const [authType = '', authSecret = ''] = Object.keys(basicAuth(''));

function nameUnnamed(source: Source, all: boolean, domain: string): void {
  const alike = (name: string) => `nothing, which publishes ${name}.${domain}, alike for all parties`;
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
