import { releases } from '../../fate/releases';
import { services } from '../../fate/services';
import type { PulsarServer } from '../../federation/external-pulsar';
import { isJoined, neighboursOf } from '../../federation/neighbours';
import type { PartyPlan } from '../../federation/party';
import { administer } from '../../federation/pulsar';
import { inNamespace } from '../../operations/kubectl';
import type { Failure, Handling } from './failure';
import {
  brokerLogs,
  connects,
  isWhole,
  onPulsarVolumes,
  podsOf,
  pulsarClaims,
  pulsarConnects,
  pulsarWorkloads,
  restartPulsar,
  statsOfTopics,
  stopJob,
} from './lines';
import { byTheOrderOfRows, jobsGoOn, measured, podIsBack, read } from './source';

const { fateflow, pulsarBookie } = services;

/** Messages between the parties' workers. */
export const pulsarFailures = {
  'pulsar-lost': {
    title: 'Pulsar restarted or is away',
    component: 'Pulsar',
    layer: 'Pulsar',
    sign: 'Jobs stand still; `connection_retry` in the logs of tasks.',
    acts: ['party'],
    effects: [
      {
        says: 'A job in whose middle it is lost ends in success.',
        source: measured(
          'FATE 2.2.0',
          'fate/fate.engine.ts',
          'a benchmark is measured, though Traffic Server and then a Pulsar are lost',
        ),
        releases: ['2.2.0'],
      },
      {
        says: 'A Pulsar that was killed has all it had, and gets what was sent to it meanwhile.',
        source: measured(
          'Pulsar 2.7.0 and 2.10.1',
          'pulsar/pulsar.engine.ts',
          'a Pulsar that was killed has all it had',
        ),
      },
      {
        says: 'Of one with `pulsar: { cluster: true }` a pod of each kind may be away: no message is lost, and other jobs begin.',
        source: measured(
          'Pulsar 2.10.1',
          'pulsar/cluster.engine.ts',
          'a %s is lost: no message and no subscription is',
        ),
      },
      jobsGoOn(byTheOrderOfRows),
      {
        says: 'FATE tries for three minutes to connect: 60 times, every 3 s.',
        source: read('FATE v1.6.1, `federation/pulsar`'),
      },
    ],
    time: podIsBack,
    party: ({ plan }) =>
      plan.pulsar.isExternal
        ? externalPulsar(plan, plan.pulsar)
        : {
            check: [
              inNamespace(plan, `get pods ${podsOf(...pulsarWorkloads(plan))} -o wide`),
              administer(plan, 'brokers healthcheck'),
              brokerLogs(plan, '--tail=50'),
            ],
            shows: 'no `ok`, and in the log why it does not start: its certificate, or its volume.',
            remedy: 'Mend what the log names, and wait for the pod; jobs go on by themselves.',
            commands: pulsarWorkloads(plan).map((name) => isWhole(plan, name)),
          },
  },
  'pulsar-stood-still': {
    title: 'Pulsar stood still, and refuses new jobs',
    component: 'Pulsar',
    layer: 'Pulsar',
    sign: 'After its node was busy, or was moved to another host, new jobs fail with errors of Pulsar; its pod did not restart.',
    acts: ['party'],
    effects: [
      {
        says: 'After stops of up to a minute (Pulsar 2.7) or half a minute (2.10) jobs go on and new ones start.',
        source: measured(
          'Pulsar 2.7.0 and 2.10.1',
          'pulsar/pulsar.engine.ts',
          'Pulsars that stand still for %s go on with their job',
        ),
      },
      {
        says: 'After a minute Pulsar 2.10 had no session of its ZooKeeper for another two, and refused new jobs, in two runs of four. Jobs that were there go on.',
        source: measured('Pulsar 2.10.1', 'README.md', 'Pulsar 2.10 that stands still for longer'),
        releases: ['1.11.2', '2.0.0', '2.2.0'],
      },
    ],
    time: {
      says: 'About as long again as it stood still; after three minutes without an answer it is restarted.',
      source: measured('Pulsar 2.10.1', 'README.md', 'Pulsar 2.10 that stands still for longer'),
    },
    party: ({ plan }) =>
      plan.pulsar.isExternal
        ? undefined
        : {
            check: [
              administer(plan, `clusters get ${plan.pulsar.clusterName}`),
              brokerLogs(plan, '--since=10m --tail=-1 | grep -i session'),
            ],
            shows: 'an error in the place of a cluster, and a session that was lost.',
            remedy: 'Wait three minutes; submit again what was refused. If it has not come back, restart it.',
            commands: restartPulsar(plan),
          },
  },
  'pulsar-volume-lost': {
    title: 'Pulsar has started on an empty volume',
    component: 'Pulsar',
    layer: 'Pulsar',
    sign: 'Since its claim was made anew, jobs that were at work stand still at all parties.',
    acts: ['party'],
    effects: [
      {
        says: 'Messages of jobs at work are gone, and those jobs wait for them until they time out. Nothing else is kept there.',
        source: read('FATE, `federation/pulsar`; Pulsar, geo-replication'),
      },
      {
        says: 'With `pulsar: { cluster: true }` one volume of several may be lost, and nothing is gone. A bookie on an empty one does not start: what was there is missed.',
        source: measured('Pulsar 2.10.1', 'pulsar/cluster.engine.ts', 'a bookie on an empty volume'),
      },
    ],
    party: ({ plan }) => {
      if (plan.pulsar.isExternal) return undefined;
      if (plan.pulsar.cluster) return lostBookie(plan);
      return {
        check: [inNamespace(plan, `get pvc ${pulsarClaims(plan).join(' ')}`), administer(plan, 'clusters list')],
        shows: 'a claim that is younger than the jobs, and no cluster but `standalone`.',
        remedy: 'Stop the jobs that were at work, in agreement with their parties, and submit them again.',
        commands: stopJob(plan),
      };
    },
  },
  'replication-not-connected': {
    title: 'Messages to another party do not leave',
    component: 'Pulsar',
    layer: 'Pulsar',
    sign: 'Jobs with one party stand still, and the backlog of replication to it grows.',
    acts: ['party', 'exchange', 'other party'],
    effects: [
      {
        says: 'Nothing is lost: messages wait, and arrive when the way is there.',
        source: measured(
          'Pulsar 2.7.0 and 2.10.1',
          'pulsar/pulsar.engine.ts',
          'without a route a message waits at the party that sent it',
        ),
      },
    ],
    party: ({ plan, others }) =>
      isJoined(plan)
        ? {
            check: [
              ...statsOfTopics(plan),
              ...neighboursOf(plan).flatMap((each) => pulsarConnects(plan, each)),
              ...others.map((id) => administer(plan, `clusters get ${id}`)),
            ],
            shows: '`"connected" : false` and a replicationBacklog that grows.',
            remedy: `From here on: the port is blocked, the certificate does not hold, Pulsar remembers an old address${plan.exchange ? ', or the exchange has no route' : ''}; each has its entry. If none of these, the other party’s Pulsar is away.`,
            commands: [],
          }
        : undefined,
  },
  backlog: {
    title: 'Messages have come, and are not read',
    component: 'Pulsar',
    layer: 'Pulsar',
    sign: 'Replication is connected, and the backlog of subscription `unique` grows; Pulsar’s volume fills up.',
    acts: ['party'],
    effects: [
      {
        says: 'Pulsar refuses messages when its quota is full, and the job waits, or fails after FATE’s own tries.',
        source: read('Pulsar, “Backlog quotas”; FATE, `federation/pulsar`'),
      },
      {
        says: 'On a volume with half a GiB left it refuses them, and takes them again by itself after the job.',
        source: measured(
          'Pulsar 2.7.0 and 2.10.1',
          'pulsar/pulsar.engine.ts',
          'on a volume of 1 GiB Pulsar takes messages until half of it is left',
        ),
      },
    ],
    party: ({ plan }) => ({
      check: [...statsOfTopics(plan), ...(plan.pulsar.isExternal ? [] : onPulsarVolumes(plan, 'df -h /pulsar/data'))],
      shows:
        'msgBacklog above 0 in topics of a job whose task does not run here: no cores, no worker, or its FATE Flow is gone.',
      remedy:
        'Bring back Spark or FATE Flow. Where the job has ended, stop it, so that FATE lets go of its messages. For larger jobs grow the volume.',
      commands: stopJob(plan),
    }),
  },
  'replicators-collide': {
    title: 'Two parties replicate under one name',
    component: 'Pulsar',
    layer: 'Pulsar',
    sign: 'With three parties or more a job hangs: “already connected to topic” in the log of Pulsar.',
    acts: ['other party'],
    effects: [
      {
        says: 'Parties have names of their own: all six pairs of three meet.',
        source: measured(
          'Pulsar 2.7.0 and 2.10.1',
          'pulsar/pulsar.engine.ts',
          'a third party joins by its route alone: all six pairs meet',
        ),
      },
      {
        says: 'Parties of KubeFATE’s charts all have the same one, and the second of two is refused.',
        source: read('FATE issue 4695; KubeFATE, `helm-charts/FATE`'),
      },
    ],
    party: ({ plan }) =>
      plan.exchange && plan.transport === 'open' && !plan.pulsar.isExternal
        ? {
            check: [brokerLogs(plan, '--since=1h --tail=-1 | grep "already connected to topic"')],
            shows: 'that line, with pulsar.repl.standalone.',
            remedy:
              'Each party on KubeFATE’s charts sets replicatorPrefix=pulsar.repl.<its id> in standalone.conf, and restarts Pulsar.',
            commands: [],
          }
        : undefined,
  },
} as const satisfies Record<string, Failure>;

/** Of one that somebody else runs. */
function externalPulsar(plan: PartyPlan, { host, port, adminPort }: PulsarServer): Handling {
  const from = `${fateflow.name}-0 -c ${releases[plan.fate].fateflow.container}`;
  return {
    check: [
      ...[port, adminPort].map((each) => connects(plan, from, { address: host, port: each })),
      administer(plan, 'brokers healthcheck'),
    ],
    shows: 'no “is open”, or no `ok`.',
    remedy: `Ask who runs ${host}, and who runs the firewalls on the way to its ports ${port} and ${adminPort}, TCP. Where it answers, and jobs stand still, it is told something else than \`kubefate-tanzu pulsar\` prints. Jobs go on by themselves.`,
    commands: [],
  };
}

/**
 * A bookie has a cookie in ZooKeeper and on its volume, and starts where they agree. To delete one by hand would have the bookie taken
 * for one that has what it had: nobody copies that then.
 *
 * @see BookKeeper 4.12 and 4.14, `Bookie.checkEnvironment`, `BookKeeperAdmin.decommissionBookie`, `DecommissionCommand`
 */
function lostBookie(plan: PartyPlan): Handling {
  const [lost, other] = [0, 1].map((i) => `${pulsarBookie.name}-${i}`);
  const host = `${lost}.${pulsarBookie.name}.${plan.namespace}.svc.cluster.local`;
  return {
    check: [
      inNamespace(plan, `get pvc ${pulsarClaims(plan).join(' ')}`),
      inNamespace(
        plan,
        `logs ${podsOf(pulsarBookie.name)} -c ${pulsarBookie.name} --prefix --tail=100 | grep -i cookie`,
      ),
    ],
    shows: 'a claim that is younger than the others, and a bookie that ends with InvalidCookieException.',
    remedy:
      'Have the other bookies copy what was there, and ZooKeeper forget the bookie after that, here the first one. It looks whether that is done after ten seconds for each ledger, or every ten minutes. Then let it begin anew. Where volumes of two were lost at once, messages are gone, and it waits for ever: end it, have both forgotten by `cookie_delete` and their names in the place of `decommissionbookie`, let them begin, stop the jobs that were at work, in agreement with their parties, and submit them again.',
    commands: [
      inNamespace(
        plan,
        `exec ${other} -c ${pulsarBookie.name} -- bin/bookkeeper shell decommissionbookie -bookieid ${host}:${pulsarBookie.ports.bookie}`,
      ),
      inNamespace(plan, `delete pod ${lost}`),
    ],
  };
}
