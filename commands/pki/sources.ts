import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Secret } from 'kubernetes-types/core/v1';
import { type SecretName, secrets } from '../../lib/fate/secrets';
import { fileText } from '../files';
import { Mistake } from '../mistake';
import { type ClientIdentity, type EndpointOptions, endpoint } from './endpoint';
import { foldersIn, readText } from './folder';
import type { Fault, Material } from './inspect';
import { secretValues } from './secret-manifest';

export interface SourceOptions extends EndpointOptions {
  /** File of the key of a certificate's file. @default not looked at */
  readonly key?: string;
}

/**
 * Certificates of a folder that commands here wrote, of a member's folder in it, of a PEM file, of Secrets in YAML or JSON
 * (`-` reads standard input), or of a TLS endpoint `host:port`.
 *
 * @throws {Mistake} when there is none
 */
export async function readSource(source: string, options: SourceOptions): Promise<readonly Material[]> {
  if (source === '-') return textMaterials('standard input', readFileSync(0, 'utf8'), options);
  if (existsSync(source))
    return statSync(source).isDirectory() ? folderMaterials(source) : fileMaterials(source, options);
  const [, host, port] = /^\[?([^/[\]]+)\]?:(\d{1,5})$/.exec(source) ?? [];
  if (host !== undefined && isPort(Number(port))) return [await endpoint(host, Number(port), options)];
  throw new Mistake(`${source}: there is no such file or folder; an endpoint is host:port`);
}

const isPort = (port: number): boolean => 0 < port && port < 65_536;

const fileMaterials = (path: string, options: SourceOptions): readonly Material[] =>
  textMaterials(path, fileText(path), options);

function textMaterials(source: string, text: string, { key, name }: SourceOptions): readonly Material[] {
  if (!/^-----BEGIN CERTIFICATE-----/m.test(text)) return manifestMaterials(source, text);
  if (key === undefined) return [{ source, certificate: text, name }];
  return [{ source, certificate: text, name, key: fileText(key), faults: modeFaults(key) }];
}

/** A member's folder, or a folder of such. */
function folderMaterials(folder: string): readonly Material[] {
  const own = memberMaterials(folder);
  const found = own.length > 0 ? own : foldersIn(folder).flatMap(memberMaterials);
  if (found.length === 0)
    throw new Mistake(`${folder}: holds no certificate; \`kubefate-tanzu certificates issue\` makes some`);
  return found;
}

function memberMaterials(folder: string): readonly Material[] {
  return certificateSecrets.flatMap((secret) => {
    const { keys } = secrets[secret];
    const [certificate, key, ca] = [keys.certificate, keys.key, keys.ca].map((file) => readText(join(folder, file)));
    if (certificate === undefined && key === undefined) return [];
    const missing = certificate === undefined ? [noCertificate] : ca === undefined ? [noAuthority] : [];
    const faults = [...missing, ...(key === undefined ? [] : modeFaults(join(folder, keys.key)))];
    return [{ source: folder, certificate, key, ca, secret, name: basename(folder), faults }];
  });
}

const certificateSecrets = [
  'pulsarCertificate',
  'trafficServerCertificate',
  'issuedCertificate',
] as const satisfies readonly SecretName[];

const noCertificate: Fault = {
  what: 'has a key and no certificate yet',
  remedy: "send its request.pem to who holds the authority's key, and put what comes back beside it",
};

export const noAuthority: Fault = {
  what: 'has no ca.cert.pem',
  remedy: "put the authority's certificate beside its own",
};

/** Keys are their owner's alone. */
function modeFaults(path: string): readonly Fault[] {
  const others = statSync(path).mode & 0o077;
  return others === 0 ? [] : [{ what: `its key can be read by others: ${path}`, remedy: `chmod 600 ${path}` }];
}

/** Of every Secret of the right name, or of type `kubernetes.io/tls`. */
function manifestMaterials(source: string, text: string): readonly Material[] {
  const found = manifestsIn(source, text).filter(isSecret).flatMap(secretMaterials);
  if (found.length > 0) return found;
  throw new Mistake(`${source}: holds no certificate; use PEM, or manifests of Secrets with one`);
}

/** Objects of a stream of YAML documents, or of JSON; those of a list one by one. */
export function manifestsIn(source: string, text: string): readonly unknown[] {
  const { parseAllDocuments } = require('yaml') as typeof import('yaml');
  const documents = [parseAllDocuments(text)].flat();
  if (documents.some(({ errors }) => errors.length > 0))
    throw new Mistake(`${source}: is neither PEM nor YAML nor JSON`); // what it is stays unsaid: it may be a key
  return documents.map((document) => document.toJS()).flatMap((each) => each?.items ?? [each]);
}

const isSecret = (manifest: unknown): manifest is Secret => Object(manifest).kind === 'Secret';

function secretMaterials(manifest: Secret): readonly Material[] {
  const { namespace, name } = manifest.metadata ?? {};
  const source = `Secret ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  const values = secretValues(manifest);
  const secret = certificateSecrets.find((each) => secrets[each].name === name);
  if (secret === undefined && manifest.type !== 'kubernetes.io/tls') return [];
  const { keys } = secrets[secret ?? 'issuedCertificate'];
  const faults = Object.values(keys)
    .filter((field) => secret !== undefined && values[field] === undefined)
    .map((field) => ({ what: `has no ${field}`, remedy: `give it ${Object.values(keys).join(', ')}` }));
  return [
    { source, certificate: values[keys.certificate], key: values[keys.key], ca: values[keys.ca], secret, faults },
  ];
}

/**
 * Certificate and key of a member's folder, and the authorities that it trusts.
 *
 * @throws {Mistake} when it has none
 */
export function clientIdentity(folder: string): ClientIdentity & { readonly ca?: string } {
  const [{ certificate, key, ca } = {}] = memberMaterials(folder);
  if (certificate === undefined || key === undefined) throw new Mistake(`${folder}: holds no certificate with its key`);
  return { certificate, key, ca };
}
