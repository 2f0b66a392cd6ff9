/**
 * Every metric that rules and dashboards read, by who tells it. Nothing else is kept of what is scraped: Pulsar alone has some
 * sixty series for each topic, and FATE makes topics for each table.
 *
 * What this library has scraped is tried on the programs themselves; those of the cluster are whoever's who runs it.
 *
 * @see Pulsar 2.7.0 and 2.10.1, `/metrics`; kube-state-metrics, `docs/metrics/workload/pod-metrics.md`; kubelet, `/metrics` and `/metrics/cadvisor`
 */
export const metrics = {
  pulsar: [
    'pulsar_replication_backlog',
    'pulsar_replication_throughput_out',
    'pulsar_storage_backlog_size',
    'pulsar_storage_backlog_quota_limit',
  ],
  nginx: ['fate_nginx_calls_total', 'fate_nginx_routes_checksum'],
  jobs: ['fate_job_created_milliseconds'],
  hdfs: [
    'fate_hdfs_live_datanodes',
    'fate_hdfs_stale_datanodes',
    'fate_hdfs_safe_mode',
    'fate_hdfs_capacity_bytes',
    'fate_hdfs_remaining_bytes',
  ],
  spark: ['fate_spark_alive_workers', 'fate_spark_cores', 'fate_spark_cores_used'],
  trafficServer: ['fate_traffic_server_connections'],
  certificate: ['probe_success', 'probe_ssl_earliest_cert_expiry'],
  cluster: [
    'up',
    'kube_pod_status_ready',
    'kube_pod_status_phase',
    'kube_pod_container_status_restarts_total',
    'kubelet_volume_stats_available_bytes',
    'kubelet_volume_stats_capacity_bytes',
    'container_cpu_usage_seconds_total',
    'container_memory_working_set_bytes',
  ],
} as const satisfies Record<string, readonly string[]>;

export type MetricSource = Exclude<keyof typeof metrics, 'cluster'>;
