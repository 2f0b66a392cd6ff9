import type { Pod } from 'kubernetes-types/core/v1';
import { routeTables } from '../../fate/route-tables';
import { secrets } from '../../fate/secrets';
import { services } from '../../fate/services';
import type { ExchangePlan } from '../../federation/exchange';
import { exchangeNginxRoutes, sniRoutes } from '../../federation/routing';
import { yaml } from '../../formats/yaml';
import type { Place } from '../asks';
import type { Step } from '../ladder';
import { ownCertificate } from '../steps/certificates';
import { podSteps, podsStep } from '../steps/pods';
import { nginxTables, sniEntries, type Table, tableStep } from '../steps/routes';
import { routeStep } from '../steps/way-out';
import { runningIn } from './party';

const { trafficServer, nginx } = services;
const { certificates } = routeTables.trafficServer;

/**
 * The ladder of an exchange: its pods, the tables of each of them, and the way from each to each party.
 *
 * @param pods of its namespace; none where they could not be seen
 */
export function exchangeLadder(plan: ExchangePlan, pods: readonly Pod[]): readonly Step[] {
  const { replicas, parties } = plan;
  const proxies = runningIn(pods, trafficServer.name, trafficServer.name);
  const gates = runningIn(pods, nginx.name, nginx.name);
  return [
    ...podSteps('exchange', plan.namespace, [
      { name: trafficServer.name, pods: replicas, least: 1, failure: 'traffic-server-lost' },
      { name: nginx.name, pods: replicas, least: 1, failure: 'exchange-nginx-lost' },
    ]),
    ...proxies.slice(0, 1).map((at) => ownCertificate('exchange', plan.domain, filesOf(at))),
    ...proxies.map((at) => tableStep('exchange', sniTable(plan, at))),
    ...gates.flatMap((at) => gateTables(plan, at)).map((table) => tableStep('exchange', table)),
    ...proxies.flatMap((at) => parties.map((party) => routeStep(at, party, 'pulsar', podsStep(trafficServer.name)))),
    ...gates.flatMap((at) => parties.map((party) => routeStep(at, party, 'nginx', podsStep(nginx.name)))),
  ];
}

function filesOf(at: Place) {
  const { keys } = secrets.trafficServerCertificate;
  return { ...at, certificate: `${certificates}/${keys.certificate}`, ca: `${certificates}/${keys.ca}` };
}

function sniTable({ parties }: ExchangePlan, at: Place): Table {
  const { configuration, directory, table } = routeTables.trafficServer;
  return {
    name: `${table} of ${at.pod}`,
    at,
    path: `${configuration}/${directory}/${table}`,
    declared: sniEntries(yaml(sniRoutes(parties))),
    read: sniEntries,
    failure: 'route-not-loaded',
  };
}

const gateTables = ({ parties, transport }: ExchangePlan, at: Place): readonly Table[] =>
  nginxTables(exchangeNginxRoutes(parties), transport === 'mutual-tls' ? parties : undefined, at);
