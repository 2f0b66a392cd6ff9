import { join } from 'node:path';
import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Container, EnvVar, Service, VolumeMount } from 'kubernetes-types/core/v1';
import { database } from '../../lib/fate/database';
import { hdfsClientSettings } from '../../lib/fate/hdfs';
import { releases } from '../../lib/fate/releases';
import { secrets } from '../../lib/fate/secrets';
import { services } from '../../lib/fate/services';
import { executorMemoryMiB, workerCores, workerMemoryMiB } from '../../lib/fate/spark';
import type { PartyPlan } from '../../lib/federation/party';
import { pulsarRoutes } from '../../lib/federation/routing';
import { hadoopXml } from '../../lib/formats/hadoop-xml';
import { properties, sparkDefaults } from '../../lib/formats/properties';
import { yaml } from '../../lib/formats/yaml';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { Manifest } from '../app/manifest';
import { ConfigFiles, checksumAnnotation } from '../parts/config-files';
import { containerPorts, secretVariable, servicePorts, variables } from '../parts/container';
import { podTemplate, rootWithoutExtras } from '../parts/pod';
import { scriptText } from '../parts/script';
import { volumeClaim } from '../parts/volume-claim';

/**
 * FATE Flow: takes jobs, schedules them, and drives Spark from its own pod. FATE Board stands beside it, since it shows
 * the job logs that FATE Flow writes to their common volume.
 */
export class FateFlow extends Construct {
  constructor(scope: Construct, id: string, plan: PartyPlan) {
    super(scope, id);
    const config = new ConfigFiles(this, 'fateflow-config', {
      'service_conf.yaml': yaml(serviceConf(plan)),
      'transfer_conf.yaml': yaml({ paths: ['python/federatedml/transfer_variable/auth_conf'] }),
      'spark-defaults.conf': sparkDefaults(sparkSettings(plan)),
      'hdfs-site.xml': hadoopXml(hdfsClientSettings(plan.sizing)),
      'start.sh': script('fateflow.sh'),
      'spark-submit': script('spark-submit.sh'),
    });
    const routes = new ConfigFiles(this, 'pulsar-route-table', {
      'pulsar_route_table.yaml': yaml(pulsarRoutes(plan.id, plan.exchange)),
    });
    const board = new ConfigFiles(this, 'fateboard-config', {
      'application.properties': properties(boardSettings(plan)),
    });
    this.service(services.fateflow);
    this.service(services.fateboard);
    this.statefulSet(plan, config, routes, board);
  }

  private service(service: typeof services.fateflow | typeof services.fateboard) {
    new Manifest<Service>(this, service.name, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: service.name },
      spec: { selector: labels, ports: servicePorts(service.ports) },
    });
  }

  private statefulSet(plan: PartyPlan, config: ConfigFiles, routes: ConfigFiles, board: ConfigFiles) {
    new Manifest<StatefulSet>(this, 'stateful-set', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: labels },
        template: podTemplate(plan, 'fateflow', {
          // The routes are read for every job and need no restart.
          metadata: { labels, annotations: checksumAnnotation(config, board) },
          spec: {
            initContainers: [waitForMysql(plan)],
            containers: [fateflow(plan, config, routes), fateboard(plan, board)],
            volumes: [config.volume, routes.volume, board.volume],
          },
        }),
        volumeClaimTemplates: [volumeClaim(data, plan.storageClasses.fateflow, plan.sizing.volumesGiB.fateflow)],
      },
    });
  }
}

const { name, ports } = services.fateflow;
const labels = { 'app.kubernetes.io/name': name };
const data = 'data';
const script = (file: string) => scriptText(join(__dirname, file));
const mysqlPassword: EnvVar = secretVariable('MYSQL_PASSWORD', secrets.mysql, secrets.mysql.keys.password);

const waitForMysql = (plan: PartyPlan): Container => ({
  name: 'ping-mysql',
  image: plan.images.mysql,
  command: [
    '/bin/sh',
    '-c',
    'until mysqladmin ping --silent --host="$MYSQL_HOST" --port="$MYSQL_PORT"; do sleep 2; done',
  ],
  env: variables({ MYSQL_HOST: database.host, MYSQL_PORT: `${database.port}` }),
  resources: spelledResources({ requests: { cpu: 0.1, memoryGiB: 0.125 }, limits: { cpu: 1, memoryGiB: 0.125 } }),
  securityContext: rootWithoutExtras,
});

function fateflow(plan: PartyPlan, config: ConfigFiles, routes: ConfigFiles): Container {
  const release = releases[plan.fate].fateflow;
  return {
    name: release.container,
    image: plan.images.fateflow,
    command: ['/bin/sh', `${release.templates}/start.sh`, 'python', release.server],
    ports: containerPorts(ports),
    env: [
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      mysqlPassword,
      ...variables({
        TEMPLATES: release.templates,
        CONFIGURATION: release.configuration,
        SPARK_HOME: release.sparkHome,
        SPARK_WORKERS: `${plan.sizing.sparkWorkers}`,
        SPARK_WORKER_MEMORY: `${workerMemoryMiB(plan.sizing)}m`,
      }),
    ],
    volumeMounts: [
      config.mountAt(release.templates),
      config.mountFile('hdfs-site.xml', `${release.hadoopConfiguration}/hdfs-site.xml`),
      routes.mountAt(`${release.configuration}/pulsar_route_table`),
      ...Object.entries(release.directories).map(
        ([subPath, mountPath]): VolumeMount => ({ name: data, mountPath, subPath }),
      ),
    ],
    resources: spelledResources(plan.sizing.containers.fateflow),
    startupProbe: { tcpSocket: { port: 'http' }, periodSeconds: 10, failureThreshold: 30 },
    readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 10, timeoutSeconds: 3 },
    livenessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 10, timeoutSeconds: 5 },
    securityContext: rootWithoutExtras,
  };
}

function fateboard(plan: PartyPlan, board: ConfigFiles): Container {
  const { fateboardConfiguration, fateflow } = releases[plan.fate];
  return {
    name: services.fateboard.name,
    image: plan.images.fateboard,
    ports: [{ name: 'board', containerPort: services.fateboard.ports.http }],
    env: [mysqlPassword, secretVariable('FATEBOARD_PASSWORD', secrets.fateboard, secrets.fateboard.keys.password)],
    volumeMounts: [
      board.mountFile('application.properties', fateboardConfiguration),
      { name: data, mountPath: fateflow.directories.logs, subPath: 'logs' },
    ],
    resources: spelledResources(plan.sizing.containers.fateboard),
    startupProbe: { httpGet: { path: '/', port: 'board' }, periodSeconds: 10, failureThreshold: 30 },
    readinessProbe: { httpGet: { path: '/', port: 'board' }, periodSeconds: 10, timeoutSeconds: 3 },
    livenessProbe: { httpGet: { path: '/', port: 'board' }, periodSeconds: 10, timeoutSeconds: 5 },
    securityContext: rootWithoutExtras,
  };
}

/**
 * FATE Flow's `service_conf.yaml`: keys that FATE 1.6.1 reads, where its own defaults do not suit. `${…}` is filled in by the
 * start script; the host must be the pod's own address, because other components call it back.
 */
const serviceConf = (plan: PartyPlan) => ({
  work_mode: 1,
  fateflow: {
    host: '${POD_IP}',
    http_port: ports.http,
    grpc_port: ports.grpc,
    // Over HTTP, unless `protocol` says otherwise.
    proxy: 'nginx',
    default_federated_status_collect_type: 'PULL',
  },
  fateboard: boardAddress(plan),
  database: { ...connection, max_connections: 100, stale_timeout: 30 },
  fate_on_spark: {
    // FATE Flow's own ledger: jobs that ask for more cores are refused, whatever Spark has.
    spark: { cores_per_node: workerCores(plan.sizing), nodes: plan.sizing.sparkWorkers },
    hdfs: { name_node: `hdfs://${services.namenode.name}:${services.namenode.ports.rpc}` },
    pulsar: {
      host: services.pulsar.name,
      port: services.pulsar.ports.broker,
      mng_port: services.pulsar.ports.admin,
      topic_ttl: plan.pulsar.readMinutes,
      route_table: 'conf/pulsar_route_table/pulsar_route_table.yaml',
    },
    nginx: { host: services.nginx.name, http_port: services.nginx.ports.http },
  },
  model_store_address: { storage: 'mysql', ...connection, max_connections: 10, stale_timeout: 10 },
});

/**
 * Where the link `http://<host>:<port>` in FATE Flow's answers leads. FATE knows no `https`: an Ingress with TLS sends on to it.
 */
const boardAddress = ({ ingress }: PartyPlan) =>
  ingress.hosts.fateboard === undefined
    ? { host: services.fateboard.name, port: services.fateboard.ports.http }
    : { host: ingress.hosts.fateboard, port: 80 };

const { host, port, user } = database;
const connection = { name: database.name, user, passwd: '${MYSQL_PASSWORD}', host, port };

const sparkSettings = ({ sizing }: PartyPlan) => ({
  'spark.master': `spark://${services.sparkMaster.name}:${services.sparkMaster.ports.rpc}`,
  'spark.driver.host': '${POD_IP}',
  'spark.executor.memory': `${executorMemoryMiB(sizing)}m`,
  // Drivers and executors of Spark read no file of Hadoop.
  ...Object.fromEntries(
    Object.entries(hdfsClientSettings(sizing)).map(([name, value]) => [`spark.hadoop.${name}`, value]),
  ),
});

/** FATE Board's `application.properties`; Spring fills `${…}` from the environment. */
const boardSettings = ({ pods }: PartyPlan) => ({
  'server.port': services.fateboard.ports.http,
  'fateflow.url': `http://${name}:${ports.http}`,
  'spring.datasource.driver-Class-Name': 'com.mysql.cj.jdbc.Driver',
  'fateboard.datasource.jdbc-url': `jdbc:mysql://${host}:${port}/${database.name}?characterEncoding=utf8&characterSetResults=utf8&autoReconnect=true&failOverReadOnly=false&serverTimezone=${encodeURIComponent(pods.fateflow.timezone ?? 'GMT+8')}`,
  'fateboard.datasource.username': user,
  'fateboard.datasource.password': '${MYSQL_PASSWORD}',
  'server.board.login.username': 'admin',
  'server.board.login.password': '${FATEBOARD_PASSWORD}',
  'server.tomcat.max-threads': 1000,
  'server.tomcat.max-connections': 20000,
  'spring.servlet.multipart.max-file-size': '10MB',
  'spring.servlet.multipart.max-request-size': '100MB',
  'server.compression.enabled': true,
  'server.compression.mime-types': 'application/json,application/xml,text/html,text/xml,text/plain',
  'spring.datasource.druid.filter.config.enabled': false,
  'spring.datasource.druid.web-stat-filter.enabled': false,
  'spring.datasource.druid.stat-view-servlet.enabled': false,
});
