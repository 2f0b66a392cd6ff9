import { releases } from '../../fate/releases';
import type { AgreementProps } from '../../federation/agreement';
import { descriptorVersion, type PartyDescriptor } from '../../federation/descriptor';
import {
  defaultConnectPorts,
  defaultNginxConnectPorts,
  type ExchangeProps,
  includesPort,
} from '../../federation/exchange';
import type { PublicEndpoint } from '../../federation/public-addresses';
import { isDnsName } from '../../input/addresses';
import { isHostAddress } from '../../input/checks';
import { lastWithPolicies } from '../../kubernetes/releases';
import { connectPorts, exchangeId } from '../chart';
import type { ExchangeChart } from '../charts/exchange-chart';
import { modules } from '../write/exchange-file';
import type { Located } from './located';
import { declaredServices, readHosting, readModules, readNodePort, refuseOtherEngines } from './read-common';
import { readPods } from './read-pods';
import type { Difference, Source } from './source';

/** A declaration of an exchange; complete for `exchangePlan()` when the file has a route, which says the domain. */
export type ExchangeDeclaration = Partial<Pick<AgreementProps, 'domain'>> &
  Pick<AgreementProps, 'fate' | 'transport'> &
  ExchangeProps & { readonly parties: readonly PartyDescriptor[] };

export function readExchange(
  source: Source,
  chart: ExchangeChart,
): {
  declaration: ExchangeDeclaration;
  differences: readonly Difference[];
} {
  for (const path of ['podSecurityPolicy', 'trafficServer', 'trafficServer.route_table', 'nginx']) source.map(path);
  const remedy = 'use the modules trafficServer and nginx';
  refuseOtherEngines(source, 'trafficServer', ['rollsite'], remedy);
  source.takeIf('partyId', exchangeId);
  readModules(source, modules);
  const replicas = readReplicas(source);
  const { domain, parties } = readRoutes(source, chart);
  for (const [path, value] of Object.entries(asWeDo)) source.takeIf(path, value);
  for (const path of ['trafficServer.type', 'nginx.type']) {
    if (!source.says(path)) source.differ(path, 'nothing, which is ClusterIP', chart.reasons[path] ?? '');
  }
  const services = {
    trafficServer: readNodePort(source, 'trafficServer', 'nodePort'),
    nginx: readNodePort(source, 'nginx', 'httpNodePort'),
  };
  const hasPolicy = source.flag('podSecurityPolicy.enabled') === true;
  const unusualPorts = parties
    .map(({ nginx }) => nginx.port)
    .filter((port) => !includesPort(defaultNginxConnectPorts, port));
  const declaration: ExchangeDeclaration = {
    ...(domain !== undefined && { domain }),
    fate: chart.fate,
    transport: 'open',
    // Which release it is, the file does not say. The chart's other objects are in all.
    kubernetes: hasPolicy ? (releases[chart.fate].charts?.lastKubernetes ?? lastWithPolicies) : undefined,
    ...readHosting(source, 'fate-exchange', chart.images),
    replicas,
    pods: readPods(source, { trafficServer: 'trafficServer', nginx: 'nginx' }),
    ...declaredServices(services),
    ...(parties.some(({ pulsar }) => !usualPort(pulsar.port)) && { connectPorts }),
    ...(unusualPorts.length > 0 && { nginxConnectPorts: [...defaultNginxConnectPorts, ...new Set(unusualPorts)] }),
    parties,
  };
  return { declaration, differences: source.differences(chart) };
}

const asWeDo: Readonly<Record<string, unknown>> = {
  pullPolicy: 'IfNotPresent',
  'istio.enabled': false,
  'trafficServer.type': 'LoadBalancer',
  'nginx.type': 'LoadBalancer',
};

/** Whether Traffic Server connects to it without being told. */
const usualPort = (port: number): boolean => includesPort(defaultConnectPorts, port);

function readReplicas(source: Source): number | undefined {
  const paths = ['trafficServer.replicas', 'nginx.replicas'];
  const numbers = paths.map((path) => source.integer(path, 1, 99));
  const [first, second] = numbers;
  paths.forEach((path, i) => {
    if (numbers[i] === undefined) source.differ(path, 'nothing, which is 1', 'two pods survive the loss of a node');
  });
  if (first === undefined || second === undefined || first === second) return first ?? second;
  source.differ('nginx.replicas', '', `one number is for both servers: ${Math.max(first, second)}`);
  return Math.max(first, second);
}

/** A data route, `<id>.<domain>` → the party's Pulsar. */
interface SniRoute {
  readonly at: Located;
  readonly id: number;
  readonly domain: string;
  readonly pulsar: PublicEndpoint;
}

/** Parties that the exchange reaches in both ways; whatever else is in the two tables stays a difference. */
function readRoutes(
  source: Source,
  { fate }: ExchangeChart,
): { domain: string | undefined; parties: readonly PartyDescriptor[] } {
  const sni = source.list('trafficServer.route_table.sni').flatMap((at) => sniRoute(source, at) ?? []);
  const domain = sni[0]?.domain;
  const routes = new Map<number, SniRoute>();
  for (const route of sni) if (route.domain === domain && !routes.has(route.id)) routes.set(route.id, route);
  const parties = [...source.map('nginx.route_table')].flatMap(([key, at]): PartyDescriptor[] => {
    const route = routes.get(Number(key));
    const nginx = route && nginxRoute(source, at);
    if (route === undefined || nginx === undefined) return [];
    source.take(route.at);
    const { id, pulsar } = route;
    const fqdn = `${id}.${domain}`;
    return [
      {
        apiVersion: descriptorVersion,
        kind: 'Party',
        id,
        fqdn,
        domain: `${domain}`,
        fate,
        transport: 'open',
        nginx,
        pulsar,
      },
    ];
  });
  return { domain, parties };
}

function sniRoute(source: Source, at: Located): SniRoute | undefined {
  const [fqdn, target] = ['fqdn', 'tunnelRoute'].map((key) => source.find(`${at.path}.${key}`)?.value);
  const [, id, domain] = /^([1-9]\d{0,8})\.(.+)$/.exec(`${fqdn}`) ?? [];
  const [, address, port] = /^([^:]+):(\d{1,5})$/.exec(`${target}`) ?? [];
  if (id === undefined || domain === undefined || address === undefined) return undefined;
  if (!isDnsName(domain) || !isHostAddress(address, 'ipv4 or name')) return undefined;
  if (!includesPort(connectPorts, Number(port))) return undefined;
  return { at, id: Number(id), domain, pulsar: { address, port: Number(port) } };
}

/** The first host of a party's FATE Flow; nginx connects to no name. */
function nginxRoute(source: Source, at: Located): PublicEndpoint | undefined {
  const [first] = source.list(`${at.path}.fateflow`);
  if (first === undefined) return undefined;
  const host = source.find(`${first.path}.host`);
  const port = source.integer(`${first.path}.http_port`, 1, 65535);
  if (host === undefined || port === undefined || !isHostAddress(host.value, 'ipv4')) return undefined;
  source.take(host);
  return { address: host.value, port };
}

/** Where a file says what a plan has under these keys. */
export const exchangeKeys: Readonly<Record<string, string>> = {
  images: 'imageTag',
  'services.trafficServer': 'trafficServer.nodePort',
  'services.nginx': 'nginx.httpNodePort',
  replicas: 'nginx.replicas',
  domain: 'trafficServer.route_table.sni',
  parties: 'nginx.route_table',
};
