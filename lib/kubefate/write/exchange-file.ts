import { services } from '../../fate/services';
import type { PartyDescriptor } from '../../federation/descriptor';
import { type ExchangePlan, includesPort, portsText } from '../../federation/exchange';
import { exchangeNginxRoutes, sniRoutes } from '../../federation/routing';
import type { PublicService } from '../../kubernetes/public-services';
import { connectPorts, exchangeId } from '../chart';
import { exchangeChart } from '../charts';
import type { ExchangeChart } from '../charts/exchange-chart';
import { type ImageKeys, imageKeys } from '../images';
import {
  anyFile,
  certManagerLimit,
  longName,
  mangledNames,
  monitoringLimit,
  policiesLimit,
  transportLimit,
} from '../limits/any-file';
import { type ChartLimit, fatal, limit } from '../limits/limit';
import { podLimits } from '../limits/pods';
import { serviceLimits } from '../limits/services';
import type { ClusterFile } from './cluster-file';
import { imageLimits } from './images';
import { podSecurityPolicy, pullSecrets } from './party-file';
import { placement } from './pods';

/**
 * An exchange as KubeFATE installs it: `cluster.yaml` for the chart `fate-exchange` of its release, with a route for each party
 * of the plan. Install it without parties first, and update it when their addresses are known.
 *
 * @throws {InvalidInput} of a release for which KubeFATE has no chart
 * @see White paper, "Step 4: Updating each FLC's exposed IP address in the route table of the Exchange service"
 * @see KubeFATE, `helm-charts/FATE-Exchange/values-template.yaml` at the chart's tag
 */
export function exchangeFile(plan: ExchangePlan): ClusterFile {
  const chart = exchangeChart(plan);
  return {
    values: exchangeValues(plan, chart, imageKeys(chart.images, plan.images)),
    limits: exchangeLimits(plan, chart),
  };
}

const exchangeValues = (plan: ExchangePlan, { version }: ExchangeChart, { registry, imageTag }: ImageKeys) => ({
  name: plan.namespace,
  namespace: plan.namespace,
  chartName: 'fate-exchange',
  chartVersion: version,
  partyId: exchangeId,
  registry,
  imageTag,
  ...pullSecrets(plan),
  podSecurityPolicy: podSecurityPolicy(plan),
  modules,
  trafficServer: {
    type: plan.services.trafficServer.type,
    ...nodePort(plan.services.trafficServer, 'nodePort'),
    replicas: plan.replicas,
    ...placement(plan.pods.trafficServer),
    // Without this block the job fails, even when there is no route.
    route_table: {
      sni: sniRoutes(plan.parties).sni.map(({ fqdn, tunnel_route }) => ({ fqdn, tunnelRoute: tunnel_route })),
    },
  },
  nginx: {
    type: plan.services.nginx.type,
    ...nodePort(plan.services.nginx, 'httpNodePort'),
    replicas: plan.replicas,
    ...placement(plan.pods.nginx),
    // The chart has a default route of its own; of two the first counts.
    route_table: new Map([...exchangeNginxRoutes(plan.parties)].filter(([party]) => party !== 'default')),
  },
});

const nodePort = (service: PublicService, key: string) =>
  service.type === 'NodePort' ? { [key]: Object.values(service.nodePorts)[0] } : {};

export const modules = ['trafficServer', 'nginx'] as const;
const exchangeLimits = (plan: ExchangePlan, { images }: ExchangeChart): ChartLimit[] => [
  ...longName(plan.namespace),
  ...transportLimit(plan),
  ...certManagerLimit(plan),
  ...monitoringLimit(plan),
  ...policiesLimit(plan),
  ...mangledNames({ namespace: plan.namespace }),
  ...plan.parties.flatMap(partyLimits),
  ...(plan.parties.length > 0 ? [] : [withoutRoutes]),
  ...imageLimits(images, plan.images),
  ...reservedLimits(plan.reserved),
  ...podLimits(plan.pods),
  ...serviceLimits(plan.services),
  ...(portsText(plan.connectPorts) === portsText(connectPorts)
    ? []
    : [
        limit(
          'connectPorts',
          `connects to the ports ${portsText(connectPorts)} in the place of ${portsText(plan.connectPorts)}`,
          'the plan does not bound what Traffic Server may reach',
        ),
      ]),
  ...anyFile,
  ...drawnOtherwise,
];

function partyLimits({ id, fqdn, pulsar }: PartyDescriptor, index: number): ChartLimit[] {
  const path = `parties[${index}]`;
  const isOpen = includesPort(connectPorts, pulsar.port);
  return [
    ...mangledNames({ [`${path}.fqdn`]: fqdn }),
    ...(isOpen
      ? []
      : [
          fatal(
            `${path}.pulsar.port`,
            `connects to the ports ${portsText(connectPorts)} only`,
            `no data reaches party ${id} at port ${pulsar.port}`,
          ),
        ]),
    ...(id === exchangeId
      ? [
          fatal(
            `${path}.id`,
            `has a route for ${exchangeId} already, the exchange's own, and of two the first counts`,
            'calls for this party return to the exchange',
          ),
        ]
      : []),
  ];
}

const withoutRoutes = limit(
  'parties',
  'writes `sni:` with nothing behind it for an empty list, in the place of `sni: []`',
  'Traffic Server 9.2 does not start on it while its pod stays Running, 9.0 and 9.1 do: see that port 443 answers',
);

const reservedLimits = (reserved: ExchangePlan['reserved']): ChartLimit[] =>
  Object.entries(reserved).map(([service, address]) =>
    limit(
      `addresses.${service}.reserved`,
      'drops loadBalancerIP',
      `the Service gets another address than ${address}${service === 'nginx' ? '' : ', which every party remembers for good'}`,
    ),
  );

/** Properties of the native objects, whatever the plan says. */
const drawnOtherwise: readonly ChartLimit[] = [
  limit(
    'hot routes',
    'makes no server read its routes again',
    'after each update run `traffic_ctl config reload` in every pod of traffic-server once it has the new file; restart nginx when a party has left',
  ),
  limit(
    'renewed certificates',
    'gives Traffic Server a new certificate beside its old key, in a mount that no change reaches',
    'after each renewal run `kubectl rollout restart deployment/traffic-server`',
  ),
  limit(
    'remap_required',
    'runs Traffic Server as an open proxy',
    'whoever reaches port 443 reaches everything that the pod can; keep the network of the pod closed',
  ),
  limit(
    'timeouts',
    'cuts tunnels after 30 s without traffic and after 900 s with it',
    'replication between Pulsars breaks and starts again four times an hour',
  ),
  limit(
    'default route',
    'sends calls for an unknown party back to nginx',
    'one such call takes all connections of nginx until it is cut',
  ),
  limit('resources', 'sets none', 'the pods are evicted first when a node runs short, and may take all of it before'),
  limit(
    'probes, disruption budgets, spreading, security contexts',
    'has none, and updates by stopping all pods first',
    'a server that hangs stays in its Service, and an update or a lost node cuts every party',
  ),
  limit(
    services.nginx.name,
    'opens the gRPC port 9310 beside 9300 on the LoadBalancer',
    'a firewall has to close one port more, which takes any call',
  ),
];
