import { isDnsName, isHostIpv4 } from '../addresses';
import type { AgreementProps } from '../declaration/agreement';
import type { IngressProps } from '../declaration/ingress';
import { planSizing, type SizingProps } from '../declaration/sizing';
import { descriptorVersion, type Endpoint, type ExchangeDescriptor } from '../descriptor';
import type { PartyProps } from '../party';
import { Problems } from '../problems';
import { type PartyImage, releases } from '../releases';
import { partyNginxRoutes } from '../routing';
import { services } from '../services';
import { type PartyContainer, type PartyVolume, type Quantity, type Resources, sizingPresets } from '../sizing';
import { workerCores } from '../spark';
import { partyReasons } from './chart-keys';
import { place } from './located';
import { ingressClass, ingressKeys, modules, oneWorkerPerNode, uiAnnotations, unpublished } from './party-file';
import { gibi, quantity } from './quantities';
import { readHosting, readModules } from './read-common';
import { type Difference, plain, type Source } from './source';

/** A declaration of a party; complete for `partyPlan()` when the file says the domain. */
export type PartyDeclaration = Partial<Pick<AgreementProps, 'domain'>> &
  Pick<AgreementProps, 'fate'> &
  PartyProps & { readonly exchange?: ExchangeDescriptor };

export function readParty(
  problems: Problems,
  source: Source,
): { declaration: PartyDeclaration; differences: readonly Difference[] } {
  for (const path of blocks) source.map(path);
  const id = source.require('partyId', source.integer('partyId', 1, 999_999_999)) ?? 0;
  readBackend(problems, source);
  readModules(source, modules);
  const exchange = readExchange(source);
  const domain = exchange?.domain ?? domainOfHosts(source, id);
  const sizing = readSizing(source);
  const ingress = readIngress(source, id, domain);
  const storageClass = readStorageClass(source);
  for (const [path, value] of Object.entries(asWeDo)) source.takeIf(path, value);
  source.takeIf('pulsar.publicLB.enabled', exchange !== undefined);
  source.takeIf('spark.worker.affinity', oneWorkerPerNode);
  const declaration: PartyDeclaration = {
    ...(domain !== undefined && { domain }),
    fate: '1.6.1',
    id,
    ...readHosting(source, `fate-${id}`, partyImages),
    ...(storageClass !== undefined && { storageClass }),
    ...(ingress && { ingress }),
    ...sizing,
    ...(exchange && { exchange }),
  };
  nameWhatIsMissing(source);
  return { declaration, differences: source.differences(partyReasons) };
}

const partyImages = Object.keys(releases['1.6.1'].images).filter((image) => image !== 'trafficServer') as PartyImage[];

/** Keys with keys below them. */
const blocks = [
  'host',
  'ingress',
  ...Object.keys(ingressKeys).flatMap((key) => [`ingress.${key}`, `ingress.${key}.annotations`]),
  'mysql',
  'python',
  'python.spark',
  'fateboard',
  'client',
  'spark',
  'spark.master',
  'spark.worker',
  'hdfs',
  'hdfs.namenode',
  'hdfs.datanode',
  'nginx',
  'nginx.exchange',
  'nginx.route_table',
  'pulsar',
  'pulsar.exchange',
  'pulsar.publicLB',
  'pulsar.route_table',
];

/** What the chart can be told and does by itself, in the words of its defaults, and what this library does, too. */
const asWeDo: Readonly<Record<string, unknown>> = {
  persistence: true,
  pullPolicy: 'IfNotPresent',
  'istio.enabled': false,
  'mysql.subPath': 'mysql',
  'client.subPath': 'client',
  'spark.master.replicas': 1,
  'nginx.type': 'LoadBalancer',
  ...Object.fromEntries(
    ['python', 'fateboard', 'mysql', 'spark', 'spark.master', 'spark.worker', 'pulsar']
      .concat('hdfs.namenode', 'hdfs.datanode')
      .map((module) => [`${module}.type`, 'ClusterIP']),
  ),
  ...Object.fromEntries(
    ['python', 'client', 'mysql', 'pulsar', 'hdfs.namenode', 'hdfs.datanode'].map((module) => [
      `${module}.accessMode`,
      'ReadWriteOnce',
    ]),
  ),
};

function readBackend(problems: Problems, source: Source): void {
  const backend = source.text('backend');
  if (backend === 'spark') return;
  const line = source.find('backend')?.line ?? 1;
  problems.add(
    place({ line, path: 'backend' }),
    `${backend === undefined ? 'none, which is eggroll,' : JSON.stringify(backend)} is not what is drawn here`,
    'use spark, with the modules spark, hdfs, nginx and pulsar',
  );
}

/** The exchange, from the two halves of the file that say where it is. */
function readExchange(source: Source): ExchangeDescriptor | undefined {
  const nginx = readEndpoint(source, 'nginx.exchange', 'httpPort', services.nginx.ports.http, isHostIpv4);
  const reachable = (address: string) => isHostIpv4(address) || isDnsName(address);
  const trafficServer = readEndpoint(source, 'pulsar.exchange', 'port', services.trafficServer.ports.tls, reachable);
  const domain = source.text('pulsar.exchange.domain') ?? 'fate.org';
  if (nginx === undefined || trafficServer === undefined) {
    const [half] = [nginx && 'nginx.exchange', trafficServer && 'pulsar.exchange'].filter((it) => it !== undefined);
    if (half !== undefined) source.differ(half, '', 'an exchange is reached through nginx and through Pulsar, or not');
    return undefined;
  }
  if (source.find('pulsar.exchange.domain') === undefined) {
    const reason = `other parties are called <id>.<domain>: the domain must be that of the exchange's routes and of all certificates${hint(source)}`;
    source.differ('pulsar.exchange.domain', 'nothing, which is fate.org', reason);
  }
  return { apiVersion: descriptorVersion, kind: 'Exchange', domain, fate: '1.6.1', trafficServer, nginx };
}

/** Host names in the file that speak of another domain than the one left out. */
function hint(source: Source): string {
  const named = [...source.map('host').values()]
    .map((host) => `${host.value}`)
    .find((host) => !host.endsWith('fate.org'));
  return named === undefined ? '' : `, and ${named} speaks of another`;
}

function readEndpoint(
  source: Source,
  path: string,
  portKey: string,
  usualPort: number,
  isReachable: (address: string) => boolean,
): Endpoint | undefined {
  const address = source.text(`${path}.ip`);
  const port = source.integer(`${path}.${portKey}`, 1, 65535);
  if (address === undefined || isClosed(address, port)) return undefined;
  const at = source.find(`${path}.ip`);
  if (at && !isReachable(address)) {
    source.refuse(at, 'is no address that can be reached', 'use an IPv4 address: nginx connects to nothing else');
  }
  if (port === undefined) {
    source.differ(`${path}.${portKey}`, 'nothing', `the chart then writes no port; ${usualPort} is taken`);
  }
  return { address, port: port ?? usualPort };
}

/** The default of a party without an exchange, which takes no call. */
const isClosed = (address: string, port: number | undefined): boolean => {
  const [closed] = partyNginxRoutes(1, undefined).get('default')?.['proxy'] ?? [];
  return closed?.host === address && closed.http_port === port;
};

/** The domain of a party without an exchange is in its host names only. */
function domainOfHosts(source: Source, id: number): string | undefined {
  for (const [key, ui] of Object.entries(ingressKeys)) {
    const host = hostsOf(source, key)[0] ?? '';
    const prefix = `${id}.${ui}.`;
    if (host.startsWith(prefix) && isDnsName(host.slice(prefix.length))) return host.slice(prefix.length);
  }
  return undefined;
}

const hostsOf = (source: Source, key: string): string[] =>
  source.list(`ingress.${key}.hosts`).map(({ value }) => `${value instanceof Map && value.get('name')?.value}`);

function readIngress(source: Source, id: number, domain: string | undefined): IngressProps | undefined {
  const keys = Object.entries(ingressKeys).filter(([key]) => source.map(`ingress.${key}`).size > 0);
  if (keys.length === 0) return undefined;
  const classOf = (key: string) => source.map(`ingress.${key}.annotations`).get(ingressClass);
  const published = keys.filter(([key]) => classOf(key)?.value !== unpublished);
  const className = published.map(([key]) => classOf(key)?.value).find((it) => typeof it === 'string');
  const tlsSecret = published.map(([key]) => secretOf(source, key)).find((it) => it !== undefined);
  for (const [key, ui] of keys) {
    const found = source.find(`ingress.${key}`);
    const name = `${id}.${ui}.${domain}`;
    for (const [annotation, value] of Object.entries(uiAnnotations[ui] ?? {}))
      takeEntry(source, key, annotation, value);
    for (const value of [className, unpublished]) takeEntry(source, key, ingressClass, value);
    source.takeIf(`ingress.${key}.hosts`, [{ name, path: '/' }]);
    source.takeIf(`ingress.${key}.hosts`, [{ name }]);
    source.takeIf(`ingress.${key}.tls`, [{ secretName: tlsSecret, hosts: [name] }]);
    if (found && JSON.stringify(plain(found)) === '{}') source.take(found);
  }
  return {
    ...(typeof className === 'string' && className !== 'nginx' && { className }),
    uis: published.map(([, ui]) => ui),
    ...(tlsSecret !== undefined && { tlsSecret }),
  };
}

/** An annotation has dots in its name, which a path cannot tell from steps. */
function takeEntry(source: Source, key: string, annotation: string, value: unknown): void {
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

/** The modules with a volume, and what the chart gives one without a size. */
const volumes: readonly (readonly [module: string, volume: PartyVolume, defaultGiB?: number])[] = [
  ['mysql', 'mysql', 1],
  ['python', 'fateflow', 1],
  ['client', 'client', 1],
  ['hdfs.namenode', 'namenode'],
  ['hdfs.datanode', 'datanode'],
  ['pulsar', 'pulsar'],
];

function readStorageClass(source: Source): string | undefined {
  const all = volumes.map(([module]) => ({
    path: `${module}.storageClass`,
    found: source.find(`${module}.storageClass`),
    name: source.text(`${module}.storageClass`),
  }));
  const first = all.find(({ name }) => name !== undefined)?.name;
  for (const { path, name, found } of all) {
    if (name !== first || found === undefined) {
      source.differ(
        path,
        'nothing, which is a class of the chart or of the cluster',
        `all claims are of one class, ${first ?? 'storageClass'}`,
      );
    }
  }
  return first;
}

/** Sizes as the file has them, in the place of those of the default preset. */
function readSizing(source: Source): SizingProps {
  const volumesGiB = Object.fromEntries(
    volumes.flatMap(([module, volume, defaultGiB]) => {
      const size = readSize(source, `${module}.size`, defaultGiB);
      return size === undefined ? [] : [[volume, size]];
    }),
  );
  const resources: Partial<Record<PartyContainer, Resources>> = {
    ...entry('fateflow', readResources(source, 'python')),
    ...entry('sparkMaster', readResources(source, 'spark.master')),
    ...entry('sparkWorker', readResources(source, 'spark.worker', chartWorker)),
  };
  const sparkWorkers = source.integer('spark.worker.replicas', 1, 150) ?? 2;
  const sizing: SizingProps = { volumesGiB, ...(Object.keys(resources).length > 0 && { resources }), sparkWorkers };
  const plan = planSizing(Problems.none(), { ...sizing, belowGuideline: true });
  source.takeIf('python.spark.cores_per_node', workerCores(plan));
  source.takeIf('python.spark.nodes', sparkWorkers);
  return isBelowGuideline(sizing) ? { ...sizing, belowGuideline: true } : sizing;
}

const entry = (container: PartyContainer, resources: Resources | undefined) => resources && { [container]: resources };

function isBelowGuideline(sizing: SizingProps): boolean {
  const problems = Problems.none();
  planSizing(problems, sizing);
  try {
    problems.throwIfAny('sizing');
    return false;
  } catch {
    return true;
  }
}

function readSize(source: Source, path: string, defaultGiB: number | undefined): number | undefined {
  const text = source.quantity(path);
  const found = source.find(path);
  if (text === undefined || found === undefined) {
    const missing =
      defaultGiB === undefined
        ? 'nothing, and so a claim that Kubernetes refuses'
        : `nothing, which is ${defaultGiB}Gi`;
    source.differ(path, missing, 'a claim has a size');
    return defaultGiB;
  }
  const bytes = quantity(text);
  if (bytes === undefined || bytes <= 0) {
    source.refuse(found, 'is no size', 'use one such as 10Gi');
    return undefined;
  }
  const sizeGiB = Math.max(1, Math.ceil(bytes / gibi));
  if (sizeGiB * gibi !== bytes) source.differ(path, '', `a claim has whole GiB: ${sizeGiB}Gi`);
  return sizeGiB;
}

/** What the chart has for a Spark worker, figure by figure, where the file says nothing. */
const chartWorker: Resources = { requests: { cpu: 1, memoryGiB: 2 }, limits: { cpu: 2, memoryGiB: 4 } };

/** Requests and limits; what is missing is that of the chart or, as in Kubernetes, the one is the other. */
function readResources(source: Source, module: string, defaults?: Resources): Resources | undefined {
  const path = `${module}.resources`;
  if (source.map(path).size === 0) {
    const planned = sizingPresets.minimum.containers[module === 'python' ? 'fateflow' : 'sparkMaster'];
    if (defaults === undefined && module === 'python') {
      source.differ(
        path,
        'nothing',
        `FATE Flow is promised ${planned.requests.cpu} CPU and ${planned.requests.memoryGiB}Gi`,
      );
    }
    return defaults;
  }
  const limits = readQuantity(source, `${path}.limits`, defaults?.limits);
  const requests = readQuantity(source, `${path}.requests`, defaults?.requests);
  const complete = (given: Partial<Quantity>, other: Partial<Quantity>): Quantity | undefined => {
    const { cpu = other.cpu, memoryGiB = other.memoryGiB } = given;
    return cpu === undefined || memoryGiB === undefined ? undefined : { cpu, memoryGiB };
  };
  const [atLeast, atMost] = [complete(requests, limits), complete(limits, requests)];
  if (atLeast && atMost) return { requests: atLeast, limits: atMost };
  source.differ(path, '', 'both CPU and memory are promised and bounded; those of the preset are taken');
  return undefined;
}

function readQuantity(source: Source, path: string, defaults: Quantity | undefined): Partial<Quantity> {
  source.map(path);
  const cpu = readNumber(source, `${path}.cpu`) ?? defaults?.cpu;
  const bytes = readNumber(source, `${path}.memory`);
  const memoryGiB = bytes === undefined ? defaults?.memoryGiB : bytes / gibi;
  return { ...(cpu !== undefined && { cpu }), ...(memoryGiB !== undefined && { memoryGiB }) };
}

function readNumber(source: Source, path: string): number | undefined {
  const text = source.quantity(path);
  const found = source.find(path);
  const value = text === undefined ? undefined : quantity(text);
  if (text !== undefined && found && !(value !== undefined && value > 0)) {
    source.refuse(found, 'is no quantity', 'use one such as 500m, 8 or 16Gi');
  }
  return value;
}

/** Where the chart's own default is not what this library does. */
function nameWhatIsMissing(source: Source): void {
  if (source.find('persistence') === undefined) {
    source.differ('persistence', 'nothing, which is false', 'whatever must survive is in a claim, not in the pod');
  }
  if (source.find('mysql.subPath') === undefined) {
    source.differ(
      'mysql.subPath',
      'nothing',
      'the data are in a directory of the volume: beside lost+found MySQL does not initialise',
    );
  }
  if (source.find('ingress') === undefined) {
    source.differ(
      'ingress',
      'nothing: four interfaces under one name for all parties, <interface>.kubefate.net',
      'notebook and FATE Board are published, as <id>.<interface>.<domain>; the two that know no password are not',
    );
  }
}
