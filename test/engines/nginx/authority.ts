import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertifiedKey } from '../support/certified-key';

export interface Certified extends CertifiedKey {
  /** The authority that others are to trust. */
  readonly ca: string;
}

export interface Authority extends Certified {
  /** Certifies a new key for both ends of a connection. With no days, the certificate ends at once. */
  issue(name: string, options?: { readonly subject?: string; readonly days?: number }): Certified;
  /** An authority that this one has certified: its certificates come with its own. */
  below(name: string): Authority;
}

export function authority(name: string): Authority {
  const { key, pem: cert } = request(`/CN=${name}`, '-x509', '-days', '2');
  return authorityOf({ cert, key, ca: cert }, '');
}

function authorityOf(own: Certified, chain: string): Authority {
  const sign = (subject: string, days: number, extensions: string): Certified => {
    const { key, pem } = request(subject);
    return { key, cert: signed(own, pem, days, extensions) + chain, ca: own.ca };
  };
  return {
    ...own,
    issue: (name, { subject = `/CN=${name}`, days = 2 } = {}) =>
      sign(subject, days, `subjectAltName=DNS:${name}\nextendedKeyUsage=serverAuth,clientAuth\n`),
    below: (name) => {
      const intermediate = sign(`/CN=${name}`, 2, 'basicConstraints=critical,CA:TRUE\n');
      return authorityOf(intermediate, intermediate.cert);
    },
  };
}

function signed({ cert, key }: CertifiedKey, requested: string, days: number, extensions: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'authority-'));
  try {
    const [signer, file] = [join(directory, 'signer'), join(directory, 'extensions')];
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
  const both = openssl('', 'req', '-newkey', 'rsa:2048', '-nodes', '-subj', subject, ...options, '-keyout', '-');
  const [key = '', pem = ''] = both.split(/(?<=-----END PRIVATE KEY-----\n)/);
  return { key, pem };
}

const openssl = (input: string, ...args: readonly string[]): string =>
  execFileSync('openssl', args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'ignore'] });
