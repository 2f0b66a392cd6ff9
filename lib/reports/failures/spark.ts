import { services } from '../../fate/services';
import type { PartyPlan } from '../../federation/party';
import { counted } from '../../input/counted';
import { inNamespace } from '../../operations/kubectl';
import type { Failure } from './failure';
import { connects, endOfLogs, podsOf, sparkState, sparkWorker } from './lines';
import { jobsGoOn, measured, podIsBack, read } from './source';

const { sparkMaster } = services;

/** Those that are for them alone, where there are any. */
const nodesForWorkers = ({ sparkNodes }: PartyPlan): readonly string[] =>
  sparkNodes === undefined
    ? []
    : [
        `kubectl get nodes -l ${Object.entries(sparkNodes.labels)
          .map((label) => label.join('='))
          .join()}`,
      ];

/** Where jobs are computed. */
export const sparkFailures = {
  'spark-master-lost': {
    title: 'The master of Spark restarted or is away',
    component: 'Spark',
    layer: 'Spark',
    sign: 'Jobs at work go on; new ones get no executors.',
    acts: ['party'],
    effects: [
      {
        says: 'A master that starts again, under another address, gets its workers back.',
        source: measured(
          'Spark 2.4.1',
          'spark/spark.engine.ts',
          'a master that starts again, under another address, gets its workers back',
        ),
      },
      jobsGoOn(),
    ],
    time: podIsBack,
    party: ({ plan }) =>
      plan.spark.isExternal
        ? {
            check: connectsToMasters(plan),
            shows: 'no master is open.',
            remedy: `Ask who runs ${mastersText(plan)}, and who runs the firewalls on the way. With another master in its place jobs go on.`,
            commands: [],
          }
        : {
            check: [
              inNamespace(plan, `get pods ${podsOf(sparkMaster.name, sparkWorker)} -o wide`),
              ...sparkState(plan),
            ],
            shows: `no answer; or fewer alive workers than ${plan.spark.workers.count}.`,
            remedy: 'Wait for the pod; its workers look for it.',
            commands: [inNamespace(plan, `rollout status deployment/${sparkMaster.name} --timeout=3m`)],
          },
  },
  'spark-worker-lost': {
    title: 'A worker of Spark restarted or is away',
    component: 'Spark',
    layer: 'Spark',
    sign: '“Lost executor” in std.log of a task; jobs are slower.',
    acts: ['party'],
    effects: [jobsGoOn()],
    time: podIsBack,
    party: ({ plan }) =>
      plan.spark.isExternal
        ? {
            check: endOfLogs(plan),
            shows: '“Lost executor”.',
            remedy: `Ask who runs ${mastersText(plan)} for the log of that executor.`,
            commands: [],
          }
        : {
            check: [
              inNamespace(plan, `get pods ${podsOf(sparkWorker)} -o wide`),
              ...nodesForWorkers(plan),
              ...sparkState(plan),
            ],
            shows: `fewer alive workers than ${plan.spark.workers.count}.`,
            remedy: 'Wait for the pod. One that is Pending has no node of its own: see “A pod finds no node”.',
            commands: [inNamespace(plan, `rollout status deployment/${sparkWorker} --timeout=3m`)],
          },
  },
  'no-spark-worker': {
    title: 'Spark has no worker',
    component: 'Spark',
    layer: 'Spark',
    sign: 'Jobs are running, show no progress, and write no output: “Initial job has not accepted any resources”.',
    acts: ['party'],
    effects: [
      {
        says: 'FATE Flow counts cores that are declared, and not those that Spark has: it starts jobs that wait until they time out.',
        source: read('FATE v1.6.1, `resource_manager.py`; FATE-Flow v2.2.0, `resource_manager.py`'),
      },
    ],
    party: ({ plan }) =>
      plan.spark.isExternal
        ? {
            check: [...endOfLogs(plan), ...connectsToMasters(plan)],
            shows: `that sentence; declared are ${counted(plan.spark.workers.count, 'worker')} of ${counted(plan.spark.workers.cores, 'core')}.`,
            remedy: `Ask who runs ${mastersText(plan)} whether workers are alive and free, and what executors of the job say there: those that reach no driver end within minutes, and the next ones too.`,
            commands: [],
          }
        : {
            check: [
              inNamespace(plan, `get pods ${podsOf(sparkWorker)} -o wide`),
              ...nodesForWorkers(plan),
              ...sparkState(plan),
            ],
            shows: `aliveworkers 0; declared are ${plan.spark.workers.count} of ${plan.spark.workers.cores} cores.`,
            remedy: 'Bring a worker back: jobs that wait go on by themselves. Each takes a node of its own.',
            commands: [inNamespace(plan, `rollout restart deployment/${sparkWorker}`)],
          },
  },
} as const satisfies Record<string, Failure>;

/** Of somebody else, from where drivers are. */
const connectsToMasters = (plan: PartyPlan): readonly string[] =>
  plan.spark.masters.map(({ host, port }) =>
    connects(plan, `statefulset/${services.fateflow.name}`, { address: host, port }),
  );

const mastersText = ({ spark }: PartyPlan): string => spark.masters.map(({ host }) => host).join(' and ');
