import type { KeyObject, X509Certificate } from 'node:crypto';
import { secretForm } from '../../lib/fate/secret-forms';
import type { SecretName } from '../../lib/fate/secrets';
import { keyFault, keyRemedy } from '../../lib/federation/certificates';
import { counted } from '../../lib/input/counted';
import { day, daysAfter, daysBetween } from '../../lib/input/days';
import {
  certificatesIn,
  commonNames,
  ends,
  hasSeveralKeys,
  isIssuedBy,
  privateKeyIn,
  starts,
} from '../../lib/input/pem';
import * as x509 from '../../lib/input/x509-library';
import { fingerprint, shownText } from './pem';

/** A certificate and what belongs to it, wherever that was found. */
export interface Material {
  /** For people: a file, a Secret, an address. */
  readonly source: string;
  /** PEM: the certificate, and authorities between it and the one that is trusted. */
  readonly certificate?: string;
  readonly key?: string;
  /** PEM: the authorities that are trusted. */
  readonly ca?: string;
  /** Secret whose form the key needs. @default any form that can be read */
  readonly secret?: SecretName;
  /** The only name that the certificate may have. @default its common name */
  readonly name?: string;
  /** What whoever read it has found already. */
  readonly faults?: readonly Fault[];
}

export interface InspectOptions {
  readonly now: Date;
  /** A certificate that ends within so many days is as one that ended. */
  readonly soonDays: number;
  /** PEM of the authorities that everything must be of. @default those beside each certificate */
  readonly ca?: string;
}

/** What a certificate is, and everything that is wrong with it. */
export interface Inspection {
  readonly source: string;
  readonly name?: string;
  readonly issuer?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly daysLeft?: number;
  /** Of its public key. */
  readonly fingerprint?: string;
  readonly faults: readonly Fault[];
}

export interface Fault {
  readonly what: string;
  readonly remedy: string;
}

/** Looks at a certificate as the programs of a federation will: Pulsar 2.7, Traffic Server, nginx. */
export function inspect(material: Material, options: InspectOptions): Inspection {
  const { source, faults = [] } = material;
  if (material.certificate === undefined) return { source, faults: [...faults, ...keyFaults(material)] };
  const chain = certificatesIn(material.certificate);
  const [certificate] = chain ?? [];
  if (chain === undefined || certificate === undefined)
    return { source, faults: [...faults, { what: 'is no certificate', remedy: 'use one as PEM' }] };
  return {
    source,
    name: shownNames(commonNames(certificate)),
    issuer: shownNames([[certificate.toLegacyObject().issuer?.CN ?? []].flat()].flat()),
    notBefore: starts(certificate).toISOString(),
    notAfter: ends(certificate).toISOString(),
    daysLeft: daysBetween(options.now, ends(certificate)),
    fingerprint: fingerprint(certificate.publicKey),
    faults: [
      ...faults,
      ...(isTrust(chain, material)
        ? [...chain.flatMap((authority) => authorityFaults(authority, options)), ...keyFaults(material, certificate)]
        : memberFaults(certificate, chain, material, options)),
    ],
  };
}

/** Whether it is a file of authorities, of which nobody has said that it is a member's. */
const isTrust = (chain: readonly X509Certificate[], { name, secret }: Material): boolean =>
  name === undefined && secret === undefined && chain.every((each) => each.ca && isIssuedBy(each, each));

const memberFaults = (
  certificate: X509Certificate,
  chain: readonly X509Certificate[],
  material: Material,
  options: InspectOptions,
): readonly Fault[] => [
  ...timeFaults('', certificate, options),
  ...nameFaults(certificate, material.name),
  ...useFaults(certificate),
  ...keyFaults(material, certificate),
  ...chainFaults(chain, material, options),
];

function timeFaults(whose: string, certificate: X509Certificate, { now, soonDays }: InspectOptions): readonly Fault[] {
  const [from, to] = [starts(certificate), ends(certificate)];
  const renew = 'renew it';
  if (now < from)
    return [
      {
        what: `${whose}holds from ${from.toISOString()} on, and this clock says ${now.toISOString()}`,
        remedy: 'set the clock that is wrong, here or where it was made',
      },
    ];
  if (to < now)
    return [{ what: `${whose}ended on ${day(to)}, ${counted(daysBetween(to, now), 'day')} ago`, remedy: renew }];
  if (to < daysAfter(now, soonDays))
    return [{ what: `${whose}ends on ${day(to)}, in ${counted(daysBetween(now, to), 'day')}`, remedy: renew }];
  return [];
}

/** The common name is what KubeFATE's documents ask for, the alternative name what today's TLS looks at. */
function nameFaults(certificate: X509Certificate, expected?: string): readonly Fault[] {
  const common = commonNames(certificate);
  const name = expected ?? common[0] ?? '';
  const alternative = dnsNames(certificate);
  const others = alternative.filter((each) => each !== name && isOfFederation(each, name));
  const remedy = `have one issued for ${name || 'the name of a member'} alone`;
  return [
    ...(common.length === 1 && common[0] === name
      ? []
      : [{ what: `is of ${shownNames(common) || 'nobody'} and not of ${name || 'a member'}`, remedy }]),
    ...(alternative.includes(name) ? [] : [{ what: `has no alternative name DNS:${name}`, remedy }]),
    ...others.map((each) => ({ what: `can be taken for ${shownText(each)} too`, remedy })),
  ];
}

/** Whether a name is below the same domain: another member's, or everybody's with `*`. */
const isOfFederation = (name: string, own: string): boolean =>
  name.includes('*') || name.endsWith(own.slice(own.indexOf('.')));

const dnsNames = ({ subjectAltName = '' }: X509Certificate): readonly string[] =>
  [...subjectAltName.matchAll(/(?:^|, )DNS:([^,]*)/g)].map(([, name]) => `${name}`);

const shownNames = (names: readonly string[]): string => names.map(shownText).join(', ');

/** Members are servers and clients of each other, and no authorities; the key and the signature are of a kind that all read. */
function useFaults(certificate: X509Certificate): readonly Fault[] {
  const read = parsed(certificate);
  const extended = read.getExtension(x509.ExtendedKeyUsageExtension)?.usages.map(String);
  const usages = read.getExtension(x509.KeyUsagesExtension)?.usages;
  const hash = read.signatureAlgorithm.hash?.name;
  const remedy = 'have another one issued';
  const fault = keyFault(certificate.publicKey);
  return [
    ...missing(extended, x509.ExtendedKeyUsage.serverAuth, 'is not for servers (serverAuth)', remedy),
    ...missing(extended, x509.ExtendedKeyUsage.clientAuth, 'is not for clients (clientAuth)', remedy),
    ...(usages !== undefined && (usages & x509.KeyUsageFlags.digitalSignature) === 0
      ? [{ what: 'its key may not sign (digitalSignature)', remedy }]
      : []),
    ...(certificate.ca ? [{ what: 'is an authority itself, and could certify members', remedy }] : []),
    ...(fault === undefined ? [] : [{ what: `its key ${fault}`, remedy: keyRemedy }]),
    ...(hash === undefined || weakHashes.includes(hash)
      ? [{ what: `is signed with ${hash ?? 'an unknown hash'}`, remedy }]
      : []),
    ...read.extensions
      .filter(({ critical, type }) => critical && !knownExtensions.includes(type))
      .map(({ type }) => ({ what: `asks for what TLS does not know (${type}, critical)`, remedy })),
  ];
}

const missing = (
  usages: readonly string[] | undefined,
  usage: string,
  what: string,
  remedy: string,
): readonly Fault[] => (usages === undefined || usages.includes(usage) ? [] : [{ what, remedy }]);

/** Which TLS libraries heed; whoever meets another one that is critical has to refuse the certificate (RFC 5280, 4.2). */
const knownExtensions: readonly string[] = [
  '2.5.29.15', // keyUsage
  '2.5.29.17', // subjectAltName
  '2.5.29.19', // basicConstraints
  '2.5.29.30', // nameConstraints
  '2.5.29.31', // cRLDistributionPoints
  '2.5.29.32', // certificatePolicies
  '2.5.29.36', // policyConstraints
  '2.5.29.37', // extKeyUsage
  '2.5.29.54', // inhibitAnyPolicy
];

const weakHashes: readonly string[] = ['SHA-1', 'MD5'];

/** Of what is wrong with a key, and never of what it is. */
function keyFaults({ key: text, secret }: Material, certificate?: X509Certificate): readonly Fault[] {
  if (text === undefined) return [];
  const key = privateKeyIn(text);
  if (key === undefined) return [unreadableKey(text)];
  const form = secret && secretForm(secret, 'key');
  return [
    ...(form === undefined || form.fits(text) ? [] : [{ what: `its key ${kindOf(text)}`, remedy: form.remedy }]),
    ...ownKeyFault(key, certificate),
  ];
}

const ownKeyFault = (key: KeyObject, certificate?: X509Certificate): readonly Fault[] =>
  certificate === undefined || certificate.checkPrivateKey(key)
    ? []
    : [{ what: 'does not belong to its key', remedy: 'use the two that were made together' }];

function unreadableKey(text: string): Fault {
  if (hasSeveralKeys(text)) return { what: 'has several keys', remedy: 'use the one that belongs to it, alone' };
  if (!text.includes('ENCRYPTED')) return { what: 'its key cannot be read', remedy: 'use a private key as PEM' };
  return {
    what: 'its key is encrypted',
    remedy: 'use it as `openssl pkcs8 -topk8 -nocrypt` writes it: nobody is there to type its password',
  };
}

/** By its first line alone. */
function kindOf(text: string): string {
  if (text.includes('-----BEGIN RSA PRIVATE KEY-----')) return 'is PKCS#1';
  if (text.includes('-----BEGIN EC PRIVATE KEY-----')) return 'is an EC key';
  return 'is not of the form it needs';
}

/** From the certificate up to an authority that is trusted. */
function chainFaults(chain: readonly X509Certificate[], material: Material, options: InspectOptions): readonly Fault[] {
  const own = material.ca === undefined ? undefined : certificatesIn(material.ca);
  const given = options.ca === undefined ? undefined : certificatesIn(options.ca);
  if (material.ca !== undefined && !own?.length)
    return [{ what: 'its authorities cannot be read', remedy: 'use their certificates as PEM' }];
  const faults = (own ?? given ?? []).flatMap((authority) => authorityFaults(authority, options));
  const lacks =
    own !== undefined &&
    given?.some((each) => !own.some(({ fingerprint256 }) => fingerprint256 === each.fingerprint256));
  return [
    ...faults,
    ...(lacks
      ? [
          {
            what: 'an authority that was given is not among those that it comes with',
            remedy: 'use the ca.cert.pem that the federation has today',
          },
        ]
      : []),
    ...once([own, given].flatMap((authorities) => (authorities ? pathFaults(chain, authorities, options) : []))),
  ];
}

const once = (faults: readonly Fault[]): readonly Fault[] => [
  ...new Map(faults.map((fault) => [fault.what, fault])).values(),
];

function authorityFaults(authority: X509Certificate, options: InspectOptions): readonly Fault[] {
  const whose = `its authority ${shownNames(commonNames(authority))} `;
  const fault = keyFault(authority.publicKey);
  return [
    ...timeFaults(whose, authority, options),
    ...(authority.ca ? [] : [{ what: `${whose}is none (CA:TRUE)`, remedy: 'use one that may certify' }]),
    ...(fault === undefined ? [] : [{ what: `${whose}has a key that ${fault}`, remedy: keyRemedy }]),
  ];
}

/** @param below authorities that the chain has passed already */
function pathFaults(
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  options: InspectOptions,
  below = 0,
): readonly Fault[] {
  const [certificate, ...between] = chain;
  if (certificate === undefined) return [];
  const top = authorities.find((authority) => isIssuedBy(certificate, authority));
  if (top !== undefined) return [...lengthFaults(top, below), ...rootFaults(top, authorities)];
  const next = between.find((each) => each.ca && isIssuedBy(certificate, each));
  if (next !== undefined) {
    const rest = between.filter((each) => each !== next);
    return [
      ...authorityFaults(next, options),
      ...lengthFaults(next, below),
      ...pathFaults([next, ...rest], authorities, options, below + 1),
    ];
  }
  const namesake = authorities.some((authority) => certificate.checkIssued(authority));
  const remedy = 'have it issued by the authority of this federation, or use the ca.cert.pem that has its authority';
  return namesake
    ? [{ what: 'is not signed by the authority of that name', remedy }]
    : [
        {
          what: `is of an authority that is not trusted: ${shownText(certificate.issuer.replaceAll('\n', ', '))}`,
          remedy,
        },
      ];
}

/** OpenSSL, and nginx with it, goes on from an authority that is trusted to the one that signed it. */
function rootFaults(authority: X509Certificate, authorities: readonly X509Certificate[]): readonly Fault[] {
  if (authorities.some((each) => isIssuedBy(authority, each))) return [];
  const name = shownNames(commonNames(authority));
  const what = `its authority ${name} is itself certified by one that is not trusted, and nginx takes nobody's word then`;
  return [{ what, remedy: 'use all authorities up to the one that signed itself' }];
}

function lengthFaults(authority: X509Certificate, below: number): readonly Fault[] {
  const { pathLength = below } = parsed(authority).getExtension(x509.BasicConstraintsExtension) ?? {};
  if (below <= pathLength) return [];
  return [
    {
      what: `its authority ${shownNames(commonNames(authority))} allows for ${pathLength} others below it, and there is ${below}`,
      remedy: 'have it issued without authorities between',
    },
  ];
}

const parsed = ({ raw }: X509Certificate): x509.X509Certificate => new x509.X509Certificate(Uint8Array.from(raw));
