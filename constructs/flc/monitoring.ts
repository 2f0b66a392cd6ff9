import type { Construct } from 'constructs';
import { services } from '../../lib/fate/services';
import type { PartyMonitoring } from '../../lib/federation/monitoring';
import type { PartyPlan } from '../../lib/federation/party';
import { partyDashboard } from '../../lib/monitoring/dashboards';
import { blackboxModules, partyModules } from '../../lib/monitoring/exporters';
import { partyRules } from '../../lib/monitoring/rules';
import { partyScrapes } from '../../lib/monitoring/scrapes';
import { FateMonitoring, scraper } from '../parts/fate-monitoring';
import { nginxMetricsPolicy } from '../parts/fate-nginx';
import { MetricsPolicy, openPorts } from '../parts/metrics-policy';

/** Metrics of a party: Pulsar's own, nginx's, and what exporters make of FATE Flow, HDFS and Spark. */
export class Monitoring extends FateMonitoring {
  constructor(scope: Construct, id: string, plan: PartyPlan & { readonly monitoring: PartyMonitoring }) {
    super(scope, id, {
      ...plan,
      scrapes: partyScrapes(plan),
      rules: partyRules(plan),
      dashboard: partyDashboard(plan),
      modules: { json: partyModules(plan), blackbox: blackboxModules },
    });
    nginxMetricsPolicy(this, plan.monitoring);
    this.pulsarPolicy(plan);
  }

  /** Its metrics are on the port of its administration, which is the namespace's, and an Ingress' where one is asked for. */
  private pulsarPolicy({ ingress, monitoring }: PartyPlan & { readonly monitoring: PartyMonitoring }) {
    const { name, ports } = services.pulsar;
    new MetricsPolicy(this, 'pulsar-metrics', {
      workload: name,
      metrics: [ports.admin],
      to: scraper(monitoring),
      others: [
        { from: [{ podSelector: {} }] },
        openPorts(ports['broker-tls'], ...(ingress.hosts.pulsar === undefined ? [] : [ports.admin])),
      ],
    });
  }
}
