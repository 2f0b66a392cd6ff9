import { Construct } from 'constructs';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { services } from '../../lib/fate/services';
import type { Monitoring } from '../../lib/federation/monitoring';
import type { AlertRule } from '../../lib/monitoring/rules';
import {
  type Endpoint,
  honorsTimestamps,
  metricRelabelings,
  parametersOf,
  type Relabeling,
  type Scrape,
  targetRelabelings,
} from '../../lib/monitoring/scrapes';
import { Manifest } from '../app/manifest';
import { Exporter, type ExporterProps } from './exporter';

export interface FateMonitoringProps extends ExporterProps {
  readonly namespace: string;
  readonly scrapes: readonly Scrape[];
  readonly rules: readonly AlertRule[];
  readonly dashboard: object;
}

/**
 * What the operator of a Prometheus reads, where there is one, what the sidecar of Grafana takes, and the exporters in between.
 *
 * @see Prometheus operator, `monitoring.coreos.com/v1`; Grafana's chart, `sidecar.dashboards`
 */
export class FateMonitoring extends Construct {
  constructor(scope: Construct, id: string, props: FateMonitoringProps) {
    super(scope, id);
    if (props.monitoring.operator) {
      for (const scrape of props.scrapes) this.podMonitor(scrape, props);
      this.rules(props);
    }
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
  const { port, path } = endpoint;
  return {
    port,
    path,
    params: parametersOf(endpoint),
    interval: `${intervalSeconds}s`,
    honorTimestamps: honorsTimestamps,
    relabelings: targetRelabelings(endpoint, namespace),
    metricRelabelings: metricRelabelings(endpoint),
  };
}

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

interface PrometheusRule {
  apiVersion: 'monitoring.coreos.com/v1';
  kind: 'PrometheusRule';
  metadata: ObjectMeta;
  spec: { groups: readonly { name: string; rules: readonly AlertRule[] }[] };
}
