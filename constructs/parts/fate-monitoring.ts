import { Construct } from 'constructs';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { services } from '../../lib/fate/services';
import type { Monitoring } from '../../lib/federation/monitoring';
import type { AlertRule } from '../../lib/monitoring/rules';
import type { Endpoint, Probe, Scrape } from '../../lib/monitoring/scrapes';
import { Manifest } from '../app/manifest';
import { Exporter, type ExporterProps } from './exporter';

export interface FateMonitoringProps extends ExporterProps {
  readonly namespace: string;
  readonly scrapes: readonly Scrape[];
  readonly rules: readonly AlertRule[];
  readonly dashboard: object;
}

/**
 * What the operator of a Prometheus reads, what the sidecar of Grafana takes, and the exporters in between.
 *
 * @see Prometheus operator, `monitoring.coreos.com/v1`; Grafana's chart, `sidecar.dashboards`
 */
export class FateMonitoring extends Construct {
  constructor(scope: Construct, id: string, props: FateMonitoringProps) {
    super(scope, id);
    for (const scrape of props.scrapes) this.podMonitor(scrape, props);
    this.rules(props);
    this.dashboard(props);
    new Exporter(this, services.exporter.name, props);
  }

  private podMonitor({ workload, endpoints }: Scrape, { namespace, monitoring }: FateMonitoringProps) {
    new Manifest<PodMonitor>(this, `${workload}-monitor`, {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name: workload, labels: { ...monitoring.labels } },
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/name': workload } },
        podMetricsEndpoints: endpoints.map((endpoint) => podEndpoint(endpoint, monitoring, namespace)),
      },
    });
  }

  private rules({ monitoring, rules }: FateMonitoringProps) {
    new Manifest<PrometheusRule>(this, 'rules', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name, labels: { ...monitoring.labels } },
      spec: { groups: [{ name, rules }] },
    });
  }

  private dashboard({ namespace, dashboard }: FateMonitoringProps) {
    new Manifest<ConfigMap>(this, 'dashboard', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'dashboard', labels: { grafana_dashboard: '1' } },
      data: { [`${namespace}.json`]: `${JSON.stringify(dashboard, undefined, 1)}\n` },
    });
  }
}

const name = 'fate';

function podEndpoint(endpoint: Endpoint, { intervalSeconds }: Monitoring, namespace: string): PodEndpoint {
  const { port, path, probe, target, metrics } = endpoint;
  return {
    port,
    path,
    params: probe && { module: [probe.module], ...(!isOfPods(probe) && { target: [probe.url] }) },
    interval: `${intervalSeconds}s`,
    honorTimestamps: false, // Pulsar's are of when it counted, and Prometheus would show a series on after its end
    relabelings: [
      { targetLabel: 'target', replacement: target },
      ...(probe && isOfPods(probe) ? throughExporter(probe, namespace) : []),
    ],
    metricRelabelings: [{ action: 'keep', sourceLabels: ['__name__'], regex: metrics.join('|') }],
  };
}

const isOfPods = ({ url }: Probe): boolean => url.includes('$1');

/** Asks the exporter of the pod that was found, in the place of the pod. */
const throughExporter = ({ url }: Probe, namespace: string): readonly Relabeling[] => [
  { sourceLabels: ['__meta_kubernetes_pod_ip'], targetLabel: '__param_target', replacement: url },
  {
    targetLabel: '__address__',
    replacement: `${services.exporter.name}.${namespace}.svc:${services.exporter.ports.json}`,
  },
];

/** As far as they are drawn here. */
interface PodMonitor {
  apiVersion: 'monitoring.coreos.com/v1';
  kind: 'PodMonitor';
  metadata: ObjectMeta;
  spec: {
    selector: { matchLabels: Readonly<Record<string, string>> };
    podMetricsEndpoints: readonly PodEndpoint[];
  };
}

interface PodEndpoint {
  port: string;
  path?: string;
  params?: Readonly<Record<string, readonly string[]>>;
  interval: string;
  honorTimestamps: boolean;
  relabelings: readonly Relabeling[];
  metricRelabelings: readonly Relabeling[];
}

interface Relabeling {
  action?: 'keep';
  sourceLabels?: readonly string[];
  regex?: string;
  targetLabel?: string;
  replacement?: string;
}

interface PrometheusRule {
  apiVersion: 'monitoring.coreos.com/v1';
  kind: 'PrometheusRule';
  metadata: ObjectMeta;
  spec: { groups: readonly { name: string; rules: readonly AlertRule[] }[] };
}
