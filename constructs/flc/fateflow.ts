import { join } from 'node:path';
import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Container, EnvVar, Service, VolumeMount } from 'kubernetes-types/core/v1';
import { database } from '../../lib/fate/database';
import { hdfsClientSettings } from '../../lib/fate/hdfs';
import { releases } from '../../lib/fate/releases';
import type { Release } from '../../lib/fate/releases/release';
import { secrets } from '../../lib/fate/secrets';
import { services } from '../../lib/fate/services';
import { workerCores, workerMemoryMiB } from '../../lib/fate/spark';
import type { PartyPlan } from '../../lib/federation/party';
import { pulsarRoutes } from '../../lib/federation/routing';
import { hadoopXml } from '../../lib/formats/hadoop-xml';
import { properties, sparkDefaults } from '../../lib/formats/properties';
import { yaml } from '../../lib/formats/yaml';
import { dataVolume } from '../../lib/kubernetes/data-volume';
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
    const release: Release = releases[plan.fate];
    const { serviceConf, transferConf, sparkSettings } = release.fateflow;
    const config = new ConfigFiles(this, 'fateflow-config', {
      'service_conf.yaml': yaml(serviceConf(plan)),
      'transfer_conf.yaml': yaml(transferConf),
      'spark-defaults.conf': sparkDefaults(sparkSettings(plan)),
      'hdfs-site.xml': hadoopXml(hdfsClientSettings(plan.sizing)),
      'start.sh': startScript,
      'spark-submit': sparkSubmit,
    });
    const routes = new ConfigFiles(this, 'pulsar-route-table', {
      'pulsar_route_table.yaml': yaml(pulsarRoutes(plan.id, plan.exchange)),
    });
    const board = new ConfigFiles(this, 'fateboard-config', {
      'application.properties': properties(release.fateboard.applicationProperties(plan)),
    });
    this.service(services.fateflow);
    this.service(services.fateboard);
    this.statefulSet(plan, release, { config, routes, board });
  }

  private service(service: typeof services.fateflow | typeof services.fateboard) {
    new Manifest<Service>(this, service.name, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: service.name },
      spec: { selector: labels, ports: servicePorts(service.ports) },
    });
  }

  private statefulSet(plan: PartyPlan, release: Release, files: Files) {
    const { config, routes, board } = files;
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
            containers: [fateflow(plan, release, files), fateboard(plan, release, files)],
            volumes: [config.volume, routes.volume, board.volume],
          },
        }),
        volumeClaimTemplates: [volumeClaim(plan.storageClasses.fateflow, plan.sizing.volumesGiB.fateflow)],
      },
    });
  }
}

type Files = Readonly<Record<'config' | 'routes' | 'board', ConfigFiles>>;

const { name, ports } = services.fateflow;
const labels = { 'app.kubernetes.io/name': name };
const startScript = scriptText(join(__dirname, 'fateflow.sh'));
const sparkSubmit = scriptText(join(__dirname, 'spark-submit.sh'));
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

function fateflow(plan: PartyPlan, { fateflow: release }: Release, { config, routes }: Files): Container {
  return {
    name: release.container,
    image: plan.images.fateflow,
    command: ['/bin/sh', `${release.templates}/start.sh`, ...release.command],
    ports: containerPorts(ports),
    env: [
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      mysqlPassword,
      ...variables({
        TEMPLATES: release.templates,
        CONFIGURATION: release.configuration,
        SPARK_HOME: release.sparkHome,
        SPARK_WORKERS: `${plan.sizing.sparkWorkers}`,
        SPARK_WORKER_CORES: `${workerCores(plan.sizing)}`,
        SPARK_WORKER_MEMORY: `${workerMemoryMiB(plan.sizing)}m`,
      }),
    ],
    volumeMounts: [
      config.mountAt(release.templates),
      config.mountFile('hdfs-site.xml', `${release.hadoopConfiguration}/hdfs-site.xml`),
      routes.mountAt(release.pulsarRoutes),
      ...Object.entries(release.directories).map(
        ([subPath, mountPath]): VolumeMount => ({ name: dataVolume, mountPath, subPath }),
      ),
    ],
    resources: spelledResources(plan.sizing.containers.fateflow),
    startupProbe: { tcpSocket: { port: 'http' }, periodSeconds: 10, failureThreshold: 30 },
    readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 10, timeoutSeconds: 3 },
    livenessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 10, timeoutSeconds: 5 },
    securityContext: rootWithoutExtras,
  };
}

function fateboard(plan: PartyPlan, { fateflow, fateboard }: Release, { board }: Files): Container {
  return {
    name: services.fateboard.name,
    image: plan.images.fateboard,
    ports: [{ name: 'board', containerPort: services.fateboard.ports.http }],
    env: [mysqlPassword, secretVariable('FATEBOARD_PASSWORD', secrets.fateboard, secrets.fateboard.keys.password)],
    volumeMounts: [
      board.mountFile('application.properties', fateboard.configuration),
      { name: dataVolume, mountPath: fateflow.directories.logs, subPath: 'logs' },
    ],
    resources: spelledResources(plan.sizing.containers.fateboard),
    startupProbe: { httpGet: { path: '/', port: 'board' }, periodSeconds: 10, failureThreshold: 30 },
    readinessProbe: { httpGet: { path: '/', port: 'board' }, periodSeconds: 10, timeoutSeconds: 3 },
    livenessProbe: { httpGet: { path: '/', port: 'board' }, periodSeconds: 10, timeoutSeconds: 5 },
    securityContext: rootWithoutExtras,
  };
}
