import { reportingCommand } from '../arguments';
import { jobOptions } from '../flow/options';

export const rerun = reportingCommand({
  command: 'rerun <job>',
  describe: 'Have a job try again what has not succeeded, and wait until it ends',
  asksClusters: true,
  examples: [['$0 job rerun 202111061608424372620 --party 30000', 'a job that party 30000 has submitted']],
  options: (yargs) =>
    jobOptions(yargs).option('wait', { type: 'boolean', default: true, describe: 'Wait until the job ends' }),
  run: async ({ job, party, wait, ...options }) => {
    const { askJob } = await import('./ask-job.js');
    const { again } = await import('./again.js');
    return again(await askJob(job, party, options), wait);
  },
});
