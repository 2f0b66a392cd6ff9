import type { X509Certificate } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { authorityName, backdatedMinutes, keyFault, keyRemedy } from '../../lib/federation/certificates';
import { daysAfter } from '../../lib/input/days';
import { certificatesIn, commonNames, ends, isIssuedBy, privateKeyIn, starts } from '../../lib/input/pem';
import { makeFolder, replaceFiles, writeNewFiles } from '../files';
import { Mistake } from '../mistake';
import { during } from '../terminal';
import { prepare, readText, replacedFolder, trustFiles } from './folder';
import { newKey } from './keys';
import { keyText, shownName } from './pem';
import { type Authority, authorityCertificate, type Validity } from './x509';

/** Authorities of a federation, as far as they are in a folder. */
export interface Authorities {
  /** The one that certifies members. */
  readonly signing?: Authority;
  /** The one that will, once all members trust it. */
  readonly next?: Authority;
  /** The one that did: some members still have a certificate of it. */
  readonly old?: Authority;
}

/** Authorities of which one certifies. */
export type SigningAuthorities = Authorities & { readonly signing: Authority };

const places = { signing: 'ca', next: 'ca-next', old: 'ca-old' } as const;
type Place = keyof typeof places;

/** @throws {Mistake} when one cannot be read, or cannot certify */
export function readAuthorities(folder: string): Authorities {
  const read = (place: Place) => readAuthority(authorityFolder(folder, place));
  return { signing: read('signing'), next: read('next'), old: read('old') };
}

const authorityFolder = (folder: string, place: Place): string => join(folder, places[place]);

const authorityFiles = (folder: string) => ({
  certificate: join(folder, 'ca.cert.pem'),
  key: join(folder, 'ca.key.pem'),
});

/** Those that members trust, the oldest first: which of them signs changes nothing. */
export const trusted = ({ signing, next, old }: Authorities): readonly X509Certificate[] =>
  [old, signing, next]
    .flatMap((each) => each?.certificate ?? [])
    .sort((one, other) => starts(one).getTime() - starts(other).getTime());

export const trustText = (authorities: Authorities): string =>
  trusted(authorities)
    .map((each) => `${each}`)
    .join('');

function readAuthority(folder: string): Authority | undefined {
  const files = authorityFiles(folder);
  const certificateText = readText(files.certificate);
  const keyText = readText(files.key);
  if (keyText === undefined && certificateText === undefined) return undefined;
  const key = privateKeyIn(keyText ?? '');
  if (key === undefined)
    throw new Mistake(`${files.key}: is no private key; use the authority's, as PEM not encrypted`);
  const fault = keyFault(key);
  if (fault !== undefined) throw new Mistake(`${files.key}: ${fault}; ${keyRemedy}`);
  if (certificateText === undefined) return undefined; // a run ended between the two files: the next one uses the key
  const [certificate, another] = certificatesIn(certificateText) ?? [];
  if (certificate === undefined || another !== undefined)
    throw new Mistake(`${files.certificate}: is not one certificate; use the authority's own, as PEM`);
  const other = authorityFault(certificate, key);
  if (other !== undefined) throw new Mistake(`${files.certificate}: ${other}`);
  return { certificate, key };
}

function authorityFault(certificate: X509Certificate, key: Authority['key']): string | undefined {
  if (!certificate.ca) return 'is no authority: its basicConstraints do not say CA:TRUE; use one that may certify';
  if (!isIssuedBy(certificate, certificate))
    return "is itself certified by another authority; use one of the federation's own, since whomever it certifies is let in";
  if (!certificate.checkPrivateKey(key)) return 'does not belong to the key beside it; use the pair as it was made';
  return undefined;
}

/**
 * Authorities of which one certifies.
 *
 * @throws {Mistake} when there is none
 */
export function signingAuthorities(folder: string): SigningAuthorities {
  const { signing, ...others } = readAuthorities(folder);
  if (signing === undefined && others.next !== undefined)
    throw new Mistake('`certificates ca --switch` was interrupted; run it again first');
  if (signing === undefined)
    throw new Mistake(`${authorityFolder(folder, 'signing')}: holds no authority; \`certificates ca\` makes one`);
  return { signing, ...others };
}

/** The same; one is made where there is none. */
export async function issuingAuthorities(
  folder: string,
  domain: string,
  options: AuthorityOptions,
): Promise<SigningAuthorities> {
  const { signing, next } = readAuthorities(folder);
  if (signing === undefined && next === undefined) await makeAuthority(folder, domain, options);
  return signingAuthorities(folder);
}

/** How a new authority is made. */
export interface AuthorityOptions {
  /** That it holds. */
  readonly days: number;
  /** Of its RSA key. */
  readonly bits: number;
  readonly now: Date;
}

/** An authority for a federation that has none. */
export const makeAuthority = (folder: string, domain: string, options: AuthorityOptions): Promise<Authority> =>
  writeAuthority(folder, 'signing', authorityName(domain), options);

/** An authority to take the place of the one that signs: members trust both from now on. */
export const makeNextAuthority = (folder: string, signing: Authority, options: AuthorityOptions): Promise<Authority> =>
  writeAuthority(folder, 'next', nextName(signing.certificate), options);

async function writeAuthority(
  folder: string,
  place: Place,
  name: string,
  { days, bits, now }: AuthorityOptions,
): Promise<Authority> {
  const files = authorityFiles(authorityFolder(folder, place));
  prepare(folder);
  const started = readText(files.key);
  const key = privateKeyIn(started ?? '') ?? (await during(`Making a key of ${bits} bits`, newKey(bits)));
  const certificate = await authorityCertificate(name, key, validity(now, days));
  if (started === undefined) writeNewFiles([{ path: files.key, content: keyText(key), isPrivate: true }]);
  writeNewFiles([{ path: files.certificate, content: `${certificate}`, isPrivate: true }]);
  return { certificate, key };
}

/** From a little before now on, and no longer than who certifies. */
export const validity = (now: Date, days: number, authority?: X509Certificate): Validity => {
  const notBefore = new Date(now.getTime() - backdatedMinutes * 60_000);
  const wished = daysAfter(now, days);
  return { notBefore, notAfter: authority && ends(authority) < wished ? ends(authority) : wished };
};

/** `ca.example.com` is followed by `ca-2.example.com`. */
function nextName(authority: X509Certificate): string {
  const domain = domainOf(authority);
  const [, generation = '1'] = /^ca(?:-(\d+))?\./.exec(commonNames(authority)[0] ?? '') ?? [];
  if (domain === undefined)
    throw new Mistake('the authority is not named after a domain; make the next one where it was made');
  return authorityName(domain, Number(generation) + 1);
}

/** @throws {Mistake} when an authority is another federation's */
export function checkDomainOf({ certificate }: Authority, domain: string): void {
  const own = domainOf(certificate) ?? domain;
  if (own !== domain)
    throw new Mistake(`${shownName(certificate)} is the authority of ${own}, and certifies nobody of ${domain}`);
}

/** The federation's domain, of an authority that was made for it here. */
export const domainOf = (authority: X509Certificate): string | undefined =>
  /^ca(?:-\d+)?\.(.+)$/.exec(commonNames(authority)[0] ?? '')?.[1];

/** Certificates come from the next authority from now on. Done in two steps, of which a second run finishes the second. */
export function switchAuthority(folder: string): void {
  const at = (place: Place) => authorityFolder(folder, place);
  if (existsSync(at('signing'))) renameSync(at('signing'), at('old'));
  renameSync(at('next'), at('signing'));
}

/** The old authority is trusted no more. Its files are kept. */
export function retireAuthority(folder: string, { certificate }: Authority): string {
  const place = join(replacedFolder(folder), `ca-${certificate.serialNumber.slice(0, 8).toLowerCase()}`);
  makeFolder(replacedFolder(folder), true);
  renameSync(authorityFolder(folder, 'old'), place);
  return place;
}

/** Tells all members that have a folder here which authorities to trust; answers whose files changed. */
export function spreadTrust(folder: string, authorities: Authorities): readonly string[] {
  const content = trustText(authorities);
  const outdated = trustFiles(folder).filter((path) => readText(path) !== content);
  replaceFiles(outdated.map((path) => ({ path, content, isPrivate: true })));
  return outdated;
}
