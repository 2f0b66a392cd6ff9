const brokerPorts = { broker: 6650, 'broker-tls': 6651, admin: 8080, 'admin-tls': 8081 } as const;

/**
 * Every Service of a federation and its ports. FATE, Spark, Pulsar and HDFS have these names in their configuration and
 * in their images: they are the same in every namespace.
 *
 * @see KubeFATE v1.6.1, `helm-charts/FATE`
 */
export const services = {
  mysql: { name: 'mysql', ports: { mysql: 3306 } },
  fateflow: { name: 'fateflow', ports: { grpc: 9360, http: 9380 } },
  fateboard: { name: 'fateboard', ports: { http: 8080 } },
  notebook: { name: 'notebook', ports: { http: 20000 } },
  sparkMaster: { name: 'spark-master', ports: { ui: 8080, rpc: 7077 } },
  /** Of drivers in FATE Flow's pod, for executors of somebody else's Spark: its ports are declared. */
  sparkDriver: { name: 'spark-driver', ports: {} },
  /** Its user interface has a port of the release. */
  namenode: { name: 'namenode', ports: { rpc: 9000 } },
  /** Blocks travel to the pods' own addresses; the Service is only the StatefulSet's, and its ports are the release's. */
  datanode: { name: 'datanode', ports: {} },
  /** Coordination between parties, of a party and of the exchange alike. */
  nginx: { name: 'nginx', ports: { http: 9300 } },
  /** The same of a party to its own FATE Flow, where others have to prove who they are. */
  nginxInternal: { name: 'nginx-internal', ports: { http: 9301 } },
  pulsar: { name: 'pulsar', ports: brokerPorts },
  /** Its brokers one by one, as they tell clients where a topic is. */
  pulsarBrokers: { name: 'pulsar-brokers', ports: brokerPorts },
  /** Of a cluster, which takes what comes from outside to the broker that has the topic. */
  pulsarProxy: { name: 'pulsar-proxy', ports: { 'broker-tls': 6651, admin: 8080 } },
  pulsarBookie: { name: 'pulsar-bookie', ports: { bookie: 3181 } },
  pulsarZookeeper: { name: 'pulsar-zookeeper', ports: { client: 2181, follower: 2888, election: 3888 } },
  pulsarPublicTls: { name: 'pulsar-public-tls', ports: { 'broker-tls': 6651 } },
  trafficServer: { name: 'traffic-server', ports: { tls: 443 } },
  /** What others tell, as metrics: of a party and of the exchange alike. */
  exporter: { name: 'exporter', ports: { json: 7979, blackbox: 9115 } },
} as const satisfies Record<string, { name: string; ports: Readonly<Record<string, number>> }>;

/** Workloads that no Service is named after: label `app.kubernetes.io/name` of their pods. */
export const workloads = {
  client: 'client',
  sparkWorker: 'spark-worker',
  toyExample: 'toy-example',
  backup: 'backup',
  restore: 'restore',
  retention: 'retention',
} as const;

/** Ports of containers that no Service has: for probes, and for those who scrape metrics. */
export const localPorts = {
  sparkWorkerUi: 8081,
  /** `GET /test` of FATE's nginx answers `ok`. */
  nginxStatus: 9302,
  /** Traffic Server answers any plain request, with 404. */
  trafficServerStatus: 8080,
} as const;
