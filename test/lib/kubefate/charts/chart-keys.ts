/** Keys below a place of the file, which is `''` for the file itself, as their paths. */
const keys = (below: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(below).flatMap(([place, names]) =>
    names.split(' ').map((name) => (place === '' ? name : `${place}.${name}`)),
  );

const without = (all: readonly string[], some: readonly string[]) => all.filter((key) => !some.includes(key));

/** What the chart `fate` v1.6.1 reads of a file. @see KubeFATE v1.6.1, `helm-charts/FATE/values-template.yaml` */
export const ofParty161 = keys({
  '': 'backend externalMysqlDatabase externalMysqlIp externalMysqlPassword externalMysqlPort externalMysqlUser imagePullSecrets imageTag modules name partyId persistence pullPolicy registry servingIp servingPort',
  client: 'accessMode affinity existingClaim nodeSelector size storageClass subPath tolerations',
  clustermanager: 'affinity nodeSelector tolerations',
  fateboard: 'password type username',
  'hdfs.datanode': 'accessMode affinity existingClaim nodeSelector size storageClass tolerations type',
  'hdfs.namenode': 'accessMode affinity existingClaim nodePort nodeSelector size storageClass tolerations type',
  host: 'client fateboard pulsarUI rabbitmqUI sparkUI',
  'ingress.client': 'annotations hosts tls',
  'ingress.fateboard': 'annotations hosts tls',
  'ingress.pulsar': 'annotations hosts tls',
  'ingress.rabbitmq': 'annotations hosts tls',
  'ingress.spark': 'annotations hosts tls',
  istio: 'enabled',
  lbrollsite: 'affinity loadBalancerIP nodePort nodeSelector size tolerations type',
  'lbrollsite.exchangeList': 'id ip port',
  mysql:
    'accessMode affinity database existingClaim ip nodeSelector password port size storageClass subPath tolerations type user',
  nginx: 'affinity grpcNodePort httpNodePort loadBalancerIP nodeSelector route_table tolerations type',
  'nginx.exchange': 'grpcPort httpPort ip',
  nodemanager: 'count',
  podSecurityPolicy: 'enabled',
  pulsar:
    'accessMode affinity existingClaim httpNodePort httpsNodePort loadBalancerIP nodeSelector route_table size storageClass tolerations type',
  'pulsar.exchange': 'domain ip port',
  'pulsar.publicLB': 'enabled',
  python:
    'accessMode affinity claimName enabledNN existingClaim grpcNodePort httpNodePort loadBalancerIP nodeSelector resources serviceAccountName size spark storageClass tolerations type',
  'python.clustermanager': 'cores_per_node nodes',
  'python.hdfs': 'name_node path_prefix',
  'python.nginx': 'grpc_port host http_port',
  'python.pulsar': 'host mng_port port',
  'python.rabbitmq': 'host mng_port password port user',
  rabbitmq:
    'affinity default_pass default_user loadBalancerIP nodePort nodeSelector password route_table tolerations type user',
  rollsite: 'affinity loadBalancerIP nodePort nodeSelector tolerations type',
  'rollsite.exchange': 'ip port',
  'rollsite.partyList': 'partyId partyIp partyPort',
  'rollsite.polling': 'clientList concurrency enabled type',
  'rollsite.polling.server': 'ip port',
  serving: 'useRegistry zookeeper',
  'spark.master': 'Image ImageTag affinity nodeSelector replicas resources tolerations',
  spark: 'type',
  'spark.worker': 'Image ImageTag affinity nodeSelector replicas resources tolerations type',
});

const goneIn1112 = keys({
  '': 'backend imageTag',
  host: 'client fateboard pulsarUI rabbitmqUI sparkUI',
  nodemanager: 'count',
  python: 'enabledNN',
  spark: 'type',
});

const newIn1112 = keys({
  '': 'algorithm computing device federation ingressClassName storage',
  client: 'notebook_hashed_password',
  clustermanager: 'mysqlServerTimezone resources',
  fateboard: 'affinity nodeSelector tolerations',
  'hdfs.datanode': 'replicas',
  lbrollsite: 'resources',
  nodemanager:
    'accessMode affinity existingClaim nodeSelector replicas resources sessionProcessorsPerNode size storageClass subPath tolerations',
  pulsar: 'confs env resources',
  python: 'dependent_distribution failedTaskAutoRetryDelay failedTaskAutoRetryTimes logLevel replicas',
  'python.hive': 'auth_mechanism host password port username',
  'python.pulsar': 'cluster tenant topic_ttl',
  rabbitmq: 'resources',
  rollsite: 'enableTLS resources',
  'spark.master': 'nodePort type',
});

/** The same of v1.11.2. */
export const ofParty1112 = [...without(ofParty161, goneIn1112), ...newIn1112];

const goneIn200 = keys({
  rollsite: 'affinity enableTLS loadBalancerIP nodePort nodeSelector resources tolerations type',
  'rollsite.exchange': 'ip port',
  'rollsite.partyList': 'partyId partyIp partyPort',
  'rollsite.polling': 'clientList concurrency enabled type',
  'rollsite.polling.server': 'ip port',
  'spark.master': 'Image ImageTag',
  'spark.worker': 'Image ImageTag',
});

const newIn200 = keys({
  client: 'image imageTag',
  clustermanager: 'image imageTag',
  fateboard: 'image imageTag',
  hdfs: 'image imageTag',
  lbrollsite: 'image imageTag',
  mysql: 'image imageTag',
  nginx: 'image imageTag',
  nodemanager: 'image imageTag',
  osx: 'affinity enableTLS image imageTag loadBalancerIP nodePort nodeSelector resources tolerations type',
  'osx.exchange': 'ip port',
  'osx.partyList': 'partyId partyIp partyPort',
  'osx.polling': 'clientList concurrency enabled type',
  'osx.polling.server': 'ip port',
  pulsar: 'image imageTag',
  python: 'image imageTag',
  rabbitmq: 'image imageTag',
  'spark.master': 'image imageTag',
  'spark.worker': 'image imageTag',
});

/** The same of v2.0.0. */
export const ofParty200 = [...without(ofParty1112, goneIn200), ...newIn200];

/** What the chart `fate-exchange` v1.6.1 reads. @see KubeFATE v1.6.1, `helm-charts/FATE-Exchange/values-template.yaml` */
export const ofExchange161 = keys({
  '': 'imagePullSecrets imageTag modules name partyId pullPolicy registry',
  nginx: 'affinity grpcNodePort httpNodePort nodeSelector replicas route_table tolerations type',
  podSecurityPolicy: 'enabled',
  rollsite: 'affinity nodePort nodeSelector tolerations type',
  'rollsite.exchange': 'ip port',
  'rollsite.partyList': 'partyId partyIp partyPort',
  trafficServer: 'affinity nodePort nodeSelector replicas tolerations type',
  'trafficServer.route_table.sni': 'fqdn tunnelRoute',
});

/** The same of v1.11.2, which v2.0.0 has, too. */
export const ofExchange1112 = [...without(ofExchange161, ['imageTag']), 'rollsite.enableTLS'];
