import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CertifiedKey {
  readonly cert: string;
  /** PKCS#8. */
  readonly key: string;
  /** Certificate of who has signed it. */
  readonly ca: string;
}

/** A key and a certificate that it has signed itself. RSA: Pulsar 2.7 reads no other. */
export function certifiedKey(commonName: string, days = 2): CertifiedKey {
  const { key, pem: cert } = request(`/CN=${commonName}`, '-x509', '-days', `${days}`);
  return { cert, key, ca: cert };
}

export interface Certification {
  /** With none, the certificate is at its end when it is made. @default 2 */
  readonly days?: number;
  /** Ends of a connection. @default both */
  readonly usage?: 'serverAuth' | 'clientAuth';
  /** As `openssl` reads it. @default the common name alone */
  readonly subject?: string;
}

export interface Authority {
  /** Certifies a new key. */
  (commonName: string, certification?: Certification): CertifiedKey;
  /** An authority that this one has certified: its certificates come with its own. */
  below(commonName: string): Authority;
}

export const certificateAuthority = (commonName = 'ca.example.com'): Authority =>
  authorityOf(certifiedKey(commonName), '');

function authorityOf(own: CertifiedKey, chain: string): Authority {
  const sign = (subject: string, days: number, extensions: string): CertifiedKey => {
    const { key, pem } = request(subject);
    return { cert: signed(own, pem, days, extensions) + chain, key, ca: own.ca };
  };
  const certify = (commonName: string, { days = 2, usage, subject = `/CN=${commonName}` }: Certification = {}) =>
    sign(subject, days, `subjectAltName=DNS:${commonName}\nextendedKeyUsage=${usage ?? 'serverAuth,clientAuth'}\n`);
  const below = (commonName: string) => {
    const intermediate = sign(`/CN=${commonName}`, 2, 'basicConstraints=critical,CA:TRUE\n');
    return authorityOf(intermediate, intermediate.cert);
  };
  return Object.assign(certify, { below });
}

function signed({ cert, key }: CertifiedKey, requested: string, days: number, extensions: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'ca-'));
  try {
    const [signer, file] = [join(directory, 'ca'), join(directory, 'extensions')];
    writeFileSync(signer, cert + key, { mode: 0o600 });
    writeFileSync(file, extensions);
    const by = ['-CA', signer, '-CAkey', signer, '-CAcreateserial'];
    return openssl(requested, 'x509', '-req', ...by, '-extfile', file, '-days', `${days}`);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A new key, and the request or certificate that is made with it. */
function request(subject: string, ...options: readonly string[]): { readonly key: string; readonly pem: string } {
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', '-'];
  const both = openssl('', 'req', ...key, '-subj', subject, ...options);
  const [written = '', pem = ''] = both.split(/(?<=-----END PRIVATE KEY-----\n)/);
  return { key: written, pem };
}

const openssl = (input: string, ...args: readonly string[]): string =>
  execFileSync('openssl', args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'ignore'] });
