/**
 * Does what Pulumi's provider `tls` does for RSA, after the source of the Terraform provider in it, with the library for X.509
 * that the stacks read requests with, too. A certificate holds from the moment on at which it is made, takes subject and
 * alternative names from its request, and asks to be replaced within `earlyRenewalHours` of its end.
 *
 * @see terraform-provider-tls, `internal/provider/common_cert.go`
 */
import 'reflect-metadata';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  webcrypto,
} from 'node:crypto';
import { promisify } from 'node:util';
import * as x509 from '@peculiar/x509';

// biome-ignore lint/suspicious/noExplicitAny: properties of resources of every type
type Properties = any;

/** What the provider adds to the inputs of a resource; `undefined` for a resource that is not its. */
export const tlsOutputs = async (type: string, inputs: Properties, now = new Date()): Promise<Properties> =>
  makers[type]?.(inputs, now);

/** Whether an update makes this certificate anew, however its inputs are. */
export const isToBeRenewed = ({ validityEndTime, earlyRenewalHours = 0 }: Properties, now: Date): boolean =>
  validityEndTime !== undefined && Date.parse(validityEndTime) - earlyRenewalHours * hour <= now.getTime();

const hour = 60 * 60 * 1000;

const makers: Readonly<Record<string, (inputs: Properties, now: Date) => Promise<Properties>>> = {
  'tls:index/privateKey:PrivateKey': async ({ rsaBits = 2048 }) => {
    const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: rsaBits });
    return {
      privateKeyPem: privateKey.export({ type: 'pkcs1', format: 'pem' }),
      privateKeyPemPkcs8: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }),
    };
  },
  'tls:index/certRequest:CertRequest': async ({ privateKeyPem, subject, dnsNames }) => {
    const key = createPrivateKey(privateKeyPem);
    return { certRequestPem: await certificateRequest(key, subject.commonName, names(dnsNames)) };
  },
  'tls:index/selfSignedCert:SelfSignedCert': async (inputs, now) => {
    const key = createPrivateKey(inputs.privateKeyPem);
    const publicKey = createPublicKey(key);
    const name = new x509.Name([{ CN: [inputs.subject.commonName] }]);
    const identifier = await x509.SubjectKeyIdentifierExtension.create(der(publicKey));
    return certificate(inputs, now, key, {
      subject: name.toJSON(),
      issuer: name.toJSON(),
      publicKey: der(publicKey),
      extensions: [
        ...names(inputs.dnsNames),
        ...(inputs.setAuthorityKeyId ? [new x509.AuthorityKeyIdentifierExtension(identifier.keyId)] : []),
      ],
    });
  },
  'tls:index/locallySignedCert:LocallySignedCert': async (inputs, now) => {
    const request = new x509.Pkcs10CertificateRequest(inputs.certRequestPem);
    const authority = new x509.X509Certificate(inputs.caCertPem);
    const { keyId } =
      authority.getExtension(x509.SubjectKeyIdentifierExtension) ??
      (await x509.SubjectKeyIdentifierExtension.create(authority.publicKey));
    return certificate(inputs, now, createPrivateKey(inputs.caPrivateKeyPem), {
      subject: request.subjectName.toJSON(),
      issuer: authority.subjectName.toJSON(),
      publicKey: new Uint8Array(request.publicKey.rawData),
      extensions: [
        ...request.extensions.filter((each) => each instanceof x509.SubjectAlternativeNameExtension),
        new x509.AuthorityKeyIdentifierExtension(keyId),
      ],
    });
  },
};

/** A request for a certificate, as PEM, that asks for whatever the extensions say. */
export async function certificateRequest(
  key: KeyObject,
  name: string | x509.JsonNameParams,
  extensions: readonly x509.Extension[],
): Promise<string> {
  const { name: algorithm } = algorithmOf(key);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: new x509.Name(typeof name === 'string' ? [{ CN: [name] }] : name),
    keys: {
      privateKey: await imported(key, 'pkcs8', ['sign']),
      publicKey: await imported(createPublicKey(key), 'spki', ['verify']),
    },
    signingAlgorithm: { name: algorithm, hash: 'SHA-256' },
    extensions: [...extensions],
  });
  return `${request.toString('pem')}\n`;
}

/** The names of a request or certificate. */
export const names = (dnsNames: readonly string[] | undefined): readonly x509.Extension[] =>
  dnsNames === undefined
    ? []
    : [new x509.SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: 'dns' as const, value })))];

async function certificate(
  inputs: Properties,
  notBefore: Date,
  signer: KeyObject,
  parameters: Pick<x509.X509CertificateCreateWithKeyParams, 'subject' | 'issuer' | 'extensions' | 'publicKey'>,
): Promise<Properties> {
  const { allowedUses, validityPeriodHours, isCaCertificate = false, setSubjectKeyId = isCaCertificate } = inputs;
  const notAfter = new Date(notBefore.getTime() + validityPeriodHours * hour);
  const identifier = await x509.SubjectKeyIdentifierExtension.create(parameters.publicKey as Uint8Array<ArrayBuffer>);
  const made = await x509.X509CertificateGenerator.create({
    ...parameters,
    serialNumber: `40${randomBytes(15).toString('hex')}`,
    notBefore,
    notAfter,
    signingAlgorithm: rsa,
    signingKey: await imported(signer, 'pkcs8', ['sign']),
    extensions: [
      new x509.BasicConstraintsExtension(isCaCertificate, undefined, true),
      ...usesOf(allowedUses),
      ...(setSubjectKeyId ? [identifier] : []),
      ...(parameters.extensions ?? []),
    ],
  });
  return {
    certPem: `${made.toString('pem')}\n`,
    validityStartTime: notBefore.toISOString(),
    validityEndTime: notAfter.toISOString(),
    readyForRenewal: false,
  };
}

const usages: Readonly<Record<string, number>> = {
  digital_signature: x509.KeyUsageFlags.digitalSignature,
  key_encipherment: x509.KeyUsageFlags.keyEncipherment,
  cert_signing: x509.KeyUsageFlags.keyCertSign,
  crl_signing: x509.KeyUsageFlags.cRLSign,
};

const extendedUsages: Readonly<Record<string, string>> = {
  server_auth: x509.ExtendedKeyUsage.serverAuth,
  client_auth: x509.ExtendedKeyUsage.clientAuth,
};

function usesOf(allowedUses: readonly string[]): readonly x509.Extension[] {
  const flags = allowedUses.reduce((all, use) => all | (usages[use] ?? 0), 0);
  const extended = allowedUses.flatMap((use) => extendedUsages[use] ?? []);
  return [
    ...(flags === 0 ? [] : [new x509.KeyUsagesExtension(flags, true)]),
    ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
  ];
}

const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' };

const algorithmOf = ({ asymmetricKeyType }: KeyObject) => (asymmetricKeyType === 'ec' ? ecdsa : rsa);

const imported = (key: KeyObject, format: 'pkcs8' | 'spki', uses: ('sign' | 'verify')[]) =>
  webcrypto.subtle.importKey(
    format,
    Uint8Array.from(key.export({ type: format, format: 'der' })),
    algorithmOf(key),
    true,
    uses,
  );

const der = (key: KeyObject): Uint8Array<ArrayBuffer> => Uint8Array.from(key.export({ type: 'spki', format: 'der' }));
