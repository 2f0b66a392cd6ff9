import { database } from '../../fate/database';
import { services } from '../../fate/services';
import type { PartyPod } from '../../fate/sizes';
import type { AgreementProps } from '../../federation/agreement';
import { descriptorVersion, type ExchangeDescriptor } from '../../federation/descriptor';
import type { PartyProps } from '../../federation/party';
import type { PublicEndpoint } from '../../federation/public-addresses';
import type { PulsarProps } from '../../federation/pulsar';
import { partyNginxRoutes } from '../../federation/routing';
import type { SizingProps } from '../../federation/sizing';
import { isHostIpv4 } from '../../input/addresses';
import { isHostAddress, shown } from '../../input/checks';
import type { Problems } from '../../input/problems';
import { lastWithPolicies } from '../../kubernetes/releases';
import { ingressKeys, modules, oneWorkerPerNode } from '../chart';
import type { PartyChart } from '../charts/party-chart';
import { place } from './located';
import { nameData } from './party-data';
import { declaredServices, readHosting, readModules, readNodePort, refuseOtherEngines } from './read-common';
import { readBuild, readCompute } from './read-compute';
import { domainOfHosts, readIngress } from './read-ingress';
import { readPods } from './read-pods';
import { readExistingClaims, readSizing, readStorageClasses } from './read-sizing';
import type { Difference, Source } from './source';

/** A declaration of a party; complete for `partyPlan()` when the file says the domain. */
export type PartyDeclaration = Partial<Pick<AgreementProps, 'domain'>> &
  Pick<AgreementProps, 'fate' | 'transport'> &
  PartyProps & { readonly exchange?: ExchangeDescriptor };

export function readParty(
  problems: Problems,
  source: Source,
  chart: PartyChart,
): { declaration: PartyDeclaration; differences: readonly Difference[] } {
  for (const path of blocks) source.map(path);
  const id = source.require('partyId', source.integer('partyId', 1, 999_999_999)) ?? 0;
  readEngines(problems, source, chart);
  const build = readBuild(source, chart);
  readModules(source, modules);
  const existingClaims = readExistingClaims(source);
  nameData(source, chart, existingClaims);
  const exchange = readExchange(source, chart);
  const domain = exchange?.domain ?? domainOfHosts(source, id);
  const sizing = readSizing(source, chart);
  const ingress = readIngress(source, id, domain, chart.ingress);
  const storageClasses = readStorageClasses(source, existingClaims);
  for (const [path, value] of Object.entries({ ...asWeDo, ...repeated(chart) })) source.takeIf(path, value);
  source.takeIf('spark.worker.affinity', oneWorkerPerNode);
  const services = {
    nginx: readNodePort(source, 'nginx', 'httpNodePort'),
    pulsar: isBalanced(source) || exchange === undefined ? undefined : readNodePort(source, 'pulsar', 'httpsNodePort'),
  };
  const pods = readPods(source, chart.placed);
  const hasPolicy = source.flag('podSecurityPolicy.enabled') === true;
  const declaration: PartyDeclaration = {
    ...(domain !== undefined && { domain }),
    fate: chart.fate,
    transport: 'open',
    id,
    // The file does not say which: the last that takes its Ingresses, or that has policies for pods.
    kubernetes: chart.lastKubernetes ?? (hasPolicy ? lastWithPolicies : undefined),
    ...readHosting(source, `fate-${id}`, chart.images(build)),
    ...storageClasses,
    ...(Object.keys(existingClaims).length > 0 && { existingClaims }),
    ingress,
    compute: readCompute(source, build),
    ...sizing,
    pods,
    pulsar: readPulsar(source, chart, sizing),
    ...declaredServices(services),
    exchange,
  };
  nameWhatIsMissing(source, chart, exchange !== undefined, services.pulsar !== undefined);
  return { declaration, differences: source.differences(chart) };
}

/** What a block of the file has to repeat of the chart. */
const repeated = ({ bare, placed }: PartyChart): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(bare).flatMap(([pod, block]) =>
      Object.entries(block).map(([key, value]) => [`${placed[pod as PartyPod]}.${key}`, value]),
    ),
  );

/** What Pulsar keeps, as far as the chart can be told. */
function readPulsar(
  source: Source,
  { keys, defaults }: PartyChart,
  { volumesGiB }: SizingProps,
): PulsarProps | undefined {
  const backlog = keys.backlogGiB === undefined ? undefined : source.find(keys.backlogGiB);
  const backlogGiB = Number(backlog?.value);
  const fits = Number.isInteger(backlogGiB) && backlogGiB >= 1 && backlogGiB <= (volumesGiB?.pulsar ?? 0);
  if (backlog && fits) source.take(backlog);
  const minutes = keys.readMinutes === undefined ? undefined : source.integer(keys.readMinutes, 1, 525_600);
  const readMinutes = minutes === defaults.readMinutes ? undefined : minutes;
  return fits || readMinutes !== undefined ? { backlogGiB: fits ? backlogGiB : undefined, readMinutes } : undefined;
}

/** Keys with keys below them. */
const blocks = [
  'podSecurityPolicy',
  'istio',
  'host',
  'ingress',
  ...Object.keys(ingressKeys).flatMap((key) => [`ingress.${key}`, `ingress.${key}.annotations`]),
  'mysql',
  'python',
  'python.spark',
  'python.hdfs',
  'python.pulsar',
  'python.nginx',
  'serving',
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
  'pulsar.confs',
];

/** What the chart can be told and does by itself, in the words of its defaults, and what this library does, too. */
const asWeDo: Readonly<Record<string, unknown>> = {
  persistence: true,
  pullPolicy: 'IfNotPresent',
  'istio.enabled': false,
  'mysql.subPath': 'mysql',
  'client.subPath': 'client',
  'mysql.ip': database.host,
  'mysql.port': database.port,
  'mysql.database': database.name,
  'mysql.user': database.user,
  'python.hdfs.name_node': 'hdfs://namenode:9000',
  'python.pulsar.host': 'pulsar',
  'python.pulsar.mng_port': 8080,
  'python.pulsar.port': 6650,
  'python.pulsar.cluster': 'standalone',
  'python.pulsar.tenant': 'fl-tenant',
  'python.nginx.host': 'nginx',
  'python.nginx.http_port': 9300,
  'python.nginx.grpc_port': 9310,
  'python.spark.master': 'spark://spark-master:7077',
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

function readEngines(problems: Problems, source: Source, { engines }: PartyChart): void {
  const remedy = `use ${Object.values(engines).join(', ')}, with the modules spark, hdfs, nginx and pulsar`;
  const others = Object.entries(engines).filter(([key, engine]) => source.text(key) !== engine);
  if (others.length === 0) return refuseOtherEngines(source, 'pulsar', otherEngines, remedy);
  for (const [key] of others) {
    const found = source.text(key);
    const what = found === undefined ? 'none, which is Eggroll,' : shown(found);
    problems.add(place({ line: source.find(key)?.line ?? 1, path: key }), `${what} is not what is drawn here`, remedy);
  }
}

/** Modules that do what Pulsar and Spark do here. */
const otherEngines = ['rabbitmq', 'rollsite', 'lbrollsite', 'clustermanager', 'nodemanager'];

/** The exchange, from the two halves of the file that say where it is. */
function readExchange(source: Source, { fate }: PartyChart): ExchangeDescriptor | undefined {
  const nginx = readEndpoint(source, 'nginx.exchange', 'httpPort', services.nginx.ports.http, isHostIpv4);
  const reachable = (address: string) => isHostAddress(address, 'ipv4 or name');
  const trafficServer = readEndpoint(source, 'pulsar.exchange', 'port', services.trafficServer.ports.tls, reachable);
  const domain = source.text('pulsar.exchange.domain') ?? 'fate.org';
  if (nginx === undefined || trafficServer === undefined) {
    const [half] = [nginx && 'nginx.exchange', trafficServer && 'pulsar.exchange'].filter((it) => it !== undefined);
    if (half !== undefined) source.differ(half, '', 'an exchange is reached through nginx and through Pulsar, or not');
    return undefined;
  }
  if (!source.says('pulsar.exchange.domain')) {
    const reason = `other parties are called <id>.<domain>: the domain must be that of the exchange's routes and of all certificates${hint(source)}`;
    source.differ('pulsar.exchange.domain', 'nothing, which is fate.org', reason);
  }
  return {
    apiVersion: descriptorVersion,
    kind: 'Exchange',
    domain,
    fate,
    transport: 'open',
    trafficServer,
    nginx,
  };
}

/** Host names in the file that speak of another domain than the one left out. */
function hint(source: Source): string {
  const named = [...source.map('host').values()]
    .map((host) => `${host.value}`)
    .find((host) => host !== '' && !host.endsWith('fate.org'));
  return named === undefined ? '' : `, and ${shown(named)} speaks of another`;
}

function readEndpoint(
  source: Source,
  path: string,
  portKey: string,
  usualPort: number,
  isReachable: (address: string) => boolean,
): PublicEndpoint | undefined {
  const address = source.text(`${path}.ip`);
  const port = source.integer(`${path}.${portKey}`, 1, 65535);
  if (address === undefined || isClosed(address, port)) return undefined;
  const at = source.find(`${path}.ip`);
  if (at && !isReachable(address)) {
    source.refuse(at, 'is no address that can be reached', 'use an IPv4 address: nginx connects to nothing else');
  }
  if (port === undefined) {
    source.differ(`${path}.${portKey}`, 'nothing', `no port can be reached; ${usualPort} is taken`);
  }
  return { address, port: port ?? usualPort };
}

/** The default of a party without an exchange, which takes no call. */
const isClosed = (address: string, port: number | undefined): boolean => {
  const [closed] = partyNginxRoutes({ id: 1 }).get('default')?.['proxy'] ?? [];
  return closed?.host === address && closed.http_port === port;
};

/** Where the chart's own default is not what this library does. */
function nameWhatIsMissing(
  source: Source,
  { reasons, lastKubernetes }: PartyChart,
  hasExchange: boolean,
  hasNodePort: boolean,
): void {
  if (!source.says('nginx.type'))
    source.differ('nginx.type', 'nothing, which is ClusterIP', reasons['nginx.type'] ?? '');
  if (lastKubernetes !== undefined && source.flag('podSecurityPolicy.enabled') !== true) {
    const reason = `the pods are bound to the policy of the cluster, which Kubernetes ${lastKubernetes} may have`;
    source.differ('podSecurityPolicy.enabled', 'nothing, which is false', reason);
  }
  if ((isBalanced(source) || hasNodePort) === hasExchange) return;
  if (hasExchange || source.says('pulsar.publicLB.enabled')) {
    source.differ('pulsar.publicLB.enabled', 'nothing, which is false', publication);
  }
}

/** Whether Pulsar has a LoadBalancer of its own, for TLS only. */
const isBalanced = (source: Source): boolean => source.flag('pulsar.publicLB.enabled') === true;

const publication = 'a party with an exchange is published, one without is not';

/** Where a file says what a plan has under these keys. */
export const partyKeys: Readonly<Record<string, string>> = {
  id: 'partyId',
  compute: 'algorithm',
  'compute.gpus': 'python.resources',
  datanodes: 'hdfs.datanode.replicas',
  images: 'imageTag',
  storageClass: 'mysql.storageClass',
  sparkWorkers: 'spark.worker.replicas',
  'volumesGiB.mysql': 'mysql.size',
  'volumesGiB.fateflow': 'python.size',
  'volumesGiB.client': 'client.size',
  'volumesGiB.namenode': 'hdfs.namenode.size',
  'volumesGiB.datanode': 'hdfs.datanode.size',
  'volumesGiB.pulsar': 'pulsar.size',
  'services.nginx': 'nginx.httpNodePort',
  'services.pulsar': 'pulsar.httpsNodePort',
  'resources.fateflow': 'python.resources',
  'resources.sparkMaster': 'spark.master.resources',
  'resources.sparkWorker': 'spark.worker.resources',
  domain: 'pulsar.exchange.domain',
  'exchange.trafficServer': 'pulsar.exchange.ip',
  'exchange.nginx': 'nginx.exchange.ip',
  exchange: 'pulsar.exchange',
};
