import { rights } from '../../kubernetes/rights';
import { sessionMillis, standalone, standaloneConf } from './pulsar';
import type { Release } from './release';

/** Where Pulsar 2.7 has other keys, or other defaults. */
export const pulsar27 = {
  ...standalone,
  rights: rights.pulsar27,
  standaloneConf: (party) => ({
    ...standaloneConf(party, tlsSettings),
    backlogQuotaDefaultLimitGB: party.pulsar.backlogGiB,
    dispatchThrottlingOnNonBacklogConsumerEnabled: true,
    replicationMetricsEnabled: true,
    zooKeeperSessionTimeoutMillis: sessionMillis,
    // The process would end with its session.
    zookeeperSessionExpiredPolicy: 'reconnect',
  }),
} as const satisfies Release['pulsar'];

/** By default it takes 1.0 and 1.1 too, and no later one. */
const tlsSettings = { tlsProtocols: 'TLSv1.2' };
