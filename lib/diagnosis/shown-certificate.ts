import type { X509Certificate } from 'node:crypto';
import { certificateDays } from '../federation/certificates';
import { counted } from '../input/counted';
import { day, daysAfter, daysBetween } from '../input/days';
import { certificatesIn, commonNames, ends, isIssuedBy, starts } from '../input/pem';
import { oneLine } from './answers';

/** What a certificate is taken for. */
export interface Expected {
  readonly name: string;
  /** PEM of the authorities that are trusted. @default not known here, and nothing is said of them */
  readonly ca?: string;
  readonly now: Date;
}

/** What is wrong with a certificate that somebody shows. */
export type CertificateFault =
  | { readonly is: 'none' }
  | { readonly is: 'another'; readonly names: readonly string[] }
  | { readonly is: 'ended' | 'not yet' | 'soon' | 'untrusted' };

/** A certificate as it was shown, and the first thing wrong with it. */
export interface Shown {
  /** `40000.example.com until 2027-01-01, by ca.example.com` */
  readonly text: string;
  readonly fault?: CertificateFault;
}

/** @param pem the certificate, and authorities between it and one that is trusted */
export function shownCertificate(pem: string, expected: Expected): Shown {
  const [own, ...between] = certificatesIn(pem) ?? [];
  if (own === undefined) return { text: 'no certificate', fault: { is: 'none' } };
  const until = `until ${day(ends(own))}`;
  const name = oneLine(commonNames(own).join(', ')) || 'a certificate without a name';
  return { text: `${name} ${until}, by ${oneLine(issuerOf(own))}`, fault: faultOf(own, between, expected) };
}

function faultOf(
  own: X509Certificate,
  between: readonly X509Certificate[],
  { name, ca, now }: Expected,
): CertificateFault | undefined {
  const names = commonNames(own);
  if (!names.includes(name) && own.checkHost(name) === undefined) return { is: 'another', names };
  if (ends(own) < now) return { is: 'ended' };
  if (now < starts(own)) return { is: 'not yet' };
  if (ca !== undefined && !isTrusted(own, between, certificatesIn(ca) ?? [], now)) return { is: 'untrusted' };
  return ends(own) < daysAfter(now, certificateDays.soon) ? { is: 'soon' } : undefined;
}

function isTrusted(
  own: X509Certificate,
  between: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  now: Date,
): boolean {
  if (authorities.some((each) => each.ca && isIssuedBy(own, each) && now <= ends(each))) return true;
  const issuer = between.find((each) => each.ca && isIssuedBy(own, each));
  const others = between.filter((each) => each !== issuer);
  return issuer !== undefined && now <= ends(issuer) && isTrusted(issuer, others, authorities, now);
}

const issuerOf = (certificate: X509Certificate): string =>
  [certificate.toLegacyObject().issuer?.CN ?? 'nobody'].flat().join(', ');

/** When it ended, or will. */
export function endsText(pem: string, now: Date): string {
  const [own] = certificatesIn(pem) ?? [];
  if (own === undefined) return '';
  const days = daysBetween(now, ends(own));
  return days < 0 ? `ended on ${day(ends(own))}` : `ends on ${day(ends(own))}, in ${counted(days, 'day')}`;
}
