import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { rsaBits } from '../../lib/federation/certificates';

/** A new RSA key. */
export const newKey = async (bits: number): Promise<KeyObject> =>
  (await promisify(generateKeyPair)('rsa', { modulusLength: bits })).privateKey;

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
