/**
 * What KubeFATE's charts 1.6.1 have of what native objects have, with this library's files: keys by workload, pod, container
 * and its environment, by file and by its directives.
 *
 * @see `helm-charts/FATE`, `helm-charts/FATE-Exchange`, as Helm 3.6 renders them
 */
type Had = Readonly<Record<string, string>>;

const anyPod = 'affinity containers imagePullSecrets initContainers volumes';
const workload = 'replicas selector strategy template';

/** Those of FATE's image among them, which the chart's own includes. */
const nginx: Had = {
  nginx: 'command image name ports volumeMounts',
  'nginx.conf':
    'access_by_lua_file access_log balancer_by_lua_file error_log events http init_worker_by_lua_file listen location log_format lua_package_path proxy_next_upstream proxy_pass proxy_set_header server underscores_in_headers upstream worker_connections worker_processes',
};

const hdfs = [
  'CORE_CONF_fs_defaultFS CORE_CONF_hadoop_http_staticuser_user CORE_CONF_io_compression_codecs',
  'HDFS_CONF_dfs_namenode_datanode_registration_ip___hostname___check HDFS_CONF_dfs_permissions_enabled HDFS_CONF_dfs_webhdfs_enabled',
].join(' ');

export const partyChart: Had = {
  ...nginx,
  workload,
  pod: anyPod,
  secret: 'pulsar-cert',
  mysql: 'env image name ports volumeMounts',
  'mysql env': 'MYSQL_DATABASE MYSQL_PASSWORD MYSQL_USER',
  python: 'command env image name ports resources volumeMounts',
  'python env': 'POD_IP',
  fateboard: 'image name ports volumeMounts',
  'ping-mysql': 'command env image name',
  'ping-mysql env': 'MYSQL_HOST MYSQL_PORT',
  client: 'command env image name ports volumeMounts',
  'client env': 'FATE_FLOW_HOST FATE_FLOW_PORT partyId',
  'spark-master': 'image name ports',
  'spark-worker': 'image name ports resources volumeMounts',
  namenode: 'env image name ports volumeMounts',
  'namenode env': `CLUSTER_NAME ${hdfs}`,
  datanode: 'env image name ports volumeMounts',
  'datanode env': `SERVICE_PRECONDITION ${hdfs}`,
  pulsar: 'command env image name ports volumeMounts',
  'spark-defaults.conf': 'spark.driver.host spark.master',
  'standalone.conf': [
    'allowLoopback backlogQuotaDefaultLimitGB bookkeeperClientMinNumRacksPerWriteQuorum brokerClientTlsEnabled',
    'brokerServicePortTls clusterName dbStorage_readAheadCacheBatchSize dbStorage_rocksDB_blockSize dbStorage_rocksDB_sstSizeInMB',
    'dbStorage_rocksDB_writeBufferSizeMB diskUsageThreshold diskUsageWarnThreshold dispatchThrottlingOnNonBacklogConsumerEnabled',
    'flushInterval gcWaitTime journalMaxGroupWaitMSec journalSyncData ledgerStorageClass loadBalancerEnabled loadManagerClassName',
    'managedLedgerDefaultAckQuorum managedLedgerDefaultEnsembleSize managedLedgerDefaultMarkDeleteRateLimit',
    'managedLedgerDefaultWriteQuorum managedLedgerMaxSizePerLedgerMbytes managedLedgerMinLedgerRolloverTimeMinutes maxMessageSize',
    'nettyMaxFrameSizeBytes replicationMetricsEnabled tlsAllowInsecureConnection tlsCertificateFilePath tlsEnabled tlsKeyFilePath',
    'tlsTrustCertsFilePath topicPublisherThrottlingTickTimeMillis webServicePortTls zooKeeperSessionTimeoutMillis',
  ].join(' '),
};

export const exchangeChart: Had = {
  ...nginx,
  workload,
  pod: 'containers imagePullSecrets volumes',
  secret: 'traffic-server-cert',
  'traffic-server': 'command image name ports volumeMounts',
  'records.config': [
    'proxy.config.http.server_ports proxy.config.ssl.servername.filename proxy.config.http.connect_ports',
    'proxy.config.url_remap.remap_required proxy.config.reverse_proxy.enabled proxy.config.url_remap.pristine_host_hdr',
    'proxy.config.http.cache.http proxy.config.http.response_server_enabled proxy.config.ssl.server.cert.path',
    'proxy.config.ssl.CA.cert.path proxy.config.ssl.CA.cert.filename',
  ].join(' '),
};
