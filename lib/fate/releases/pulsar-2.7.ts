import { rights } from '../../kubernetes/rights';
import { sessionMillis, standalone, standaloneConf } from './pulsar';
import { clusterFiles, foreignFiles } from './pulsar-cluster';
import type { PulsarParty, Release } from './release';

/** Where Pulsar 2.7 has other keys, or other defaults. */
export const pulsar27 = {
  ...standalone,
  rights: rights.pulsar27,
  standaloneConf: (party) => ({
    ...standaloneConf(party, tlsSettings),
    ...brokerSettings(party),
    zooKeeperSessionTimeoutMillis: sessionMillis,
    // The process would end with its session.
    zookeeperSessionExpiredPolicy: 'reconnect',
  }),
  // Its proxy calls whatever host and port it is told to.
  clusterFiles: (party) => clusterFiles(party, { tls: tlsSettings, broker: brokerSettings(party), proxy: {} }),
  foreignFiles: (party) => foreignFiles(party, tlsSettings),
} as const satisfies Release['pulsar'];

const brokerSettings = ({ pulsar }: PulsarParty) => ({
  backlogQuotaDefaultLimitGB: pulsar.backlogGiB,
  dispatchThrottlingOnNonBacklogConsumerEnabled: true,
  replicationMetricsEnabled: true,
});

/** By default it takes 1.0 and 1.1 too, and no later one. */
const tlsSettings = { tlsProtocols: 'TLSv1.2' };
