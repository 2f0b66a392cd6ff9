import type { counted } from '../../lib/input/counted';
import { reportingCommand } from '../arguments';
import type { Inspection } from '../pki/inspect';
import { colours } from '../terminal';
import { options } from './options';

/** What is wrong with certificates, all at once. */
export const check = reportingCommand({
  command: 'check [sources..]',
  describe: 'Say what is wrong with certificates, all at once',
  examples: [
    ['$0 certificates check', 'all of ./certificates'],
    ['$0 certificates check certificates/30000.example.com --soon 60', 'of one member; due two months before its end'],
    [
      '$0 certificates check certificates.yaml --json',
      'of Secrets; with `-` as `kubectl get secret -o yaml` prints them',
    ],
  ],
  options: (yargs) =>
    yargs
      .positional('sources', {
        type: 'string',
        array: true,
        default: ['certificates'],
        describe: 'Folders, PEM files, Secrets in YAML or JSON (`-` reads standard input), TLS endpoints host:port',
      })
      .option('name', {
        type: 'string',
        describe: 'Name that a file or an endpoint must be of; an endpoint is asked for it',
      })
      .option('key', { type: 'string', describe: 'Key of a PEM file' })
      .option('ca', { type: 'string', describe: 'PEM of the authorities that everything must be of' })
      .option('as', { type: 'string', describe: 'Folder of the member as whom endpoints are asked' })
      .option('soon', options.soon),
  run: async ({ sources, name, key, ca, as, soon }) => {
    const { fileText } = await import('../files.js');
    const { clientIdentity, readSource } = await import('../pki/sources.js');
    const { inspect } = await import('../pki/inspect.js');
    const { counted } = await import('../../lib/input/counted.js');
    const { certificateDays } = await import('../../lib/federation/certificates.js');
    const client = as === undefined ? undefined : clientIdentity(as);
    const found = await Promise.all(sources.map((source) => readSource(source, { name, key, client })));
    const authorities = ca === undefined ? undefined : fileText(ca);
    const inspected = { now: new Date(), soonDays: soon ?? certificateDays.soon, ca: authorities };
    const certificates = found.flat().map((material) => inspect(material, inspected));
    const holds = certificates.every(({ faults }) => faults.length === 0);
    return { holds, text: certificates.map((each) => line(each, counted)).join(''), json: { holds, certificates } };
  },
});

function line({ source, name, issuer, notAfter, daysLeft, faults }: Inspection, days: typeof counted): string {
  const { green, red } = colours(process.stdout);
  const what =
    name === undefined ? '' : `: ${name} of ${issuer}, until ${notAfter?.slice(0, 10)} (${days(daysLeft ?? 0, 'day')})`;
  const state = faults.length === 0 ? green('holds') : red('does not hold');
  return [`${source}${what} ${state}`, ...faults.map((fault) => `  ${fault.what}; ${fault.remedy}`), ''].join('\n');
}
