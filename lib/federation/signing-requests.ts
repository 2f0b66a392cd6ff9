import { createPublicKey, type KeyObject } from 'node:crypto';
import * as x509 from '../input/x509-library';
import { keyFault, keyRemedy } from './certificates';

/** What somebody else asks to be certified. Who reads it loads X.509, and does so when there is one to read. */
export interface SigningRequest {
  /** PEM of the request, and of nothing that stood around it. */
  readonly pem: string;
  readonly publicKey: KeyObject;
  /** `CN=30000.example.com` */
  readonly subject: string;
  readonly commonNames: readonly string[];
  readonly alternativeNames: readonly { readonly type: string; readonly value: string }[];
  /** For {@link requestFaults} and {@link isOfNameAlone}. */
  readonly read: x509.Pkcs10CertificateRequest;
}

/** None where the text is not one signing request alone, or one of which not everything can be read. */
export function readSigningRequest(text: string): SigningRequest | undefined {
  const [block] = (text.length > longestRequest ? undefined : text.match(requestBlock)) ?? [];
  if (block === undefined || text.split('-----BEGIN ').length > 2) return undefined;
  try {
    const read = new x509.Pkcs10CertificateRequest(block);
    const publicKey = createPublicKey({ key: Buffer.from(read.publicKey.rawData), type: 'spki', format: 'der' });
    return {
      pem: `${read.toString('pem')}\n`,
      publicKey,
      subject: read.subject,
      commonNames: read.subjectName.getField('CN'),
      alternativeNames: alternativeNamesOf(read).flatMap(namesIn),
      read,
    };
  } catch {
    return undefined;
  }
}

const longestRequest = 100_000;
const requestBlock =
  /-----BEGIN (NEW )?CERTIFICATE REQUEST-----\s[A-Za-z0-9+/=\s]*-----END (NEW )?CERTIFICATE REQUEST-----/;

const alternativeNamesOf = (read: x509.Pkcs10CertificateRequest) =>
  extensionsOf(read).filter((each) => each instanceof x509.SubjectAlternativeNameExtension);

/** @throws where there are more than the library knows, which passes over the others */
function namesIn({ names: { items }, value }: x509.SubjectAlternativeNameExtension): readonly x509.GeneralName[] {
  const dnsNames = items.map((each) => ({ type: 'dns' as const, value: each.value }));
  const isRefusedAnyway = items.some(({ type }) => type !== 'dns');
  if (isRefusedAnyway || isSame(value, new x509.SubjectAlternativeNameExtension(dnsNames).value)) return items;
  throw new Error('names of a kind that is not known');
}

/** Of all attributes that ask for any. */
const extensionsOf = ({ attributes }: x509.Pkcs10CertificateRequest): readonly x509.Extension[] =>
  attributes.flatMap((each) => (each instanceof x509.ExtensionsAttribute ? each.items : []));

/** What speaks against certifying a request, whatever its name. */
export async function requestFaults({
  read,
  publicKey,
}: SigningRequest): Promise<readonly { readonly what: string; readonly remedy: string }[]> {
  const fault = keyFault(publicKey);
  const remedy = 'have it made again, and sent unchanged';
  return [
    ...(fault === undefined ? [] : [{ what: `its key ${fault}`, remedy: keyRemedy }]),
    ...((await isSigned(read)) ? [] : [{ what: 'is not signed by its own key', remedy }]),
    ...(asksForAuthority(read) ? [{ what: 'asks to be an authority', remedy: 'have it made again as a member' }] : []),
  ];
}

async function isSigned(read: x509.Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await read.verify();
  } catch {
    return false;
  }
}

const asksForAuthority = (read: x509.Pkcs10CertificateRequest): boolean =>
  extensionsOf(read).some(
    (each) =>
      (each instanceof x509.BasicConstraintsExtension && each.ca) ||
      (each instanceof x509.KeyUsagesExtension && (each.usages & x509.KeyUsageFlags.keyCertSign) !== 0),
  );

/** Whether a certificate with the subject and the alternative names of a request, byte for byte, has this name and no other. */
export function isOfNameAlone({ read }: SigningRequest, name: string): boolean {
  const wanted = new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }]);
  const [own, another] = alternativeNamesOf(read);
  return isSubject(read, name) && own !== undefined && another === undefined && isSame(own.value, wanted.value);
}

/** Nothing but this common name, in either of the forms that programs write. */
const isSubject = ({ subjectName }: x509.Pkcs10CertificateRequest, name: string): boolean =>
  (['utf8String', 'printableString'] as const).some((form) =>
    isSame(subjectName.toArrayBuffer(), new x509.Name([{ CN: [{ [form]: name }] }]).toArrayBuffer()),
  );

const isSame = (one: ArrayBuffer, other: ArrayBuffer): boolean => Buffer.from(one).equals(Buffer.from(other));
