import type { ExchangePlan } from '../federation/exchange';
import type { Monitoring } from '../federation/monitoring';
import type { PartyPlan } from '../federation/party';
import { exchangeDashboard, partyDashboard } from './dashboards';
import { type AlertRule, exchangeRules, partyRules } from './rules';
import {
  type Endpoint,
  exchangeScrapes,
  honorsTimestamps,
  metricRelabelings,
  parametersOf,
  partyScrapes,
  type Relabeling,
  type Scrape,
  targetRelabelings,
} from './scrapes';

/** A member of which metrics can be had. */
export type Monitored = (PartyPlan | ExchangePlan) & { readonly monitoring: Monitoring };

/** What a Prometheus that no operator runs has to be given, and Grafana: the same that is drawn as objects otherwise. */
export interface PrometheusFiles {
  /** For `scrape_config_files`, or to be added to the list in `prometheus.yml`. */
  readonly scrape: { readonly scrape_configs: readonly ScrapeConfig[] };
  /** For `rule_files`: a group for each member. */
  readonly rules: { readonly groups: readonly { readonly name: string; readonly rules: readonly AlertRule[] }[] };
  /** By namespace. */
  readonly dashboards: Readonly<Record<string, object>>;
}

/** @see Prometheus 2.36, `scrape_config` */
export interface ScrapeConfig {
  readonly job_name: string;
  readonly scrape_interval: string;
  readonly honor_timestamps: boolean;
  readonly metrics_path?: string;
  readonly params?: Readonly<Record<string, readonly string[]>>;
  readonly kubernetes_sd_configs: readonly [
    { readonly role: 'pod'; readonly namespaces: { readonly names: readonly [string] } },
  ];
  readonly relabel_configs: readonly object[];
  readonly metric_relabel_configs: readonly object[];
}

/** @param members of one cluster, which that Prometheus is in */
export const prometheusFiles = (members: readonly Monitored[]): PrometheusFiles => ({
  scrape: { scrape_configs: members.flatMap(scrapeConfigs) },
  rules: { groups: members.map((plan) => ({ name: plan.namespace, rules: rulesOf(plan) })) },
  dashboards: Object.fromEntries(members.map((plan) => [plan.namespace, dashboardOf(plan)])),
});

const scrapeConfigs = (plan: Monitored): readonly ScrapeConfig[] =>
  scrapesOf(plan).flatMap(({ workload, endpoints }) =>
    endpoints.map((endpoint) => scrapeConfig(plan, workload, endpoint)),
  );

const scrapesOf = (plan: Monitored): readonly Scrape[] => ('id' in plan ? partyScrapes(plan) : exchangeScrapes(plan));
const rulesOf = (plan: Monitored): readonly AlertRule[] => ('id' in plan ? partyRules(plan) : exchangeRules(plan));
const dashboardOf = (plan: Monitored): object => ('id' in plan ? partyDashboard(plan) : exchangeDashboard(plan));

/** Finds pods and names them as the operator has a Prometheus do it. */
function scrapeConfig({ namespace, monitoring }: Monitored, workload: string, endpoint: Endpoint): ScrapeConfig {
  return {
    job_name: `${namespace}/${endpoint.target}`,
    scrape_interval: `${monitoring.intervalSeconds}s`,
    honor_timestamps: honorsTimestamps,
    metrics_path: endpoint.path,
    params: parametersOf(endpoint),
    kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: [namespace] } }],
    relabel_configs: [
      keep('pod_label_app_kubernetes_io_name', workload),
      keep('pod_container_port_name', endpoint.port),
      keep('pod_phase', 'Pending|Running|Unknown'),
      { sourceLabels: ['__meta_kubernetes_namespace'], targetLabel: 'namespace' },
      { sourceLabels: ['__meta_kubernetes_pod_name'], targetLabel: 'pod' },
      ...targetRelabelings(endpoint, namespace),
    ].map(spelled),
    metric_relabel_configs: metricRelabelings(endpoint).map(spelled),
  };
}

const keep = (label: string, regex: string): Relabeling => ({
  action: 'keep',
  sourceLabels: [`__meta_kubernetes_${label}`],
  regex,
});

/** As Prometheus spells it itself. */
const spelled = ({ sourceLabels, targetLabel, ...rest }: Relabeling): object => ({
  source_labels: sourceLabels,
  target_label: targetLabel,
  ...rest,
});
