import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import { secrets } from '../../lib/fate/secrets';
import { services } from '../../lib/fate/services';
import type { PartyPlan } from '../../lib/federation/party';
import { properties } from '../../lib/formats/properties';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { Manifest } from '../app/manifest';
import { ConfigFiles, checksumAnnotation } from '../parts/config-files';
import { containerPorts, servicePorts, variables } from '../parts/container';
import { podTemplate, rootWithoutExtras } from '../parts/pod';
import { volumeClaim } from '../parts/volume-claim';

/**
 * Pulsar in standalone mode: carries gradients and weights to the Pulsars of other parties. With an exchange it takes
 * and makes TLS connections, and needs the Secret `pulsar-cert`.
 */
export class Pulsar extends Construct {
  constructor(scope: Construct, id: string, plan: PartyPlan) {
    super(scope, id);
    this.service();
    if (plan.exchange) this.publicService(plan);
    this.statefulSet(
      plan,
      new ConfigFiles(this, 'pulsar-config', { 'standalone.conf': properties(standaloneConf(plan)) }),
    );
  }

  private service() {
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: labels, ports: servicePorts(ports) },
    });
  }

  /** TLS only: the other ports take anybody, administration included. */
  private publicService({ reserved }: PartyPlan) {
    const { name, ports } = services.pulsarPublicTls;
    new Manifest<Service>(this, 'public-service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { type: 'LoadBalancer', loadBalancerIP: reserved.pulsar, selector: labels, ports: servicePorts(ports) },
    });
  }

  private statefulSet(plan: PartyPlan, config: ConfigFiles) {
    const resources = plan.sizing.containers.pulsar;
    new Manifest<StatefulSet>(this, 'stateful-set', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: labels },
        template: podTemplate(plan, 'pulsar', {
          metadata: { labels, annotations: checksumAnnotation(config) },
          spec: {
            terminationGracePeriodSeconds: 60,
            containers: [
              {
                name,
                image: plan.images.pulsar,
                command: ['bin/pulsar', 'standalone', '-nss'],
                ports: containerPorts(ports),
                env: variables({ PULSAR_MEM: javaMemory(resources.limits.memoryGiB) }),
                volumeMounts: [
                  config.mountFile('standalone.conf', '/pulsar/conf/standalone.conf'),
                  { name: data, mountPath: '/pulsar/data', subPath: 'pulsar' },
                  ...(plan.exchange ? [{ name: certificate.name, mountPath: certificates, readOnly: true }] : []),
                ],
                resources: spelledResources(resources),
                // For some seconds after its ports are open for the first time, there is no cluster that FATE could use.
                startupProbe: {
                  httpGet: { path: `/admin/v2/clusters/${cluster}`, port: 'admin' },
                  periodSeconds: 10,
                  timeoutSeconds: 3,
                  failureThreshold: 30,
                },
                readinessProbe: { tcpSocket: { port: 'broker' }, periodSeconds: 10, timeoutSeconds: 3 },
                livenessProbe: { tcpSocket: { port: 'broker' }, periodSeconds: 10, timeoutSeconds: 5 },
                securityContext: rootWithoutExtras,
              },
            ],
            volumes: [
              config.volume,
              ...(plan.exchange ? [{ name: certificate.name, secret: { secretName: certificate.name } }] : []),
            ],
          },
        }),
        volumeClaimTemplates: [volumeClaim(data, plan.storageClass, plan.sizing.volumesGiB.pulsar)],
      },
    });
  }
}

const { name, ports } = services.pulsar;
const labels = { 'app.kubernetes.io/name': name };
const data = 'data';
const certificate = secrets.pulsarCertificate;
const certificates = '/opt/pulsar/certs';

/** A quarter of the container for the heap, half for buffers, the rest for everything else of the JVM. */
const javaMemory = (limitGiB: number): string => {
  const heap = Math.floor(limitGiB * 256);
  return `-Xms${heap}m -Xmx${heap}m -XX:MaxDirectMemorySize=${2 * heap}m`;
};

/** FATE's messages are large; Pulsar's own limit is 5 MiB. */
const maxMessageBytes = 134_217_728;

/** Pulsar's name for its own cluster. FATE gives others the ids of their parties. */
const cluster = 'standalone';

/**
 * `standalone.conf`. The file replaces the image's own, so it holds whatever one broker with one bookie needs beyond the
 * defaults of Pulsar's classes.
 *
 * @see KubeFATE v1.6.1, `helm-charts/FATE/templates/pulsar.yaml`; Pulsar 2.7.0, `conf/standalone.conf`
 */
const standaloneConf = (plan: PartyPlan) => ({
  clusterName: cluster,
  brokerServicePort: ports.broker,
  webServicePort: ports.admin,
  ...(plan.exchange && tls),
  maxMessageSize: maxMessageBytes,
  nettyMaxFrameSizeBytes: maxMessageBytes,
  // Under the default prefix two parties that replicate into one topic have one name, and the second is refused.
  replicatorPrefix: `pulsar.repl.${plan.id}`,
  ...singleBroker,
  ...singleBookie,
});

/** All four ports are open then: FATE Flow uses the plain ones, other parties the TLS ones. */
const tls = {
  brokerServicePortTls: ports['broker-tls'],
  webServicePortTls: ports['admin-tls'],
  tlsEnabled: true,
  // Certificates route and encrypt here; parties do not verify each other's.
  tlsAllowInsecureConnection: true,
  tlsCertificateFilePath: `${certificates}/${certificate.keys.certificate}`,
  tlsKeyFilePath: `${certificates}/${certificate.keys.key}`,
  tlsTrustCertsFilePath: `${certificates}/${certificate.keys.ca}`,
  brokerClientTlsEnabled: true,
};

/** One bookie keeps the one copy of a message; the volume below it keeps more. */
const singleBroker = {
  managedLedgerDefaultEnsembleSize: 1,
  managedLedgerDefaultWriteQuorum: 1,
  managedLedgerDefaultAckQuorum: 1,
  managedLedgerDefaultMarkDeleteRateLimit: 0.1,
  bookkeeperClientMinNumRacksPerWriteQuorum: 1,
  loadManagerClassName: 'org.apache.pulsar.broker.loadbalance.NoopLoadManager',
  loadBalancerEnabled: false,
  // The class has no limit: a backlog would fill the volume.
  backlogQuotaDefaultLimitGB: 10,
  dispatchThrottlingOnNonBacklogConsumerEnabled: true,
  topicPublisherThrottlingTickTimeMillis: 2,
  replicationMetricsEnabled: true,
};

const singleBookie = {
  allowLoopback: true,
  ledgerStorageClass: 'org.apache.bookkeeper.bookie.storage.ldb.DbLedgerStorage',
  dbStorage_readAheadCacheBatchSize: 1000,
  dbStorage_rocksDB_writeBufferSizeMB: 4,
  dbStorage_rocksDB_sstSizeInMB: 4,
  dbStorage_rocksDB_blockSize: 4096,
  journalSyncData: false,
  journalMaxGroupWaitMSec: 1,
  flushInterval: 60000,
  gcWaitTime: 300000,
  diskUsageThreshold: 0.99,
  diskUsageWarnThreshold: 0.99,
};
