import { whole } from '../arguments';
import { memberOptions } from '../selection';

/** Options that several of the commands have. */
export const options = {
  folder: {
    type: 'string',
    default: 'certificates',
    describe: 'Folder of certificates and keys; it keeps itself out of git',
  },
  domain: { type: 'string', describe: 'Domain of the federation, in the place of a declaration' },
  party: memberOptions.party,
  onlyParty: { ...memberOptions.oneParty, describe: 'Id of the party whose request it is' },
  exchange: memberOptions.exchange,
  memberDays: {
    type: 'number',
    describe: 'Days that a certificate holds, no longer than its authority',
    defaultDescription: '396',
    coerce: whole('days', 1, 3650),
  },
  authorityDays: {
    type: 'number',
    describe: 'Days that the authority holds',
    defaultDescription: '3650',
    coerce: whole('days', 1, 10_950),
  },
  memberBits: {
    type: 'number',
    describe: 'Bits of a new RSA key',
    defaultDescription: '2048',
    coerce: whole('bits', 2048, 8192),
  },
  authorityBits: {
    type: 'number',
    describe: 'Bits of its RSA key',
    defaultDescription: '4096',
    coerce: whole('bits', 2048, 8192),
  },
  soon: {
    type: 'number',
    describe: 'A certificate that ends within so many days is due',
    defaultDescription: '30',
    coerce: whole('soon', 0, 3650),
  },
} as const;

/** @throws {InvalidInput} of a domain that no federation can have */
export async function checkDomain(domain: string): Promise<void> {
  const { exchangePlan } = await import('../../lib/federation/exchange.js');
  exchangePlan({ domain });
}
