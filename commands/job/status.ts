import { reportingCommand } from '../arguments';
import { jobOptions } from '../flow/options';

export const status = reportingCommand({
  command: 'status <job>',
  describe: 'Tell how a job gets on, and what has failed',
  asksClusters: true,
  examples: [['$0 job status 202111061608424372620 --party 30000 --wait', 'and wait until it ends']],
  options: (yargs) =>
    jobOptions(yargs).option('wait', { type: 'boolean', default: false, describe: 'Wait until the job ends' }),
  run: async ({ job, party, wait, ...options }) => {
    const { askJob } = await import('./ask-job.js');
    const { follow } = await import('./follow.js');
    const asked = await askJob(job, party, options);
    return follow({ ...asked, wait });
  },
});
