import 'reflect-metadata'; // asked for by what makes the library's parts
import { createPublicKey } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { certificateName, keyFault, keyRemedy } from '../../lib/federation/certificates';
import { shown } from '../../lib/input/checks';
import type { Problems } from '../../lib/input/problems';

/** A party's request for its certificate, as PEM. */
export interface PartyRequest {
  readonly id: number;
  readonly request: string;
}

/**
 * Reports everything that speaks against certifying a request as a party's. The subject of the certificate and its
 * alternative names will be those of the request, byte for byte: so are they compared.
 */
export async function checkRequest(
  problems: Problems,
  { id, request: text }: PartyRequest,
  domain: string,
): Promise<void> {
  const name = certificateName(id, domain);
  const request = requestIn(text);
  if (request === undefined) return problems.add('', 'is no signing request', `use a PEM of one for ${name}`);
  const remedy = `have its organisation request ${name} alone: its output \`certificateRequest\` does`;
  if (!isSubject(request, name))
    problems.add('', `is in the name ${shown(request.subject)} and not CN=${name}`, remedy);
  checkAlternativeName(problems, request, name, remedy);
  checkKey(problems, request);
  if (asksForAuthority(request)) problems.add('', 'asks to be an authority', remedy);
  if (!(await isSigned(request)))
    problems.add('', 'is not signed by its own key', 'have it made again, and sent unchanged');
}

function requestIn(text: string): x509.Pkcs10CertificateRequest | undefined {
  try {
    return text.length > longestRequest ? undefined : new x509.Pkcs10CertificateRequest(text);
  } catch {
    return undefined;
  }
}

const longestRequest = 100_000;

/** Nothing but this common name, in either of the forms that programs write. */
const isSubject = ({ subjectName }: x509.Pkcs10CertificateRequest, name: string): boolean =>
  (['utf8String', 'printableString'] as const).some((form) =>
    isSame(subjectName.toArrayBuffer(), new x509.Name([{ CN: [{ [form]: name }] }]).toArrayBuffer()),
  );

function checkAlternativeName(
  problems: Problems,
  request: x509.Pkcs10CertificateRequest,
  name: string,
  remedy: string,
): void {
  const wanted = new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }]);
  const found = extensionsOf(request).filter(({ type }) => type === wanted.type);
  if (found.length === 1 && found[0] !== undefined && isSame(found[0].value, wanted.value)) return;
  const names = found.flatMap((each) => (each instanceof x509.SubjectAlternativeNameExtension ? each.names.items : []));
  const text = names.map(({ type, value }) => `${type}:${value}`).join(', ');
  problems.add('', `asks for the alternative names ${shown(text)} and not dns:${name}`, remedy);
}

function checkKey(problems: Problems, { publicKey }: x509.Pkcs10CertificateRequest): void {
  try {
    const fault = keyFault(createPublicKey({ key: Buffer.from(publicKey.rawData), type: 'spki', format: 'der' }));
    if (fault !== undefined) problems.add('', `has a key that ${fault}`, keyRemedy);
  } catch {
    problems.add('', 'has a key that cannot be read', keyRemedy);
  }
}

const asksForAuthority = (request: x509.Pkcs10CertificateRequest): boolean =>
  extensionsOf(request).some(
    (each) =>
      (each instanceof x509.BasicConstraintsExtension && each.ca) ||
      (each instanceof x509.KeyUsagesExtension && (each.usages & x509.KeyUsageFlags.keyCertSign) !== 0),
  );

/** Of all attributes that ask for any. */
const extensionsOf = ({ attributes }: x509.Pkcs10CertificateRequest): readonly x509.Extension[] =>
  attributes.flatMap((each) => (each instanceof x509.ExtensionsAttribute ? each.items : []));

async function isSigned(request: x509.Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await request.verify();
  } catch {
    return false;
  }
}

const isSame = (one: ArrayBuffer, other: ArrayBuffer): boolean => Buffer.from(one).equals(Buffer.from(other));
