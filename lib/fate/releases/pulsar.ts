import { secrets } from '../secrets';
import { services } from '../services';
import type { ConfiguredParty, PulsarParty, Settings } from './release';

const { ports } = services.pulsar;
const { keys } = secrets.pulsarCertificate;
const certificates = '/opt/pulsar/certs';
const cluster = 'standalone';

/** Where certificate, key and authorities are in the pods. */
export const files = {
  certificate: `${certificates}/${keys.certificate}`,
  key: `${certificates}/${keys.key}`,
  ca: `${certificates}/${keys.ca}`,
};

/** What all releases of Pulsar have in common as one process: a broker and a bookie. */
export const standalone = {
  cluster,
  certificates,
  configuration: '/pulsar/conf/standalone.conf',
} as const;

/**
 * `standalone.conf`, as far as releases of Pulsar agree. The file replaces the image's own, so it holds whatever one broker
 * with one bookie needs beyond the defaults of Pulsar's classes.
 *
 * @param tlsSettings how TLS is spoken, where it is
 * @see KubeFATE v1.6.1, `helm-charts/FATE/templates/pulsar.yaml`; Pulsar 2.7.0 and 2.10.1, `conf/standalone.conf`
 */
export const standaloneConf = (party: PulsarParty, tlsSettings: Settings): Settings => ({
  ...brokerEnds(party, tlsSettings),
  nettyMaxFrameSizeBytes: maxMessageBytes,
  ...replication(party),
  ...singleBroker,
  ...singleBookie,
  ...ledgerFiles(party.sizing.volumesGiB.pulsar),
  ...bookieFiles(party.sizing.volumesGiB.pulsar),
});

/** What a broker is called, and where and how it is reached. */
export const brokerEnds = (
  { exchange, peers, transport, pulsar }: ConfiguredParty,
  tlsSettings: Settings,
): Settings => ({
  clusterName: pulsar.clusterName,
  brokerServicePort: ports.broker,
  webServicePort: ports.admin,
  ...((exchange ?? peers) && { ...tls(transport), ...(transport === 'mutual-tls' && tlsSettings) }),
  maxMessageSize: maxMessageBytes,
});

export const replication = ({ id, pulsar }: ConfiguredParty): Settings => ({
  // Under the default prefix two parties that replicate into one topic have one name, and the second is refused.
  replicatorPrefix: `pulsar.repl.${id}`,
  ...(pulsar.unreadMinutes && { ttlDurationDefaultInSeconds: pulsar.unreadMinutes * 60 }),
});

/**
 * What a broker does by default, and FATE goes by: topics come with their first message and go when nobody uses them, and whoever comes
 * without credentials may make tenants, namespaces and clusters.
 */
export const usualBroker = {
  allowAutoTopicCreation: true,
  allowAutoTopicCreationType: 'non-partitioned',
  brokerDeleteInactiveTopicsEnabled: true,
  brokerDeleteInactiveTopicsMode: 'delete_when_no_subscriptions',
  authorizationEnabled: false,
};

/** FATE's messages are large; Pulsar's own limit is 5 MiB. */
export const maxMessageBytes = 134_217_728;

/**
 * All four ports are open then: FATE Flow uses the plain ones, other parties the broker's TLS one. The administration's is for
 * Pulsar itself, whose own client goes there once its connections are TLS: to clear up after a job, where FATE asks for it.
 */
const tls = (transport: ConfiguredParty['transport']) => ({
  brokerServicePortTls: ports['broker-tls'],
  webServicePortTls: ports['admin-tls'],
  tlsEnabled: true,
  // Certificates route and encrypt there, and nobody verifies them.
  ...(transport === 'open' && { tlsAllowInsecureConnection: true }),
  tlsCertificateFilePath: files.certificate,
  tlsKeyFilePath: files.key,
  tlsTrustCertsFilePath: files.ca,
  brokerClientTlsEnabled: true,
  ...(transport === 'mutual-tls' && mutual),
});

/** Takes those only who have a certificate of the federation's authority, verifies whom it calls, and shows them its own. */
export const provenBothWays = {
  tlsRequireTrustedClientCertOnConnect: true,
  brokerClientTrustCertsFilePath: files.ca,
  brokerClientAuthenticationPlugin: 'org.apache.pulsar.client.impl.auth.AuthenticationTls',
  brokerClientAuthenticationParameters: `tlsCertFile:${files.certificate},tlsKeyFile:${files.key}`,
};

/**
 * Both TLS ports want a certificate of the federation's authority, and replication goes to no server without one. Whose it is
 * nobody compares: replication knows no check of host names, and whoever names no method of authentication is anonymous, as
 * FATE's clients are, on the TLS port too. So a member may read and write all topics at another's Pulsar, and what keeps
 * messages from the wrong one are routes, of the exchange or of a party without one: they lead to declared addresses only.
 *
 * @see Pulsar 2.7.0 and 2.10.1, `BrokerService.getReplicationClient`, `ServerCnx.handleConnect`
 */
const mutual = {
  ...provenBothWays,
  // Replication shows its certificate only where this is on.
  authenticationEnabled: true,
  anonymousUserRole: 'anonymous',
};

/**
 * Broker, bookie and their ZooKeeper are one process, and stand still together: on a busy node, or while it is migrated.
 * Sessions may last as long as that ZooKeeper allows, 20 of its ticks of 3 s, which nothing can change. A client is heard of
 * every 10 s, so a stop of 50 s may end one. The broker then takes a new one, and the bookie registers again after a second,
 * where it would wait for as long as a session lasts.
 *
 * @see Pulsar 2.7.0 and 2.10.1, `LocalBookkeeperEnsemble`; ZooKeeper, `ZooKeeperServer`
 */
export const sessionMillis = 60_000;

/**
 * A bookie has no rack, so its broker takes the default one, which its policy names; but the policy of regions names it when the address
 * of the bookie is not known yet, as happens when one comes back whose disk was full. Where that is another policy, the two names differ
 * in depth, and the bookie stays away until the broker starts again. With one region the policy places copies as that of racks does.
 *
 * @see BookKeeper 4.12.0 and 4.14.5, `TopologyAwareEnsemblePlacementPolicy.resolveNetworkLocation`; apache/bookkeeper 4128 and 4439
 */
export const bookiePlacement = {
  bookkeeperClientRegionawarePolicyEnabled: true,
  bookkeeperClientMinNumRacksPerWriteQuorum: 1,
};

/** One bookie keeps the one copy of a message; the volume below it keeps more. */
const singleBroker = {
  managedLedgerDefaultEnsembleSize: 1,
  managedLedgerDefaultWriteQuorum: 1,
  managedLedgerDefaultAckQuorum: 1,
  // What was acknowledged is written with the next one and once in ten seconds at most. After a crash the last message of a
  // topic comes again, and FATE passes over it: it waits for a name and a tag, and takes no number of a part twice.
  managedLedgerDefaultMarkDeleteRateLimit: 0.1,
  ...bookiePlacement,
  loadManagerClassName: 'org.apache.pulsar.broker.loadbalance.NoopLoadManager',
  loadBalancerEnabled: false,
  topicPublisherThrottlingTickTimeMillis: 2,
};

/** Indexes that are small, as FATE has many topics and few messages. */
export const bookieStorage = {
  ledgerStorageClass: 'org.apache.bookkeeper.bookie.storage.ldb.DbLedgerStorage',
  dbStorage_readAheadCacheBatchSize: 1000,
  dbStorage_rocksDB_writeBufferSizeMB: 4,
  dbStorage_rocksDB_sstSizeInMB: 4,
  dbStorage_rocksDB_blockSize: 4096,
};

const singleBookie = {
  allowLoopback: true,
  ...bookieStorage,
  journalSyncData: false,
  journalMaxGroupWaitMSec: 1,
  flushInterval: 60000,
  zkTimeout: sessionMillis,
  zkRetryBackoffStartMs: 1000,
  zkRetryBackoffMaxMs: 1000,
};

/**
 * What fits on the volume. Space comes back by whole files, and each is closed at a sixteenth of it: the classes let a
 * ledger and a journal grow to 2 GiB and an entry log to 1 GiB, and keep five journals that nothing reads again.
 */
const fileMiB = (volumeGiB: number): number => Math.min(64 * volumeGiB, 1024);

export const ledgerFiles = (volumeGiB: number): Settings => ({
  managedLedgerMaxSizePerLedgerMbytes: fileMiB(volumeGiB),
  managedLedgerMinLedgerRolloverTimeMinutes: 1,
});

/**
 * With half a GiB left the bookie refuses what is new and clears up, whatever else is on the volume; without that it would end at the
 * last byte and stay away.
 */
export function bookieFiles(volumeGiB: number): Settings {
  const full = fullAt(volumeGiB);
  return {
    logSizeLimit: fileMiB(volumeGiB) * 1024 ** 2,
    journalMaxSizeMB: fileMiB(volumeGiB),
    journalMaxBackups: 0,
    gcWaitTime: 60_000,
    diskUsageThreshold: full,
    diskUsageWarnThreshold: full,
    diskCheckInterval: 1000,
    isForceGCAllowWhenNoSpace: true,
  };
}

/** Part of its volume that is in use when Pulsar refuses what is new. */
export const fullAt = (volumeGiB: number): number => Math.round((1 - 0.5 / volumeGiB) * 10_000) / 10_000;
