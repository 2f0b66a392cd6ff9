import { reportingCommand } from '../arguments';
import { jobOptions } from '../flow/options';
import { roleOption } from './output';

export const metrics = reportingCommand({
  command: 'metrics <job>',
  describe: 'Tell what a task of a job has measured, such as how good a model is',
  asksClusters: true,
  examples: [['$0 job metrics 202111061608424372620 --party 30000', 'of the evaluation of a model']],
  options: (yargs) =>
    jobOptions(yargs)
      .option('task', { type: 'string', default: 'evaluation_0', requiresArg: true, describe: 'Name of the task' })
      .option('role', roleOption),
  run: async ({ job, party, task, role, ...options }) => {
    const { askJob } = await import('./ask-job.js');
    const { metricFigures } = await import('../../lib/jobs/answers.js');
    const { figuresText } = await import('./follow.js');
    const { flow, plan } = await askJob(job, party, options);
    const data = await flow.metrics(job, role, plan.id, task);
    const figures = metricFigures(data);
    return { text: figuresText(figures), json: { job, task, figures, data } };
  },
});
