import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { secrets } from '../../lib/fate/secrets';
import { certificateName, certificateSecret, type Member } from '../../lib/federation/certificates';
import { fileText, removeLeftOvers, writeNewFiles } from '../files';

/** Files of one member, in a folder of its name. They are called as the keys of the Secret that they become. */
export interface MemberFiles {
  readonly name: string;
  readonly folder: string;
  readonly certificate: string;
  readonly key: string;
  /** Authorities that the member trusts: one, or two while one replaces the other. */
  readonly ca: string;
  /** For a certificate, to be sent to who holds the authority's key. */
  readonly request: string;
}

export function memberFiles(folder: string, member: Member, domain: string): MemberFiles {
  const name = certificateName(member, domain);
  const { keys } = secrets[certificateSecret(member)];
  const own = (file: string) => join(folder, name, file);
  return {
    name,
    folder: join(folder, name),
    certificate: own(keys.certificate),
    key: own(keys.key),
    ca: own(keys.ca),
    request: own('request.pem'),
  };
}

/** Where a set of files is put that another one replaces, keys and all. */
export const replacedFolder = (folder: string): string => join(folder, 'replaced');

/**
 * Makes a folder ready for keys: keeps it out of git, unless somebody has decided otherwise in it, and removes what a killed
 * run has left, which may be a key.
 */
export function prepare(folder: string): void {
  const path = join(folder, '.gitignore');
  if (existsSync(folder)) for (const each of [folder, ...foldersIn(folder)]) removeLeftOvers(each);
  if (readText(path) === undefined) writeNewFiles([{ path, content: '*\n', isPrivate: true }]);
}

/** The text of a file, if there is one. */
export function readText(path: string): string | undefined {
  try {
    return fileText(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Files of authorities of all members that have a folder here. */
export const trustFiles = (folder: string): readonly string[] => ownFiles(folder, 'ca');

/** Certificates of all members that have one here, as PEM. */
export const memberCertificates = (folder: string): readonly string[] =>
  ownFiles(folder, 'certificate').flatMap((path) => readText(path) ?? []);

const ownFiles = (folder: string, file: 'certificate' | 'ca'): readonly string[] =>
  foldersIn(folder).flatMap((own) => {
    const files = readdirSync(own);
    return [secrets.pulsarCertificate, secrets.trafficServerCertificate]
      .filter(({ keys }) => files.includes(keys.certificate) || files.includes(keys.key))
      .map(({ keys }) => join(own, keys[file]));
  });

/** Paths of the folders in a folder. */
export const foldersIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
