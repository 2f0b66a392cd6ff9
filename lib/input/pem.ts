import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

/** Certificates of a text, in its order; none where one of them cannot be read. */
export function certificatesIn(text: string): readonly X509Certificate[] | undefined {
  try {
    return (text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []).map(
      (block) => new X509Certificate(block),
    );
  } catch {
    return undefined;
  }
}

/** A certificate as it goes over a wire, as text. */
export const certificatePem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

/** Whether a text is certificates and nothing else. They need not be readable. */
export const areCertificates = (text: string): boolean =>
  /^\s*(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/.test(text);

/** A private key; none where the text is none, several, or encrypted. What is wrong with it stays unsaid: it might be shown. */
export function privateKeyIn(text: string): KeyObject | undefined {
  try {
    return hasSeveralKeys(text) ? undefined : createPrivateKey(text);
  } catch {
    return undefined;
  }
}

/** Programs differ on which of them is the one. */
export const hasSeveralKeys = (text: string): boolean =>
  text.split(/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/).length > 2;

/** Whether a certificate is signed by an authority's key, in its name. */
export const isIssuedBy = (certificate: X509Certificate, authority: X509Certificate): boolean =>
  certificate.checkIssued(authority) && certificate.verify(authority.publicKey);

export const starts = (certificate: X509Certificate): Date => new Date(certificate.validFrom);
export const ends = (certificate: X509Certificate): Date => new Date(certificate.validTo);

export const commonNames = (certificate: X509Certificate): readonly string[] =>
  [certificate.toLegacyObject().subject?.CN ?? []].flat();
