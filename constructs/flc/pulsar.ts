import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Probe, Service } from 'kubernetes-types/core/v1';
import { secrets } from '../../lib/fate/secrets';
import { services } from '../../lib/fate/services';
import type { PartyPlan } from '../../lib/federation/party';
import { properties } from '../../lib/formats/properties';
import { spelledResources } from '../../lib/kubernetes/quantities';
import { Manifest } from '../app/manifest';
import { ConfigFiles, checksumAnnotation } from '../parts/config-files';
import { containerPorts, servicePorts, variables } from '../parts/container';
import { podTemplate, rootWithoutExtras } from '../parts/pod';
import { publicMetadata, publicSpec } from '../parts/public-service';
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
  private publicService({ services: { pulsar: service }, reserved }: PartyPlan) {
    const { name, ports } = services.pulsarPublicTls;
    new Manifest<Service>(this, 'public-service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: publicMetadata(name, service),
      spec: publicSpec(service, reserved.pulsar, { selector: labels, ports: servicePorts(ports) }),
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
                command: ['bin/pulsar', 'standalone', '--no-stream-storage', '--no-functions-worker'],
                ports: containerPorts(ports),
                env: variables({ PULSAR_MEM: javaMemory(resources.limits.memoryGiB) }),
                volumeMounts: [
                  config.mountFile('standalone.conf', '/pulsar/conf/standalone.conf'),
                  { name: data, mountPath: '/pulsar/data', subPath: 'pulsar' },
                  ...(plan.exchange ? [{ name: certificate.name, mountPath: certificates, readOnly: true }] : []),
                ],
                resources: spelledResources(resources),
                // For some seconds after its ports are open for the first time, there is no cluster that FATE could use.
                startupProbe: { ...answers, periodSeconds: 10, failureThreshold: 30 },
                // There is no other Pulsar to take over from one that is slow.
                readinessProbe: { tcpSocket: { port: 'broker' }, periodSeconds: 10, timeoutSeconds: 3 },
                // A connection says nothing, the kernel makes it for a process that stands still. One that does so for a
                // minute works on by itself, and killed it would take longer to come back.
                livenessProbe: { ...answers, periodSeconds: 10, failureThreshold: 12 },
                securityContext: rootWithoutExtras,
              },
            ],
            volumes: [
              config.volume,
              ...(plan.exchange ? [{ name: certificate.name, secret: { secretName: certificate.name } }] : []),
            ],
          },
        }),
        volumeClaimTemplates: [volumeClaim(data, plan.storageClasses.pulsar, plan.sizing.volumesGiB.pulsar)],
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

const answers: Probe = { httpGet: { path: `/admin/v2/clusters/${cluster}`, port: 'admin' }, timeoutSeconds: 5 };

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
  backlogQuotaDefaultLimitGB: plan.pulsar.backlogGiB,
  ...(plan.pulsar.unreadMinutes && { ttlDurationDefaultInSeconds: plan.pulsar.unreadMinutes * 60 }),
  ...singleBroker,
  ...singleBookie,
  ...storage(plan.sizing.volumesGiB.pulsar),
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

/**
 * Broker, bookie and their ZooKeeper are one process, and stand still together: on a busy node, or while it is migrated.
 * Sessions may last as long as that ZooKeeper allows, 20 of its ticks of 3 s, which nothing can change. A client is heard of
 * every 10 s, so a stop of 50 s may end one. The broker then takes a new one, where it would end the process by default, and
 * the bookie registers again after a second, where it would wait for as long as a session lasts.
 *
 * @see Pulsar 2.7.0, `LocalBookkeeperEnsemble`; ZooKeeper 3.5.7, `ZooKeeperServer`
 */
const standingStill = {
  broker: { zooKeeperSessionTimeoutMillis: 60_000, zookeeperSessionExpiredPolicy: 'reconnect' },
  bookie: { zkTimeout: 60_000, zkRetryBackoffStartMs: 1000, zkRetryBackoffMaxMs: 1000 },
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
  dispatchThrottlingOnNonBacklogConsumerEnabled: true,
  topicPublisherThrottlingTickTimeMillis: 2,
  replicationMetricsEnabled: true,
  ...standingStill.broker,
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
  ...standingStill.bookie,
};

/**
 * What fits on the volume. Space comes back by whole files, and each is closed at a sixteenth of it: the classes let a
 * ledger and a journal grow to 2 GiB and an entry log to 1 GiB, and keep five journals that nothing reads again. With half a
 * GiB left the bookie refuses what is new and clears up, whatever else is on the volume; without that it would end at the
 * last byte and stay away.
 */
function storage(volumeGiB: number) {
  const fileMiB = Math.min(64 * volumeGiB, 1024);
  const full = Math.round((1 - 0.5 / volumeGiB) * 10_000) / 10_000;
  return {
    managedLedgerMaxSizePerLedgerMbytes: fileMiB,
    managedLedgerMinLedgerRolloverTimeMinutes: 1,
    logSizeLimit: fileMiB * 1024 ** 2,
    journalMaxSizeMB: fileMiB,
    journalMaxBackups: 0,
    gcWaitTime: 60_000,
    diskUsageThreshold: full,
    diskUsageWarnThreshold: full,
    diskCheckInterval: 1000,
    isForceGCAllowWhenNoSpace: true,
  };
}
