import { services } from '../services';
import { nameForJobs } from '../spark';
import type { ConfiguredParty } from './release';

/** What drivers and executors call a party's Pulsar, whoever runs it. */
export const pulsarForJobs = (party: ConfiguredParty): string =>
  party.pulsar.host === services.pulsar.name ? nameForJobs(services.pulsar, party) : party.pulsar.host;
