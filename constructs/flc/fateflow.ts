import { join } from 'node:path';
import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Probe, Service, VolumeMount } from 'kubernetes-types/core/v1';
import { type Release, releases } from '../../lib/fate/releases';
import { routeTables } from '../../lib/fate/route-tables';
import { services } from '../../lib/fate/services';
import { withGpus } from '../../lib/federation/compute';
import type { PartyPlan } from '../../lib/federation/party';
import { pulsarRoutes } from '../../lib/federation/routing';
import { hadoopXml } from '../../lib/formats/hadoop-xml';
import { sparkDefaults } from '../../lib/formats/properties';
import { yaml } from '../../lib/formats/yaml';
import { dataVolume } from '../../lib/kubernetes/data-volume';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { rights } from '../../lib/kubernetes/rights';
import { Manifest } from '../app/manifest';
import { ConfigFiles, checksumAnnotation } from '../parts/config-files';
import { containerPorts, servicePorts, variables } from '../parts/container';
import { mysqlPassword } from '../parts/mysql-password';
import { podTemplate, type RightedContainer } from '../parts/pod';
import { scriptText } from '../parts/script';
import { claimTemplates, existingVolumes } from '../parts/volume-claim';
import { boardConfig, boardContainer, boardService } from './fateboard';

/**
 * FATE Flow: takes jobs, schedules them, and drives Spark from its own pod. Where FATE Board shows the logs that FATE Flow
 * writes to its volume, it stands beside it.
 */
export class FateFlow extends Construct {
  constructor(scope: Construct, id: string, plan: PartyPlan) {
    super(scope, id);
    const { fateflow, fateboard }: Release = releases[plan.fate];
    const { serviceConf, transferConf, sparkSettings } = fateflow;
    const config = new ConfigFiles(this, 'fateflow-config', {
      'service_conf.yaml': yaml(serviceConf(plan)),
      ...(transferConf && { 'transfer_conf.yaml': yaml(transferConf) }),
      'spark-defaults.conf': sparkDefaults(sparkSettings(plan)),
      'hdfs-site.xml': hadoopXml(plan.hdfs.settings),
      'start.sh': startScript,
      'spark-submit': sparkSubmit,
    });
    const routes = new ConfigFiles(this, 'pulsar-route-table', {
      [routeTable]: yaml(pulsarRoutes(plan)),
    });
    const board = fateboard.pod === 'fateflow' ? boardConfig(this, plan) : undefined;
    this.service();
    if (board) boardService(this, labels);
    this.statefulSet(plan, fateflow, { config, routes, board });
  }

  private service() {
    new Manifest<Service>(this, name, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: labels, ports: servicePorts(ports) },
    });
  }

  private statefulSet(plan: PartyPlan, release: Release['fateflow'], files: Files) {
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
          metadata: { labels, annotations: checksumAnnotation(config, ...(board ? [board] : [])) },
          spec: {
            initContainers: [waitForMysql(plan)],
            containers: [fateflow(plan, release, files), ...(board ? [boardContainer(plan, board)] : [])],
            volumes: [
              config.volume,
              routes.volume,
              ...(board ? [board.volume] : []),
              ...existingVolumes(plan, 'fateflow'),
            ],
          },
        }),
        volumeClaimTemplates: claimTemplates(plan, 'fateflow'),
      },
    });
  }
}

interface Files {
  readonly config: ConfigFiles;
  readonly routes: ConfigFiles;
  /** FATE Board's, where that is in the pod. */
  readonly board?: ConfigFiles;
}

const { name, ports } = services.fateflow;
const labels = { 'app.kubernetes.io/name': name };
const startScript = scriptText(join(__dirname, 'fateflow.sh'));
const sparkSubmit = scriptText(join(__dirname, 'spark-submit.sh'));
const { table: routeTable } = routeTables.fateflow;

const waitForMysql = (plan: PartyPlan): RightedContainer => ({
  name: 'ping-mysql',
  image: plan.images.mysql,
  command: [
    '/bin/sh',
    '-c',
    'until mysqladmin ping --silent --host="$MYSQL_HOST" --port="$MYSQL_PORT"; do sleep 2; done',
  ],
  env: variables({ MYSQL_HOST: plan.mysql.host, MYSQL_PORT: `${plan.mysql.port}` }),
  resources: spelledResources({ requests: { cpu: 0.1, memoryGiB: 0.125 }, limits: { cpu: 1, memoryGiB: 0.125 } }),
  rights: rights.pingMysql,
});

function fateflow(plan: PartyPlan, release: Release['fateflow'], { config, routes }: Files): RightedContainer {
  const { pulsarRoutes, alive } = release;
  const works: Probe =
    alive === undefined ? { tcpSocket: { port: 'http' } } : { httpGet: { path: alive, port: 'http' } };
  return {
    name: release.container,
    image: plan.images.fateflow,
    command: ['/bin/sh', `${release.templates}/start.sh`, ...release.command],
    ports: containerPorts(ports),
    env: [
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      mysqlPassword(plan),
      ...variables({
        TEMPLATES: release.templates,
        CONFIGURATION: release.configuration,
        SPARK_HOME: release.sparkHome,
        SPARK_WORKERS: `${plan.spark.workers.count}`,
        SPARK_WORKER_CORES: `${plan.spark.workers.cores}`,
        SPARK_WORKER_MEMORY: `${plan.spark.workers.memoryMiB}m`,
        ...(pulsarRoutes.link && {
          PULSAR_ROUTES: `${pulsarRoutes.directory}/${routeTable}`,
          PULSAR_ROUTES_LINK: pulsarRoutes.link,
        }),
        ...(plan.hdfs.isExternal && { HADOOP_USER_NAME: plan.hdfs.user }),
        ...release.environment,
      }),
    ],
    volumeMounts: [
      config.mountAt(release.templates),
      config.mountFile('hdfs-site.xml', `${release.hadoopConfiguration}/hdfs-site.xml`),
      routes.mountAt(pulsarRoutes.directory),
      ...Object.entries(release.directories).map(
        ([subPath, mountPath]): VolumeMount => ({ name: dataVolume, mountPath, subPath }),
      ),
    ],
    resources: withGpus(spelledResources(plan.sizing.containers.fateflow), plan.compute),
    startupProbe: { ...works, periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: { ...works, periodSeconds: 10, timeoutSeconds: 3 },
    livenessProbe: { ...works, periodSeconds: 10, timeoutSeconds: 5 },
    rights: rights.fateflow,
  };
}
