import { createHash, createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { commonNames } from '../../lib/input/pem';
import { printable, short } from '../../lib/input/shown';

export const keyText = (key: KeyObject): string => `${key.export({ type: 'pkcs8', format: 'pem' })}`;

/** What two people compare: `1f3a 99c0 …`, the SHA-256 of the public key as DER. */
export function fingerprint(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const hash = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' }));
  return (hash.digest('hex').match(/.{4}/g) ?? []).join(' ');
}

export const isSameKey = (one: KeyObject, other: KeyObject): boolean => fingerprint(one) === fingerprint(other);

/** What somebody else wrote, for people. */
export const shownText = (text: string): string => short(printable(text), 100);

/** What a certificate's owner is called, for people. */
export const shownName = (certificate: X509Certificate): string =>
  commonNames(certificate).join(', ') || certificate.subject.replaceAll('\n', ', ');

export const starts = (certificate: X509Certificate): Date => new Date(certificate.validFrom);
export const ends = (certificate: X509Certificate): Date => new Date(certificate.validTo);

const msPerDay = 24 * 60 * 60 * 1000;

export const daysAfter = (date: Date, days: number): Date => new Date(date.getTime() + days * msPerDay);
export const daysBetween = (from: Date, to: Date): number => Math.floor((to.getTime() - from.getTime()) / msPerDay);

/** `2026-11-26` */
export const day = (date: Date): string => date.toISOString().slice(0, 10);
