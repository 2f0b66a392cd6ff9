import { createPublicKey, type KeyObject, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '../../lib/input/x509-library';

/** A certificate authority and its key. */
export interface Authority {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A certificate authority's own certificate; below it are members only, and no other authority. */
export async function authorityCertificate(name: string, key: KeyObject, validity: Validity): Promise<X509Certificate> {
  const publicKey = createPublicKey(key);
  const subjectKey = await x509.SubjectKeyIdentifierExtension.create(der(publicKey));
  return certificate({
    ...validity,
    subject: commonName(name),
    issuer: commonName(name),
    publicKey: der(publicKey),
    signingKey: await signingKey(key),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      subjectKey,
      new x509.AuthorityKeyIdentifierExtension(subjectKey.keyId),
    ],
  });
}

/** A member's certificate, for servers and clients of one name. */
export async function memberCertificate(
  name: string,
  publicKey: KeyObject,
  authority: Authority,
  validity: Validity,
): Promise<X509Certificate> {
  const issuer = new x509.X509Certificate(authority.certificate.raw);
  return certificate({
    ...validity,
    subject: commonName(name),
    issuer: issuer.subjectName,
    publicKey: der(publicKey),
    signingKey: await signingKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
      await x509.SubjectKeyIdentifierExtension.create(der(publicKey)),
      new x509.AuthorityKeyIdentifierExtension(await keyIdentifier(issuer)),
    ],
  });
}

/** A request for a member's certificate, as PEM. */
export async function signingRequest(name: string, key: KeyObject): Promise<string> {
  const publicKey = createPublicKey(key);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: commonName(name),
    keys: { privateKey: await signingKey(key), publicKey: await verificationKey(publicKey) },
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
  });
  return pem(request.toString('pem'));
}

async function certificate(parameters: x509.X509CertificateCreateParams): Promise<X509Certificate> {
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    signingAlgorithm: algorithm,
    ...parameters,
  });
  return new X509Certificate(Buffer.from(made.rawData));
}

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

const commonName = (name: string): x509.JsonName => [{ CN: [name] }];

/** 126 random bits, in a positive number that is always as long. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

const keyIdentifier = async (authority: x509.X509Certificate): Promise<string> => {
  const own = authority.getExtension(x509.SubjectKeyIdentifierExtension);
  return (own ?? (await x509.SubjectKeyIdentifierExtension.create(authority.publicKey))).keyId;
};

const der = (publicKey: KeyObject): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' }));

const signingKey = (key: KeyObject) =>
  webcrypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), algorithm, false, ['sign']);

const verificationKey = (key: KeyObject) => webcrypto.subtle.importKey('spki', der(key), algorithm, true, ['verify']);

/** Ended by a newline, as every text file. */
export const pem = (text: string): string => `${text.trimEnd()}\n`;
