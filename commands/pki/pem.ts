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
