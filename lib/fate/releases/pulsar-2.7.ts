import { rights } from '../../kubernetes/rights';
import { services } from '../services';
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
  clusterFiles: (party) => clusterFiles(party, { tls: tlsSettings, broker: brokerSettings(party), proxy: plainEnd }),
  foreignFiles: (party) => foreignFiles(party, tlsSettings),
} as const satisfies Release['pulsar'];

/**
 * Without a plain end its proxy knows no address of itself, of which it makes the client that looks for a topic, and takes nobody in.
 * No Service leads there, and no policy.
 *
 * @see Pulsar 2.7.0, `ProxyConnection.createClientConfiguration`
 */
const plainEnd = { servicePort: services.pulsar.ports.broker };

const brokerSettings = ({ pulsar }: PulsarParty) => ({
  backlogQuotaDefaultLimitGB: pulsar.backlogGiB,
  dispatchThrottlingOnNonBacklogConsumerEnabled: true,
  replicationMetricsEnabled: true,
});

/** By default it takes 1.0 and 1.1 too, and no later one. */
const tlsSettings = { tlsProtocols: 'TLSv1.2' };
