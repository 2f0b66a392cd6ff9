import type { Argv } from 'yargs';
import { clusterOptions } from '../cluster/options';
import { memberOptions } from '../selection';

/** Options of the commands that ask FATE Flow. */
export const flowOptions = {
  ...clusterOptions,
  url: {
    type: 'string',
    requiresArg: true,
    defaultDescription: "by a forwarded port of its cluster's",
    describe: 'URL of FATE Flow, such as http://192.0.2.1:9380',
  },
} as const;

/** Where the declaration is, of commands whose argument is something else. */
export const declarationOption = {
  type: 'string',
  alias: 'd',
  requiresArg: true,
  default: 'federation.yaml',
  describe: 'Declaration of the federation, or of the party that is asked',
} as const;

/** Of commands that are about one job, as the party knows it that is asked. */
export const jobOptions = (yargs: Argv) =>
  yargs
    .positional('job', {
      type: 'string',
      demandOption: true,
      describe: 'Id of a job, as it was told at its submission',
    })
    .option('party', memberOptions.oneParty)
    .option('declaration', declarationOption)
    .options(flowOptions);
