import { reportingCommand } from '../arguments';
import { jobOptions } from '../flow/options';

export const log = reportingCommand({
  command: 'log <job>',
  describe: 'Get all that a party has logged of a job, as an archive',
  asksClusters: true,
  examples: [['$0 job log 202111061608424372620 --party 40000 --to job.tar.gz', 'what the host of a job has logged']],
  options: (yargs) =>
    jobOptions(yargs).option('to', {
      type: 'string',
      requiresArg: true,
      defaultDescription: '<job>-log.tar.gz',
      describe: 'File of the archive',
    }),
  run: async ({ job, party, to = `${job}-log.tar.gz`, ...options }) => {
    const { askJob } = await import('./ask-job.js');
    const { flow } = await askJob(job, party, options);
    await flow.logs(job, to);
    return { text: `${to}\n`, json: { job, file: to } };
  },
});
