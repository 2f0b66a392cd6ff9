import type { KeyObject } from 'node:crypto';
import type { SecretName } from '../fate/secrets';
import { readInteger } from '../input/checks';
import type { Problems } from '../input/problems';

/** Who has a certificate: a party by its id, or the exchange. */
export type Member = number | 'exchange';

/** Whose plan it is. */
export const memberOf = ({ id }: { readonly namespace: string; readonly id?: number }): Member => id ?? 'exchange';

/** As a sentence calls it: `party 30000`, `the exchange`. */
export const memberName = (member: Member): string => (member === 'exchange' ? 'the exchange' : `party ${member}`);

/**
 * Common name and only DNS name of a member's certificate, which its Pulsar or Traffic Server and its nginx show to whoever
 * calls them, and to whom they call.
 */
export const certificateName = (member: Member, domain: string): string =>
  member === 'exchange' ? `proxy.${domain}` : `${member}.${domain}`;

/** Where a member's pods read their certificate, its key, and the authorities that they trust. */
export const certificateSecret = (member: Member) =>
  member === 'exchange' ? 'trafficServerCertificate' : ('pulsarCertificate' satisfies SecretName);

/** Common name of the federation's certificate authority; the second one when the first is replaced: `ca-2.example.com`. */
export const authorityName = (domain: string, generation = 1): string =>
  generation === 1 ? `ca.${domain}` : `ca-${generation}.${domain}`;

/** Bits of RSA keys, the only ones that Pulsar 2.7 takes. */
export const rsaBits = { authority: 4096, member: 2048, least: 2048 } as const;

/** What is wrong with a private or public key; nothing of one that all programs of a federation take. */
export function keyFault({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | undefined {
  const { modulusLength = 0, publicExponent = 0n } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType !== 'rsa') return `is no RSA key but ${asymmetricKeyType?.toUpperCase()}`;
  if (modulusLength < rsaBits.least) return `has ${modulusLength} bits`;
  if (publicExponent < leastExponent) return `has the public exponent ${publicExponent}`;
  return undefined;
}

const leastExponent = 65_537n;

export const keyRemedy = `use an RSA key of ${rsaBits.least} bits or more and the exponent ${leastExponent}, as \`kubefate-tanzu certificates\` makes`;

/**
 * Days that certificates hold. Nothing asks for revoked ones, so that a stolen key ends with its certificate: a year, and a
 * month to renew it in. An authority is replaced in three rounds of every member, and lasts ten years.
 */
export const certificateDays = { authority: 3650, member: 396, soon: 30 } as const;

/** Days that certificates hold, and within which before their end they are renewed. */
export interface Lifetime {
  readonly days: number;
  readonly renewedDays: number;
}

/** Of certificates of members that nobody has to renew by hand. */
export function readMemberLifetime(problems: Problems, declared: unknown): Lifetime {
  const { fewest, most } = memberDays;
  const days = readInteger(problems, 'days', declared === undefined ? certificateDays.member : declared, fewest, most);
  return { days, renewedDays: Math.min(certificateDays.soon, Math.floor(days / 3)) };
}

export const memberDays = { fewest: 7, most: 3650 } as const;

/** What a certificate is dated back: clocks of members differ. */
export const backdatedMinutes = 60;
