import { reportingCommand } from '../arguments';
import { Mistake } from '../mistake';
import { options } from './options';

/** A member's key, which stays, and a request for its certificate, which is sent. */
export const request = reportingCommand({
  command: 'request [declaration]',
  describe: 'Make the key of one member, and a request for its certificate',
  examples: [
    [
      '$0 certificates request --party 30000 --domain example.com',
      'the key stays; request.pem is for whoever keeps the authority',
    ],
    ['$0 certificates request party-30000.yaml', 'the same, of a declaration'],
  ],
  options: (yargs) =>
    yargs
      .positional('declaration', {
        type: 'string',
        default: 'federation.yaml',
        describe: 'Declaration of the member',
      })
      .option('domain', options.domain)
      .option('party', { ...options.party, describe: 'Id of the party' })
      .option('exchange', options.exchange)
      .option('bits', options.memberBits)
      .option('folder', options.folder),
  run: async ({ folder, bits, ...selection }) => {
    const { selectMembers } = await import('../pki/members.js');
    const { request } = await import('../pki/requests.js');
    const { fingerprint } = await import('../pki/pem.js');
    const { rsaBits } = await import('../../lib/federation/certificates.js');
    const { domain, members } = await selectMembers(selection);
    const [only, another] = members;
    if (only === undefined || another !== undefined)
      throw new Mistake(
        `a request is of one member, and here are ${members.length}; name one by --party <id> or --exchange`,
      );
    const { files, publicKey, isNew } = await request(folder, only.member, domain, bits ?? rsaBits.member);
    const key = fingerprint(publicKey);
    const text = `${isNew ? 'Made' : 'There is'} ${files.request}, the request of ${files.name}. Send it to whoever keeps the authority, and tell by another way the fingerprint of its key:\n  ${key}\nWhat comes back belongs into ${files.folder}.\n`;
    return { text, json: { name: files.name, request: files.request, fingerprint: key, changed: isNew } };
  },
});
