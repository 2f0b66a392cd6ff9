import { reportingCommand } from '../arguments';
import { jobOptions } from '../flow/options';

export const stop = reportingCommand({
  command: 'stop <job>',
  describe: 'End a job at all of its parties',
  asksClusters: true,
  examples: [['$0 job stop 202111061608424372620 --party 30000', 'a job of party 30000']],
  options: jobOptions,
  run: async ({ job, party, ...options }) => {
    const { askJob } = await import('./ask-job.js');
    const { flow } = await askJob(job, party, options);
    const said = await flow.stop(job);
    return { text: `job ${job}: ${said}\n`, json: { job, said } };
  },
});
