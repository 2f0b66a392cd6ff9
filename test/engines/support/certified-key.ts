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
export function certifiedKey(commonName: string): CertifiedKey {
  const { key, pem: cert } = request(commonName, '-x509', '-days', '2');
  return { cert, key, ca: cert };
}

export interface Certification {
  /** With none, the certificate is at its end when it is made. @default 2 */
  readonly days?: number;
  /** Ends of a connection. @default both */
  readonly usage?: 'serverAuth' | 'clientAuth';
}

/** Certifies a new key. */
export type Authority = (commonName: string, certification?: Certification) => CertifiedKey;

export function certificateAuthority(commonName = 'ca.example.com'): Authority {
  const ca = certifiedKey(commonName);
  return (commonName, { days = 2, usage = 'serverAuth,clientAuth' } = {}) => {
    const { key, pem } = request(commonName);
    const directory = mkdtempSync(join(tmpdir(), 'ca-'));
    try {
      const [signer, extensions] = [join(directory, 'ca'), join(directory, 'extensions')];
      writeFileSync(signer, ca.cert + ca.key, { mode: 0o600 });
      writeFileSync(extensions, `subjectAltName=DNS:${commonName}\nextendedKeyUsage=${usage}\n`);
      const options = ['-req', '-CA', signer, '-CAkey', signer, '-CAcreateserial', '-extfile', extensions];
      return { cert: openssl(pem, 'x509', ...options, '-days', `${days}`), key, ca: ca.cert };
    } finally {
      rmSync(directory, { recursive: true });
    }
  };
}

/** A new key, and the request or certificate that is made with it. */
function request(commonName: string, ...options: readonly string[]): { readonly key: string; readonly pem: string } {
  const both = openssl(
    '',
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    `/CN=${commonName}`,
    ...options,
    '-keyout',
    '-',
  );
  const [key = '', pem = ''] = both.split(/(?<=-----END PRIVATE KEY-----\n)/);
  return { key, pem };
}

const openssl = (input: string, ...args: readonly string[]): string =>
  execFileSync('openssl', args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'ignore'] });
