import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProvidedContext } from 'vitest';
import { makeAuthority, signingAuthorities } from '../../commands/pki/authorities';
import { memberFiles } from '../../commands/pki/folder';
import { issue } from '../../commands/pki/issue';
import type { Member } from '../../lib/federation/certificates';

/** A member's certificate, its key and who certified it, as PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Of party 30000 and of the exchange of `example.com`, made once for all tests. */
    issued: { readonly party: IssuedCertificate; readonly exchange: IssuedCertificate };
  }
}

const domain = 'example.com';

/** Vitest's own type of this is for modules of another kind than this one. */
interface Project {
  readonly provide: <Key extends keyof ProvidedContext>(key: Key, value: ProvidedContext[Key]) => void;
}

export default async function issueCertificates({ provide }: Project): Promise<void> {
  const folder = join(mkdtempSync(join(tmpdir(), 'issued-')), 'certificates');
  const options = { bits: 2048, now: new Date() };
  await makeAuthority(folder, domain, { ...options, days: 3650 });
  const members: readonly Member[] = [30000, 'exchange'];
  await issue(signingAuthorities(folder), { ...options, folder, domain, members, days: 396, soonDays: 30 });
  provide('issued', { party: read(folder, 30000), exchange: read(folder, 'exchange') });
  rmSync(join(folder, '..'), { recursive: true });
}

function read(folder: string, member: Member): IssuedCertificate {
  const { certificate, key, ca } = memberFiles(folder, member, domain);
  return {
    certificate: readFileSync(certificate, 'utf8'),
    key: readFileSync(key, 'utf8'),
    ca: readFileSync(ca, 'utf8'),
  };
}
