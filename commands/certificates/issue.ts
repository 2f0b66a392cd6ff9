import { reportingCommand } from '../arguments';
import type { Issued } from '../pki/issue';
import { refuseTerminal } from '../terminal';
import { options } from './options';

/** Keys and certificates of all members, by one operator. */
export const issue = reportingCommand({
  command: 'issue [declaration]',
  describe: 'Make keys and certificates of members that have none, and the authority if there is none',
  examples: [
    ['$0 certificates issue', 'of all members of ./federation.yaml, in ./certificates'],
    ['$0 certificates issue --domain example.com --exchange --party 50000', 'of those that are named'],
    ['$0 certificates issue --renew', 'and new ones for those that end soon'],
    ['$0 certificates issue --output secrets > certificates.yaml', 'the same as Secrets, for kubectl or to be sealed'],
  ],
  options: (yargs) =>
    yargs
      .positional('declaration', {
        type: 'string',
        default: 'federation.yaml',
        describe: 'Declaration of the members',
      })
      .option('domain', options.domain)
      .option('party', options.party)
      .option('exchange', options.exchange)
      .option('folder', options.folder)
      .option('days', options.memberDays)
      .option('bits', options.memberBits)
      .option('soon', options.soon)
      .option('renew', {
        type: 'boolean',
        describe: 'Renew what is due, or of an authority that is replaced, with its key',
      })
      .option('new-key', { type: 'boolean', describe: 'Renew it with a new key; the old one is kept in `replaced`' })
      .option('output', {
        choices: ['files', 'secrets'] as const,
        default: 'files' as const,
        describe: 'Files alone, or Secrets on standard output too',
      }),
  run: async ({ folder, days, bits, soon, renew, newKey, output, ...selection }) => {
    if (output === 'secrets') refuseTerminal();
    const { selectMembers } = await import('../pki/members.js');
    const { issuingAuthorities } = await import('../pki/authorities.js');
    const { issue } = await import('../pki/issue.js');
    const { certificateDays, rsaBits } = await import('../../lib/federation/certificates.js');
    const now = new Date();
    const { domain, members } = await selectMembers(selection);
    const authorities = await issuingAuthorities(folder, domain, {
      days: certificateDays.authority,
      bits: rsaBits.authority,
      now,
    });
    const issued = await issue(authorities, {
      folder,
      domain,
      members: members.map(({ member }) => member),
      days: days ?? certificateDays.member,
      bits: bits ?? rsaBits.member,
      soonDays: soon ?? certificateDays.soon,
      renew: newKey ? 'with a new key' : renew ? 'with its key' : undefined,
      now,
    });
    if (output === 'files') return { text: await issuedText(issued), json: { members: await issuedJson(issued) } };
    const { certificateManifests } = await import('../pki/member-material.js');
    const { manifestsText } = await import('../pki/secret-manifest.js');
    const items = certificateManifests(folder, domain, members, now);
    return { text: manifestsText(items), json: { apiVersion: 'v1', kind: 'List', items } };
  },
});

const issuedText = async (issued: readonly Issued[]): Promise<string> =>
  (await issuedJson(issued))
    .map(({ name, action, notAfter, folder, hasKey }) =>
      [
        `${action === 'due' ? 'due, see --renew' : action}:`,
        `${name} until ${notAfter.slice(0, 10)},`,
        `${folder}${hasKey ? '' : ', to be sent to its organisation, which has its key'}\n`,
      ].join(' '),
    )
    .join('');

async function issuedJson(issued: readonly Issued[]) {
  const { fingerprint } = await import('../pki/pem.js');
  const { ends } = await import('../../lib/input/pem.js');
  return issued.map(({ certificate, ...rest }) => ({
    ...rest,
    notAfter: ends(certificate).toISOString(),
    fingerprint: fingerprint(certificate.publicKey),
  }));
}
