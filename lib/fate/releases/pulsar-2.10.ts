import { rights } from '../../kubernetes/rights';
import { sessionMillis, standalone, standaloneConf } from './pulsar';
import { brokerHosts, clusterFiles, foreignFiles } from './pulsar-cluster';
import type { PulsarParty, Release } from './release';

/**
 * Where Pulsar 2.10 has other keys, or other defaults. Its metadata are in ZooKeeper as before: another store comes with 2.11.
 *
 * Its own client of administration shows the first certificate of a file alone. One that is not issued by an authority that the
 * broker trusts is refused by that broker, which then never makes its cluster: authorities in between belong to those trusted.
 *
 * After a minute's stop its session may have ended. Jobs that are there go on, and for some minutes more it answers those who ask
 * for another one with an error.
 *
 * @see Pulsar 2.10.1, `KeyManagerProxy`, `PulsarStandalone`
 */
export const pulsar210 = {
  ...standalone,
  rights: rights.pulsar210,
  group: 0,
  standaloneConf: (party) => ({
    ...standaloneConf(party, tlsSettings),
    ...brokerSettings(party),
    metadataStoreSessionTimeoutMillis: sessionMillis,
  }),
  clusterFiles: (party) =>
    clusterFiles(party, {
      tls: tlsSettings,
      broker: brokerSettings(party),
      proxy: { brokerProxyAllowedHostNames: brokerHosts },
    }),
  foreignFiles: (party) => foreignFiles(party, tlsSettings),
} as const satisfies Release['pulsar'];

const brokerSettings = ({ pulsar }: PulsarParty) => ({
  backlogQuotaDefaultLimitBytes: pulsar.backlogGiB * 1024 ** 3,
});

/** Of the broker, and of its administration, which has protocols of its own. */
const protocols = 'TLSv1.2,TLSv1.3';
const tlsSettings = { tlsProtocols: protocols, webServiceTlsProtocols: protocols };
