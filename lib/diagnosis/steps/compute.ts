import { fateDirectory, hdfsTool } from '../../fate/hdfs';
import { releases } from '../../fate/releases';
import { services } from '../../fate/services';
import { type SparkWorkers, sparkCores } from '../../fate/spark';
import type { ExternalHdfs } from '../../federation/hdfs';
import type { PartyPlan } from '../../federation/party';
import { isMap } from '../../input/checks';
import { counted } from '../../input/counted';
import { count, field, jsonOf, oneLine, saidBy, textOf } from '../answers';
import type { Ask, Place } from '../asks';
import { type Actor, fails, holds, type Judgement, unseen, warns } from '../finding';
import { byAnswer, type Step } from '../ladder';
import { connectionStep } from './network';

export const sparkStep = 'spark';

/** HDFS, as its namenode tells of it. @see Hadoop 2.7 and 3.2, "Metrics" */
export function hdfsSteps(plan: PartyPlan): readonly Step[] {
  const { name } = services.namenode;
  const port = releases[plan.fate].hdfs.namenode.ui;
  const bean = (id: string, bean: string): Ask => ({
    id,
    question: { ask: 'http', url: `http://${name}:${port}/jmx?qry=Hadoop:service=NameNode,name=${bean}` },
  });
  const needs = [connectionStep(name, port)];
  return [
    {
      id: 'hdfs safe mode',
      layer: 'HDFS',
      what: 'HDFS takes what is written',
      needs,
      asks: [bean('hdfs info', 'NameNodeInfo')],
      judge: byAnswer('hdfs info', (answer) => judgeSafeMode(plan, answer)),
    },
    {
      id: 'hdfs datanodes',
      layer: 'HDFS',
      what: `${counted(plan.sizing.datanodes, 'datanode is alive and has', 'datanodes are alive and have')} room`,
      needs,
      asks: [bean('hdfs state', 'FSNamesystemState')],
      judge: byAnswer('hdfs state', (answer) => judgeDatanodes(plan, answer)),
    },
  ];
}

function judgeSafeMode({ id }: PartyPlan, answer: unknown): Judgement {
  const mode = field(beanOf(answer), 'Safemode');
  if (typeof mode !== 'string') return unseen(saidBy(answer));
  if (mode === '') return holds('no safe mode');
  return fails(oneLine(mode), {
    failure: 'hdfs-safe-mode',
    acts: { member: id },
    meaning: 'in safe mode it is read only: uploads fail, and so do jobs that write a table',
  });
}

function judgeDatanodes({ id, sizing }: PartyPlan, answer: unknown): Judgement {
  const bean = beanOf(answer);
  const live = field(bean, 'NumLiveDataNodes');
  if (typeof live !== 'number') return unseen(saidBy(answer));
  const [total, left, missing] = ['CapacityTotal', 'CapacityRemaining', 'UnderReplicatedBlocks'].map((key) =>
    count(field(bean, key)),
  ) as [number, number, number];
  const acts = { member: id };
  const saw = `${live} of ${sizing.datanodes} alive, ${gibibytes(left)} of ${gibibytes(total)} left`;
  if (live === 0) return fails(saw, { failure: 'datanode-lost', acts, meaning: 'no table can be read or written' });
  if (roomOf(total, left) === 'none') return fails(saw, { failure: 'hdfs-full', acts, meaning: noRoom });
  if (live < sizing.datanodes)
    return warns(`${saw}, ${counted(missing, 'block has', 'blocks have')} too few copies`, {
      failure: 'datanode-lost',
      acts,
      meaning: 'tables whose only copies are on those that are away cannot be read',
    });
  if (roomOf(total, left) === 'little') return warns(saw, { failure: 'hdfs-full', acts, meaning: littleRoom });
  return holds(saw);
}

/**
 * HDFS of somebody else, as FATE Flow's own client finds it: by the same settings and as the same user.
 *
 * @see Hadoop 2.7 and 3.2, "FileSystemShell", `df`
 */
export function externalHdfs(plan: PartyPlan, hdfs: ExternalHdfs, at: Place): Step {
  const directory = fateDirectory(hdfs);
  return {
    id: 'hdfs',
    layer: 'HDFS',
    what: `${directory} is there, and has room`,
    needs: hdfs.namenodes.length > 1 ? [] : hdfs.namenodes.map(({ host, port }) => connectionStep(host, port)),
    asks: [{ id: 'hdfs', execution: { ...at, command: [hdfsTool(releases[plan.fate]), 'dfs', '-df', directory] } }],
    judge: byAnswer('hdfs', (output) => judgeRoom(plan, output)),
  };
}

function judgeRoom({ id }: PartyPlan, output: unknown): Judgement {
  const [stdout, stderr] = ['stdout', 'stderr'].map((key) => textOf(field(output, key)));
  const acts = { member: id };
  const [, size, left] = /^hdfs:\S+\s+(\d+)\s+\d+\s+(\d+)\s+\d+%/m.exec(`${stdout}`) ?? [];
  if (size !== undefined && left !== undefined) return judgeLeft(Number(size), Number(left), acts);
  const said = oneLine(`${stderr}`.split('\n').find((line) => /^df: |Exception|[Ee]rror/.test(line)) ?? '');
  if (said === '') return unseen('the client of HDFS said nothing that makes sense');
  if (/No such file or directory/.test(said))
    return fails(said, {
      failure: 'namenode-lost',
      acts,
      meaning: 'it answers, and nobody has made the directory: whoever runs it does, and gives it to the user',
    });
  return fails(said, { failure: 'namenode-lost', acts, meaning: 'no table can be read or written' });
}

function judgeLeft(size: number, left: number, acts: Actor): Judgement {
  const saw = `${gibibytes(left)} of ${gibibytes(size)} left`;
  if (size === 0) return fails(saw, { failure: 'datanode-lost', acts, meaning: 'no table can be read or written' });
  const room = roomOf(size, left);
  if (room === 'none') return fails(saw, { failure: 'hdfs-full', acts, meaning: noRoom });
  return room === 'little' ? warns(saw, { failure: 'hdfs-full', acts, meaning: littleRoom }) : holds(saw);
}

/** Whose size is not known yet has none missing. */
const roomOf = (size: number, left: number): 'none' | 'little' | 'enough' =>
  size === 0 || left >= size / 5 ? 'enough' : left < size / 20 ? 'none' : 'little';

const noRoom = 'there is no room for the next table';
const littleRoom = 'four fifths are taken';

const gibibytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 3)} GiB`;

function beanOf(answer: unknown): unknown {
  const beans = field(jsonOf(answer), 'beans');
  return Array.isArray(beans) ? beans[0] : undefined;
}

/** Spark's master, which knows its workers. @see Spark 2.4 and 3.1, `JsonProtocol` */
export function ownSpark({ id, spark: { workers } }: PartyPlan): Step {
  const { name, ports } = services.sparkMaster;
  return {
    id: sparkStep,
    layer: 'Spark',
    what: `${counted(workers.count, 'worker is', 'workers are')} known to Spark's master`,
    needs: [connectionStep(name, ports.rpc)],
    asks: [{ id: sparkStep, question: { ask: 'http', url: `http://${name}:${ports.ui}/json/` } }],
    judge: byAnswer(sparkStep, (answer) => judgeSpark(id, workers, answer)),
  };
}

function judgeSpark(id: number, declared: SparkWorkers, answer: unknown): Judgement {
  const state = jsonOf(answer);
  const workers = field(state, 'workers');
  if (!Array.isArray(workers)) return unseen(saidBy(answer));
  const alive = workers.filter((each) => field(each, 'state') === 'ALIVE');
  const cores = alive.reduce((sum, each) => sum + count(field(each, 'cores')), 0);
  const used = alive.reduce((sum, each) => sum + count(field(each, 'coresused')), 0);
  const acts = { member: id };
  const saw = `${alive.length} of ${declared.count} alive, ${used} of ${counted(cores, 'core')} at work`;
  if (alive.length === 0)
    return fails(saw, {
      failure: 'no-spark-worker',
      acts,
      meaning: 'jobs are taken, and stay running without an end: nobody computes them',
    });
  if (alive.length < declared.count)
    return warns(saw, { failure: 'no-spark-worker', acts, meaning: 'jobs that ask for all cores wait for the others' });
  if (cores < sparkCores(declared))
    return warns(saw, {
      failure: 'job-asks-too-much',
      acts,
      meaning: `FATE Flow hands out ${counted(sparkCores(declared), 'core')}, and jobs wait for those that Spark has not`,
    });
  return holds(saw);
}

const ledgerAsk = 'cores';

/**
 * FATE Flow's ledger of cores, in its own words. What a job has booked it gives back at its end; what nobody has and nobody gave back
 * is lost until the table is corrected.
 *
 * @see FATE v1.6.1, `fate_flow/manager/resource_manager.py`; FATE-Flow v2.2.0, the same
 */
export function coresStep(plan: PartyPlan, at: Place): Step {
  const { id, spark } = plan;
  const declared = sparkCores(spark.workers);
  return {
    id: ledgerAsk,
    layer: 'cores',
    what: "FATE Flow's cores are free, or some job has them",
    needs: [],
    asks: [{ id: ledgerAsk, execution: { ...at, command: ledgerCommand(plan) } }],
    judge: byAnswer(ledgerAsk, (output) => {
      if (!isMap(output) || typeof output['stdout'] !== 'string') return unseen('MySQL said nothing that makes sense');
      if (output['code'] !== 0) return unseen(oneLine(textOf(output['stderr'])) || 'MySQL said nothing');
      return judgeLedger(id, declared, output['stdout']);
    }),
  };
}

/** In MySQL's own container its client; of a MySQL that others run, FATE Flow's in its. The password stays in the environment that has it. */
const ledgerCommand = ({ mysql }: PartyPlan): readonly string[] =>
  mysql.isExternal
    ? ['python', '-c', asFateFlow, mysql.host, `${mysql.port}`, mysql.user, mysql.name, ...ledger]
    : ['sh', '-c', asUser, 'ask', ledger.join('; ')];

const asFateFlow = `
import os, sys, pymysql
host, port, user, name = sys.argv[1:5]
password = os.environ['MYSQL_PASSWORD']
connection = pymysql.connect(host=host, port=int(port), user=user, password=password, database=name, connect_timeout=10)
with connection.cursor() as cursor:
    for statement in sys.argv[5:]:
        cursor.execute(statement)
        for row in cursor.fetchall():
            print('\\t'.join(map(str, row)))
`;

const asUser =
  'export MYSQL_PWD="$MYSQL_PASSWORD"; exec mysql --host=127.0.0.1 --user="$MYSQL_USER" --batch --skip-column-names "$MYSQL_DATABASE" --execute "$1"';

const ledger = [
  "SELECT 'engine', f_engine_name, f_cores, f_remaining_cores FROM t_engine_registry WHERE f_engine_type = 'computing'",
  "SELECT 'jobs', COUNT(*) FROM t_job WHERE f_status IN ('waiting', 'ready', 'running')",
];

function judgeLedger(id: number, declared: number, printed: string): Judgement {
  const rows = printed.split('\n').map((line) => line.split('\t'));
  const engines = rows.filter(([kind]) => kind === 'engine');
  const [, atWork = '0'] = rows.find(([kind]) => kind === 'jobs') ?? [];
  if (engines.length === 0) return unseen('FATE Flow has registered no engine yet');
  const acts = { member: id };
  const [, name = '', all = '', left = ''] = engines.find(([, name]) => /spark/i.test(`${name}`)) ?? engines[0] ?? [];
  const [cores, free] = [Number(all), Number(left)];
  const saw = `${oneLine(name.toLowerCase())}: ${free} of ${counted(cores, 'core')} free, ${counted(Number(atWork), 'job')} at work`;
  if (free < cores && Number(atWork) === 0)
    return fails(saw, {
      failure: 'job-waits',
      acts,
      meaning: 'no job has them, and none gives them back: the next ones wait for ever',
    });
  if (free < 0 || free > cores)
    return fails(saw, {
      failure: 'job-waits',
      acts,
      meaning: 'the ledger is wrong: more was given back than taken, or the other way round',
    });
  if (/spark/i.test(name) && cores !== declared)
    return warns(saw, {
      failure: 'job-asks-too-much',
      acts,
      meaning: `${declared} are declared: FATE Flow has not been started again since`,
    });
  return holds(saw);
}

/** That the clocks of the pods and of whoever asks agree, which certificates need. */
export function clock({ id }: PartyPlan): Step {
  return {
    id: 'clock',
    layer: 'cluster',
    what: 'the clock there is right',
    needs: [],
    asks: [{ id: 'clock', question: { ask: 'clock' } }],
    judge: byAnswer('clock', (answer, { now }) => {
      const seconds = field(answer, 'now');
      if (typeof seconds !== 'number') return unseen('it said no time');
      const off = Math.round(seconds - now.getTime() / 1000);
      if (Math.abs(off) < 90) return holds(`${Math.abs(off)} s from the one here`);
      return warns(`${Math.abs(off)} s ${off < 0 ? 'behind' : 'ahead of'} the one here`, {
        failure: 'clock-wrong',
        acts: { member: id },
        meaning: 'certificates begin and end by it, and jobs time out',
      });
    }),
  };
}
