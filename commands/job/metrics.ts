import { reportingCommand } from '../arguments';
import { planDeclared } from '../declaration-file';
import { declarationOption, flowOptions, jobId } from '../flow/options';
import { memberOptions } from '../selection';
import { roleOption } from './output';

export const metrics = reportingCommand({
  command: 'metrics <job>',
  describe: 'Tell what a task of a job has measured, such as how good a model is',
  asksClusters: true,
  examples: [['$0 job metrics 202111061608424372620 --party 30000', 'of the evaluation of a model']],
  options: (yargs) =>
    yargs
      .positional('job', jobId)
      .option('task', { type: 'string', default: 'evaluation_0', requiresArg: true, describe: 'Name of the task' })
      .option('party', memberOptions.oneParty)
      .option('role', roleOption)
      .option('declaration', declarationOption)
      .options(flowOptions),
  run: async ({ job, party, task, role, ...options }) => {
    const plans = await planDeclared(options.declaration);
    const { askJob } = await import('./ask-job.js');
    const { metricFigures } = await import('../../lib/jobs/answers.js');
    const { figuresText } = await import('./follow.js');
    const { flow, plan } = await askJob(plans, job, party, options);
    const data = await flow.metrics(job, role, plan.id, task);
    const figures = metricFigures(data);
    return { text: figuresText(figures), json: { job, task, figures, data } };
  },
});
