import { command } from '../arguments';
import { options } from '../certificates/options';
import { Mistake } from '../mistake';

/** A member's descriptor, signed with the key of its certificate. */
export const sign = command({
  command: 'sign <source>',
  describe: "Sign a member's descriptor with the key of its certificate",
  examples: [
    [
      '$0 certificates issue && $0 descriptor sign party-30000.yaml > party-30000.jws',
      'of a declaration that says the addresses, by its certificate in ./certificates',
    ],
    ['$0 descriptor sign party-40000.json > party-40000.jws', 'of a descriptor'],
  ],
  options: (yargs) =>
    yargs
      .positional('source', {
        type: 'string',
        demandOption: true,
        describe: 'JSON of a descriptor (`-` reads standard input), or declaration of one party or exchange',
      })
      .option('folder', options.folder),
  run: async ({ source, folder }) => {
    const { readDescriptorSource } = await import('./descriptor-source.js');
    const { memberFiles, readText } = await import('../pki/folder.js');
    const { signDescriptor } = await import('../../lib/federation/signed-descriptor.js');
    const descriptor = await readDescriptorSource(source);
    const files = memberFiles(folder, descriptor.kind === 'Party' ? descriptor.id : 'exchange', descriptor.domain);
    const [certificate, key] = [readText(files.certificate), readText(files.key)];
    if (certificate === undefined || key === undefined)
      throw new Mistake(
        `${files.folder} holds no certificate and key; \`certificates issue\` or \`request\` makes them`,
      );
    return { text: `${signDescriptor(descriptor, { certificate, key })}\n` };
  },
});
