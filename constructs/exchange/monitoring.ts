import type { Construct } from 'constructs';
import { localPorts, services } from '../../lib/fate/services';
import type { ExchangePlan } from '../../lib/federation/exchange';
import type { Monitoring as MonitoringPlan } from '../../lib/federation/monitoring';
import { exchangeDashboard } from '../../lib/monitoring/dashboards';
import { blackboxModules, exchangeModules } from '../../lib/monitoring/exporters';
import { exchangeRules } from '../../lib/monitoring/rules';
import { exchangeScrapes } from '../../lib/monitoring/scrapes';
import { exporterLabels } from '../parts/exporter';
import { FateMonitoring } from '../parts/fate-monitoring';
import { nginxMetricsPolicy } from '../parts/fate-nginx';
import { MetricsPolicy, openPorts } from '../parts/metrics-policy';

/** Metrics of an exchange: nginx's, and what an exporter makes of Traffic Server's statistics. */
export class Monitoring extends FateMonitoring {
  constructor(scope: Construct, id: string, plan: ExchangePlan & { readonly monitoring: MonitoringPlan }) {
    super(scope, id, {
      ...plan,
      scrapes: exchangeScrapes(plan),
      rules: exchangeRules(plan),
      dashboard: exchangeDashboard(plan),
      modules: { json: exchangeModules(plan), blackbox: blackboxModules },
    });
    nginxMetricsPolicy(this, plan.monitoring);
    new MetricsPolicy(this, 'traffic-server-metrics', {
      workload: services.trafficServer.name,
      metrics: [localPorts.trafficServerStatus],
      to: { podSelector: { matchLabels: exporterLabels } },
      others: [openPorts(services.trafficServer.ports.tls)],
    });
  }
}
