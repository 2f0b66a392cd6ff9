import { command } from '../arguments';
import { declarationFile } from '../declaration-file';
import { Mistake } from '../mistake';
import { declaredPlans, selectionOptions } from '../selection';
import { refuseTerminal } from '../terminal';

/** Secrets that pods of a declaration read. */
export const secrets = command({
  command: 'secrets [declaration]',
  describe: 'Print manifests of the Secrets that do not exist yet, with random values and the certificates',
  examples: [
    ['$0 certificates issue && $0 secrets > secrets.yaml', 'of all of ./federation.yaml; for kubectl, or to be sealed'],
    ['$0 secrets --party 30000 > secrets.yaml', 'of one party, for its own cluster'],
    ['$0 secrets --existing fate-30000/mysql > secrets.yaml', 'without one that is there, or that somebody else makes'],
    ['echo "fate-30000 mysql" | $0 secrets --existing=- > secrets.yaml', 'without those of `kubectl get secrets -A`'],
  ],
  options: (yargs) =>
    yargs
      .positional('declaration', declarationFile)
      .options(selectionOptions)
      .option('certificates', {
        type: 'string',
        default: 'certificates',
        describe: 'Folder that `certificates` keeps',
      })
      .option('existing', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        describe:
          'Secrets that exist, <namespace>/<name>; may be repeated; `=-` reads what `kubectl get secrets -A` prints',
      })
      .option('kubefate', { type: 'boolean', describe: "Those of KubeFATE's service too" }),
  run: async ({ certificates, existing: names, kubefate, ...selection }) => {
    refuseTerminal();
    const { existingSecrets } = await import('./existing-secrets.js');
    const { kubeFateSecrets, missingSecrets } = await import('./missing-secrets.js');
    const { manifestsText } = await import('../pki/secret-manifest.js');
    const existing = existingSecrets(names);
    const missing = missingSecrets(await declaredPlans(selection), { existing, certificates, now: new Date() });
    if (missing.faults.length > 0)
      throw new Mistake(['nothing is printed:', ...missing.faults.map((each) => `  ${each}`)].join('\n'));
    for (const [secret, what] of missing.others) process.stderr.write(`not made: Secret ${secret}, ${what}\n`);
    return { text: manifestsText([...missing.objects, ...(kubefate ? kubeFateSecrets(existing) : [])]) };
  },
});
