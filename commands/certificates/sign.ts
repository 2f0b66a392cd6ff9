import { type Report, reportingCommand } from '../arguments';
import { Mistake } from '../mistake';
import type { Signed } from '../pki/sign';
import { checkDomain, options } from './options';

/** A certificate for what one member requested. */
export const sign = reportingCommand({
  command: 'sign <request>',
  describe: 'Certify the request of the one member that is named',
  examples: [
    [
      '$0 certificates sign certificates/30000.example.com/request.pem --party 30000',
      'refused, unless it is in the name of party 30000',
    ],
  ],
  options: (yargs) =>
    yargs
      .positional('request', { type: 'string', demandOption: true, describe: 'PEM; `-` reads standard input' })
      .option('party', options.onlyParty)
      .option('exchange', { ...options.exchange, describe: "It is the exchange's" })
      .conflicts('party', 'exchange')
      .option('domain', { type: 'string', describe: 'Domain of the federation', defaultDescription: "the authority's" })
      .option('fingerprint', {
        type: 'string',
        describe: 'Of its key, as its organisation told it; another one is refused',
      })
      .option('days', options.memberDays)
      .option('folder', options.folder),
  run: async ({ request, party, exchange, domain, fingerprint: told, days, folder }) => {
    const member = exchange ? 'exchange' : party;
    if (member === undefined) throw new Mistake('whose request it is must be said: --party <id> or --exchange');
    const { readFileSync } = await import('node:fs');
    const { fileText } = await import('../files.js');
    const text = request === '-' ? readFileSync(0, 'utf8') : fileText(request);
    const { signingAuthorities, domainOf } = await import('../pki/authorities.js');
    const { certificateDays } = await import('../../lib/federation/certificates.js');
    const { sign } = await import('../pki/sign.js');
    const authorities = signingAuthorities(folder);
    const of = domain ?? domainOf(authorities.signing.certificate);
    if (of === undefined)
      throw new Mistake('the authority is not named after a domain; name that of the federation by --domain');
    await checkDomain(of);
    const signed = await sign(text, authorities, {
      folder,
      domain: of,
      member,
      fingerprint: told,
      days: days ?? certificateDays.member,
      now: new Date(),
    });
    return 'faults' in signed ? refused(request, signed.faults) : certified(signed, told !== undefined);
  },
});

const refused = (request: string, faults: readonly string[]): Report => ({
  holds: false,
  text: `${request} is not certified:\n${faults.map((each) => `  ${each}\n`).join('')}`,
  json: { certified: false, faults },
});

async function certified({ files, certificate, issuer }: Signed, isCompared: boolean): Promise<Report> {
  const { fingerprint } = await import('../pki/pem.js');
  const { day } = await import('../../lib/input/days.js');
  const { ends } = await import('../../lib/input/pem.js');
  const { name, certificate: path, ca } = files;
  const key = fingerprint(certificate.publicKey);
  const lines = [
    `${name} is certified by ${issuer} until ${day(ends(certificate))}. Its key:`,
    `  ${key}`,
    ...(isCompared ? [] : ['Hear the same from its organisation before you send anything back.']),
    `Send back ${path} and ${ca}.`,
  ];
  const notAfter = ends(certificate).toISOString();
  return {
    text: `${lines.join('\n')}\n`,
    json: { certified: true, name, issuer, certificate: path, ca, notAfter, fingerprint: key },
  };
}
