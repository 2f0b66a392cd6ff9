import { reportingCommand } from '../arguments';
import { planDeclared } from '../declaration-file';
import { declarationOption, flowOptions, jobId } from '../flow/options';
import { memberOptions } from '../selection';

/** In which role a party is asked. */
export const roleOption = {
  choices: ['guest', 'host', 'arbiter'] as const,
  default: 'guest' as const,
  describe: 'What the party is in the job',
};

export const output = reportingCommand({
  command: 'output <job>',
  describe: 'Get what a task of a job has put out at a party, as an archive of CSV files',
  asksClusters: true,
  examples: [
    ['$0 job output 202111061608424372620 --party 30000 --task homo_lr_0', 'what a model has said of each row'],
  ],
  options: (yargs) =>
    yargs
      .positional('job', jobId)
      .option('task', { type: 'string', demandOption: true, requiresArg: true, describe: 'Name of the task' })
      .option('party', memberOptions.oneParty)
      .option('role', roleOption)
      .option('to', {
        type: 'string',
        requiresArg: true,
        defaultDescription: '<job>-<task>.tar.gz',
        describe: 'File of the archive',
      })
      .option('declaration', declarationOption)
      .options(flowOptions),
  run: async ({ job, party, task, role, to = `${job}-${task}.tar.gz`, ...options }) => {
    const plans = await planDeclared(options.declaration);
    const { askJob } = await import('./ask-job.js');
    const { flow, plan } = await askJob(plans, job, party, options);
    await flow.output(job, role, plan.id, task, to);
    return { text: `${to}\n`, json: { job, task, file: to } };
  },
});
