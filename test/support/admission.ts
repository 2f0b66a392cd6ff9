import { IPv4 } from 'ipaddr.js';
import { quantityNumber } from '../../lib/kubernetes/quantities';

/**
 * What an API server would refuse of objects, as far as it can be known without one: names, labels, annotations, quantities,
 * ports, environment, addresses, and whatever is not there or no plain data. Each is where and what.
 */
export const refusals = (objects: readonly unknown[]): readonly string[] =>
  objects.flatMap((object, i) => walk(object, `${nameOf(object) ?? i}`, ''));

function nameOf(object: unknown): string | undefined {
  const { kind, metadata } = object as { readonly kind?: unknown; readonly metadata?: { readonly name?: unknown } };
  return typeof kind === 'string' && typeof metadata?.name === 'string' ? `${kind}/${metadata.name}` : undefined;
}

function walk(value: unknown, path: string, key: string): readonly string[] {
  const rule = rules[key];
  const own = rule === undefined || rule(value) ? [] : [`${path}: ${JSON.stringify(value)?.slice(0, 80)}`];
  if (!isPlain(value)) return [`${path}: ${typeof value}`];
  if (Array.isArray(value)) return [...own, ...value.flatMap((item, i) => walk(item, `${path}[${i}]`, ''))];
  if (typeof value !== 'object' || value === null || opaque.includes(key)) return own;
  return [...own, ...Object.entries(value).flatMap(([key, below]) => walk(below, `${path}.${key}`, key))];
}

/** Keys below these are their author's own. */
const opaque = ['data', 'stringData', 'labels', 'matchLabels', 'annotations', 'nodeSelector', 'requests', 'limits'];

const isPlain = (value: unknown): boolean =>
  typeof value === 'number'
    ? Number.isFinite(value)
    : ['string', 'boolean', 'object', 'undefined'].includes(typeof value);

const each =
  (isSound: (value: unknown, key: string) => boolean) =>
  (map: unknown): boolean =>
    map === undefined ||
    (isMap(map) && Object.entries(map).every(([key, value]) => value === undefined || isSound(value, key)));

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const matches =
  (pattern: RegExp, longest: number) =>
  (value: unknown): value is string =>
    typeof value === 'string' && value.length <= longest && pattern.test(value);

const label = /[a-z0-9]([-a-z0-9]*[a-z0-9])?/.source;
const isLabel = matches(new RegExp(`^${label}$`), 63);
const isSubdomain = matches(new RegExp(`^${label}(\\.${label})*$`), 253);
/** RBAC has names such as `psp:vmware-system-privileged`, which are steps of a path. */
const isPathSegment = matches(/^(?!\.{1,2}$)[^/%]+$/, 253);
const isLabelName = matches(/^[A-Za-z0-9]([-\w.]*[A-Za-z0-9])?$/, 63);
const isEmptyOrLabelName = (value: unknown) => value === '' || isLabelName(value);
const isQuantity = (value: unknown) =>
  quantityNumber(`${value}`) !== undefined && Number(quantityNumber(`${value}`)) > 0;
const isPort = (value: unknown) => Number.isInteger(value) && 1 <= Number(value) && Number(value) <= 65535;
const isAddress = (value: unknown) => typeof value === 'string' && IPv4.isValidFourPartDecimal(value);
const isText = (value: unknown) => typeof value === 'string';

function isQualified(key: string): boolean {
  const [name, owner, ...more] = key.split('/').reverse();
  return more.length === 0 && isLabelName(name) && (owner === undefined || isSubdomain(owner));
}

/** Whether it is a list in which every entry has its own key, as server-side apply tells them apart. */
const isKeyed = (key: string) => (list: unknown) =>
  Array.isArray(list) && new Set(list.map((entry) => Object(entry)[key])).size === list.length;

const optional = (isSound: (value: unknown) => boolean) => (value: unknown) => value === undefined || isSound(value);

/** By key, wherever it stands. A value without a rule is plain data at least. */
const rules: Readonly<Record<string, ((value: unknown) => boolean) | undefined>> = {
  metadata: (value) => isMap(value) && (value['name'] === undefined || isPathSegment(value['name'])),
  namespace: optional(isLabel),
  labels: each((value, key) => isQualified(key) && isEmptyOrLabelName(value)),
  matchLabels: each((value, key) => isQualified(key) && isEmptyOrLabelName(value)),
  nodeSelector: each((value, key) => isQualified(key) && isEmptyOrLabelName(value)),
  annotations: each((value, key) => isQualified(key) && isText(value)),
  requests: each(isQuantity),
  limits: each(isQuantity),
  containers: (value) => isKeyed('name')(value) && Object(value).length > 0,
  env: optional(
    (list) =>
      Array.isArray(list) &&
      isKeyed('name')(list) &&
      list.every(({ name, value }) => matches(/^[A-Za-z_]\w*$/, 253)(name) && (value === undefined || isText(value))),
  ),
  image: optional(matches(/^[\w.:/@-]+$/, 512)),
  host: optional(isSubdomain),
  hosts: optional((list) => Array.isArray(list) && list.every(isSubdomain)),
  containerPort: isPort,
  nodePort: optional((value) => isPort(value) && 30000 <= Number(value) && Number(value) <= 32767),
  targetPort: optional((value) => isPort(value) || isLabel(value)),
  loadBalancerIP: optional(isAddress),
  storageClassName: optional(isSubdomain),
  priorityClassName: optional(isSubdomain),
  ingressClassName: optional(isSubdomain),
  secretName: optional(isSubdomain),
  serviceName: optional(isLabel),
  claimName: optional(isSubdomain),
  replicas: optional((value) => Number.isInteger(value) && Number(value) >= 0),
  data: (value) => isText(value) || each(isText)(value), // base64 in a cluster's list of authorities
  imagePullSecrets: optional(
    (list) => isKeyed('name')(list) && (list as { name: unknown }[]).every(({ name }) => isSubdomain(name)),
  ),
  initContainers: optional(isKeyed('name')),
  volumes: optional(isKeyed('name')),
  volumeMounts: optional(isKeyed('mountPath')),
  tolerationSeconds: optional(Number.isInteger),
};
