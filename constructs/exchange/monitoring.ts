import type { Construct } from 'constructs';
import type { ExchangePlan } from '../../lib/federation/exchange';
import type { Monitoring as MonitoringPlan } from '../../lib/federation/monitoring';
import { exchangeDashboard } from '../../lib/monitoring/dashboards';
import { blackboxModules, exchangeModules } from '../../lib/monitoring/exporters';
import { exchangeRules } from '../../lib/monitoring/rules';
import { exchangeScrapes } from '../../lib/monitoring/scrapes';
import { FateMonitoring } from '../parts/fate-monitoring';

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
  }
}
