import { createPublicKey, type KeyObject } from 'node:crypto';
import { certificateName, keyFault, keyRemedy, type Member } from '../../lib/federation/certificates';
import { privateKeyIn } from '../../lib/input/pem';
import { replaceFiles, writeNewFiles } from '../files';
import { Mistake } from '../mistake';
import { type MemberFiles, memberFiles, prepare, readText } from './folder';
import { newKey } from './keys';
import { isSameKey, keyText, shownText } from './pem';
import { signingRequest } from './x509';
import * as x509 from './x509-library';

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
  const earlier = readRequest(readText(files.request) ?? '');
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

/** A request that somebody else sent: as far as it can be read at all. */
export interface ReadRequest {
  readonly request: x509.Pkcs10CertificateRequest;
  readonly publicKey: KeyObject;
}

/** None where the text is no request, or its key is of a kind that nothing here knows. */
export function readRequest(text: string): ReadRequest | undefined {
  try {
    const request = new x509.Pkcs10CertificateRequest(text);
    const publicKey = createPublicKey({ key: Buffer.from(request.publicKey.rawData), type: 'spki', format: 'der' });
    return { request, publicKey };
  } catch {
    return undefined;
  }
}

/**
 * Everything that speaks against certifying a request as a member's: that it is not in the member's name alone, is not
 * signed by its own key, has a key that programs of a federation do not take, or asks to be an authority.
 */
export async function requestFaults(
  { request, publicKey }: ReadRequest,
  member: Member,
  domain: string,
): Promise<readonly string[]> {
  const name = certificateName(member, domain);
  const [own, ...more] = request.subjectName.getField('CN');
  const others = new Set([...more, ...alternativeNames(request)].filter((each) => each !== name && each !== own));
  const fault = keyFault(publicKey);
  return [
    ...(own === name
      ? []
      : [`is of ${shownText(own ?? 'nobody')} and not of ${name}; have its organisation request that name`]),
    ...[...others].map((each) => `asks for the name ${shownText(each)}; a certificate here has one, ${name}`),
    ...(fault === undefined ? [] : [`its key ${fault}; ${keyRemedy}`]),
    ...((await isSigned(request)) ? [] : ['is not signed by its own key; have it made again, and sent unchanged']),
    ...(asksForAuthority(request) ? ['asks to be an authority; members are none'] : []),
  ];
}

function alternativeNames(request: x509.Pkcs10CertificateRequest): readonly string[] {
  const found = extensionsOf(request).filter((each) => each instanceof x509.SubjectAlternativeNameExtension);
  return found.flatMap(({ names }) =>
    names.items.map(({ type, value }) => (type === 'dns' ? value : `${type}:${value}`)),
  );
}

const asksForAuthority = (request: x509.Pkcs10CertificateRequest): boolean =>
  extensionsOf(request).some(
    (each) =>
      (each instanceof x509.BasicConstraintsExtension && each.ca) ||
      (each instanceof x509.KeyUsagesExtension && (each.usages & x509.KeyUsageFlags.keyCertSign) !== 0),
  );

const extensionsOf = ({ extensions }: x509.Pkcs10CertificateRequest): readonly x509.Extension[] => extensions;

async function isSigned(request: x509.Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await request.verify();
  } catch {
    return false;
  }
}
