import type { ExchangeDescriptor, PartyDescriptor } from '../../lib/federation/descriptor';
import { reportingCommand } from '../arguments';

/** Whose word a signed descriptor is. */
export const verify = reportingCommand({
  command: 'verify <file>',
  describe: 'Say whose word a signed descriptor is, and what it says',
  examples: [
    [
      '$0 descriptor verify party-30000.jws --ca certificates/30000.example.com/ca.cert.pem',
      'by the authority of the federation',
    ],
  ],
  options: (yargs) =>
    yargs
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'Signed descriptor; `-` reads standard input',
      })
      .option('ca', { type: 'string', demandOption: true, describe: 'PEM of the authorities of the federation' }),
  run: async ({ file, ca }) => {
    const { readFileSync } = await import('node:fs');
    const { readSignedDescriptor } = await import('../../lib/federation/signed-descriptor.js');
    const { Problems, InvalidInput } = await import('../../lib/input/problems.js');
    const { decodedText } = await import('../../lib/input/decoded-text.js');
    const { soundDescriptor } = await import('./descriptor-source.js');
    const trust = { ca: readFileSync(ca, 'utf8'), now: new Date() };
    const text = decodedText(readFileSync(file === '-' ? 0 : file));
    try {
      const problems = Problems.none();
      const signed = readSignedDescriptor(problems, text, trust);
      problems.throwIfAny(file);
      const descriptor = soundDescriptor(signed, file);
      return { text: told(file, descriptor), json: { holds: true, descriptor } };
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      return { holds: false, text: `${error.message}\n`, json: { holds: false, problems: error.problems } };
    }
  },
});

function told(file: string, descriptor: PartyDescriptor | ExchangeDescriptor): string {
  const { domain, fate, transport } = descriptor;
  const [name, endpoints] =
    descriptor.kind === 'Party'
      ? [descriptor.fqdn, { nginx: descriptor.nginx, pulsar: descriptor.pulsar }]
      : [`the exchange of ${domain}`, { nginx: descriptor.nginx, 'Traffic Server': descriptor.trafficServer }];
  const lines = Object.entries(endpoints).map(([service, { address, port }]) => `  ${service} ${address}:${port}\n`);
  return `${file} is the word of ${name}:\n${lines.join('')}  FATE ${fate}, ${transport}\n`;
}
