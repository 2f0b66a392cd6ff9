import { services } from '../services';
import { copiesOn, pulsarReplicas } from '../sizes';
import {
  bookieFiles,
  bookiePlacement,
  bookieStorage,
  brokerEnds,
  files,
  ledgerFiles,
  maxMessageBytes,
  provenBothWays,
  replication,
  usualBroker,
} from './pulsar';
import type { ClusteredParty, ConfiguredParty, ForeignPulsarFiles, PulsarFiles, Settings } from './release';

const { pulsar, pulsarBrokers, pulsarProxy, pulsarBookie, pulsarZookeeper } = services;

/** Where the image has what its programs read. */
export const configurationDirectory = '/pulsar/conf';

const zookeepers = Array.from(
  { length: pulsarReplicas.zookeeper },
  (_, i) => `${pulsarZookeeper.name}-${i}.${pulsarZookeeper.name}`,
);

/** Every ZooKeeper by the name of its pod: a client goes on to the next when one is lost. */
export const zookeeperServers = zookeepers.map((host) => `${host}:${pulsarZookeeper.ports.client}`).join(',');

/** What a release has in the place of these keys, or beside them. */
interface Differences {
  readonly tls: Settings & { readonly tlsProtocols: string };
  readonly broker: Settings;
  readonly proxy: Settings;
}

/**
 * Files of the programs of a highly available Pulsar, as far as releases agree. Each replaces the image's own, so it holds whatever its
 * program needs beyond the defaults of its classes.
 *
 * @see Pulsar 2.7.0 and 2.10.1, `conf/broker.conf`, `conf/bookkeeper.conf`, `conf/zookeeper.conf`, `conf/proxy.conf`
 */
export const clusterFiles = (party: ClusteredParty, differences: Differences): PulsarFiles => ({
  'zookeeper.conf': zookeeperConf,
  'bookkeeper.conf': bookkeeperConf(party),
  'broker.conf': { ...brokerConf(party, differences.tls), ...differences.broker },
  'proxy.conf': { ...proxyConf(party, differences.tls), ...differences.proxy },
});

/** The same of programs of somebody else's, which have names, copies and disks of their own. */
export const foreignFiles = (party: ConfiguredParty, tlsSettings: Differences['tls']): ForeignPulsarFiles => ({
  'broker.conf': { ...brokerEnds(party, tlsSettings), ...replication(party), ...usualBroker },
  'bookkeeper.conf': largestFrame,
  'proxy.conf': { ...proxyDoor, ...proxyEnds(party, tlsSettings) },
});

/** A majority of them writes; each knows by a file on its volume which one it is. */
const zookeeperConf: Settings = {
  tickTime: 2000,
  initLimit: 10,
  syncLimit: 5,
  dataDir: '/pulsar/data/zookeeper',
  clientPort: pulsarZookeeper.ports.client,
  // A name leads to another address when its pod was somewhere else before.
  quorumListenOnAllIPs: true,
  maxClientCnxns: 0,
  'admin.enableServer': false,
  'autopurge.snapRetainCount': 3,
  'autopurge.purgeInterval': 1,
  ...Object.fromEntries(
    zookeepers.map((host, i) => [
      `server.${i + 1}`,
      `${host}:${pulsarZookeeper.ports.follower}:${pulsarZookeeper.ports.election}`,
    ]),
  ),
};

/**
 * A bookie is known by the name of its pod, for with it goes its volume, and its address does not stay. What it has acknowledged is on
 * its disk. What is on too few of them is copied when one has been away for longer than its node takes to start again, by a program
 * beside the bookie: inside of it, it ends with its connection to ZooKeeper, and takes the bookie along.
 *
 * @see BookKeeper 4.12 and 4.14, `AutoRecoveryMain.AutoRecoveryDeathWatcher`
 */
const bookkeeperConf = ({ sizing }: ClusteredParty): Settings => ({
  bookiePort: pulsarBookie.ports.bookie,
  useHostNameAsBookieID: true,
  journalDirectories: '/pulsar/data/bookkeeper/journal',
  ledgerDirectories: '/pulsar/data/bookkeeper/ledgers',
  zkServers: zookeeperServers,
  zkTimeout: 30_000,
  ...largestFrame,
  ...bookieStorage,
  journalMaxGroupWaitMSec: 1,
  autoRecoveryDaemonEnabled: false,
  lostBookieRecoveryDelay: 600,
  ensemblePlacementPolicy: 'org.apache.bookkeeper.client.RegionAwareEnsemblePlacementPolicy', // as of the brokers
  ...bookieFiles(sizing.volumesGiB.pulsar),
});

/** What is around a message on its way to a bookie. */
const frameBytes = 10 * 1024;
const largestFrame = { nettyMaxFrameSizeBytes: maxMessageBytes + frameBytes };

/**
 * Brokers are known by the names of their pods. A topic is at one of them, which any other names; when that one is lost its session
 * ends after half a minute, and others take over what was at it. Topics of jobs that run stay where they are: load decides of new ones.
 */
const brokerConf = (party: ClusteredParty, tlsSettings: Differences['tls']): Settings => ({
  ...brokerEnds(party, tlsSettings),
  zookeeperServers,
  configurationStoreServers: zookeeperServers,
  statusFilePath: `${configurationDirectory}/broker.conf`, // answers whenever the broker works
  ...replication(party),
  ...copies(party),
  managedLedgerDefaultMarkDeleteRateLimit: 0.1,
  ...bookiePlacement,
  loadBalancerSheddingEnabled: false,
  loadBalancerAutoBundleSplitEnabled: false,
  ...ledgerFiles(party.sizing.volumesGiB.pulsar),
});

/** A message is acknowledged when it is on two disks. */
function copies({ pulsar }: ClusteredParty): Settings {
  const count = copiesOn(pulsar.cluster.bookies);
  return {
    managedLedgerDefaultEnsembleSize: count,
    managedLedgerDefaultWriteQuorum: count,
    managedLedgerDefaultAckQuorum: 2,
  };
}

/**
 * Other parties know one name and one address, whichever broker has the topic: a proxy takes them there, on the connection that they
 * made for it. It finds brokers by their Service, and needs no ZooKeeper. Its ends are those of a broker: TLS that takes members, and
 * TLS by the party's certificate to the brokers.
 *
 * @see Pulsar 2.7.0 and 2.10.1, `ProxyConnection`, `LookupProxyHandler`, `BinaryProtoLookupService`
 */
const proxyConf = (party: ConfiguredParty, tlsSettings: Differences['tls']): Settings => ({
  servicePort: '', // nothing plain
  ...proxyDoor,
  webServicePort: pulsarProxy.ports.admin,
  statusFilePath: `${configurationDirectory}/proxy.conf`,
  brokerServiceURLTLS: `pulsar+ssl://${pulsar.name}:${pulsar.ports['broker-tls']}`,
  brokerWebServiceURLTLS: `https://${pulsar.name}:${pulsar.ports['admin-tls']}`,
  ...proxyEnds(party, tlsSettings),
});

const proxyDoor = { servicePortTls: pulsarProxy.ports['broker-tls'] };

/** How others and brokers are met. */
const proxyEnds = ({ transport }: ConfiguredParty, { tlsProtocols }: Differences['tls']): Settings => ({
  tlsEnabledWithBroker: true,
  tlsCertificateFilePath: files.certificate,
  tlsKeyFilePath: files.key,
  tlsTrustCertsFilePath: files.ca,
  ...(transport === 'mutual-tls' ? { ...provenBothWays, tlsProtocols } : { tlsAllowInsecureConnection: true }),
});

/** What a proxy may call: any of the brokers, and no other host of the cluster. */
export const brokerHosts = `${pulsar.name}-*.${pulsarBrokers.name}.*`;
