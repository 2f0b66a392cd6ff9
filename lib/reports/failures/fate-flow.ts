import { releases } from '../../fate/releases';
import { secrets } from '../../fate/secrets';
import { services } from '../../fate/services';
import { madeClaims, volumePods } from '../../federation/claims';
import type { PartyPlan } from '../../federation/party';
import { inNamespace } from '../../operations/kubectl';
import type { Failure, Handling } from './failure';
import { boardWorkload, client, connects, jobsAtWork, podsOf, stopJob } from './lines';
import { byTheOrderOfRows, here, jobsGoOn, measured, paper, podIsBack, read } from './source';

const { fateflow, mysql, nginx } = services;

/** FATE Flow and what it cannot be without in its own namespace. */
export const fateFlowFailures = {
  'release-differs': {
    title: 'Another release of FATE runs than was agreed on',
    component: 'FATE Flow',
    layer: 'FATE Flow',
    sign: 'Jobs with others are refused, or fail at once with errors about parameters; alone the party works.',
    acts: ['party'],
    effects: [
      {
        says: 'Releases differ in calls, in components and in their parameters: all members change together.',
        source: here('docs/upgrade-1.6.1-to-1.11.2.md'),
      },
    ],
    party: ({ plan }) => ({
      check: [inNamespace(plan, 'get pods -o jsonpath=\'{range .items[*].spec.containers[*]}{.image}{"\\n"}{end}\'')],
      shows: `images of another release than FATE ${plan.fate}.`,
      remedy:
        'Deploy the release that is declared; what it takes from one to the other says `kubefate-tanzu upgrade`. If it is the declaration that is wrong, mend it with all members.',
      commands: [],
    }),
  },
  'fateflow-lost': {
    title: 'FATE Flow restarted or is away',
    component: 'FATE Flow',
    layer: 'FATE Flow',
    sign: 'Jobs stand at one percentage; FATE Board and the notebook get no answer; other parties see the job as running.',
    acts: ['party'],
    effects: [
      {
        says: 'Its jobs are failed at all parties within seconds of its return, and the next one runs.',
        source: measured('FATE 2.2.0', 'fate/fate.engine.ts', 'a job whose FATE Flow is lost fails, and is run again'),
        releases: ['2.2.0'],
      },
      {
        says: 'Its jobs become failed: their tasks ran at an address that is no FATE Flow any more.',
        source: read('FATE-Flow v1.11.2 and v2.0.0, `detector.py`'),
        releases: ['1.11.2', '2.0.0'],
      },
      {
        says: 'Its jobs become canceled, “task executor process abort”; where another process has got the number of the lost one they stay running until they time out.',
        source: read('FATE v1.6.1, `fate_flow/scheduler/detector.py`'),
        releases: ['1.6.1'],
      },
      {
        says: 'The job hangs and ends as a timeout, by default 72 hours after it was made, at every party; it is submitted again from the beginning.',
        source: paper('Table 4. Impact of Component Failures'),
      },
      {
        says: 'Jobs, models and logs are on volumes: nothing of what has ended is lost.',
        source: paper('KubeFATE Component Failures'),
      },
    ],
    time: podIsBack,
    party: ({ plan }) => ({
      check: [
        inNamespace(plan, `get pods ${podsOf(fateflow.name)} -o wide`),
        inNamespace(plan, `logs statefulset/${fateflow.name} -c ${releases[plan.fate].fateflow.container} --tail=50`),
        ...jobsAtWork(plan),
      ],
      shows: 'the pod is young or not ready, and jobs are at work that are older than it.',
      remedy:
        'Wait until it is ready. Stop jobs that still count as running, in agreement with their other parties, and submit them again.',
      commands: [inNamespace(plan, `rollout status statefulset/${fateflow.name} --timeout=5m`), ...stopJob(plan)],
    }),
  },
  'mysql-lost': {
    title: 'MySQL restarted or is away',
    component: 'MySQL',
    layer: 'FATE Flow',
    sign: 'FATE Flow answers with an error of its database; its pod starts no further than the container ping-mysql.',
    acts: ['party'],
    effects: [
      {
        says: 'It ends in good order, and starts again with all it had.',
        source: measured(
          'MariaDB 10.11',
          'mysql/mysql.engine.ts',
          'it ends in good order, and starts again with what it had',
        ),
      },
      jobsGoOn(byTheOrderOfRows),
    ],
    time: podIsBack,
    party: ({ plan }) =>
      plan.mysql.isExternal
        ? externalMysql(plan)
        : {
            check: [
              inNamespace(plan, `get pods ${podsOf(mysql.name)}`),
              inNamespace(plan, `exec ${mysql.name}-0 -- mysqladmin ping --host=127.0.0.1`),
              inNamespace(plan, `logs ${mysql.name}-0 --tail=50`),
            ],
            shows: 'no `mysqld is alive`.',
            remedy: 'Wait for the pod; its log says what it waits for. FATE Flow finds it again by itself.',
            commands: [inNamespace(plan, `rollout status statefulset/${mysql.name} --timeout=10m`)],
          },
  },
  'mysql-half-made': {
    title: 'MySQL was killed while it made its database',
    component: 'MySQL',
    layer: 'FATE Flow',
    sign: 'Soon after a first deployment MySQL never becomes ready: “No data dictionary version number found”.',
    acts: ['party'],
    effects: [
      {
        says: 'It never starts on that directory. Nothing is lost: there was nothing yet.',
        source: read('KubeFATE issue 789'),
      },
    ],
    party: ({ plan }) =>
      plan.mysql.isExternal
        ? undefined
        : {
            check: [inNamespace(plan, `logs ${mysql.name}-0 --tail=50`)],
            shows: 'that sentence, at every start.',
            remedy: `Give it an empty volume. Only where no job has ever run: ${plan.existingClaims.mysql === undefined ? 'with the claim its content is gone' : `whoever made claim ${plan.existingClaims.mysql} empties it`}.`,
            commands: [
              ...madeClaims('mysql', volumePods(plan)).map((claim) =>
                inNamespace(plan, `delete pvc ${claim} --wait=false`),
              ),
              inNamespace(plan, `delete pod ${mysql.name}-0`),
            ],
          },
  },
  'nginx-lost': {
    title: "A party's nginx restarted or is away",
    component: 'nginx',
    layer: 'FATE Flow',
    sign: 'Other parties get 502 or no answer from this one; its own jobs reach nobody, not even itself.',
    acts: ['party'],
    effects: [
      {
        says: 'FATE Flow tries a call three times without a pause. A new job is refused; one at work may fail, by the moment.',
        source: measured(
          'FATE 2.2.0, nginx of the exchange',
          'fate/fate.engine.ts',
          'a job that finds no nginx of the exchange is refused, after three tries without a pause',
        ),
        releases: ['2.2.0'],
      },
      {
        says: 'A pod that is told to stop ends its calls first, and the new one is there before.',
        source: measured(
          'nginx 1.22',
          'nginx/nginx.engine.ts',
          'a pod that stops ends the calls that it has, and then itself',
        ),
      },
      {
        says: 'Three tries with pauses of 2, 4 and 6 s carry a call over about twelve seconds.',
        source: read('FATE v1.6.1, `fate_flow/utils/api_utils.py`'),
        releases: ['1.6.1'],
      },
      jobsGoOn(byTheOrderOfRows),
    ],
    time: podIsBack,
    party: ({ plan }) => ({
      check: [
        inNamespace(plan, `get pods ${podsOf(nginx.name)}`),
        inNamespace(plan, `logs deployment/${nginx.name} --tail=50`),
      ],
      shows: 'no ready pod; or the log says why it does not start: a certificate, or a name that DNS does not know.',
      remedy: 'Mend what the log names, and wait for the pod.',
      commands: [inNamespace(plan, `rollout status deployment/${nginx.name} --timeout=3m`)],
    }),
  },
  'interface-lost': {
    title: 'FATE Board or the notebook does not answer',
    component: 'user interfaces',
    layer: 'FATE Flow',
    sign: 'The browser shows 404, 502 or 503, or finds no such host.',
    acts: ['party'],
    effects: [
      {
        says: 'Jobs do not notice. Who is logged in at FATE Board logs in again.',
        source: here('constructs/flc/fateboard.ts'),
      },
    ],
    party: ({ plan }) => ({
      check: [
        inNamespace(plan, 'get ingress'),
        inNamespace(plan, `get pods ${podsOf(client, boardWorkload(plan.fate))}`),
      ],
      shows: 'an Ingress without an address: the ingress controller; else a pod that is not ready.',
      remedy: 'See that DNS leads the host names to the address of the ingress controller, and wait for the pod.',
      commands: [inNamespace(plan, 'get ingress -o wide')],
    }),
  },
} as const satisfies Record<string, Failure>;

/** Of one that somebody else runs. While FATE Flow waits for it, only the container that waits is there. */
function externalMysql(plan: PartyPlan): Handling {
  const { host, port } = plan.mysql;
  const asked = (container: string) =>
    inNamespace(plan, `exec ${fateflow.name}-0 -c ${container} -- mysqladmin ping --host=${host} --port=${port}`);
  return {
    check: [
      inNamespace(plan, `get pods ${podsOf(fateflow.name)}`),
      connects(plan, `${fateflow.name}-0 -c ${releases[plan.fate].fateflow.container}`, { address: host, port }),
      `${asked('ping-mysql')}   # while FATE Flow waits for it`,
    ],
    shows: 'no “is open” and no `mysqld is alive`.',
    remedy: `Ask who runs ${host}, and who runs the firewalls on the way to its port ${port}, TCP. Where it answers, look for the user ${plan.mysql.user} and for the password in Secret ${secrets.externalMysql.name}. FATE Flow finds it again by itself.`,
    commands: [],
  };
}
