import { fullAt } from '../fate/releases/pulsar';
import { certificateDays } from '../federation/certificates';
import { sizedClaims, volumePods } from '../federation/claims';
import type { ExchangePlan } from '../federation/exchange';
import { isJoined } from '../federation/neighbours';
import type { PartyPlan } from '../federation/party';
import { hasCertificate } from '../federation/pulsar';
import { type FailureId, failures, type Handling } from '../reports/failures';

/** An alert of a Prometheus, as it reads it. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** How long it has to hold. */
  readonly for: string;
  readonly labels: {
    /** `critical`: jobs stand still or fail. `warning`: they will, if nobody does anything. */
    readonly severity: 'critical' | 'warning';
    readonly failure: FailureId;
    /** Of the member, which sums of series have lost. */
    readonly namespace: string;
  };
  readonly annotations: {
    /** What a metric shows. */
    readonly summary: string;
    /** What that may be, and how it is seen besides. */
    readonly description: string;
    readonly remedy: string;
    /** Whose turn it is, in this order. */
    readonly acts: string;
    /** Heading of the page that `kubefate-tanzu runbook` writes. */
    readonly runbook: string;
  };
}

/** One failure of the catalogue, and how a metric shows it. */
interface Sign {
  readonly alert: string;
  readonly failure: FailureId;
  readonly severity: AlertRule['labels']['severity'];
  /** With `{{ $labels.… }}` and `{{ $value }}`. */
  readonly says: string;
  readonly expr: string;
  readonly for: string;
}

export function partyRules(plan: PartyPlan): readonly AlertRule[] {
  const signs = [
    ...podSigns(plan),
    ...volumeSigns(plan),
    ...(hasCertificate(plan) ? [certificateSign(plan)] : []),
    ...(isJoined(plan) && !plan.pulsar.isExternal ? replicationSigns(plan) : []),
    ...(isJoined(plan) ? [callsSign(plan)] : []),
    ...jobSigns(plan),
    ...(plan.hdfs.isExternal ? [] : hdfsSigns(plan)),
    ...(plan.spark.isExternal ? [] : sparkSigns(plan)),
  ];
  return signs.map((sign) => rule(plan, sign, failures[sign.failure].party?.({ plan, others: [] })));
}

export function exchangeRules(plan: ExchangePlan): readonly AlertRule[] {
  const signs = [...podSigns(plan), certificateSign(plan), callsSign(plan), routesSign(plan)];
  return signs.map((sign) => rule(plan, sign, failures[sign.failure].exchange?.({ plan })));
}

function rule({ namespace }: PartyPlan | ExchangePlan, sign: Sign, handling: Handling | undefined): AlertRule {
  const { title, sign: seen, acts } = failures[sign.failure];
  return {
    alert: `Fate${sign.alert}`,
    expr: sign.expr,
    for: sign.for,
    labels: { severity: sign.severity, failure: sign.failure, namespace },
    annotations: {
      summary: `${namespace}: ${sign.says}`,
      description: `${title}? ${literal(seen)}`,
      remedy: literal(handling?.remedy ?? ''),
      acts: acts.join(', then '),
      runbook: `#${sign.failure}`,
    },
  };
}

/** Prometheus fills in whatever is in double braces. */
const literal = (text: string): string => text.replaceAll('{{', '{{"{{"}}');

/** Series of a plan's namespace, narrowed further. */
const of = ({ namespace }: PartyPlan | ExchangePlan, metric: string, ...more: readonly string[]): string =>
  `${metric}{${[`namespace="${namespace}"`, ...more].join(',')}}`;

const podSigns = (plan: PartyPlan | ExchangePlan): readonly Sign[] => [
  {
    alert: 'PodPending',
    failure: 'pod-pending',
    severity: 'critical',
    says: 'Pod {{ $labels.pod }} has not started for ten minutes.',
    expr: `${of(plan, 'kube_pod_status_phase', 'phase="Pending"')} == 1`,
    for: '10m',
  },
  {
    alert: 'PodNotReady',
    failure: 'pod-restarts',
    severity: 'critical',
    says: 'Pod {{ $labels.pod }} runs and has not been ready for ten minutes.',
    expr: `${of(plan, 'kube_pod_status_ready', 'condition="true"')} == 0 and on (pod) ${of(plan, 'kube_pod_status_phase', 'phase="Running"')} == 1`,
    for: '10m',
  },
  {
    alert: 'PodRestarts',
    failure: 'pod-restarts',
    severity: 'warning',
    says: 'Container {{ $labels.container }} of {{ $labels.pod }} has started anew {{ $value | humanize }} times within an hour.',
    expr: `increase(${of(plan, 'kube_pod_container_status_restarts_total')}[1h]) > 3`,
    for: '0m',
  },
  {
    alert: 'MetricsMissing',
    failure: 'pod-restarts',
    severity: 'warning',
    says: 'Pod {{ $labels.pod }} has told nothing of {{ $labels.target }} for ten minutes: alerts that need it are silent.',
    expr: `${of(plan, 'up')} == 0 or ${of(plan, 'probe_success')} == 0`,
    for: '10m',
  },
];

function volumeSigns(plan: PartyPlan): readonly Sign[] {
  const isFull = (expr: string): Sign => ({
    alert: 'VolumeFull',
    failure: 'volume-full',
    severity: 'warning',
    says: 'Claim {{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left.',
    expr: `${expr} < ${leftAtLeast}`,
    for: '10m',
  });
  const left = (...matcher: readonly string[]) =>
    `${of(plan, 'kubelet_volume_stats_available_bytes', ...matcher)} / ${of(plan, 'kubelet_volume_stats_capacity_bytes', ...matcher)}`;
  if (plan.pulsar.isExternal) return [isFull(left())];
  const claims = sizedClaims('pulsar', volumePods(plan)).join('|');
  const taken = fullAt(plan.sizing.volumesGiB.pulsar);
  return [
    isFull(left(`persistentvolumeclaim!~"${claims}"`)),
    {
      alert: 'PulsarVolumeFull',
      failure: 'volume-full',
      severity: 'critical',
      // A small volume is far from full when Pulsar takes no more: none of its own metrics tells of that.
      says: `Of what Pulsar takes on claim {{ $labels.persistentvolumeclaim }} {{ $value | humanizePercentage }} is left: then whoever sends gets an error.`,
      expr: `clamp_min((${left(`persistentvolumeclaim=~"${claims}"`)} - ${decimal(1 - taken)}) / ${taken}, 0) < ${leftAtLeast}`,
      for: '10m',
    },
  ];
}

/** Part of what a volume takes. */
const leftAtLeast = 0.15;

/** Without what a computer adds to a difference. */
const decimal = (value: number): number => Math.round(value * 10_000) / 10_000;

const certificateSign = (plan: PartyPlan | ExchangePlan): Sign => ({
  alert: 'CertificateEnds',
  failure: 'certificate-expired',
  severity: 'warning',
  says: 'The certificate that {{ $labels.target }} shows ends in {{ $value | humanizeDuration }}.',
  expr: `${of(plan, 'probe_ssl_earliest_cert_expiry')} - time() < ${endsSoonSeconds(plan)}`,
  for: '15m',
});

/** What somebody renews by hand is told of when stacks and commands do so; else when cert-manager has failed for half of its time. */
export const endsSoonSeconds = ({ certManager }: PartyPlan | ExchangePlan): number =>
  (certManager ? certManager.renewedDays / 2 : certificateDays.soon) * 86_400;

const replicationSigns = (plan: PartyPlan): readonly Sign[] => [
  {
    alert: 'ReplicationStands',
    failure: 'replication-not-connected',
    severity: 'critical',
    says: '{{ $value | humanize }} messages wait for party {{ $labels.remote_cluster }}, and none has gone for five minutes.',
    // Only Pulsar 2.10 tells whether it is connected; in 2.7 nothing that goes out shows it.
    expr: `sum by (remote_cluster) (${of(plan, 'pulsar_replication_backlog')}) > 0 and on (remote_cluster) sum by (remote_cluster) (${of(plan, 'pulsar_replication_throughput_out')}) == 0`,
    for: '5m',
  },
  {
    alert: 'BacklogFull',
    failure: 'backlog',
    severity: 'warning',
    says: 'Topic {{ $labels.topic }} holds {{ $value | humanizePercentage }} of the unread messages that it may: whoever sends more waits.',
    expr: `max by (topic) (${of(plan, 'pulsar_storage_backlog_size')} / (${of(plan, 'pulsar_storage_backlog_quota_limit')} > 0)) > 0.8`,
    for: '10m',
  },
];

const callsSign = (plan: PartyPlan | ExchangePlan): Sign => ({
  alert: 'CallsFail',
  failure: 'port-blocked',
  severity: 'critical',
  says: 'nginx has answered calls for party {{ $labels.party }} with {{ $labels.status }} for five minutes: the other side does not answer.',
  expr: `sum by (party, status) (rate(${of(plan, 'fate_nginx_calls_total', 'status=~"50[234]"')}[5m])) > 0`,
  for: '5m',
});

const routesSign = (plan: ExchangePlan): Sign => ({
  alert: 'RoutesDiffer',
  failure: 'route-not-loaded',
  severity: 'critical',
  says: 'Pods of nginx read {{ $value }} different tables of routes.',
  expr: `count(count by (routes) (count_values by (pod) ("routes", ${of(plan, 'fate_nginx_routes_checksum')}))) > 1`,
  for: '5m', // longer than the kubelet and the watcher take
});

const jobSigns = (plan: PartyPlan): readonly Sign[] =>
  plan.monitoring
    ? [
        {
          alert: 'JobRunsLong',
          failure: 'job-runs-too-long',
          severity: 'warning',
          says: 'Job {{ $labels.job_id }} of {{ $labels.role }} {{ $labels.party_id }} was made {{ $value | humanizeDuration }} ago and still runs.',
          expr: `time() - ${of(plan, 'fate_job_created_milliseconds')} / 1000 > ${plan.monitoring.jobHours * 3600}`,
          for: '5m',
        },
      ]
    : [];

const hdfsSigns = (plan: PartyPlan): readonly Sign[] => [
  {
    alert: 'DatanodesMissing',
    failure: 'datanode-lost',
    severity: 'critical',
    says: `{{ $value }} of ${plan.sizing.datanodes} datanodes of HDFS are there.`,
    // The namenode counts one as alive for ten minutes more, and as stale when it next looks, within five.
    expr: `${of(plan, 'fate_hdfs_live_datanodes')} - ${of(plan, 'fate_hdfs_stale_datanodes')} < ${plan.sizing.datanodes}`,
    for: '5m',
  },
  {
    alert: 'HdfsSafeMode',
    failure: 'hdfs-safe-mode',
    severity: 'critical',
    says: 'HDFS takes no writes for ten minutes.',
    expr: `${of(plan, 'fate_hdfs_safe_mode')} == 1`,
    for: '10m',
  },
];

const sparkSigns = (plan: PartyPlan): readonly Sign[] => [
  {
    alert: 'SparkWorkersMissing',
    failure: 'no-spark-worker',
    severity: 'critical',
    says: `{{ $value }} of ${plan.spark.workers.count} Spark workers are there: jobs that need the others wait.`,
    expr: `${of(plan, 'fate_spark_alive_workers')} < ${plan.spark.workers.count}`,
    for: '5m',
  },
];
