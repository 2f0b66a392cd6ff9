import { reportingCommand } from '../arguments';
import { planDeclared } from '../declaration-file';
import { declarationOption, flowOptions, jobId } from '../flow/options';
import { memberOptions } from '../selection';

export const status = reportingCommand({
  command: 'status <job>',
  describe: 'Tell how a job gets on, and what has failed',
  asksClusters: true,
  examples: [['$0 job status 202111061608424372620 --party 30000 --wait', 'and wait until it ends']],
  options: (yargs) =>
    yargs
      .positional('job', jobId)
      .option('party', memberOptions.oneParty)
      .option('declaration', declarationOption)
      .options(flowOptions)
      .option('wait', { type: 'boolean', default: false, describe: 'Wait until the job ends' }),
  run: async ({ job, party, wait, ...options }) => {
    const plans = await planDeclared(options.declaration);
    const { askJob } = await import('./ask-job.js');
    const { follow } = await import('./follow.js');
    const asked = await askJob(plans, job, party, options);
    return follow({ ...asked, wait });
  },
});
