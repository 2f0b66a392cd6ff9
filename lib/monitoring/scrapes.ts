import { releases } from '../fate/releases';
import { localPorts, services } from '../fate/services';
import type { ExchangePlan } from '../federation/exchange';
import type { PartyPlan } from '../federation/party';
import { hasCertificate } from '../federation/pulsar';
import { type MetricSource, metrics } from './metrics';
import { runningJobs } from './running-jobs';

/** What a Prometheus scrapes of each pod of one workload. */
export interface Scrape {
  readonly workload: string;
  readonly endpoints: readonly Endpoint[];
}

export interface Endpoint {
  /** Label `target` of what is scraped: one pod may be asked for several. */
  readonly target: string;
  /** Name of the port of a container. */
  readonly port: string;
  /** @default '/metrics' */
  readonly path?: string;
  /** What an exporter is asked for. @default the pod tells metrics itself */
  readonly probe?: Probe;
  /** Names of what is kept. */
  readonly metrics: readonly string[];
}

export interface Probe {
  readonly module: MetricSource;
  /** URL, or host and port. With `$1` in the place of a host it is of each pod, and the exporter in another one. */
  readonly url: string;
}

/** A step that gives a target or a series a label, or keeps some. */
export interface Relabeling {
  readonly action?: 'keep';
  readonly sourceLabels?: readonly string[];
  readonly regex?: string;
  readonly targetLabel?: string;
  readonly replacement?: string;
}

/** What exporters ask on behalf of a Prometheus, by what they tell. */
const probe = (
  port: keyof typeof services.exporter.ports,
  module: MetricSource,
  target: string,
  url = target,
): Endpoint => ({ target, port, path: '/probe', probe: { module, url }, metrics: metrics[module] });

const ofNginx: Scrape = {
  workload: services.nginx.name,
  endpoints: [{ target: 'nginx', port: 'status', metrics: metrics.nginx }],
};

export function partyScrapes(plan: PartyPlan): readonly Scrape[] {
  const { fateflow, sparkMaster, namenode } = services;
  const { jobs, hdfs } = releases[plan.fate];
  const state = 'Hadoop:service=NameNode,name=FSNamesystemState';
  return [
    ...(plan.pulsar.isExternal ? [] : [ofPulsar]),
    ofNginx,
    {
      workload: services.exporter.name,
      endpoints: [
        probe('json', 'jobs', fateflow.name, `http://${fateflow.name}:${fateflow.ports.http}${runningJobs(jobs).path}`),
        ...(plan.hdfs.isExternal
          ? []
          : [probe('json', 'hdfs', namenode.name, `http://${namenode.name}:${hdfs.namenode.ui}/jmx?qry=${state}`)]),
        ...(plan.spark.isExternal
          ? []
          : [probe('json', 'spark', sparkMaster.name, `http://${sparkMaster.name}:${sparkMaster.ports.ui}/json/`)]),
        ...(hasCertificate(plan) ? [probe('blackbox', 'certificate', certified(plan))] : []),
      ],
    },
  ];
}

const ofPulsar: Scrape = {
  workload: services.pulsar.name,
  endpoints: [{ target: 'pulsar', port: 'admin', metrics: metrics.pulsar }],
};

/** Who shows the party's certificate to anybody: where members prove who they are, Pulsar shows it to them alone. */
function certified({ transport }: PartyPlan): string {
  const { nginx, pulsarPublicTls } = services;
  return transport === 'mutual-tls'
    ? `${nginx.name}:${nginx.ports.http}`
    : `${pulsarPublicTls.name}:${pulsarPublicTls.ports['broker-tls']}`;
}

export function exchangeScrapes(_: ExchangePlan): readonly Scrape[] {
  const { trafficServer, exporter } = services;
  const status = `http://$1:${localPorts.trafficServerStatus}/_stats`;
  return [
    ofNginx,
    {
      workload: trafficServer.name,
      endpoints: [{ ...probe('json', 'trafficServer', trafficServer.name, status), port: 'status' }],
    },
    {
      workload: exporter.name,
      endpoints: [probe('blackbox', 'certificate', `${trafficServer.name}:${trafficServer.ports.tls}`)],
    },
  ];
}

/** Parameters of a scrape's URL. @default none */
export const parametersOf = ({ probe }: Endpoint) =>
  probe && { module: [probe.module], ...(!isOfPods(probe) && { target: [probe.url] }) };

/** What a pod that was found becomes as a target. @param namespace of the pod, and of the exporter that is asked in its place */
export const targetRelabelings = ({ target, probe }: Endpoint, namespace: string): readonly Relabeling[] => [
  { targetLabel: 'target', replacement: target },
  ...(probe && isOfPods(probe) ? throughExporter(probe, namespace) : []),
];

/** Which series of what is told are kept. */
export const metricRelabelings = ({ metrics }: Endpoint): readonly Relabeling[] => [
  { action: 'keep', sourceLabels: ['__name__'], regex: metrics.join('|') },
];

/** Pulsar's are of when it counted, and Prometheus would show a series on after its end. */
export const honorsTimestamps = false;

const isOfPods = ({ url }: Probe): boolean => url.includes('$1');

/** Asks the exporter of the pod that was found, in the place of the pod. */
const throughExporter = ({ url }: Probe, namespace: string): readonly Relabeling[] => [
  { sourceLabels: ['__meta_kubernetes_pod_ip'], targetLabel: '__param_target', replacement: url },
  {
    targetLabel: '__address__',
    replacement: `${services.exporter.name}.${namespace}.svc:${services.exporter.ports.json}`,
  },
];
