import { execFileSync } from 'node:child_process';

export interface CertifiedKey {
  readonly cert: string;
  /** PKCS#8. */
  readonly key: string;
}

/** A key and a certificate that it has signed itself. RSA: Pulsar 2.7 reads no other. */
export function certifiedKey(commonName: string): CertifiedKey {
  const options = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${commonName}`];
  const pem = execFileSync('openssl', ['req', ...options, '-keyout', '-'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [key = '', cert = ''] = pem.split(/(?<=-----END PRIVATE KEY-----\n)/);
  return { cert, key };
}
