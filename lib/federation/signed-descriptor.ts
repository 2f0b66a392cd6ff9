import { type KeyObject, X509Certificate } from 'node:crypto';
import { decode, type Header, type Signature, sign, verify } from 'jws';
import { isMap, shown } from '../input/checks';
import { parsedJson } from '../input/json-text';
import { certificatesIn, commonNames, ends, isIssuedBy, privateKeyIn, starts } from '../input/pem';
import { Problems } from '../input/problems';
import { certificateName } from './certificates';
import type { ExchangeDescriptor, PartyDescriptor } from './descriptor';

/** Who signs a descriptor: its member. */
export interface Signer {
  /** PEM: the member's certificate, and the authorities between it and the federation's. */
  readonly certificate: string;
  /** PEM: its key. */
  readonly key: string;
}

/** What a signed descriptor is checked against. */
export interface Trust {
  /** PEM: the authorities of the federation. */
  readonly ca: string;
  /** When certificates must hold. */
  readonly now: Date;
}

/**
 * A descriptor for others, signed with the key of its member's certificate: JWS in compact form, one line of text. The same
 * descriptor and certificate give the same text.
 *
 * @throws {InvalidInput} when certificate and key are not one member's, or not that of the descriptor
 * @see RFC 7515
 */
export function signDescriptor(descriptor: PartyDescriptor | ExchangeDescriptor, { certificate, key }: Signer): string {
  const problems = Problems.none();
  const chain = certificatesIn(certificate) ?? [];
  const privateKey = privateKeyIn(key);
  checkSigner(problems, descriptor, chain, privateKey);
  problems.throwIfAny('signature of a descriptor');
  const x5c = chain.map(({ raw }) => raw.toString('base64'));
  return sign({ header: { ...signature, x5c } as Header, payload: JSON.stringify(descriptor), privateKey });
}

function checkSigner(
  problems: Problems,
  descriptor: unknown,
  [certificate]: readonly X509Certificate[],
  key: KeyObject | undefined,
): void {
  if (certificate === undefined) problems.add('certificate', 'is none', 'use PEM');
  if (key === undefined) problems.add('key', 'cannot be read', 'use a private key as PEM, not encrypted');
  if (certificate === undefined || key === undefined) return;
  if (!certificate.checkPrivateKey(key))
    problems.add('key', 'does not belong to the certificate', 'use the two that were made together');
  checkName(problems.at('certificate'), certificate, descriptor);
}

/**
 * What a signed descriptor says, once it is known whose word it is; `undefined`, and problems, otherwise. Whether it fits
 * the federation is for the plan to say that takes it.
 */
export function readSignedDescriptor(problems: Problems, text: string, { ca, now }: Trust): unknown {
  const signed = decoded(text.trim());
  const chain = signed && chainOf(signed.header);
  const [signer] = chain ?? [];
  if (signed === undefined || chain === undefined || signer === undefined) {
    problems.add('', 'is no signed descriptor', 'use what `kubefate-tanzu descriptor sign` wrote');
    return undefined;
  }
  if (!isSigned(text.trim(), signer)) {
    problems.add('', 'was changed after it was signed', 'have it sent again');
    return undefined;
  }
  const before = problems.count;
  const descriptor = parsedJson(signed.payload);
  checkName(problems, signer, descriptor);
  checkChain(problems, chain, certificatesIn(ca) ?? [], now);
  return problems.count === before ? descriptor : undefined;
}

/** Whether a text is a signed descriptor, sound or not, and not the JSON of an unsigned one. */
export const isSignedDescriptor = (text: string): boolean => /^\s*[\w-]+\.[\w-]*\.[\w-]*\s*$/.test(text);

/** What a text says of itself. */
function decoded(text: string): Signature | undefined {
  try {
    return decode(text) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The only way to sign. RSA, since members have such keys; and what is not here is refused, `crit` too. */
const signature = { alg: 'RS256', typ: 'kubefate-descriptor' } as const;

/** Certificates that a signed text comes with, its signer's first. */
function chainOf(header: unknown): readonly X509Certificate[] | undefined {
  if (!isMap(header)) return undefined;
  const { x5c, ...rest } = header;
  const isOurs = Object.keys(rest).length === 2 && rest['alg'] === signature.alg && rest['typ'] === signature.typ;
  if (!isOurs || !Array.isArray(x5c) || x5c.length > longestChain) return undefined;
  try {
    return x5c.map((each) => new X509Certificate(Buffer.from(each, 'base64')));
  } catch {
    return undefined;
  }
}

const longestChain = 5;

function isSigned(text: string, { publicKey }: X509Certificate): boolean {
  if (publicKey.asymmetricKeyType !== 'rsa') return false;
  return verify(text, signature.alg, publicKey.export({ type: 'spki', format: 'pem' }).toString());
}

/** Reports a certificate of another member than a descriptor is of. */
function checkName(problems: Problems, certificate: X509Certificate, descriptor: unknown): void {
  const name = nameOf(descriptor);
  const own = commonNames(certificate);
  if (own.length === 1 && own[0] === name && certificate.checkHost(name) !== undefined) return;
  problems.add('', `is of ${shown(name)}, and signed by ${shown(own.join(', '))}`, `have it signed by ${shown(name)}`);
}

function nameOf(descriptor: unknown): string {
  if (!isMap(descriptor)) return '';
  const { kind, id, domain } = descriptor;
  if (typeof domain !== 'string' || (kind === 'Party' && !Number.isInteger(id))) return '';
  return certificateName(kind === 'Exchange' ? 'exchange' : Number(id), domain);
}

/** Reports what keeps a chain of certificates from leading to an authority of the federation. */
function checkChain(
  problems: Problems,
  [certificate, ...between]: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  now: Date,
): void {
  if (certificate === undefined) return;
  const issuer = [...authorities, ...between].find((each) => each.ca && isIssuedBy(certificate, each));
  if (issuer === undefined) {
    const name = commonNames(certificate).join(', ');
    const remedy = "have its signer's certificate issued by the authority of this federation";
    problems.add('', `is signed by ${shown(name)} of an authority that is not trusted`, remedy);
    return;
  }
  checkTime(problems, certificate, now);
  if (authorities.includes(issuer)) checkTime(problems, issuer, now);
  else checkChain(problems, [issuer, ...between.filter((each) => each !== issuer)], authorities, now);
}

function checkTime(problems: Problems, certificate: X509Certificate, now: Date): void {
  const [from, to] = [starts(certificate), ends(certificate)];
  if (from <= now && now <= to) return;
  const name = shown(commonNames(certificate).join(', '));
  const when = now < from ? `holds from ${from.toISOString()} on` : `ended on ${to.toISOString()}`;
  problems.add('', `the certificate of ${name} ${when}`, 'have it renewed, and the descriptor signed again');
}
