import { fateDirectory, hdfsTool } from '../../fate/hdfs';
import { releases } from '../../fate/releases';
import { services } from '../../fate/services';
import type { ExternalHdfs } from '../../federation/hdfs';
import type { PartyPlan } from '../../federation/party';
import { inNamespace } from '../../operations/kubectl';
import type { Failure, Handling, PartyPlace } from './failure';
import { boardWorkload, connects, inFateFlow, podsOf, rerunJob } from './lines';
import { jobsGoOn, measured, paper, podIsBack, read } from './source';

const { namenode, datanode } = services;

/** By who runs it. */
const ownOr =
  (elsewhere: (plan: PartyPlan, hdfs: ExternalHdfs) => Handling, own: (place: PartyPlace) => Handling) =>
  (place: PartyPlace): Handling =>
    place.plan.hdfs.isExternal ? elsewhere(place.plan, place.plan.hdfs) : own(place);

/** Hadoop's command where FATE Flow calls HDFS: by the same settings and as the same user. */
const inHdfs = (plan: PartyPlan, command: string): string =>
  inFateFlow(plan, `${hdfsTool(releases[plan.fate])} ${command}`);

const awayFrom = (plan: PartyPlan, hdfs: ExternalHdfs): Handling => ({
  check: [
    ...hdfs.namenodes.map(({ host, port }) =>
      connects(plan, `${services.fateflow.name}-0 -c ${releases[plan.fate].fateflow.container}`, {
        address: host,
        port,
      }),
    ),
    inHdfs(plan, `dfs -ls -d ${fateDirectory(hdfs)}`),
  ],
  shows: 'no “is open”; “No such file or directory”; or a directory of somebody else.',
  remedy: `Ask who runs ${placesText(hdfs)}, and who runs the firewalls on the way. Where it answers, have ${fateDirectory(hdfs)} made, of user ${hdfs.user}. FATE Flow finds it again by itself. ${resume(plan)}`,
  commands: rerunJob(plan),
});

const withoutDatanodes = (plan: PartyPlan, hdfs: ExternalHdfs): Handling => ({
  check: [inHdfs(plan, `dfs -df -h ${hdfs.uri}/`), inHdfs(plan, 'dfs -checksum TABLE')],
  shows: 'a size of 0; or no checksum, where the namenode answers.',
  remedy: `Ask who runs ${placesText(hdfs)} for its datanodes, and who runs the firewalls on the way to ${hdfs.datanodes.ranges.join(', ')}, port ${hdfs.datanodes.port}, TCP: FATE Flow and Spark’s workers call them all. ${resume(plan)}`,
  commands: rerunJob(plan),
});

const inSafeMode = (plan: PartyPlan, hdfs: ExternalHdfs): Handling => ({
  check: [inHdfs(plan, `dfsadmin -fs ${hdfs.uri} -safemode get`)],
  shows: 'safe mode is on.',
  remedy: `Ask who runs ${placesText(hdfs)}. ${resume(plan)}`,
  commands: rerunJob(plan),
});

const full = (plan: PartyPlan, hdfs: ExternalHdfs): Handling => ({
  check: [inHdfs(plan, `dfs -df -h ${hdfs.uri}/`), inHdfs(plan, `dfs -du -h ${fateDirectory(hdfs)}`)],
  shows: 'Use% near 100, and what the party takes of it.',
  remedy: `Delete tables that nobody needs, in FATE and not in HDFS, so that its records go with them; or ask who runs ${placesText(hdfs)} for room.`,
  commands: [],
});

const withoutBlocks = (plan: PartyPlan, hdfs: ExternalHdfs): Handling => ({
  check: [inHdfs(plan, 'dfs -checksum TABLE')],
  shows: '“Could not obtain block”.',
  remedy: `Ask who runs ${placesText(hdfs)} whether the blocks come back. Else upload the data again, and run again what had made tables of it.`,
  commands: [],
});

const placesText = ({ namenodes }: ExternalHdfs): string =>
  namenodes.map(({ host, port }) => `${host}:${port}`).join(' and ');

/** Tables of a party. */
export const hdfsFailures = {
  'namenode-lost': {
    title: 'The namenode of HDFS restarted or is away',
    component: 'HDFS',
    layer: 'HDFS',
    sign: 'Jobs fail with “Connection refused” of namenode:9000.',
    acts: ['party'],
    effects: [
      {
        says: 'It starts again on its volume, under another address, with all it had.',
        source: measured(
          'Hadoop 2.7.4 and 3.2.1',
          'hadoop/hdfs.engine.ts',
          'it starts again on its volumes, under other addresses, with what it had',
        ),
      },
      {
        says: 'Jobs at work fail, and are resumed by hand from the step that failed.',
        source: paper('Table 4. Impact of Component Failures'),
      },
      {
        says: 'A rerun takes tasks that were canceled, and in 2.2.0 those that failed or timed out, too.',
        source: read('FATE-Flow v2.0.0 and v2.2.0, `task_scheduler.py`'),
        releases: ['2.0.0', '2.2.0'],
      },
    ],
    time: podIsBack,
    party: ownOr(awayFrom, ({ plan }) => ({
      check: [
        inNamespace(plan, `get pods ${podsOf(namenode.name)} -o wide`),
        inNamespace(plan, `exec ${namenode.name}-0 -- hdfs dfsadmin -safemode get`),
        inNamespace(plan, `logs ${namenode.name}-0 --tail=50`),
      ],
      shows: 'no ready pod, or safe mode that is on.',
      remedy: `Wait until it is ready and out of safe mode. ${resume(plan)}`,
      commands: [inNamespace(plan, `rollout status statefulset/${namenode.name} --timeout=5m`), ...rerunJob(plan)],
    })),
  },
  'datanode-lost': {
    title: 'A datanode of HDFS restarted or is away',
    component: 'HDFS',
    layer: 'HDFS',
    sign: 'Reading a table is slow, or ends in “Could not obtain block”.',
    acts: ['party'],
    effects: [
      {
        says: 'FATE Flow appends to tables while one of two is away.',
        source: measured(
          'Hadoop 2.7.4 and 3.2.1',
          'hadoop/hdfs.engine.ts',
          'an append of FATE Flow that is under way when a datanode is lost loses nothing, and the next one is made',
        ),
      },
      jobsGoOn(),
      {
        says: 'Where it is the only one, what is read meanwhile fails after its retries.',
        source: read('Hadoop, `DFSInputStream`'),
      },
    ],
    time: podIsBack,
    party: ownOr(withoutDatanodes, ({ plan }) => ({
      check: [
        inNamespace(plan, `get pods ${podsOf(datanode.name)} -o wide`),
        inNamespace(plan, `exec ${namenode.name}-0 -- hdfs dfsadmin -report`),
      ],
      shows: `fewer live datanodes than ${plan.sizing.datanodes}.`,
      remedy: `Wait for the pod. ${resume(plan)}`,
      commands: [inNamespace(plan, `rollout status statefulset/${datanode.name} --timeout=5m`), ...rerunJob(plan)],
    })),
  },
  'hdfs-safe-mode': {
    title: 'HDFS stays in safe mode',
    component: 'HDFS',
    layer: 'HDFS',
    sign: '“Name node is in safe mode”: uploads and jobs fail when they write, tables can be read.',
    acts: ['party'],
    effects: [
      {
        says: 'After its start the namenode waits until datanodes have told of nearly all blocks; it goes into it, too, when its own volume is full.',
        source: read('Hadoop, “HDFS Architecture”, Safemode'),
      },
    ],
    time: { says: '30 s after enough blocks are known.', source: read('Hadoop, `dfs.namenode.safemode.extension`') },
    party: ownOr(inSafeMode, ({ plan }) => ({
      check: [
        inNamespace(plan, `exec ${namenode.name}-0 -- hdfs dfsadmin -safemode get`),
        inNamespace(plan, `exec ${namenode.name}-0 -- hdfs dfsadmin -report`),
        inNamespace(plan, `exec ${namenode.name}-0 -- df -h /hadoop/dfs/name`),
      ],
      shows: 'safe mode is on; and a datanode that is missing, or no room for the namenode.',
      remedy:
        'Bring back the datanodes, or make room. It leaves safe mode by itself. By hand only where all datanodes are there and blocks are lost for good: what was on them has to be uploaded again.',
      commands: [
        inNamespace(plan, `exec ${namenode.name}-0 -- hdfs fsck / -list-corruptfileblocks`),
        inNamespace(plan, `exec ${namenode.name}-0 -- hdfs dfsadmin -safemode leave`),
      ],
    })),
  },
  'hdfs-full': {
    title: 'HDFS is full',
    component: 'HDFS',
    layer: 'HDFS',
    sign: '“could only be replicated to 0 nodes”, “No space left on device” in jobs that write tables.',
    acts: ['party'],
    effects: [
      { says: 'Jobs fail when they write; what is there can be read.', source: read('Hadoop, `BlockManager`') },
      { says: 'Datanodes want twice the size of the dataset.', source: paper('Sizing Guidelines') },
    ],
    party: ownOr(full, ({ plan }) => ({
      check: [
        inNamespace(plan, `exec ${namenode.name}-0 -- hdfs dfs -df -h /`),
        inNamespace(plan, `exec ${namenode.name}-0 -- hdfs dfs -du -h /fate`),
      ],
      shows: 'Use% near 100, and what takes the room.',
      remedy:
        'Delete tables that nobody needs, in FATE and not in HDFS, so that its records go with them; or grow the claims: see “A volume is filling up”.',
      commands: [],
    })),
  },
  'hdfs-blocks-lost': {
    title: 'HDFS has lost blocks',
    component: 'HDFS',
    layer: 'HDFS',
    sign: '“Could not obtain block” for one table for good; datanodes are all there.',
    acts: ['party'],
    effects: [
      {
        says: 'What was on a datanode whose volume is gone is lost where there is no other copy: with one datanode there is none.',
        source: read('Hadoop, “HDFS Architecture”, Data Replication'),
      },
      {
        says: 'A datanode that keeps its volume beside a namenode that was made anew exits: their cluster ids differ.',
        source: read('Hadoop, `DataStorage`'),
      },
    ],
    party: ownOr(withoutBlocks, ({ plan }) => ({
      check: [
        inNamespace(plan, `exec ${namenode.name}-0 -- hdfs fsck / -list-corruptfileblocks`),
        inNamespace(plan, `logs ${datanode.name}-0 --tail=50`),
      ],
      shows: 'files with corrupt blocks; or “Incompatible clusterIDs”.',
      remedy:
        'Find the old volume, if it still exists. Else upload the data again, and run again what had made tables of it.',
      commands: [],
    })),
  },
} as const satisfies Record<string, Failure>;

/** What resumes a job that failed. */
const resume = ({ fate, ingress: { hosts } }: PartyPlan): string =>
  fate === '1.6.1'
    ? `Then resume failed jobs from where they were: “retry” in FATE Board${hosts.fateboard === undefined ? `, by kubectl port-forward of ${boardWorkload(fate)}` : ` at ${hosts.fateboard}`}.`
    : 'Then run failed jobs again from where they were.';
