import { Mistake } from '../mistake';

/** A number that could be meant. */
const whole =
  (name: string, from: number, to: number) =>
  (given: number): number | undefined => {
    if (Number.isInteger(given) && from <= given && given <= to) return given;
    throw new Mistake(`--${name}: use a whole number from ${from} to ${to}`);
  };

const party = whole('party', 1, 999_999_999);

/** Options that several of the commands have. */
export const options = {
  folder: {
    type: 'string',
    default: 'certificates',
    describe: 'Folder of certificates and keys; it keeps itself out of git',
  },
  domain: { type: 'string', describe: 'Domain of the federation, in the place of a declaration' },
  party: {
    type: 'number',
    array: true,
    nargs: 1,
    describe: 'Id of a party; may be repeated',
    coerce: (ids: readonly number[]): readonly number[] | undefined => [
      ...new Set(ids.flatMap((id) => party(id) ?? [])),
    ],
  },
  onlyParty: { type: 'number', describe: 'Id of the party whose request it is', coerce: party },
  exchange: { type: 'boolean', describe: 'The exchange' },
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
