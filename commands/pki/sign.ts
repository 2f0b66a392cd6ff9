import type { X509Certificate } from 'node:crypto';
import type { Member } from '../../lib/federation/certificates';
import { readSigningRequest, type SigningRequest } from '../../lib/federation/signing-requests';
import { certificatesIn } from '../../lib/input/pem';
import { replaceFiles } from '../files';
import { checkDomainOf, type SigningAuthorities, trustText, validity } from './authorities';
import { type MemberFiles, memberFiles, prepare, readText } from './folder';
import { fingerprint, isSameKey, shownName } from './pem';
import { memberRequestFaults } from './requests';
import { memberCertificate } from './x509';

export interface SignOptions {
  readonly folder: string;
  readonly domain: string;
  /** Whose request it is. */
  readonly member: Member;
  /** Of its public key, as its organisation told it: hexadecimal digits, with anything between them. @default not compared */
  readonly fingerprint?: string;
  readonly days: number;
  readonly now: Date;
}

export interface Signed {
  readonly files: MemberFiles;
  readonly certificate: X509Certificate;
  /** The authority's name. */
  readonly issuer: string;
}

/** Certifies a request, or says everything that speaks against it. */
export async function sign(
  text: string,
  authorities: SigningAuthorities,
  options: SignOptions,
): Promise<Signed | { readonly faults: readonly string[] }> {
  const { folder, domain, member, days, now } = options;
  checkDomainOf(authorities.signing, domain);
  const files = memberFiles(folder, member, domain);
  const request = readSigningRequest(text);
  if (request === undefined)
    return { faults: ['is not one signing request alone; use the PEM that `certificates request` wrote'] };
  const faults = [...(await memberRequestFaults(request, member, domain)), ...otherFaults(request, files, options)];
  if (faults.length > 0) return { faults };
  const { signing } = authorities;
  const made = await memberCertificate(
    files.name,
    request.publicKey,
    signing,
    validity(now, days, signing.certificate),
  );
  prepare(folder);
  replaceFiles([
    { path: files.ca, content: trustText(authorities), isPrivate: true },
    { path: files.certificate, content: `${made}`, isPrivate: true },
  ]);
  return { files, certificate: made, issuer: shownName(signing.certificate) };
}

/** That it is somebody else's key: than was told, or than was certified before. */
function otherFaults({ publicKey }: SigningRequest, files: MemberFiles, { fingerprint: told }: SignOptions): string[] {
  const own = fingerprint(publicKey);
  const [before] = certificatesIn(readText(files.certificate) ?? '') ?? [];
  const faults: string[] = [];
  if (told !== undefined && hex(told) !== hex(own))
    faults.push(`its key has the fingerprint ${own}; ask its organisation which one it sent`);
  if (before !== undefined && !isSameKey(before.publicKey, publicKey))
    faults.push(
      `its key is another one than ${files.name} has a certificate for; if that is meant, move ${files.folder} away`,
    );
  return faults;
}

const hex = (text: string): string => text.toLowerCase().replace(/[^0-9a-f]/g, '');
