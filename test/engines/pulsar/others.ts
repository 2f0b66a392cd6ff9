import { properties } from '../../../lib/formats/properties';
import { externalPulsarFiles, type PartyOfExternalPulsar } from '../../../lib/reports/external-pulsar';
import type { AnyObject } from '../../support/objects';

/** What somebody's `standalone.conf` says before anybody has told it anything. @see Pulsar 2.10.1, `conf/standalone.conf` */
const apaches = {
  ...{ brokerServicePort: 6650, webServicePort: 8080, clusterName: 'standalone' },
  ...{ maxMessageSize: 5_242_880, backlogQuotaDefaultLimitGB: 10, ttlDurationDefaultInSeconds: 0 },
  ...{ managedLedgerDefaultEnsembleSize: 1, managedLedgerDefaultWriteQuorum: 1, managedLedgerDefaultAckQuorum: 1 },
  ...{ loadManagerClassName: 'org.apache.pulsar.broker.loadbalance.NoopLoadManager', loadBalancerEnabled: false },
  ...{ allowLoopback: true, ledgerStorageClass: 'org.apache.bookkeeper.bookie.storage.ldb.DbLedgerStorage' },
  ...{ flushInterval: 60_000, journalSyncData: false, gcWaitTime: 300_000 },
};

/**
 * Somebody's one process, which is told what is printed for a party, and nothing else.
 *
 * @param drawn objects with a Pulsar of one process, of which all is taken but its file
 */
export function pulsarOfOthers(plan: PartyOfExternalPulsar, drawn: readonly AnyObject[]): readonly AnyObject[] {
  const files = externalPulsarFiles(plan);
  const file = properties({ ...apaches, ...files['broker.conf'], ...files['bookkeeper.conf'] });
  return drawn.map((object) =>
    object.metadata.name === 'pulsar-config' ? { ...object, data: { 'standalone.conf': file } } : object,
  );
}
