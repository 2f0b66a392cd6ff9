import { createPublicKey, type KeyObject } from 'node:crypto';
import { certificateName, keyFault, type Member } from '../../lib/federation/certificates';
import { readSigningRequest, requestFaults, type SigningRequest } from '../../lib/federation/signing-requests';
import { privateKeyIn } from '../../lib/input/pem';
import { replaceFiles, writeNewFiles } from '../files';
import { Mistake } from '../mistake';
import { type MemberFiles, memberFiles, prepare, readText } from './folder';
import { newKey } from './keys';
import { isSameKey, keyText, shownText } from './pem';
import { signingRequest } from './x509';

/** A request, and the key that stays where it is. */
export interface Requested {
  readonly files: MemberFiles;
  readonly publicKey: KeyObject;
  readonly isNew: boolean;
}

/**
 * Makes a member's key and a request for its certificate; of a key that is there, the request alone.
 *
 * @throws {Mistake} when a key is there that no certificate would be had for
 */
export async function request(folder: string, member: Member, domain: string, bits: number): Promise<Requested> {
  const files = memberFiles(folder, member, domain);
  const text = readText(files.key);
  const there = text === undefined ? undefined : usableKey(files.key, text);
  const key = there ?? (await newKey(bits));
  const publicKey = createPublicKey(key);
  prepare(folder);
  if (there === undefined) writeNewFiles([{ path: files.key, content: keyText(key), isPrivate: true }]);
  const earlier = readSigningRequest(readText(files.request) ?? '');
  if (earlier !== undefined && isSameKey(earlier.publicKey, publicKey)) return { files, publicKey, isNew: false };
  replaceFiles([{ path: files.request, content: await signingRequest(files.name, key), isPrivate: true }]);
  return { files, publicKey, isNew: true };
}

function usableKey(path: string, text: string): KeyObject {
  const key = privateKeyIn(text);
  if (key === undefined)
    throw new Mistake(`${path}: is no private key that can be read; move it away, and one is made`);
  const fault = keyFault(key);
  if (fault !== undefined) throw new Mistake(`${path}: ${fault}; move it away, and one is made`);
  return key;
}

/**
 * Everything that speaks against certifying a request as a member's. Of its subject nothing but the common name counts: the
 * certificate's is written anew.
 */
export async function memberRequestFaults(
  request: SigningRequest,
  member: Member,
  domain: string,
): Promise<readonly string[]> {
  const name = certificateName(member, domain);
  const [own, ...more] = request.commonNames;
  const alternative = request.alternativeNames.map(({ type, value }) => (type === 'dns' ? value : `${type}:${value}`));
  const others = new Set([...more, ...alternative].filter((each) => each !== name && each !== own));
  return [
    ...(own === name
      ? []
      : [`is of ${shownText(own ?? 'nobody')} and not of ${name}; have its organisation request that name`]),
    ...[...others].map((each) => `asks for the name ${shownText(each)}; a certificate here has one, ${name}`),
    ...(await requestFaults(request)).map(({ what, remedy }) => `${what}; ${remedy}`),
  ];
}
