/**
 * Keys of a chart of which a declaration takes over nothing: why, for the person who moves. A key that is neither here nor
 * taken over is none of the chart. `*` stands for one step of a path.
 */
export type ReasonsByKey = Readonly<Record<string, string>>;

const scheduler = 'Kubernetes would refuse it, or it looks for labels that only the chart has: pods';
const elsewhereMysql =
  'a MySQL that somebody else runs is declared by hand, mysql.external, for native objects: its password is in a Secret';
export const inSecret = 'passwords and their users are in Secrets, one value per key';
export const inNamespace = 'the Service keeps to the cluster; a party is reached through its nginx and its Pulsar';
export const ownClaim = 'a StatefulSet makes its own claim, ReadWriteOnce; move the data into it';
const fixed = 'is the same in every party';
export const inPlace = 'the party runs its own';
export const otherBackend = 'belongs to a backend that is not Spark with Pulsar';
const reachable = 'is behind a LoadBalancer, or at a port of the nodes that the file names';
const balanced = 'a LoadBalancer has the usual port, and a port of the nodes is for the type NodePort';
const calls = 'calls are HTTP';
const overTls = 'Pulsar is published by pulsar-public-tls, and TLS only';
export const release = 'the images are those of the release';
const fateServing = 'FATE-Serving is not drawn';

export const placements = (...modules: readonly string[]): ReasonsByKey =>
  reasons(modules, ['nodeSelector', 'tolerations', 'affinity'], scheduler);

const claims = (...modules: readonly string[]): ReasonsByKey =>
  reasons(modules, ['existingClaim', 'accessMode'], ownClaim);

const reasons = (modules: readonly string[], keys: readonly string[], reason: string): ReasonsByKey =>
  Object.fromEntries(modules.flatMap((module) => keys.map((key) => [`${module}.${key}`, reason])));

const common: ReasonsByKey = {
  modules: 'is no module that is drawn here',
  pullPolicy: 'Kubernetes decides: a tag is pulled once per node, `latest` each time',
};

/** Of every chart `fate`. @see KubeFATE, `helm-charts/FATE/values-template.yaml` at each tag */
export const anyParty: ReasonsByKey = {
  ...common,
  persistence: 'whatever must survive is in a claim, not in the pod',
  'istio.enabled': 'no service mesh is drawn',
  'ingress.*.annotations.*':
    'annotations are those that all interfaces have: ingress.annotations; patch the Ingress for more',
  'ingress.*.hosts': 'an interface has one host name, and all of its paths: ingress.hosts',
  'ingress.*.tls': 'an interface has one Secret for its host name: ingress.tlsSecret',
  lbrollsite: otherBackend,
  clustermanager: otherBackend,
  nodemanager: otherBackend,
  rabbitmq: otherBackend,
  'ingress.rabbitmq': otherBackend,
  'python.clustermanager': otherBackend,
  'python.rabbitmq': otherBackend,
  'python.type': inNamespace,
  'python.httpNodePort': inNamespace,
  'python.grpcNodePort': inNamespace,
  'python.loadBalancerIP': inNamespace,
  'python.serviceAccountName': 'FATE Flow never calls the Kubernetes API',
  'python.claimName': ownClaim,
  'python.failedTaskAutoRetryTimes': 'no template of the chart reads it',
  'python.failedTaskAutoRetryDelay': 'no template of the chart reads it',
  'python.spark': inPlace,
  'python.spark.cores_per_node': 'follows from what the Spark workers may take',
  'python.spark.nodes': 'follows from the number of Spark workers',
  'python.hdfs': 'an HDFS that somebody else runs is declared by hand, hdfs.external, for native objects',
  'python.pulsar': inPlace,
  'python.nginx': inPlace,
  'fateboard.type': inNamespace,
  'fateboard.username': inSecret,
  'fateboard.password': inSecret,
  'client.subPath': fixed,
  'mysql.subPath': fixed,
  'mysql.type': inNamespace,
  'mysql.ip': elsewhereMysql,
  'mysql.port': fixed,
  'mysql.database': fixed,
  'mysql.user': fixed,
  'mysql.password': inSecret,
  externalMysqlIp: elsewhereMysql,
  externalMysqlPort: elsewhereMysql,
  externalMysqlDatabase: elsewhereMysql,
  externalMysqlUser: elsewhereMysql,
  externalMysqlPassword: inSecret,
  servingIp: fateServing,
  servingPort: fateServing,
  serving: fateServing,
  'spark.master.replicas': 'there is one master',
  'spark.worker.type': inNamespace,
  'hdfs.namenode.type': inNamespace,
  'hdfs.namenode.nodePort': inNamespace,
  'hdfs.datanode.type': inNamespace,
  'nginx.type': `nginx ${reachable}`,
  'nginx.httpNodePort': balanced,
  'nginx.grpcNodePort': calls,
  'nginx.loadBalancerIP': 'declare both addresses of the party: { nginx: { reserved }, pulsar }',
  'nginx.exchange.grpcPort': calls,
  'nginx.route_table': 'other parties are reached through the exchange, or are peers by their descriptors',
  'pulsar.type': overTls,
  'pulsar.httpNodePort': overTls,
  'pulsar.httpsNodePort': overTls,
  'pulsar.loadBalancerIP': overTls,
  'pulsar.route_table': 'other parties are reached through the exchange, or are peers by their descriptors',
  ...claims('python', 'client', 'mysql', 'hdfs.namenode', 'hdfs.datanode', 'pulsar'),
  ...placements('python', 'client', 'mysql', 'spark.master', 'spark.worker', 'hdfs.namenode', 'hdfs.datanode'),
  ...placements('nginx', 'pulsar'),
};

/** Of every chart `fate-exchange`. @see KubeFATE, `helm-charts/FATE-Exchange/values-template.yaml` at each tag */
export const anyExchange: ReasonsByKey = {
  ...common,
  partyId: 'an exchange needs no id',
  persistence: 'the chart reads it nowhere: an exchange has nothing to keep',
  'istio.enabled': 'the chart reads it nowhere: no service mesh is drawn',
  rollsite: otherBackend,
  'trafficServer.type': `Traffic Server ${reachable}`,
  'trafficServer.nodePort': balanced,
  'trafficServer.loadBalancerIP': 'the chart drops it; declare both addresses: { trafficServer: { reserved }, nginx }',
  'trafficServer.replicas': 'one number is for both servers: replicas',
  'trafficServer.route_table.sni': 'a route is for a party of the domain that has an entry in nginx.route_table, too',
  'nginx.type': `nginx ${reachable}`,
  'nginx.httpNodePort': balanced,
  'nginx.grpcNodePort': calls,
  'nginx.loadBalancerIP': 'the chart drops it; declare both addresses: { trafficServer, nginx: { reserved } }',
  'nginx.replicas': 'one number is for both servers: replicas',
  'nginx.route_table.*.proxy': 'nginx reads it under default only',
  'nginx.route_table':
    'a route is for a party that has an entry in trafficServer.route_table, too: one host, over HTTP',
  ...placements('trafficServer', 'nginx'),
};

/** The entry for a key or for the nearest thing around it; `undefined` when the chart has no such key. */
export function reasonFor(reasons: ReasonsByKey, path: string): string | undefined {
  const steps = path.replace(/\[\d+\]/g, '').split('.');
  for (let length = steps.length; length > 0; length--) {
    const around = steps.slice(0, length);
    const found = Object.entries(reasons).find(([pattern]) => matches(pattern.split('.'), around));
    if (found) return found[1];
  }
  return undefined;
}

const matches = (pattern: readonly string[], steps: readonly string[]): boolean =>
  pattern.length === steps.length && pattern.every((step, i) => step === '*' || step === steps[i]);
