import { type FateRelease, releases } from '../fate/releases';
import type { PartyData } from '../fate/releases/data';
import { services } from '../fate/services';
import type { PartyPlan } from '../federation/party';
import { isPerPod } from '../kubefate/charts/party-chart';
import { chartClaim, chartWorkload } from '../kubefate/charts/workloads';
import { inNamespace } from '../operations/kubectl';
import type { ManualStep } from '../operations/step';
import { changeSchema, dump, endJobs, type Mysql, mysqlOf, restore } from './database-steps';
import type { DataOutcome, UpgradedParty } from './steps';

/** A party that KubeFATE has made, and the native one that takes its data. */
export interface Move {
  readonly from: UpgradedParty;
  readonly to: PartyPlan;
  readonly data: readonly DataOutcome[];
}

/** Side by side, so that the old party is there until nobody misses anything. */
export const movingSteps = (move: Move): readonly ManualStep[] => [
  endJobs(oldMysql(move)),
  copyFiles(move),
  stopOld(move),
  dump(oldMysql(move), dumpFile(move)),
  ...(isMoved(move, 'tables') ? [copyTables(move)] : []),
  makeNew(move),
  ...(isMoved(move, 'records') ? [readDump(move)] : []),
  ...(move.data.some(({ by }) => by === 'sql') ? [changeSchema(newMysql(move), dumpFile(move))] : []),
  putFiles(move),
  ...(isMoved(move, 'tables') ? [putTables(move)] : []),
  follow(move),
];

const isMoved = ({ data }: Move, name: PartyData): boolean =>
  data.some(({ data, outcome }) => data === name && outcome === 'moved');

/** The old party goes on, as long as nothing was deleted. */
export const movingStepsBack = ({ from }: Move): readonly ManualStep[] => [
  {
    what: 'The old party is as it was. Start its FATE Flow, and leave the routes to its addresses.',
    commands: [inNamespace(from, `scale ${chartWorkload(from.fate, 'fateflow')} --replicas=1`)],
  },
];

const oldMysql = ({ from: { namespace, fate } }: Move): Mysql => ({
  namespace,
  workload: chartWorkload(fate, 'mysql'),
  hasPassword: false,
});
const newMysql = ({ to }: Move): Mysql => mysqlOf(to);
const dumpFile = ({ from }: Move): string => `${from.namespace}-${from.fate}.sql`;

/** Where FATE Flow has its files, and their directories there that a later release reads. */
function files(move: Move) {
  const { from, to } = move;
  const [before, after] = [from.fate, to.fate].map((fate) => releases[fate].fateflow.directories);
  const { models } = releases[from.fate].fateflow;
  const names = Object.keys(before ?? {}).filter((name) => name in (after ?? {}));
  const read = names.filter((name) => isMoved(move, 'models') || name !== models);
  return { root: rootOf(before), nextRoot: rootOf(after), names: read.map((name) => lastOf(`${before?.[name]}`)) };
}

const rootOf = (directories: { readonly logs: string } | undefined): string =>
  `${directories?.logs}`.replace(/\/[^/]*$/, '');
const lastOf = (path: string): string => path.replace(/^.*\//, '');

const container = (fate: FateRelease): string => releases[fate].fateflow.container;

function copyFiles(move: Move): ManualStep {
  const { from } = move;
  const { root, names } = files(move);
  const flow = `exec ${chartWorkload(from.fate, 'fateflow')} -c ${container(from.fate)}`;
  const client = `exec ${chartWorkload(from.fate, 'client')}`;
  const { notebooks } = releases[from.fate].client;
  return {
    what: 'Copy the files of FATE Flow and the notebooks, while their pods run.',
    commands: [
      inNamespace(from, `${flow} -- tar -C ${root} -c ${names.join(' ')} > fateflow.tar`),
      inNamespace(from, `${client} -- tar -C ${notebooks} -c persistence > notebooks.tar`),
    ],
  };
}

const stopOld = ({ from }: Move): ManualStep => ({
  what: 'Stop FATE Flow, so that nobody writes to its database.',
  commands: [inNamespace(from, `scale ${chartWorkload(from.fate, 'fateflow')} --replicas=0`)],
});

const copyTables = ({ from }: Move): ManualStep => ({
  what: 'Copy the tables where they cannot be uploaded again, which is better. The namenode needs room in /tmp for all of them.',
  commands: [
    inNamespace(
      from,
      `exec ${chartWorkload(from.fate, 'namenode')} -- sh -c 'hdfs dfs -get / /tmp/tables >&2 && tar -C /tmp/tables -c .' > tables.tar`,
    ),
  ],
});

const makeNew = ({ from, to }: Move): ManualStep => ({
  what: `Make the new party, of FATE ${to.fate} in namespace ${to.namespace}, beside the old one in ${from.namespace}. Let it start once, and stop its FATE Flow.`,
  commands: [
    `pulumi up --stack party-${to.id}`,
    inNamespace(to, `rollout status statefulset/${services.fateflow.name}`),
    inNamespace(to, `scale statefulset/${services.fateflow.name} --replicas=0`),
  ],
  withFiles: [
    `kubectl apply -f manifests/${to.namespace}.k8s.yaml`,
    inNamespace(to, `rollout status statefulset/${services.fateflow.name}`),
    inNamespace(to, `scale statefulset/${services.fateflow.name} --replicas=0`),
  ],
});

const readDump = (move: Move): ManualStep => ({
  what: 'Read the dump into an empty database.',
  commands: restore(newMysql(move), dumpFile(move)),
});

function putFiles(move: Move): ManualStep {
  const { to } = move;
  const flow = `statefulset/${services.fateflow.name}`;
  return {
    what: 'Start FATE Flow, and give it and the notebooks their files.',
    commands: [
      inNamespace(to, `scale ${flow} --replicas=1`),
      inNamespace(to, `rollout status ${flow}`),
      inNamespace(to, `exec -i ${flow} -c ${container(to.fate)} -- tar -C ${files(move).nextRoot} -x < fateflow.tar`),
      inNamespace(to, `exec -i statefulset/client -- tar -C ${releases[to.fate].client.notebooks} -x < notebooks.tar`),
    ],
  };
}

const putTables = ({ to }: Move): ManualStep => ({
  what: 'Give HDFS the tables that were copied, under the same paths.',
  commands: [
    inNamespace(
      to,
      `exec -i statefulset/${services.namenode.name} -- sh -c 'mkdir /tmp/tables && tar -C /tmp/tables -x && hdfs dfs -D dfs.replication=${to.sizing.replication} -put -f /tmp/tables/* /' < tables.tar`,
    ),
  ],
});

const follow = (move: Move): ManualStep => ({
  what: `Look: ${isMoved(move, 'records') ? 'FATE Board lists the old jobs' : 'FATE Flow is ready'}. Then the exchange's routes lead to the new addresses, and the toy example ends in success. Delete the old cluster in ${move.from.namespace} with KubeFATE when nobody misses anything: ${isPerPod(chartClaim(move.from.fate, 'mysql')) ? 'its claims stay until you delete them, or the namespace' : 'its claims go with it'}.`,
  commands: [],
});
