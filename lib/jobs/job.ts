import { type FateRelease, releases } from '../fate/releases';
import { isJoined } from '../federation/neighbours';
import type { PartyPlan } from '../federation/party';
import { readPartyId } from '../federation/party-id';
import {
  checkInteger,
  checkKeys,
  checkUnique,
  type Declared,
  isMap,
  type Keys,
  readDeclaration,
  readList,
  readMap,
  readOneOf,
  readPart,
  shown,
} from '../input/checks';
import { Problems } from '../input/problems';
import { type AlgorithmName, algorithmOf, algorithms } from './algorithms';
import { evaluationTask, type JobTask } from './algorithms/algorithm';
import { checkParameters } from './algorithms/parameters';
import type { CheckedJob, JobLimits, JobRoles, Participant } from './checked-job';
import { checkColumn } from './column';
import { dagSubmission } from './dag';
import type { JobBaseProps, JobProps, LabelProps, ModelProps, ParticipantProps } from './description';
import { type Deployment, deploymentOf, dslSubmission } from './dsl';
import { isJobId } from './job-id';
import { type JobResources, planResources, type Share } from './resources';
import { readTable } from './table';

/** A job that fits the federation, in the words of its release. */
export interface JobPlan {
  readonly fate: FateRelease;
  readonly kind: 'training' | 'prediction';
  /** Whose FATE Flow is asked. */
  readonly guest: number;
  /** Who takes part, as what. */
  readonly roles: JobRoles;
  /** Parties whose plans are not known here: nobody has looked whether the job fits them. */
  readonly unseen: readonly number[];
  readonly resources: JobResources;
  /** Names of tasks: whose output is the model's, and whose metrics say how good it is; a prediction has none of these. */
  readonly tasks: { readonly model: string; readonly evaluation?: string };
  /** What FATE Flow takes. */
  readonly submission: object;
  /** What comes before a prediction of FATE 1: its model is to be deployed, and the version that this gives is the one to use. */
  readonly deployment?: Deployment;
}

/**
 * A job for the parties of a federation, in the words of their release. It takes no more of any of them than it has.
 *
 * @param parties the guest among them; others that are not there run at somebody else's, and are not looked at
 * @throws {InvalidInput} with every problem of the description
 */
export function jobPlan(parties: readonly PartyPlan[], declaration: JobProps): JobPlan {
  const problems = Problems.none();
  const remedy = 'use one with algorithm, guest and hosts';
  const props = readMap<AnyJobProps>(problems, '', readDeclaration(problems, declaration) as AnyJobProps, remedy);
  const { job, fate, known } = readJob(problems, props, parties);
  problems.throwIfAny('job');
  return { ...written(job, fate), unseen: idsOf(job.roles).filter((id) => !known.some((plan) => plan.id === id)) };
}

/** All that may stand in a description, whatever it is of. */
type AnyJobProps = JobBaseProps & {
  readonly algorithm: AlgorithmName;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly label?: LabelProps;
  readonly model?: ModelProps;
};

const keys: Keys<AnyJobProps> = {
  algorithm: true,
  guest: true,
  hosts: true,
  arbiter: true,
  resources: true,
  timeoutSeconds: true,
  retries: true,
  retryDelaySeconds: true,
  topicMinutes: true,
  parameters: true,
  label: true,
  model: true,
};

function readJob(problems: Problems, props: Partial<AnyJobProps>, parties: readonly PartyPlan[]) {
  checkKeys<AnyJobProps>(problems, props, keys);
  const algorithm = readAlgorithm(problems, props.algorithm);
  const [guest, ...hosts] = readParticipants(problems, props);
  const roles = readRoles(problems, props, algorithm, guest, hosts);
  const { fate, known } = readParties(problems, roles, parties);
  if (algorithmOf(algorithm).isNeural) checkBuilds(problems, known, fate);
  const resources = planResources(problems, props.resources, sharesOf(known, roles));
  const parameters = readParameters(problems, props, algorithm, fate);
  const job: CheckedJob = {
    algorithm,
    parameters,
    roles,
    guest,
    hosts,
    label: readLabel(problems, props, fate, algorithmOf(algorithm).task(parameters)),
    model: readModel(problems, props),
    resources,
    limits: readLimits(problems, props, fate),
  };
  checkValidation(problems, [guest, ...hosts], job);
  return { job, fate, known };
}

function written(job: CheckedJob, fate: FateRelease): Omit<JobPlan, 'unseen'> {
  const { algorithm, roles, resources, model } = job;
  const { jobLanguage } = releases[fate];
  return {
    fate,
    kind: model === undefined ? 'training' : 'prediction',
    guest: roles.guest[0],
    roles,
    resources,
    tasks: { model: algorithmOf(algorithm).name, ...(model === undefined && { evaluation: evaluationTask }) },
    submission: jobLanguage.kind === 'DSL' ? dslSubmission(job, jobLanguage) : dagSubmission(job),
    deployment: jobLanguage.kind === 'DSL' && model ? deploymentOf(job, model, jobLanguage) : undefined,
  };
}

function readAlgorithm(problems: Problems, declared: unknown): AlgorithmName {
  const known = Object.keys(algorithms) as AlgorithmName[];
  if (declared === undefined) problems.add('algorithm', 'is missing', `use ${known.join(', ')}`);
  return readOneOf(problems, 'algorithm', declared as AlgorithmName | undefined, known, 'homo-lr');
}

type ReadParticipant = Participant & { readonly party: number };

function readParticipants(
  problems: Problems,
  props: Partial<AnyJobProps>,
): readonly [ReadParticipant, ...ReadParticipant[]] {
  const hosts = readList(problems, 'hosts', props.hosts, []);
  if (Array.isArray(hosts) && hosts.length === 0)
    problems.add('hosts', 'has nobody', 'name one or more parties with their tables');
  return [
    readParticipant(problems, 'guest', props.guest),
    ...hosts.map((host, i) => readParticipant(problems, `hosts[${i}]`, host)),
  ];
}

function readParticipant(problems: Problems, path: string, declared: unknown): ReadParticipant {
  if (!isMap(declared)) {
    problems.add(path, declared === undefined ? 'is missing' : `${shown(declared)} is no map`, 'use { party, table }');
    return { party: 0, table: { name: '', namespace: '' } };
  }
  const below = problems.at(path);
  const read = readPart<ParticipantProps>(problems, path, declared as unknown as ParticipantProps, participantKeys);
  return {
    party: readPartyId(below, 'party', read.party),
    table: readTable(below, 'table', read.table),
    validation: read.validation === undefined ? undefined : readTable(below, 'validation', read.validation),
  };
}

const participantKeys: Keys<ParticipantProps> = { party: true, table: true, validation: true };

function readRoles(
  problems: Problems,
  props: Partial<AnyJobProps>,
  name: AlgorithmName,
  guest: ReadParticipant,
  hosts: readonly ReadParticipant[],
): JobRoles {
  const declared = hosts.map(({ party: value }, i): Declared<unknown> => ({ path: `hosts[${i}].party`, value }));
  checkUnique(
    problems,
    declared.filter(({ value }) => value !== 0),
    'a party is host once',
  );
  const roles = { guest: [guest.party] as const, host: hosts.map(({ party }) => party) };
  if (!algorithmOf(name).arbiter) {
    if (props.arbiter !== undefined) problems.add('arbiter', `is nobody in ${name}`, 'leave it out');
    return roles;
  }
  const { arbiter = roles.host[0] ?? 0 } = props;
  return { ...roles, arbiter: [props.arbiter === undefined ? arbiter : readPartyId(problems, 'arbiter', arbiter)] };
}

const idsOf = ({ guest, host, arbiter = [] as never }: JobRoles): readonly number[] => [
  ...new Set([...guest, ...host, ...arbiter]),
];

function readParties(problems: Problems, roles: JobRoles, parties: readonly PartyPlan[]) {
  const known = parties.filter(({ id }) => idsOf(roles).includes(id));
  const [guest] = roles.guest;
  const own = known.find(({ id }) => id === guest);
  if (own === undefined && guest !== 0) {
    const declared = parties.map(({ id }) => id).join(', ');
    problems.add('guest.party', `${guest} is not declared here`, `use ${declared}, or have it submitted there`);
  }
  const { fate } = own ?? parties[0] ?? { fate: '1.6.1' as const };
  for (const { id, fate: theirs } of known)
    if (theirs !== fate)
      problems.add('', `party ${id} has FATE ${theirs}, and the guest ${fate}`, 'all of a job have one');
  if (own !== undefined && !isJoined(own) && idsOf(roles).some((id) => id !== guest))
    problems.add(
      'hosts',
      `are nobody that party ${guest} reaches: it stands alone`,
      'name its exchange, or its peers, in the declaration',
    );
  return { fate, known };
}

/** FATE 1.6 has one build, which has PyTorch. */
function checkBuilds(problems: Problems, known: readonly PartyPlan[], fate: FateRelease): void {
  if (!releases[fate].builds.some((build) => build.algorithm === 'nn')) return;
  for (const { id, compute } of known)
    if (compute.algorithm === 'basic')
      problems.add(
        'algorithm',
        `party ${id} runs images of FATE ${fate} without PyTorch`,
        "declare compute: { algorithm: 'nn' } there",
      );
}

const sharesOf = (known: readonly PartyPlan[], { guest, host, arbiter }: JobRoles): readonly Share[] =>
  known.map((plan) => ({
    plan,
    roles: [...guest, ...host].filter((id) => id === plan.id).length,
    isArbiter: arbiter?.[0] === plan.id,
  }));

function readParameters(
  problems: Problems,
  props: Partial<AnyJobProps>,
  name: AlgorithmName,
  fate: FateRelease,
): object {
  const { parameters = {}, model } = props;
  if (model !== undefined) {
    if (props.parameters !== undefined) problems.add('parameters', 'are those of the model', 'leave them out');
    return {};
  }
  if (!isMap(parameters)) {
    problems.add('parameters', `${shown(parameters)} is no map`, 'use a map, or leave it out');
    return {};
  }
  const algorithm = algorithmOf(name);
  const before = problems.count;
  const below = problems.at('parameters');
  const { jobLanguage } = releases[fate];
  checkParameters(below, parameters, algorithm.parameters, jobLanguage.kind, fate);
  for (const needed of Object.keys(algorithm.needed))
    if (parameters[needed] === undefined) below.add(needed, 'is missing', `${name} has none of its own`);
  const lacking = problems.count === before ? algorithm.lacking?.(parameters, jobLanguage) : undefined;
  if (lacking !== undefined) below.add(lacking.path, lacking.what, lacking.remedy);
  return problems.count === before ? parameters : algorithm.needed;
}

const labelKeys: Keys<LabelProps> = { name: true, type: true };

function readLabel(
  problems: Problems,
  { label, model }: Partial<AnyJobProps>,
  fate: FateRelease,
  task: JobTask,
): Required<LabelProps> {
  const read: LabelProps = readPart(problems, 'label', label, labelKeys);
  if (label !== undefined && releases[fate].jobLanguage.kind === 'DAG')
    problems.add('label', `is told FATE ${fate} with the data`, 'leave it out, and name it when you upload');
  if (label !== undefined && model !== undefined) problems.add('label', 'is what is predicted', 'leave it out');
  const { name = 'y' } = read;
  checkColumn(problems, 'label.name', name);
  const own = task === 'regression' ? 'float' : 'int';
  return { name, type: readOneOf(problems, 'label.type', read.type, ['int', 'float'], own) };
}

const modelKeys: Keys<ModelProps> = { job: true };

function readModel(problems: Problems, { model }: Partial<AnyJobProps>): ModelProps | undefined {
  if (model === undefined) return undefined;
  const { job } = readPart<ModelProps>(problems, 'model', model, modelKeys);
  if (typeof job === 'string' && isJobId(job)) return { job };
  problems.add(
    'model.job',
    `${shown(job)} is no id of a job`,
    'use that of the training, in quotes: YAML would round a number',
  );
  return { job: '' };
}

const mostSeconds = 31_536_000;

function readLimits(problems: Problems, props: Partial<AnyJobProps>, fate: FateRelease): JobLimits {
  const { timeoutSeconds, retries, retryDelaySeconds, topicMinutes } = props;
  const { jobLanguage: language } = releases[fate];
  const isDsl = language.kind === 'DSL';
  const lacking = (name: keyof JobLimits, remedy = 'leave it out') =>
    problems.add(name, `is nothing that a job of FATE ${fate} can say`, remedy);
  if (timeoutSeconds !== undefined)
    checkInteger(problems, 'timeoutSeconds', timeoutSeconds, 10, mostSeconds, 'seconds');
  if (retries !== undefined && isDsl && !language.retries) lacking('retries', 'leave it out, and rerun what failed');
  else if (retries !== undefined) checkInteger(problems, 'retries', retries, 0, 100);
  if (retryDelaySeconds !== undefined && !(isDsl && language.retries)) lacking('retryDelaySeconds');
  else if (retryDelaySeconds !== undefined) checkInteger(problems, 'retryDelaySeconds', retryDelaySeconds, 0, 86_400);
  if (topicMinutes !== undefined && !isDsl) lacking('topicMinutes', 'declare pulsar.readMinutes of the party');
  else if (topicMinutes !== undefined) checkInteger(problems, 'topicMinutes', topicMinutes, 1, 525_600, 'minutes');
  return { timeoutSeconds, retries, retryDelaySeconds, topicMinutes };
}

function checkValidation(problems: Problems, participants: readonly ReadParticipant[], { model }: CheckedJob): void {
  const having = participants.filter(({ validation }) => validation !== undefined).length;
  if (having > 0 && model !== undefined)
    problems.add('', 'a prediction has no validation', 'leave it out of guest and hosts');
  else if (having > 0 && having < participants.length)
    problems.add('', `${having} of ${participants.length} parties have a validation`, 'name one for all, or for none');
}
