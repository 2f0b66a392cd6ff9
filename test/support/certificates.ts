import { createPublicKey, generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TlsOptions } from 'node:tls';
import { afterAll } from 'vitest';
import { makeAuthority, readAuthorities, signingAuthorities } from '../../commands/pki/authorities';
import { memberFiles } from '../../commands/pki/folder';
import { type Issued, type IssueOptions, issue } from '../../commands/pki/issue';
import { keyText } from '../../commands/pki/pem';
import type { Member } from '../../lib/federation/certificates';
import * as x509 from '../../lib/input/x509-library';

const all = mkdtempSync(join(tmpdir(), 'certificates-'));
afterAll(() => rmSync(all, { recursive: true, force: true }));

export const domain = 'example.com';
export const now = new Date();
export const daysFromNow = (days: number): Date => new Date(now.getTime() + days * 24 * 3600 * 1000);

/** An empty place. */
export const newFolder = (): string => mkdtempSync(join(all, 'folder-'));

/** A folder with an authority. Its key is shorter than usual, and sooner there. */
export async function folderWithAuthority(): Promise<string> {
  const folder = join(newFolder(), 'certificates');
  await makeAuthority(folder, domain, authorityOptions);
  return folder;
}

export const authorityOptions = { days: 3650, bits: 2048, now };

/** What `certificates issue` does. */
export const issueIn = (
  folder: string,
  members: readonly Member[],
  options: Partial<IssueOptions> = {},
): Promise<readonly Issued[]> =>
  issue(signingAuthorities(folder), { folder, domain, members, days: 396, bits: 2048, soonDays: 30, now, ...options });

/** What a member's programs read. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

export function pairOf(folder: string, member: Member): Pair {
  const files = memberFiles(folder, member, domain);
  const [certificate, key, ca] = [files.certificate, files.key, files.ca].map((path) => readFileSync(path, 'utf8'));
  return { certificate: `${certificate}`, key: `${key}`, ca: `${ca}` };
}

export const authorityOf = (folder: string) => {
  const { signing } = readAuthorities(folder);
  if (signing === undefined) throw new Error(`${folder}: no authority`);
  return signing;
};

/** Every file below a folder, by its path. */
export const contentOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );

/** A connection by TLS in which each side wants the other's certificate: whom they see, or why they do not. */
export async function handshake(server: Pair, client: Pair, servername: string): Promise<readonly string[]> {
  const seen = await serving(
    { cert: server.certificate, key: server.key, ca: server.ca, requestCert: true, rejectUnauthorized: true },
    (port, clientSeen) =>
      new Promise<readonly string[]>((resolve, reject) => {
        const socket = connect({ port, servername, cert: client.certificate, key: client.key, ca: client.ca });
        socket.on('error', reject);
        socket.on('close', () => reject(new Error('closed')));
        socket.on('data', () => {
          resolve([`${socket.getPeerCertificate().subject.CN}`, clientSeen()]);
          socket.destroy();
        });
      }),
  );
  return seen;
}

/** A TLS server on this machine, for as long as `use` takes. It greets whom it lets in. */
export async function serving<T>(
  options: TlsOptions,
  use: (port: number, clientSeen: () => string) => Promise<T>,
): Promise<T> {
  let client = '';
  const server = createServer(options, (socket) => {
    client = `${socket.getPeerCertificate().subject?.CN}`;
    socket.on('error', () => {});
    socket.write('hello');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    return await use((server.address() as AddressInfo).port, () => client);
  } finally {
    server.close();
  }
}

/** A key of each kind, made once. */
export const keys = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  otherRsa: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  shortRsa: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey,
  oddRsa: generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey,
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
} as const;

export interface Crafted {
  readonly subject?: string;
  readonly names?: readonly string[];
  readonly ca?: boolean;
  /** Authorities that may stand below this one. @default any number */
  readonly pathLength?: number;
  readonly extendedKeyUsage?: readonly x509.ExtendedKeyUsage[];
  readonly keyUsage?: x509.KeyUsageFlags;
  readonly key?: KeyObject;
  readonly hash?: 'SHA-1' | 'SHA-256';
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly issuer?: { readonly name: string; readonly key: KeyObject };
  readonly extensions?: readonly x509.Extension[];
}

/** Any certificate, as others may make it; PEM. */
export async function crafted(options: Crafted): Promise<string> {
  const {
    subject = 'CN=30000.example.com',
    names = ['30000.example.com'],
    ca,
    pathLength,
    extendedKeyUsage = [x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth],
    keyUsage,
    key = keys.rsa,
    hash = 'SHA-256',
    notBefore = daysFromNow(-1),
    notAfter = daysFromNow(300),
    issuer = { name: subject, key },
    extensions = [],
  } = options;
  const made = await x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer.name,
    notBefore,
    notAfter,
    publicKey: Uint8Array.from(createPublicKey(key).export({ type: 'spki', format: 'der' })),
    signingKey: await webKey(issuer.key, hash, ['sign']),
    signingAlgorithm: { ...algorithmOf(issuer.key), hash },
    extensions: [
      ...(ca === undefined ? [] : [new x509.BasicConstraintsExtension(ca, pathLength)]),
      ...(names.length === 0
        ? []
        : [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns' as const, value })))]),
      ...(ca || extendedKeyUsage.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension([...extendedKeyUsage])]),
      ...(keyUsage === undefined ? [] : [new x509.KeyUsagesExtension(keyUsage)]),
      ...extensions,
    ],
  });
  return `${made.toString('pem')}\n`;
}

export interface CraftedRequest {
  readonly name?: string;
  readonly key?: KeyObject;
  readonly extensions?: x509.Extension[];
  /** Beside that of the extensions. */
  readonly attributes?: x509.Attribute[];
}

/** Any signing request; PEM. */
export async function craftedRequest(options: CraftedRequest): Promise<string> {
  const { name = 'CN=30000.example.com', key = keys.rsa, extensions = [], attributes = [] } = options;
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name,
    keys: {
      privateKey: await webKey(key, 'SHA-256', ['sign']),
      publicKey: await webcrypto.subtle.importKey(
        'spki',
        createPublicKey(key).export({ type: 'spki', format: 'der' }),
        { ...algorithmOf(key), hash: 'SHA-256' },
        true,
        ['verify'],
      ),
    },
    signingAlgorithm: Object.assign(algorithmOf(key), { hash: 'SHA-256' }),
    extensions,
    attributes,
  });
  return `${request.toString('pem')}\n`;
}

const algorithmOf = (key: KeyObject) =>
  key.asymmetricKeyType === 'ec' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'RSASSA-PKCS1-v1_5' };

const webKey = (key: KeyObject, hash: string, usages: ('sign' | 'verify')[]) =>
  webcrypto.subtle.importKey(
    'pkcs8',
    key.export({ type: 'pkcs8', format: 'der' }),
    { ...algorithmOf(key), hash },
    false,
    usages,
  );

export const pemOf = (key: KeyObject): string => keyText(key);
