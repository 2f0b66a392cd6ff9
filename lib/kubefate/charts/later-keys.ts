/** Key → the first chart known here that has it. */
type LaterKeys = Readonly<Record<string, string>>;

const since = (version: string, keys: readonly string[]): LaterKeys =>
  Object.fromEntries(keys.map((key) => [key, version]));

export const since200 = since('v2.0.0', [
  'osx',
  ...['client', 'fateboard', 'mysql', 'nginx', 'pulsar', 'python', 'hdfs', 'spark.master', 'spark.worker'].flatMap(
    (module) => [`${module}.image`, `${module}.imageTag`],
  ),
]);

export const since1112 = {
  ...since('v1.11.2', [
    'computing',
    'federation',
    'storage',
    'algorithm',
    'device',
    'skippedKeys',
    'ingressClassName',
    'python.replicas',
    'python.logLevel',
    'python.dependent_distribution',
    'python.hive',
    'python.pulsar.topic_ttl',
    'python.pulsar.cluster',
    'python.pulsar.tenant',
    'fateboard.nodeSelector',
    'fateboard.tolerations',
    'fateboard.affinity',
    'client.notebook_hashed_password',
    'hdfs.datanode.replicas',
    'pulsar.resources',
    'pulsar.env',
    'pulsar.confs',
    'rollsite.enableTLS',
  ]),
  ...since200,
};
