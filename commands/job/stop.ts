import { reportingCommand } from '../arguments';
import { planDeclared } from '../declaration-file';
import { declarationOption, flowOptions, jobId } from '../flow/options';
import { memberOptions } from '../selection';

export const stop = reportingCommand({
  command: 'stop <job>',
  describe: 'End a job at all of its parties',
  asksClusters: true,
  examples: [['$0 job stop 202111061608424372620 --party 30000', 'a job of party 30000']],
  options: (yargs) =>
    yargs
      .positional('job', jobId)
      .option('party', memberOptions.oneParty)
      .option('declaration', declarationOption)
      .options(flowOptions),
  run: async ({ job, party, ...options }) => {
    const plans = await planDeclared(options.declaration);
    const { askJob } = await import('./ask-job.js');
    const { flow } = await askJob(plans, job, party, options);
    const said = await flow.stop(job);
    return { text: `job ${job}: ${said}\n`, json: { job, said } };
  },
});
