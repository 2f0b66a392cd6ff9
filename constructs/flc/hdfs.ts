import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import { heapMiB } from '../../lib/fate/heap';
import { releases } from '../../lib/fate/releases';
import { services } from '../../lib/fate/services';
import type { PartyPlan } from '../../lib/federation/party';
import { hadoopXml } from '../../lib/formats/hadoop-xml';
import { dataVolume } from '../../lib/kubernetes/data-volume';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { rights } from '../../lib/kubernetes/rights';
import { Manifest } from '../app/manifest';
import { ConfigFiles, checksumAnnotation } from '../parts/config-files';
import { containerPorts, servicePorts, variables } from '../parts/container';
import { DisruptionBudget } from '../parts/disruption-budget';
import { podTemplate } from '../parts/pod';
import { claimTemplates, existingVolumes } from '../parts/volume-claim';

/** HDFS: training data and intermediate results, on one namenode and its datanodes. */
export class Hdfs extends Construct {
  constructor(scope: Construct, id: string, plan: PartyPlan) {
    super(scope, id);
    const ports = releases[plan.fate].hdfs;
    // The namenode listens on every address: its Service's is not one of the pod's.
    const config = new ConfigFiles(this, 'namenode-config', {
      'core-site.xml': hadoopXml({
        'fs.default.name': `hdfs://0.0.0.0:${namenode.ports.rpc}`,
        'hadoop.http.staticuser.user': 'root',
        'io.compression.codecs': codec,
      }),
    });
    this.namenodeService({ ...namenode.ports, ...ports.namenode });
    this.namenode(plan, { ...namenode.ports, ...ports.namenode }, config);
    this.datanodeService(ports.datanode);
    this.datanodes(plan, ports.datanode);
    // A datanode that has no room yet keeps the next node from being drained: both may have what no third has.
    if (plan.sizing.datanodes > 1) {
      const { kubernetes } = plan;
      new DisruptionBudget(this, 'datanode-disruption-budget', { workload: datanode.name, kubernetes });
    }
  }

  private namenodeService(ports: Readonly<Record<string, number>>) {
    new Manifest<Service>(this, 'namenode-service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: namenode.name },
      spec: { selector: namenodeLabels, ports: servicePorts(ports) },
    });
  }

  private namenode(plan: PartyPlan, ports: Readonly<Record<string, number>>, config: ConfigFiles) {
    new Manifest<StatefulSet>(this, 'namenode', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: namenode.name },
      spec: {
        serviceName: namenode.name,
        replicas: 1,
        selector: { matchLabels: namenodeLabels },
        template: podTemplate(plan, 'namenode', {
          metadata: { labels: namenodeLabels, annotations: checksumAnnotation(config) },
          spec: {
            containers: [
              {
                name: namenode.name,
                image: plan.images.namenode,
                ports: containerPorts(ports),
                env: variables({
                  CLUSTER_NAME: 'fate',
                  HADOOP_HEAPSIZE: `${heapMiB(plan.sizing.containers.namenode)}`,
                  ...hdfsSite(plan),
                }),
                volumeMounts: [
                  config.mountFile('core-site.xml', '/etc/hadoop/core-site.xml'),
                  // A directory of the volume: the image formats an empty one only, and the root has `lost+found`.
                  { name: dataVolume, mountPath: '/hadoop/dfs/name', subPath: 'name' },
                ],
                resources: spelledResources(plan.sizing.containers.namenode),
                startupProbe: { httpGet: { path: '/', port: 'ui' }, periodSeconds: 5, failureThreshold: 60 },
                readinessProbe: { httpGet: { path: '/', port: 'ui' }, periodSeconds: 10, timeoutSeconds: 3 },
                livenessProbe: { httpGet: { path: '/', port: 'ui' }, periodSeconds: 10, timeoutSeconds: 5 },
                rights: rights.namenode,
              },
            ],
            volumes: [config.volume, ...existingVolumes(plan, 'namenode')],
          },
        }),
        volumeClaimTemplates: claimTemplates(plan, 'namenode'),
      },
    });
  }

  private datanodeService(ports: Readonly<Record<string, number>>) {
    new Manifest<Service>(this, 'datanode-service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: datanode.name },
      // Headless: blocks go to and from the datanode that the namenode names.
      spec: { clusterIP: 'None', selector: datanodeLabels, ports: servicePorts(ports) },
    });
  }

  private datanodes(plan: PartyPlan, ports: Readonly<Record<string, number>>) {
    new Manifest<StatefulSet>(this, 'datanode', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: datanode.name },
      spec: {
        serviceName: datanode.name,
        replicas: plan.sizing.datanodes,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: datanodeLabels },
        template: podTemplate(plan, 'datanode', {
          metadata: { labels: datanodeLabels },
          spec: {
            affinity: {
              podAntiAffinity: {
                preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: apart }],
              },
            },
            containers: [
              {
                name: datanode.name,
                image: plan.images.datanode,
                ports: containerPorts(ports),
                env: variables({
                  SERVICE_PRECONDITION: `${namenode.name}:${namenode.ports.rpc}`,
                  CORE_CONF_fs_defaultFS: `hdfs://${namenode.name}:${namenode.ports.rpc}`,
                  CORE_CONF_hadoop_http_staticuser_user: 'root',
                  CORE_CONF_io_compression_codecs: codec,
                  HADOOP_HEAPSIZE: `${heapMiB(plan.sizing.containers.datanode)}`,
                  ...hdfsSite(plan),
                }),
                volumeMounts: [{ name: dataVolume, mountPath: '/hadoop/dfs/data', subPath: 'data' }],
                resources: spelledResources(plan.sizing.containers.datanode),
                startupProbe: { httpGet: { path: '/', port: 'ui' }, periodSeconds: 5, failureThreshold: 60 },
                readinessProbe: { httpGet: { path: '/', port: 'ui' }, periodSeconds: 10, timeoutSeconds: 3 },
                livenessProbe: { httpGet: { path: '/', port: 'ui' }, periodSeconds: 10, timeoutSeconds: 5 },
                rights: rights.datanode,
              },
            ],
            volumes: existingVolumes(plan, 'datanode'),
          },
        }),
        volumeClaimTemplates: claimTemplates(plan, 'datanode'),
      },
    });
  }
}

const { namenode, datanode } = services;
const namenodeLabels = { 'app.kubernetes.io/name': namenode.name };
const datanodeLabels = { 'app.kubernetes.io/name': datanode.name };
const apart = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: datanodeLabels } };
const codec = 'org.apache.hadoop.io.compress.SnappyCodec';

/** `hdfs-site.xml`, of the daemons and of whoever calls Hadoop's tools beside them. */
const hdfsSite = ({ fate, hdfs }: PartyPlan) => ({
  ...imageSettings({
    ...hdfs.settings,
    'dfs.permissions.enabled': 'false',
    'dfs.namenode.datanode.registration.ip-hostname-check': 'false',
  }),
  ...releases[fate].hdfs.environment,
});

/**
 * In the spelling of the image's entry point: `_` stands for a dot, `___` for a hyphen.
 *
 * @see KubeFATE v1.6.1, `helm-charts/FATE/templates/hdfs-nn.yaml`
 */
const imageSettings = (settings: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      `HDFS_CONF_${name.replaceAll('-', '___').replaceAll('.', '_')}`,
      value,
    ]),
  );
