import { sparkCores } from '../../fate/spark';
import type { Failure } from './failure';
import { ask, countedCores, endOfLogs, inFateFlow, jobsAtWork, logsOf, rerunJob, stopJob } from './lines';
import { measured, paper, read } from './source';

/** Jobs themselves, whatever is below them. */
export const jobFailures = {
  'job-runs-too-long': {
    title: 'A job runs, and does not come to an end',
    component: 'job',
    layer: 'jobs',
    sign: 'Its progress stands. Other jobs may wait behind it.',
    acts: ['party', 'other party'],
    effects: [
      {
        says: 'It is a timeout 72 hours after it was made, or after its own `timeout` in seconds; all its parties see it so.',
        source: paper('KubeFATE Component Failures'),
      },
      {
        says: 'The time is each task’s own, from its start.',
        source: read('FATE-Flow v2.0.0 and v2.2.0, `job_default_config.yaml`'),
        releases: ['2.0.0', '2.2.0'],
      },
      {
        says: 'A job that is older than its time, waiting included, is stopped within seconds after it is run again.',
        source: read('FATE v1.6.1, `job_utils.py`'),
        releases: ['1.6.1', '1.11.2'],
      },
      {
        says: 'A job that is run again has no task at work, for ever, where FATE Flow was lost after it had begun a task at one party and before it began it at another, which keeps the cores of that try. Stopped, it gives them back; submit it anew.',
        source: read('FATE-Flow v2.2.0, `job.py`, `resource_manager.py`'),
        releases: ['2.2.0'],
      },
    ],
    party: ({ plan }) => ({
      check: [...jobsAtWork(plan), ...endOfLogs(plan)],
      shows:
        'what the last task waits for: executors (Spark), a message of another party (Pulsar), or nothing at all (FATE Flow was lost).',
      remedy: 'Go to the entry of that component, here and at the other party. Stop what nobody waits for any more.',
      commands: stopJob(plan),
    }),
  },
  'job-waits': {
    title: 'Jobs wait, and none is at work',
    component: 'job',
    layer: 'jobs',
    sign: 'All jobs are waiting, none is running: FATE Flow counts cores as taken that nobody uses.',
    acts: ['party'],
    effects: [
      {
        says: 'A job that gets no cores keeps those behind it waiting: one is looked at at a time, in the order in which they came.',
        source: read('FATE v1.6.1, `dag_scheduler.py`'),
      },
      {
        says: 'Cores of jobs that have ended are given back after ten minutes. A restart of FATE Flow changes nothing: it keeps the count.',
        source: read('FATE v1.6.1 and FATE-Flow v2.2.0, `detector.py`, `resource_manager.py`'),
      },
    ],
    party: ({ plan }) => ({
      check: [
        ...jobsAtWork(plan),
        ...countedCores(plan),
        ...ask(plan, 'SELECT f_job_id, f_status, f_cores FROM t_job WHERE f_resource_in_use = 1'),
      ],
      shows: `fewer remaining cores of Spark than ${sparkCores(plan.spark.workers)}, and no job that has them.`,
      remedy:
        'Wait ten minutes; stop a job that holds cores and does nothing. Only where no job has any, correct the count.',
      commands: ask(plan, 'UPDATE t_engine_registry SET f_remaining_cores = f_cores'),
    }),
  },
  'job-asks-too-much': {
    title: 'A job asks for more cores than there are',
    component: 'job',
    layer: 'jobs',
    sign: '“max cores per job is …” when it is submitted; in FATE 2 it fails.',
    acts: ['party', 'other party'],
    effects: [
      {
        says: 'It is refused; every party of it has to have the cores.',
        source: read('FATE v1.6.1, `resource_manager.py`; KubeFATE issue 784'),
      },
    ],
    party: ({ plan }) => ({
      check: countedCores(plan),
      shows: `the cores of this party: ${sparkCores(plan.spark.workers)} are declared.`,
      remedy: 'Ask for fewer: `task_cores` of the job, or num-executors × executor-cores. Or declare more workers.',
      commands: [],
    }),
  },
  'job-failed-at-party': {
    title: 'A job failed because of an error at one party',
    component: 'job',
    layer: 'jobs',
    sign: 'The job is failed at all parties; most of them have no error in their logs.',
    acts: ['party', 'other party'],
    effects: [
      {
        says: 'A job whose FATE Flow is lost is failed at its other party, too.',
        source: measured('FATE 2.2.0', 'fate/fate.engine.ts', 'a job whose FATE Flow is lost fails, and is run again'),
        releases: ['2.2.0'],
      },
      {
        says: 'It is reported as a failure at all other parties.',
        source: paper('Table 5. Single Party Failures and Expected Results'),
      },
    ],
    party: ({ plan }) => ({
      check: endOfLogs(plan),
      shows: 'the error, at the party that had it. Nothing here: ask the others.',
      remedy: `Mend what it names. ${rerunJob(plan).length === 0 ? 'Then “retry” in FATE Board resumes the job.' : 'Then run the job again from where it was.'}`,
      commands: rerunJob(plan),
    }),
  },
  'job-refused': {
    title: 'A job cannot be submitted',
    component: 'job',
    layer: 'jobs',
    sign: '“create job failed”; “Expecting value: line 1 column 1” is a page of nginx in the place of an answer.',
    acts: ['party', 'exchange', 'other party'],
    effects: [
      {
        says: 'Every party has to take a job before it starts; nothing has begun.',
        source: read('FATE v1.6.1, `federated_scheduler.py`; KubeFATE issue 568'),
      },
    ],
    party: ({ plan }) => ({
      check: [inFateFlow(plan, `sh -c 'tail -n 20 ${logsOf(plan)}/fate_flow/fate_flow_schedule*'`)],
      shows: 'the answer of each party, by its id.',
      remedy:
        'A sentence: see “A call is refused”. 502: the route, or nginx of the party that is called. 504 or nothing: the network.',
      commands: [],
    }),
  },
} as const satisfies Record<string, Failure>;
