import { reportingCommand } from '../arguments';
import { jobOptions } from '../flow/options';

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
    jobOptions(yargs)
      .option('task', { type: 'string', demandOption: true, requiresArg: true, describe: 'Name of the task' })
      .option('role', roleOption)
      .option('to', {
        type: 'string',
        requiresArg: true,
        defaultDescription: '<job>-<task>.tar.gz',
        describe: 'File of the archive',
      }),
  run: async ({ job, party, task, role, to = `${job}-${task}.tar.gz`, ...options }) => {
    const { askJob } = await import('./ask-job.js');
    const { flow, plan } = await askJob(job, party, options);
    await flow.output(job, role, plan.id, task, to);
    return { text: `${to}\n`, json: { job, task, file: to } };
  },
});
