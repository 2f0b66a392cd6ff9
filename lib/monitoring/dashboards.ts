import type { ExchangePlan } from '../federation/exchange';
import { isJoined } from '../federation/neighbours';
import type { PartyPlan } from '../federation/party';
import { hasCertificate } from '../federation/pulsar';
import { endsSoonSeconds } from './rules';

/** One picture of a dashboard. */
interface Panel {
  readonly title: string;
  /** As Grafana names it. */
  readonly unit: 'short' | 'bytes' | 'Bps' | 'reqps' | 'percentunit' | 's';
  /** A number in large, or a line for each series. */
  readonly shows: 'stat' | 'timeseries';
  /** Expression → its legend. */
  readonly series: Readonly<Record<string, string>>;
  /** Of a number: what is bad, from there on or below it. @default nothing is */
  readonly bad?: { readonly from: number } | { readonly below: number };
}

export function partyDashboard(plan: PartyPlan): object {
  const of = ofNamespace(plan);
  return dashboard(plan, `FATE party ${plan.id}`, [
    ...(hasCertificate(plan) ? [certificate(plan)] : []),
    ...(plan.spark.isExternal ? [] : [sparkWorkers(plan)]),
    ...(plan.hdfs.isExternal ? [] : [datanodes(plan)]),
    restarts(plan),
    {
      title: 'Jobs that run, since',
      unit: 's',
      shows: 'timeseries',
      series: { [`time() - ${of('fate_job_created_milliseconds')} / 1000`]: '{{job_id}} {{role}} {{party_id}}' },
    },
    ...(plan.spark.isExternal ? [] : [sparkCores(plan)]),
    ...(isJoined(plan) && !plan.pulsar.isExternal
      ? ([
          {
            title: 'Messages that wait for others',
            unit: 'short',
            shows: 'timeseries',
            series: { [`sum by (remote_cluster) (${of('pulsar_replication_backlog')})`]: 'party {{remote_cluster}}' },
          },
          {
            title: 'Sent to others',
            unit: 'Bps',
            shows: 'timeseries',
            series: {
              [`sum by (remote_cluster) (${of('pulsar_replication_throughput_out')})`]: 'party {{remote_cluster}}',
            },
          },
        ] satisfies readonly Panel[])
      : []),
    calls(plan),
    {
      title: 'Volumes, used',
      unit: 'percentunit',
      shows: 'timeseries',
      series: {
        [`1 - ${of('kubelet_volume_stats_available_bytes')} / ${of('kubelet_volume_stats_capacity_bytes')}`]:
          '{{persistentvolumeclaim}}',
        ...(!plan.hdfs.isExternal && {
          [`1 - ${of('fate_hdfs_remaining_bytes')} / ${of('fate_hdfs_capacity_bytes')}`]: 'HDFS',
        }),
      },
    },
    ...resources(plan),
  ]);
}

function datanodes(plan: PartyPlan): Panel {
  const of = ofNamespace(plan);
  return {
    title: 'Datanodes',
    unit: 'short',
    shows: 'stat',
    series: {
      [`${of('fate_hdfs_live_datanodes')} - ${of('fate_hdfs_stale_datanodes')}`]: `of ${plan.sizing.datanodes}`,
    },
    bad: { below: plan.sizing.datanodes },
  };
}

export function exchangeDashboard(plan: ExchangePlan): object {
  const of = ofNamespace(plan);
  return dashboard(plan, `FATE exchange of ${plan.domain}`, [
    certificate(plan),
    {
      title: 'Tables of routes that pods of nginx read',
      unit: 'short',
      shows: 'stat',
      series: {
        [`count(count by (routes) (count_values by (pod) ("routes", ${of('fate_nginx_routes_checksum')})))`]: 'tables',
      },
      bad: { from: 2 },
    },
    restarts(plan),
    {
      title: 'Connections of Traffic Server',
      unit: 'short',
      shows: 'timeseries',
      series: { [of('fate_traffic_server_connections')]: '{{pod}}' },
    },
    calls(plan),
    ...resources(plan),
  ]);
}

const ofNamespace =
  ({ namespace }: PartyPlan | ExchangePlan) =>
  (metric: string): string =>
    `${metric}{namespace="${namespace}"}`;

const certificate = (plan: PartyPlan | ExchangePlan): Panel => ({
  title: 'Certificate ends in',
  unit: 's',
  shows: 'stat',
  series: { [`${ofNamespace(plan)('probe_ssl_earliest_cert_expiry')} - time()`]: '{{target}}' },
  bad: { below: endsSoonSeconds(plan) },
});

const restarts = (plan: PartyPlan | ExchangePlan): Panel => ({
  title: 'Restarts of a day',
  unit: 'short',
  shows: 'stat',
  series: {
    [`round(sum(increase(${ofNamespace(plan)('kube_pod_container_status_restarts_total')}[1d])))`]: 'restarts',
  },
  bad: { from: 4 },
});

const sparkWorkers = (plan: PartyPlan): Panel => ({
  title: 'Spark workers',
  unit: 'short',
  shows: 'stat',
  series: { [ofNamespace(plan)('fate_spark_alive_workers')]: `of ${plan.spark.workers.count}` },
  bad: { below: plan.spark.workers.count },
});

const sparkCores = (plan: PartyPlan): Panel => ({
  title: "Spark's cores",
  unit: 'short',
  shows: 'timeseries',
  series: {
    [ofNamespace(plan)('fate_spark_cores')]: 'offered',
    [ofNamespace(plan)('fate_spark_cores_used')]: 'in use',
  },
});

const calls = (plan: PartyPlan | ExchangePlan): Panel => ({
  title: 'Calls of nginx',
  unit: 'reqps',
  shows: 'timeseries',
  series: {
    [`sum by (party, status) (rate(${ofNamespace(plan)('fate_nginx_calls_total')}[$__rate_interval]))`]:
      'for {{party}}: {{status}}',
  },
});

/** Spark's workers beside the others. @see White paper, "Appendix" */
const resources = (plan: PartyPlan | ExchangePlan): readonly Panel[] => {
  const of = ({ namespace }: PartyPlan | ExchangePlan, metric: string) =>
    `${metric}{namespace="${namespace}",container!=""}`;
  return [
    {
      title: 'CPU, in cores',
      unit: 'short',
      shows: 'timeseries',
      series: {
        [`sum by (pod) (rate(${of(plan, 'container_cpu_usage_seconds_total')}[$__rate_interval]))`]: '{{pod}}',
      },
    },
    {
      title: 'Memory',
      unit: 'bytes',
      shows: 'timeseries',
      series: { [`sum by (pod) (${of(plan, 'container_memory_working_set_bytes')})`]: '{{pod}}' },
    },
  ];
};

/** As Grafana reads it. @see Grafana 11, dashboard JSON, schema version 39 */
const dashboard = ({ namespace }: PartyPlan | ExchangePlan, title: string, panels: readonly Panel[]): object => ({
  uid: namespace.slice(0, longestUid),
  title,
  tags: ['fate'],
  schemaVersion: 39,
  editable: false,
  refresh: '1m',
  annotations: { list: [] },
  time: { from: 'now-6h', to: 'now' },
  templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] },
  panels: panels.map((panel, i) => drawn(panel, i, placeOf(panels, i))),
});

const longestUid = 40;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Grafana has 24 columns: numbers come first, in one row, then two pictures in a row. */
function placeOf(panels: readonly Panel[], i: number): Place {
  const stats = panels.filter(({ shows }) => shows === 'stat').length;
  const w = 24 / stats;
  if (i < stats) return { x: i * w, y: 0, w, h: 4 };
  const at = i - stats;
  return { x: (at % 2) * 12, y: 4 + Math.floor(at / 2) * 8, w: 12, h: 8 };
}

const drawn = ({ title, unit, shows, series, bad }: Panel, i: number, gridPos: Place): object => ({
  id: i + 1,
  title,
  type: shows,
  gridPos,
  datasource,
  fieldConfig: {
    defaults: {
      unit,
      min: 0,
      max: unit === 'percentunit' ? 1 : undefined,
      ...(shows === 'stat' && { color: { mode: 'thresholds' }, thresholds: { mode: 'absolute', steps: stepsOf(bad) } }),
    },
    overrides: [],
  },
  options: options[shows],
  targets: Object.entries(series).map(([expr, legendFormat], n) => ({
    refId: String.fromCharCode(65 + n),
    datasource,
    expr,
    legendFormat,
  })),
});

/** Colours from a value on, of which the first has none. */
function stepsOf(bad: Panel['bad']): readonly { readonly value: number | null; readonly color: string }[] {
  if (bad === undefined) return [{ value: null, color: good }];
  if ('from' in bad)
    return [
      { value: null, color: good },
      { value: bad.from, color: 'red' },
    ];
  return [
    { value: null, color: 'red' },
    { value: bad.below, color: good },
  ];
}

const good = 'green';

/** Grafana's own, all of which its schema asks for. */
const options: Readonly<Record<Panel['shows'], object>> = {
  stat: {
    colorMode: 'value',
    graphMode: 'none',
    justifyMode: 'auto',
    orientation: 'auto',
    percentChangeColorMode: 'standard',
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    showPercentChange: false,
    textMode: 'value_and_name',
    wideLayout: true,
  },
  timeseries: {
    legend: { calcs: [], displayMode: 'list', placement: 'bottom', showLegend: true },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
};

const datasource = { type: 'prometheus', uid: '${datasource}' };
