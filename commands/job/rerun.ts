import { reportingCommand } from '../arguments';
import { planDeclared } from '../declaration-file';
import { declarationOption, flowOptions, jobId } from '../flow/options';
import { memberOptions } from '../selection';

export const rerun = reportingCommand({
  command: 'rerun <job>',
  describe: 'Have a job try again what has not succeeded, and wait until it ends',
  asksClusters: true,
  examples: [['$0 job rerun 202111061608424372620 --party 30000', 'a job that party 30000 has submitted']],
  options: (yargs) =>
    yargs
      .positional('job', jobId)
      .option('party', memberOptions.oneParty)
      .option('declaration', declarationOption)
      .options(flowOptions)
      .option('wait', { type: 'boolean', default: true, describe: 'Wait until the job ends' }),
  run: async ({ job, party, wait, ...options }) => {
    const plans = await planDeclared(options.declaration);
    const { askJob } = await import('./ask-job.js');
    const { again } = await import('./again.js');
    return again(await askJob(plans, job, party, options), wait);
  },
});
