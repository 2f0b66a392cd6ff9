import type { SecretName } from '../../lib/fate/secrets';
import { certificateName, certificateSecret, type Member } from '../../lib/federation/certificates';
import { Mistake } from '../mistake';
import { memberFiles, readText } from './folder';
import { type Fault, inspect, type Material } from './inspect';
import type { SelectedMembers } from './members';
import { type SecretManifest, secretManifest } from './secret-manifest';
import { noAuthority } from './sources';

/** Values of a member's certificate Secret, by the keys of `secrets`; or why there are none. */
export type MemberValues =
  | Readonly<Record<'certificate' | 'key' | 'ca', string>>
  | { readonly faults: readonly Fault[] };

/** What `certificates` made or took for a member, if it is whole and holds. */
export function memberValues(folder: string, member: Member, domain: string, now: Date): MemberValues {
  const files = memberFiles(folder, member, domain);
  const [certificate, key, ca] = [files.certificate, files.key, files.ca].map(readText);
  if (certificate === undefined) return { faults: [notIssued] };
  if (key === undefined) return { faults: [elsewhere] };
  if (ca === undefined) return { faults: [noAuthority] };
  const secret: SecretName = certificateSecret(member);
  const material: Material = { source: files.folder, certificate, key, ca, secret, name: files.name };
  const { faults } = inspect(material, { now, soonDays: 0 });
  return faults.length > 0 ? { faults } : { certificate, key, ca };
}

const notIssued: Fault = { what: 'has no certificate', remedy: 'run `kubefate-tanzu certificates issue` first' };
const elsewhere: Fault = {
  what: 'has no key here',
  remedy: 'make its Secret where its key is, or name the Secret among the existing ones',
};
/**
 * Secrets of members' certificates.
 *
 * @throws {Mistake} with everything that keeps them from being made
 */
export function certificateManifests(
  folder: string,
  domain: string,
  members: SelectedMembers['members'],
  now: Date,
): readonly SecretManifest[] {
  const read = members.map(({ member, namespace }) => ({
    member,
    namespace,
    values: memberValues(folder, member, domain, now),
  }));
  const faults = read.flatMap(({ member, values }) =>
    'faults' in values
      ? values.faults.map(({ what, remedy }) => `  ${certificateName(member, domain)} ${what}; ${remedy}`)
      : [],
  );
  if (faults.length > 0) throw new Mistake(['no Secret can be made:', ...faults].join('\n'));
  return read.flatMap(({ member, namespace, values }) =>
    'faults' in values ? [] : [secretManifest(namespace, certificateSecret(member), values)],
  );
}
