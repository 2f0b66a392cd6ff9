import type { Construct } from 'constructs';
import type { PartyMonitoring } from '../../lib/federation/monitoring';
import type { PartyPlan } from '../../lib/federation/party';
import { partyDashboard } from '../../lib/monitoring/dashboards';
import { blackboxModules, partyModules } from '../../lib/monitoring/exporters';
import { partyRules } from '../../lib/monitoring/rules';
import { partyScrapes } from '../../lib/monitoring/scrapes';
import { FateMonitoring } from '../parts/fate-monitoring';

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
  }
}
