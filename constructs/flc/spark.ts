import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import { heapMiB } from '../../lib/fate/heap';
import { type Release, releases } from '../../lib/fate/releases';
import { localPorts, services } from '../../lib/fate/services';
import type { PartyPlan } from '../../lib/federation/party';
import { yaml } from '../../lib/formats/yaml';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { rights } from '../../lib/kubernetes/rights';
import { Manifest } from '../app/manifest';
import { ConfigFiles, checksumAnnotation } from '../parts/config-files';
import { containerPorts, servicePorts, variables } from '../parts/container';
import { podTemplate } from '../parts/pod';

/** Spark in standalone mode: one master, and workers that carry FATE's code. */
export class Spark extends Construct {
  constructor(scope: Construct, id: string, plan: PartyPlan) {
    super(scope, id);
    this.masterService();
    this.master(plan);
    this.workers(plan, releases[plan.fate]);
  }

  private masterService() {
    new Manifest<Service>(this, 'master-service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: master },
      // Headless: master, workers and drivers know each other by their pods' addresses, and look for them while they start.
      spec: {
        clusterIP: 'None',
        publishNotReadyAddresses: true,
        selector: masterLabels,
        ports: servicePorts(masterPorts),
      },
    });
  }

  private master(plan: PartyPlan) {
    new Manifest<Deployment>(this, 'master', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: master },
      spec: {
        replicas: 1,
        // Two masters at once would share the workers between them.
        strategy: { type: 'Recreate' },
        selector: { matchLabels: masterLabels },
        template: podTemplate(plan, 'sparkMaster', {
          metadata: { labels: masterLabels },
          spec: {
            containers: [
              {
                name: master,
                image: plan.images.sparkMaster,
                ports: containerPorts(masterPorts),
                env: variables({ SPARK_DAEMON_MEMORY: `${heapMiB(plan.sizing.containers.sparkMaster)}m` }),
                resources: spelledResources(plan.sizing.containers.sparkMaster),
                startupProbe: { httpGet: { path: '/', port: 'ui' }, periodSeconds: 5, failureThreshold: 36 },
                readinessProbe: { httpGet: { path: '/', port: 'ui' }, periodSeconds: 10, timeoutSeconds: 3 },
                livenessProbe: { httpGet: { path: '/', port: 'ui' }, periodSeconds: 10, timeoutSeconds: 5 },
                rights: rights.sparkMaster,
              },
            ],
          },
        }),
      },
    });
  }

  private workers(plan: PartyPlan, { sparkWorker }: Release) {
    const config =
      sparkWorker &&
      new ConfigFiles(this, 'spark-worker-config', { 'service_conf.yaml': yaml(sparkWorker.serviceConf) });
    new Manifest<Deployment>(this, 'worker', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: worker },
      spec: {
        replicas: plan.spark.workers.count,
        // Where every node has its worker, a new one has room only when an old one has gone.
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
        selector: { matchLabels: workerLabels },
        template: podTemplate(plan, 'sparkWorker', {
          metadata: { labels: workerLabels, annotations: config && checksumAnnotation(config) },
          spec: {
            affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [onePerNode] } },
            containers: [
              {
                name: worker,
                image: plan.images.sparkWorker,
                ports: containerPorts({ ui: localPorts.sparkWorkerUi }),
                env: variables({
                  // What the worker offers; left to itself it offers the whole node.
                  SPARK_WORKER_CORES: `${plan.spark.workers.cores}`,
                  SPARK_WORKER_MEMORY: `${plan.spark.workers.memoryMiB}m`,
                  SPARK_WORKER_OPTS: workerOptions,
                }),
                volumeMounts: sparkWorker && config && [config.mountAt(sparkWorker.configuration)],
                resources: spelledResources(plan.sizing.containers.sparkWorker),
                startupProbe: { httpGet: { path: '/', port: 'ui' }, periodSeconds: 5, failureThreshold: 36 },
                readinessProbe: { httpGet: { path: '/', port: 'ui' }, periodSeconds: 10, timeoutSeconds: 3 },
                livenessProbe: { httpGet: { path: '/', port: 'ui' }, periodSeconds: 10, timeoutSeconds: 5 },
                rights: rights.sparkWorker,
              },
            ],
            volumes: config && [config.volume],
          },
        }),
      },
    });
  }
}

const { name: master, ports: masterPorts } = services.sparkMaster;
const worker = 'spark-worker';
const masterLabels = { 'app.kubernetes.io/name': master };
const workerLabels = { 'app.kubernetes.io/name': worker };

const workerOptions = [
  // A master that starts again is another pod. Spark looks for the one of before, by its name, for ten minutes.
  '-Dspark.worker.preferConfiguredMasterAddress=true',
  // What applications leave in the container goes after a week, and not only with the pod.
  '-Dspark.worker.cleanup.enabled=true',
].join(' ');

/** @see White paper, "Sizing Guidelines" */
const onePerNode = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: workerLabels } };
