import type { DslLanguage } from '../fate/releases';
import { algorithmOf } from './algorithms';
import { evaluationTask } from './algorithms/algorithm';
import { given } from './algorithms/parameters';
import type { CheckedJob, JobRoles, Participant } from './checked-job';
import type { ModelProps } from './description';

/**
 * A job in version 2 of FATE 1's language, which all releases from 1.5 on take. The paper has version 1 for two of its jobs, which
 * says the same and cannot be read after 1.6.
 *
 * @see FATE v1.6.1 and v1.11.2, `examples/dsl/v2`
 */
export const dslSubmission = (job: CheckedJob, language: DslLanguage): object => ({
  job_dsl: job.model === undefined ? { components: components(job, language) } : {}, // a model that is deployed has its own
  job_runtime_conf: {
    dsl_version: 2,
    initiator: { role: 'guest', party_id: job.roles.guest[0] },
    role: job.roles,
    job_parameters: jobParameters(job, language),
    component_parameters: job.model === undefined ? componentParameters(job, language) : { role: rolesReading(job) },
  },
});

/** What FATE Flow deploys of a model that was trained, as it takes it. */
export interface Deployment {
  readonly model_id: string;
  readonly model_version: string;
  /** Components that a prediction goes through. */
  readonly cpn_list: readonly string[];
}

export const deploymentOf = (
  job: CheckedJob,
  { job: model_version }: ModelProps,
  language: DslLanguage,
): Deployment => ({
  model_id: modelId(job.roles),
  model_version,
  cpn_list: path(job, language).map(({ name }) => name),
});

/** The same job with the model of a version that `model/deploy` gave. */
export function withModelVersion(submission: object, version: string): object {
  const { job_runtime_conf: conf } = submission as {
    readonly job_runtime_conf: { readonly job_parameters: Parameters };
  };
  const { common, ...others } = conf.job_parameters;
  const job_parameters = { ...others, common: { ...common, model_version: version } };
  return { ...submission, job_runtime_conf: { ...conf, job_parameters } };
}

interface Parameters {
  readonly common: object;
}

/** @see FATE-Flow v1.11.2, `python/fate_flow/utils/model_utils.py` */
const modelId = (roles: JobRoles): string =>
  ['arbiter', 'guest', 'host']
    .flatMap((role) => {
      const ids = roles[role as keyof JobRoles];
      return ids === undefined ? [] : [`${role}-${[...ids].sort((a, b) => a - b).join('_')}`];
    })
    .concat('model')
    .join('#');

function jobParameters(job: CheckedJob, { engines }: DslLanguage) {
  const { roles, resources, limits, model } = job;
  const { executors, executorCores, executorMemoryMiB, partitions, coreMemoryMiB } = resources;
  const common = given({
    ...engines,
    job_type: model === undefined ? 'train' : 'predict',
    model_id: model && modelId(roles),
    model_version: model?.job,
    task_cores: executors * executorCores,
    computing_partitions: partitions,
    timeout: limits.timeoutSeconds,
    auto_retries: limits.retries,
    auto_retry_delay: limits.retryDelaySeconds,
    spark_run: sparkRun(executors, executorCores, executorMemoryMiB),
    pulsar_run: limits.topicMinutes && { topic_ttl: limits.topicMinutes },
  });
  // FATE Flow books as much for an arbiter as for the others, which its party may not have beside its own.
  const arbiter = roles.arbiter && {
    role: { arbiter: { 0: { task_cores: 1, spark_run: sparkRun(1, 1, coreMemoryMiB) } } },
  };
  return { common, ...arbiter };
}

/** In the words of `spark-submit`. Standalone Spark reads the last of the three numbers only, FATE Flow's books the others. */
const sparkRun = (executors: number, cores: number, memoryMiB: number) => ({
  'num-executors': executors,
  'executor-cores': cores,
  'total-executor-cores': executors * cores,
  'executor-memory': `${memoryMiB}m`,
});

interface Component {
  readonly name: string;
  readonly module: string;
  /** Whether the second one, of the validation, takes what the first one has found. */
  readonly model: boolean;
}

/** What data go through, to the model and with it. */
function path({ algorithm: name }: CheckedJob, { transform }: DslLanguage): readonly Component[] {
  const algorithm = algorithmOf(name);
  return [
    { name: 'reader_0', module: 'Reader', model: false },
    { name: `${transform.name}_0`, module: transform.module, model: true },
    ...(algorithm.labels === 'guest' ? [{ name: 'intersection_0', module: 'Intersection', model: false }] : []),
    { name: algorithm.name, module: algorithm.dsl.module, model: true },
  ];
}

function components(job: CheckedJob, language: DslLanguage): object {
  const all = path(job, language);
  const [before, algorithm] = [all.slice(0, -1), all.at(-1) as Component];
  const last = (of: string) => [`${before.at(-1)?.name.replace(/0$/, of)}.data`];
  const validate = job.guest.validation && { validate_data: last('1') };
  const input = { data: { train_data: last('0'), ...validate } };
  return {
    ...chain(before, '0'),
    ...(validate && chain(before, '1')),
    [algorithm.name]: { module: algorithm.module, input, output: { data: ['data'], model: ['model'] } },
    [evaluationTask]: {
      module: 'Evaluation',
      input: { data: { data: [`${algorithm.name}.data`] } },
      output: { data: ['data'] },
    },
  };
}

/** Each after the one before. */
const chain = (all: readonly Component[], of: '0' | '1'): object =>
  Object.fromEntries(
    all.map(({ name, module, model }, i) => {
      const before = all[i - 1]?.name.replace(/0$/, of);
      const data = before && { data: { data: [`${before}.data`] } };
      const found = model && of === '1' && { model: [`${name}.model`] };
      const input = data && { input: { ...data, ...found } };
      return [
        name.replace(/0$/, of),
        { module, ...input, output: { data: ['data'], ...(model && { model: ['model'] }) } },
      ];
    }),
  );

function componentParameters(job: CheckedJob, language: DslLanguage): object {
  const { name, labels, task, dsl } = algorithmOf(job.algorithm);
  const labelled = transforming(job, language, {
    with_label: true,
    label_name: job.label.name,
    label_type: job.label.type,
    output_format: 'dense',
  });
  const unlabelled = transforming(job, language, { with_label: false, output_format: 'dense' });
  const ofAll = labels === 'all';
  return {
    common: {
      ...(ofAll && labelled),
      [name]: dsl.parameters(job.parameters, language),
      [evaluationTask]: { eval_type: task(job.parameters) },
    },
    role: rolesReading(job, ofAll ? {} : labelled, ofAll ? { [evaluationTask]: { need_run: false } } : unlabelled),
  };
}

function transforming({ guest }: CheckedJob, { transform }: DslLanguage, parameters: object): object {
  const of = guest.validation === undefined ? ['0'] : ['0', '1'];
  return Object.fromEntries(of.map((it) => [`${transform.name}_${it}`, parameters]));
}

/** Tables of each party, by its place in its role. */
const rolesReading = ({ guest, hosts }: CheckedJob, ofGuest: object = {}, ofHosts: object = {}): object => ({
  guest: { 0: { ...reading(guest), ...ofGuest } },
  host: Object.fromEntries(hosts.map((host, i) => [i, { ...reading(host), ...ofHosts }])),
});

const reading = ({ table, validation }: Participant): object =>
  given({ reader_0: { table }, reader_1: validation && { table: validation } });
