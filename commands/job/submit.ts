import { reportingCommand, whole } from '../arguments';
import { planDeclared } from '../declaration-file';
import { checkFile } from '../files';
import { declarationOption, flowOptions } from '../flow/options';

export const submit = reportingCommand({
  command: 'submit <file>',
  describe: 'Have the guest of a job submit it, and wait until it ends',
  asksClusters: true,
  examples: [
    ['$0 job submit train.yaml --context 30000=org1', 'the job that train.yaml describes, of ./federation.yaml'],
    ['$0 job submit train.yaml --print > job.json', 'what FATE Flow would be told, for a notebook'],
    ['$0 job submit predict.yaml --no-wait --json', 'only its id, for a program'],
  ],
  options: (yargs) =>
    yargs
      .positional('file', { type: 'string', demandOption: true, describe: 'Description of the job: YAML or JSON' })
      .option('declaration', declarationOption)
      .options(flowOptions)
      .option('wait', { type: 'boolean', default: true, describe: 'Wait until the job ends' })
      .option('timeout', {
        type: 'number',
        requiresArg: true,
        defaultDescription: 'as long as it takes',
        coerce: whole('timeout', 1, 31_536_000),
        describe: 'Seconds to wait; the job goes on after that',
      })
      .option('print', { type: 'boolean', describe: 'Submit nothing, and print what FATE Flow would be told' }),
  run: async ({ file, print, ...options }) => {
    checkFile(file, 'name one that describes a job');
    const plans = await planDeclared(options.declaration);
    const { planFile } = await import('../../constructs/declared/declaration-file.js');
    const { jobPlan } = await import('../../lib/jobs/job.js');
    const job = planFile(file, (said) => jobPlan(plans.parties, said as Parameters<typeof jobPlan>[1]));
    if (job.unseen.length > 0)
      process.stderr.write(`nobody has looked whether the job fits ${job.unseen.join(', ')}, which others run\n`);
    if (print)
      return {
        text: `${JSON.stringify(job.submission, undefined, 2)}\n`,
        json: { submission: job.submission, deployment: job.deployment },
      };
    const { submitted } = await import('./submitted.js');
    return submitted(plans, job, options);
  },
});
