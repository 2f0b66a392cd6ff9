import type { Pod } from 'kubernetes-types/core/v1';
import { type Release, releases } from '../../fate/releases';
import { routeTables } from '../../fate/route-tables';
import { secrets } from '../../fate/secrets';
import { services } from '../../fate/services';
import { copiesOn, pulsarReplicas } from '../../fate/sizes';
import type { Server } from '../../fate/spark';
import type { ExchangeDescriptor } from '../../federation/descriptor';
import { isJoined } from '../../federation/neighbours';
import type { PartyPlan } from '../../federation/party';
import { pulsarDoor, pulsarHosts } from '../../federation/pulsar';
import { partyNginxRoutes, pulsarRoutes } from '../../federation/routing';
import { yaml } from '../../formats/yaml';
import type { Place } from '../asks';
import type { FailureId } from '../finding';
import type { Step } from '../ladder';
import { ownCertificate, publishedCertificate, tunnel } from '../steps/certificates';
import { clock, coresStep, externalHdfs, hdfsSteps, ownSpark } from '../steps/compute';
import { fateFlow, otherParty, outlet, ownNginx } from '../steps/fate-flow';
import {
  connectionStep,
  externalConnection,
  type OwnEndpoint,
  ownConnections,
  publicConnection,
} from '../steps/network';
import { peerFlow, peerSteps } from '../steps/peers';
import { isRunning, podName, podSteps, podsOf, podsStep, type Workload } from '../steps/pods';
import { pulsarSteps } from '../steps/pulsar';
import { nginxTables, type Table, tableStep, yamlEntries } from '../steps/routes';

/** The workload of the notebook, whose Service has the name of what it serves. */
const client = 'client';
const sparkWorker = 'spark-worker';

/**
 * The ladder of a party: from its pods up to the cores that FATE Flow counts. Branches are independent: where Spark has no worker,
 * routes are looked at all the same.
 *
 * @param others ids of the parties that it should reach
 * @param pods of its namespace; none where they could not be seen
 */
export function partyLadder(plan: PartyPlan, others: readonly number[], pods: readonly Pod[]): readonly Step[] {
  const { id, exchange, peers } = plan;
  return [
    ...podSteps(id, plan.namespace, workloadsOf(plan)),
    clock(plan),
    ...ownConnections(id, endpointsOf(plan)),
    ...externalConnections(plan),
    ...(exchange
      ? [
          ...publicConnection(
            id,
            'exchange',
            'Traffic Server of the exchange',
            'traffic-server-lost',
            exchange.trafficServer,
          ),
          ...publicConnection(id, 'exchange', 'nginx of the exchange', 'exchange-nginx-lost', exchange.nginx),
        ]
      : []),
    ...ownCertificateSteps(plan, pods),
    ...(exchange ? exchangeCertificates(plan, exchange, others) : []),
    ...(peers ?? []).flatMap((peer) => peerSteps(plan, peer)),
    ...tablesOf(plan, pods).map((table) => tableStep(id, table)),
    fateFlow(plan),
    ownNginx(plan),
    ...(exchange ? others.map((other) => otherParty(plan, other, exchangeNginx(exchange))) : []),
    ...(peers ? others.map((other) => peerFlow(plan, other)) : []),
    ...pulsarSteps(plan, others),
    ...hdfsOf(plan, pods),
    ...(plan.spark.isExternal ? [] : [ownSpark(plan)]),
    ...besideDatabase(plan, pods)
      .slice(0, 1)
      .map((at) => coresStep(plan, at)),
  ];
}

/** Where FATE Flow's database is asked. */
const besideDatabase = (plan: PartyPlan, pods: readonly Pod[]): readonly Place[] =>
  plan.mysql.isExternal ? besideFateFlow(plan, pods) : runningIn(pods, services.mysql.name, services.mysql.name);

const besideFateFlow = ({ fate }: PartyPlan, pods: readonly Pod[]): readonly Place[] =>
  runningIn(pods, services.fateflow.name, releases[fate].fateflow.container);

function hdfsOf(plan: PartyPlan, pods: readonly Pod[]): readonly Step[] {
  const { hdfs } = plan;
  if (!hdfs.isExternal) return hdfsSteps(plan);
  return besideFateFlow(plan, pods)
    .slice(0, 1)
    .map((at) => externalHdfs(plan, hdfs, at));
}

/** Where questions are asked from: beside FATE Flow, which others are called by, or where it is down beside its tools. */
export function asker(plan: PartyPlan, pods: readonly Pod[]): AskingPlace | undefined {
  const [flow] = besideFateFlow(plan, pods);
  if (flow !== undefined) return { ...flow, workload: services.fateflow.name };
  const [tools] = runningIn(pods, client, client);
  return tools && { ...tools, workload: client };
}

/** A container that questions are asked in. */
export interface AskingPlace extends Place {
  /** Whose pod it is. */
  readonly workload: string;
}

export const runningIn = (pods: readonly Pod[], workload: string, container: string): readonly Place[] =>
  podsOf(pods, workload)
    .filter((pod) => isRunning(pod, container))
    .map((pod) => ({ pod: podName(pod), container }));

function workloadsOf(plan: PartyPlan): readonly Workload[] {
  const { fate, sizing, mysql, hdfs, spark } = plan;
  const { fateboard }: Release = releases[fate];
  return [
    ...(mysql.isExternal ? [] : [{ name: services.mysql.name, pods: 1, failure: 'mysql-lost' } as const]),
    { name: services.fateflow.name, pods: 1, failure: 'fateflow-lost' },
    ...(fateboard.pod === 'fateboard'
      ? [{ name: services.fateboard.name, pods: 1, failure: 'interface-lost' } as const]
      : []),
    { name: client, pods: 1, failure: 'interface-lost' },
    { name: services.nginx.name, pods: 1, failure: 'nginx-lost' },
    ...pulsarWorkloads(plan),
    ...(hdfs.isExternal
      ? []
      : ([
          { name: services.namenode.name, pods: 1, failure: 'namenode-lost' },
          { name: services.datanode.name, pods: sizing.datanodes, least: 1, failure: 'datanode-lost' },
        ] as const)),
    ...(spark.isExternal
      ? []
      : ([
          { name: services.sparkMaster.name, pods: 1, failure: 'spark-master-lost' },
          { name: sparkWorker, pods: spark.workers.count, least: 1, failure: 'spark-worker-lost' },
        ] as const)),
  ];
}

/** Where it is highly available: with what is least, messages come and go. */
function pulsarWorkloads(plan: PartyPlan): readonly Workload[] {
  const { cluster, isExternal } = plan.pulsar;
  const { pulsar, pulsarZookeeper, pulsarBookie, pulsarProxy } = services;
  const failure = 'pulsar-lost';
  if (isExternal) return [];
  if (cluster === undefined) return [{ name: pulsar.name, pods: 1, failure }];
  const { broker, zookeeper, proxy } = pulsarReplicas;
  return [
    { name: pulsar.name, pods: broker, least: 1, failure },
    { name: pulsarZookeeper.name, pods: zookeeper, least: majority(zookeeper), failure },
    { name: pulsarBookie.name, pods: cluster.bookies, least: copiesOn(cluster.bookies), failure },
    ...(isJoined(plan) ? [{ name: pulsarProxy.name, pods: proxy, least: 1, failure } as const] : []),
  ];
}

const majority = (of: number): number => Math.floor(of / 2) + 1;

function endpointsOf(plan: PartyPlan): readonly OwnEndpoint[] {
  const { mysql, fateflow, nginx, pulsar, namenode, sparkMaster } = services;
  const [host, port] = outlet(plan);
  const of = (workload: string, service: string, ports: readonly number[], failure: OwnEndpoint['failure']) =>
    ports.map((port): OwnEndpoint => ({ service, port, failure, needs: [podsStep(workload)] }));
  return [
    ...(plan.mysql.isExternal ? [] : of(mysql.name, mysql.name, [mysql.ports.mysql], 'mysql-lost')),
    ...of(fateflow.name, fateflow.name, [fateflow.ports.http], 'fateflow-lost'),
    ...of(nginx.name, host, [port], 'nginx-lost'),
    ...(plan.pulsar.isExternal
      ? []
      : of(pulsar.name, pulsar.name, [pulsar.ports.broker, pulsar.ports.admin], 'pulsar-lost')),
    ...(plan.hdfs.isExternal
      ? []
      : of(namenode.name, namenode.name, [namenode.ports.rpc, releases[plan.fate].hdfs.namenode.ui], 'namenode-lost')),
    ...(plan.spark.isExternal
      ? []
      : of(sparkMaster.name, sparkMaster.name, [sparkMaster.ports.rpc, sparkMaster.ports.ui], 'spark-master-lost')),
  ];
}

/** To what somebody else runs for the party. */
const externalConnections = ({ id, mysql, hdfs, spark, pulsar }: PartyPlan): readonly Step[] => [
  ...(mysql.isExternal
    ? externalConnection(id, 'the MySQL of somebody else', 'mysql-lost', mysql.host, [mysql.port])
    : []),
  ...(hdfs.isExternal ? anyOf(id, 'a namenode of somebody else', 'namenode-lost', hdfs.namenodes) : []),
  ...(spark.isExternal ? anyOf(id, 'a master of the Spark of somebody else', 'spark-master-lost', spark.masters) : []),
  ...(pulsar.isExternal
    ? pulsarHosts(pulsar).flatMap((address) =>
        externalConnection(id, 'the Pulsar of somebody else', 'pulsar-lost', address, [pulsar.port, pulsar.adminPort]),
      )
    : []),
];

/** Servers that stand in for one another. */
const anyOf = (id: number, what: string, failure: FailureId, servers: readonly Server[]): readonly Step[] =>
  servers.flatMap((each) =>
    externalConnection(id, what, failure, each.host, [each.port], { isOneOfSeveral: servers.length > 1 }),
  );

/** Of the party, as its Pulsar has it; nobody has one who stands alone. */
function ownCertificateSteps(plan: PartyPlan, pods: readonly Pod[]): readonly Step[] {
  const { id, domain, fate } = plan;
  if (!isJoined(plan)) return [];
  const { keys } = secrets.pulsarCertificate;
  const { certificates } = releases[fate].pulsar;
  return runningIn(pods, services.pulsar.name, services.pulsar.name)
    .slice(0, 1)
    .map((at) =>
      ownCertificate(id, domain, {
        ...at,
        certificate: `${certificates}/${keys.certificate}`,
        ca: `${certificates}/${keys.ca}`,
      }),
    );
}

/** Of the exchange, and of whom it leads to. */
function exchangeCertificates(
  plan: PartyPlan,
  exchange: ExchangeDescriptor,
  others: readonly number[],
): readonly Step[] {
  const { id, domain, transport } = plan;
  const { trafficServer, nginx } = exchange;
  const reached = [connectionStep(trafficServer.address, trafficServer.port)];
  const needs = exchangeNginx(exchange);
  return [
    ...(transport === 'mutual-tls'
      ? [publishedCertificate('exchange', domain, 'nginx of the exchange', 'exchange-nginx-lost', nginx, needs)]
      : []),
    tunnel(id, domain, trafficServer, [...reached, ...(plan.pulsar.isExternal ? [] : [podsStep(pulsarDoor(plan))])]),
    ...others.map((other) => tunnel(other, domain, trafficServer, reached)),
  ];
}

const exchangeNginx = ({ nginx }: ExchangeDescriptor): readonly string[] => [connectionStep(nginx.address, nginx.port)];

/** Of every replica that runs. */
function tablesOf(plan: PartyPlan, pods: readonly Pod[]): readonly Table[] {
  const { fate, peers, transport } = plan;
  const { fateflow } = routeTables;
  const { container, pulsarRoutes: mounted }: Release['fateflow'] = releases[fate].fateflow;
  return [
    ...runningIn(pods, services.nginx.name, services.nginx.name).flatMap((at) =>
      nginxTables(partyNginxRoutes(plan), transport === 'mutual-tls' ? peers : undefined, at),
    ),
    ...runningIn(pods, services.fateflow.name, container).map(
      (at): Table => ({
        name: `${fateflow.table} of ${at.pod}`,
        at,
        path: mounted.link ?? `${mounted.directory}/${fateflow.table}`,
        declared: yamlEntries(yaml(pulsarRoutes(plan))),
        read: yamlEntries,
        failure: 'route-not-loaded',
      }),
    ),
  ];
}
