import { createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { secretForm } from '../../lib/fate/secret-forms';
import { certificateSecret, keyFault, keyRemedy, type Member } from '../../lib/federation/certificates';
import { daysAfter } from '../../lib/input/days';
import { certificatesIn, commonNames, ends, isIssuedBy, privateKeyIn } from '../../lib/input/pem';
import { makeFolder, replaceFiles, writeNewFiles } from '../files';
import { Mistake } from '../mistake';
import { checkDomainOf, type SigningAuthorities, spreadTrust, trusted, trustText, validity } from './authorities';
import { type MemberFiles, memberFiles, prepare, readText, replacedFolder } from './folder';
import { newKey } from './keys';
import { keyText } from './pem';
import { type Authority, memberCertificate } from './x509';

export interface IssueOptions {
  readonly folder: string;
  readonly domain: string;
  readonly members: readonly Member[];
  /** That new certificates hold. */
  readonly days: number;
  /** Of new RSA keys. */
  readonly bits: number;
  /** A certificate that ends within so many days is due. */
  readonly soonDays: number;
  /** What becomes of one that is due, or is of an authority that is replaced. @default it is left, and named */
  readonly renew?: 'with its key' | 'with a new key';
  readonly now: Date;
}

/** What became of a member's certificate. */
export interface Issued {
  readonly name: string;
  readonly action: 'issued' | 'renewed' | 'left' | 'due';
  readonly certificate: X509Certificate;
  /** Its key is here; else its organisation has it. */
  readonly hasKey: boolean;
  readonly folder: string;
}

/**
 * Sees to it that each member has a key, a certificate of the authority that signs, and the authorities to trust. What is
 * there and holds is left as it is.
 *
 * @throws {Mistake} before anything is written, with everything that is in the way
 */
export async function issue(authorities: SigningAuthorities, options: IssueOptions): Promise<readonly Issued[]> {
  const { folder, domain, members } = options;
  checkDomainOf(authorities.signing, domain);
  const states = members.map((member) => readState(memberFiles(folder, member, domain), member));
  const faults = states.flatMap((state) => stateFaults(state, trusted(authorities), options));
  if (faults.length > 0) throw new Mistake(['nothing was issued:', ...faults.map((each) => `  ${each}`)].join('\n'));
  prepare(folder);
  spreadTrust(folder, authorities);
  const issued: Issued[] = [];
  for (const state of states) issued.push(await certify(state, authorities, options));
  return issued;
}

/** What a member has. */
interface State {
  readonly member: Member;
  readonly files: MemberFiles;
  readonly keyText?: string;
  readonly certificateText?: string;
  readonly key?: KeyObject;
  readonly certificate?: X509Certificate;
}

function readState(files: MemberFiles, member: Member): State {
  const keyText = readText(files.key);
  const certificateText = readText(files.certificate);
  const key = keyText === undefined ? undefined : privateKeyIn(keyText);
  const [certificate] = certificatesIn(certificateText ?? '') ?? [];
  return { member, files, keyText, certificateText, key, certificate };
}

/** What is there and would be in the way: another's certificate, a key that no program would take. */
function stateFaults(
  { member, files, keyText, certificateText, key, certificate }: State,
  authorities: readonly X509Certificate[],
  { renew }: IssueOptions,
): readonly string[] {
  const faults: string[] = [];
  const form = secretForm(certificateSecret(member), 'key');
  const fault = key && keyFault(key);
  if (keyText !== undefined && !form.fits(keyText))
    faults.push(`${files.key}: is not of the form it needs; ${form.remedy}`);
  else if (fault !== undefined) faults.push(`${files.key}: ${fault}; ${keyRemedy}`);
  const aside = 'move it away, and another one is issued';
  if (certificateText !== undefined && certificate === undefined)
    faults.push(`${files.certificate}: is no certificate; ${aside}`);
  if (certificate && !authorities.some((authority) => isIssuedBy(certificate, authority)))
    faults.push(`${files.certificate}: is of no authority here; ${aside}`);
  else if (certificate && commonNames(certificate).join() !== files.name)
    faults.push(`${files.certificate}: is of ${commonNames(certificate).join() || 'nobody'}; ${aside}`);
  else if (certificate && key && !certificate.checkPrivateKey(key))
    faults.push(`${files.certificate}: does not belong to the key beside it; ${aside}`);
  if (certificate && keyText === undefined && renew === 'with a new key')
    faults.push(`${files.name}: its organisation has its key; have it make another request`);
  return faults;
}

async function certify(state: State, authorities: SigningAuthorities, options: IssueOptions): Promise<Issued> {
  const { files, certificate } = state;
  const { name, folder } = files;
  const { renew } = options;
  if (certificate !== undefined && !(isDue(certificate, authorities.signing, options) && renew)) {
    const action = isDue(certificate, authorities.signing, options) ? 'due' : 'left';
    return { name, folder, action, certificate, hasKey: state.key !== undefined };
  }
  if (certificate !== undefined && renew === 'with a new key') setAside(options.folder, files, certificate);
  const key = await keyFor(state, options);
  const made = await memberCertificate(
    name,
    key,
    authorities.signing,
    validity(options.now, options.days, authorities.signing.certificate),
  );
  replaceFiles([
    { path: files.ca, content: trustText(authorities), isPrivate: true },
    { path: files.certificate, content: `${made}`, isPrivate: true },
  ]);
  const action = certificate === undefined ? 'issued' : 'renewed';
  return { name, folder, action, certificate: made, hasKey: state.key !== undefined || certificate === undefined };
}

/** Public key to certify: of the key that is there or is made, or else of the certificate whose key is elsewhere. */
async function keyFor({ files, key, certificate }: State, { renew, bits }: IssueOptions): Promise<KeyObject> {
  const isKept = renew !== 'with a new key' || certificate === undefined;
  if (key !== undefined && isKept) return createPublicKey(key);
  if (certificate !== undefined && isKept) return certificate.publicKey;
  const made = await newKey(bits);
  writeNewFiles([{ path: files.key, content: keyText(made), isPrivate: true }]);
  return createPublicKey(made);
}

/** Whether a certificate ends soon, or is of an authority that is being replaced. */
export const isDue = (certificate: X509Certificate, signing: Authority, { now, soonDays }: IssueOptions): boolean =>
  ends(certificate) < daysAfter(now, soonDays) || !isIssuedBy(certificate, signing.certificate);

/** Moves a member's files out of the way in one step: whenever that ends, the member has a pair or none. */
function setAside(folder: string, { folder: own }: MemberFiles, { serialNumber }: X509Certificate): void {
  makeFolder(replacedFolder(folder), true);
  renameSync(own, join(replacedFolder(folder), `${basename(own)}-${serialNumber.slice(0, 8).toLowerCase()}`));
}
