import { reportingCommand } from './arguments';
import { declarationFile } from './declaration-file';
import { Mistake } from './mistake';
import { declaredPlans, selectionOptions } from './selection';

/** What whoever runs the Pulsar of a party has to tell it. */
export const pulsar = reportingCommand({
  command: 'pulsar [declaration]',
  describe: 'Print what a Pulsar that somebody else runs for a party has to be told',
  examples: [['$0 pulsar party-50000.yaml > party-50000.conf', 'keys of its configuration files, for whoever runs it']],
  options: (yargs) => yargs.positional('declaration', declarationFile).option('party', selectionOptions.party),
  run: async (selection) => {
    const { externalPulsarFiles, externalPulsarText, hasExternalPulsar } = await import(
      '../lib/reports/external-pulsar.js'
    );
    const { parties } = await declaredPlans(selection);
    const served = parties.filter(hasExternalPulsar);
    if (served.length === 0) throw new Mistake('every party has a Pulsar of its own: none declares pulsar.external');
    const pulsars = served.map((plan) => ({
      party: plan.id,
      host: plan.pulsar.host,
      files: externalPulsarFiles(plan),
    }));
    return { text: served.map(externalPulsarText).join('\n'), json: { pulsars } };
  },
});
