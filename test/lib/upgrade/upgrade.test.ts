import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { FederatedLearningCluster } from '../../../constructs';
import {
  exchangePlan,
  type FateRelease,
  type PartyData,
  type PartyPlan,
  type PartyProps,
  partyPlan,
  releases,
  upgradePlan,
} from '../../../lib';
import { exchangeDescriptorOf, problemsOf } from '../../support/declarations';
import { type AnyObject, containersOf, objectsOf, podOf, workloadsOf } from '../../support/objects';
import { clusterOf, isReachable, matches, podsOf } from '../../support/reachability';

vi.mock('../../../lib/fate/releases', async (load) => {
  const known = await load<typeof import('../../../lib/fate/releases')>();
  const { fate999 } = await import('../fate/releases/fate-9.9.9.js');
  const later = {
    ...fate999,
    formats: { ...fate999.formats, records: 'of another kind', models: 'of another kind', tables: 'of another kind' },
  };
  return { ...known, releases: { ...known.releases, '9.9.9': fate999, '10.0.0': later } };
});

const party = (fate: string, more: Partial<PartyProps & { domain: string }> = {}): PartyPlan =>
  partyPlan({
    domain: 'example.com',
    id: 30000,
    fate: fate as FateRelease,
    exchange: exchangeDescriptorOf({ fate: fate as FateRelease, domain: more.domain ?? 'example.com' }),
    ...more,
  });

const all: readonly PartyData[] = ['records', 'models', 'logs', 'notebooks', 'tables', 'messages'];
const plan = (from: string, to: string, more: Partial<PartyProps> = {}) =>
  upgradePlan(party(from, more), party(to, more), { accept: all });
const outcomes = ({ data }: ReturnType<typeof plan>) => data.map(({ data, outcome }) => [data, outcome]);
const typed = ({ steps }: ReturnType<typeof plan>) => steps.map(({ commands }) => commands.join('\n'));
const text = (upgrade: ReturnType<typeof plan>) => typed(upgrade).join('\n');

describe('the data of a party', () => {
  test('go from 1.6.1 to 1.11.2, but for the messages of jobs, by the SQL of FATE and by the namenode', () => {
    const upgrade = plan('1.6.1', '1.11.2');
    expect(upgrade.data.map(({ data, outcome, by }) => [data, outcome, by])).toEqual([
      ['records', 'converted', 'sql'],
      ['models', 'kept', undefined],
      ['logs', 'kept', undefined],
      ['notebooks', 'kept', undefined],
      ['tables', 'converted', 'hdfs'],
      ['messages', 'lost', undefined],
    ]);
    expect(text(upgrade)).toContain('1.9.0-1.11.1.sql');
    expect(text(upgrade)).toContain('delete pvc data-pulsar-0');
  });

  test('stay as they are where both releases have the same formats', () => {
    const upgrade = plan('1.6.1', '9.9.9');
    expect(new Set(upgrade.data.map(({ outcome }) => outcome))).toEqual(new Set(['kept']));
    expect(text(upgrade)).not.toMatch(/curl|delete pvc|namenode/);
    expect(text(upgrade)).toMatch(/mysqldump/);
  });

  test('are lost where nothing makes one format of the other, and volumes with nothing else start empty', () => {
    const upgrade = plan('1.6.1', '10.0.0', { datanodes: 2 });
    expect(outcomes(upgrade).filter(([, outcome]) => outcome === 'lost')).toEqual([
      ['records', 'lost'],
      ['models', 'lost'],
      ['tables', 'lost'],
    ]);
    const deleted = [...text(upgrade).matchAll(/delete pvc (.*)/g)].flatMap(([, claims]) => `${claims}`.split(' '));
    // FATE Flow's has the files and logs of jobs too.
    expect(deleted.sort()).toEqual(['data-datanode-0', 'data-datanode-1', 'data-mysql-0', 'data-namenode-0']);
  });

  test('are on claims that are drawn, by the same names before and afterwards', () => {
    const claims = ({ fate, sizing }: PartyPlan) =>
      workloadsOf(drawn(party(fate, { datanodes: sizing.datanodes }))).flatMap(({ kind, metadata, spec }) =>
        kind === 'StatefulSet'
          ? Array.from({ length: spec?.replicas ?? 1 }, (_, i) => `data-${metadata?.name}-${i}`)
          : [],
      );
    const [before, after] = [party('1.6.1', { datanodes: 2 }), party('1.11.2', { datanodes: 2 })];
    const planned = upgradePlan(before, after, { accept: all }).data.flatMap(({ claims }) => claims.from);
    expect([...new Set(planned)].sort()).toEqual(claims(before).sort());
    expect(claims(after)).toEqual(expect.arrayContaining(planned));
  });
});

const drawn = (plan: PartyPlan): AnyObject[] =>
  objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));

/** Upgrades between releases that there are. */
const known = Object.keys(releases).filter((release) => !['9.9.9', '10.0.0'].includes(release));
const pairs = known.flatMap((from, i) => known.slice(i + 1).map((to) => [from, to] as const));

describe.each(pairs)('from FATE %s to %s', (from, to) => {
  const [before, after] = [drawn(party(from, { datanodes: 1 })), drawn(party(to, { datanodes: 1 }))];
  const upgrade = plan(from, to, { datanodes: 1 });

  /** Volume, and directory on it. */
  const directories = (objects: readonly AnyObject[]) =>
    workloadsOf(objects).flatMap((workload) =>
      containersOf(podOf(workload)).flatMap(({ volumeMounts = [] }) =>
        volumeMounts
          .filter(({ name }) => name === 'data')
          .map(({ subPath }) => `data-${workload.metadata?.name}-0/${subPath}`),
      ),
    );

  test('data that stay, or are converted, are in the directories where the later release has them', () => {
    const staying = upgrade.data.filter(({ outcome }) => outcome !== 'lost').map(({ data }) => data);
    const modelsStay = staying.includes('models');
    const needed = directories(before).filter((directory) => {
      if (directory.endsWith('/model-local-cache')) return modelsStay;
      return upgrade.data.some(
        ({ outcome, claims }) => outcome !== 'lost' && claims.from.includes(`${directory.split('/')[0]}`),
      );
    });
    expect(directories(after)).toEqual(expect.arrayContaining(needed));
  });

  test('the pods of Jobs that are printed are known to a policy, and to be called as those whose work they do', () => {
    const jobs = [...text(upgrade).matchAll(/<<'END'\n([\s\S]*?)\nEND/g)].map(([, manifest]) => parse(`${manifest}`));
    const policies = after.filter(({ kind }) => kind === 'NetworkPolicy');
    for (const { spec } of jobs) {
      const labels = spec.template.metadata?.labels ?? {};
      const own = policies.filter(({ spec }) => spec.podSelector.matchLabels && matches(spec.podSelector, labels));
      expect(own.map(({ metadata }) => metadata.name)).toEqual(['namenode']);
    }
    expect(jobs).toHaveLength(upgrade.data.some(({ by }) => by === 'hdfs') ? 1 : 0);
  });

  test('what Kubernetes does not change is deleted first, so that an update makes it anew', () => {
    const lasting = ({ spec: { serviceName, selector, podManagementPolicy, volumeClaimTemplates } }: AnyObject) =>
      JSON.stringify({ serviceName, selector, podManagementPolicy, volumeClaimTemplates });
    const sets = (objects: readonly AnyObject[]) => objects.filter(({ kind }) => kind === 'StatefulSet');
    const replaced = sets(after)
      .filter((set) =>
        sets(before).some((it) => it.metadata.name === set.metadata.name && lasting(it) !== lasting(set)),
      )
      .map(({ metadata }) => metadata.name);
    const deleted = [...text(upgrade).matchAll(/delete statefulset (.*) --cascade/g)].flatMap(([, names]) =>
      `${names}`.split(' '),
    );
    expect(deleted).toEqual(expect.arrayContaining(replaced));
  });

  test('the commands name what is there', () => {
    const names = new Set([...before, ...after].map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`));
    const named = [...text(upgrade).matchAll(/statefulset[/ ]([a-z]+)/g)].map(([, name]) => `statefulset/${name}`);
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((name) => !names.has(name))).toEqual([]);
    for (const [, namespace] of text(upgrade).matchAll(/kubectl -n (\S+)/g)) expect(namespace).toBe('fate-30000');
  });

  test('nobody writes when the database is written out, and it is before anything changes', () => {
    const order = [/f_job_id/, /delete statefulset fateflow/, /mysqldump/, /pulumi up/, /rollout status/].map((step) =>
      typed(upgrade).findIndex((commands) => step.test(commands)),
    );
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    const dump = order[2] ?? 0;
    const changes = typed(upgrade).flatMap((commands, i) =>
      /delete pvc|< \$step|upgradeOnly/.test(commands) ? [i] : [],
    );
    expect(changes.filter((i) => i < dump)).toEqual([]);
    expect(changes.filter((i) => i > (order[3] ?? 0))).toEqual([]);
  });

  test('the way back deletes no database that it has read the dump into, and says nothing that kubectl refuses', () => {
    const back = upgrade.back.map(({ commands }) => commands.join('\n'));
    const restored = back.findIndex((commands) => commands.includes('CREATE DATABASE'));
    expect(restored).toBeGreaterThanOrEqual(0);
    expect(back.slice(restored).join('\n')).not.toMatch(/delete (statefulset|pvc) .*mysql/);
    expect(back.join('\n')).not.toMatch(/delete (statefulset|pvc) +(--|$)/m);
  });

  test('the way back begins with what makes anew what was deleted, for whoever gives up before the update', () => {
    const [first] = upgrade.back;
    expect(first).toMatchObject({
      commands: ['pulumi up --stack party-30000 --refresh'],
      withFiles: ['kubectl apply -f manifests/fate-30000.k8s.yaml'],
    });
  });

  test('the way back by files deletes the workloads that the release of before has not', () => {
    const names = (objects: readonly AnyObject[]) =>
      workloadsOf(objects).map(({ kind, metadata }) => `${kind?.toLowerCase()} ${metadata?.name}`);
    const onlyAfter = names(after).filter((name) => !names(before).includes(name));
    const deleted = upgrade.back.flatMap(({ withFiles = [] }) => withFiles.filter((line) => line.includes(' delete ')));
    expect(deleted).toEqual(onlyAfter.map((name) => `kubectl -n fate-30000 delete ${name}`));
  });

  test('old jobs are looked for where their records are not lost', () => {
    const areLost = upgrade.data.some(({ data, outcome }) => data === 'records' && outcome === 'lost');
    const told = upgrade.steps.map(({ what }) => what).join('\n');
    expect(told.includes('lists the old jobs')).toBe(!areLost);
    expect(told.includes('`DataIO`')).toBe(upgrade.data.some(({ by }) => by === 'sql'));
  });
});

test('a Spark of others is brought to the other release by whoever runs it, before a job may be submitted, and back', () => {
  const external = {
    masters: [{ host: 'spark-1.example.com' }, { host: 'spark-2.example.com' }],
    workers: { count: 2, cores: 4, memoryGiB: 16 },
    network: { ranges: ['192.0.2.128/25'], driver: 'pod' },
  } as const;
  const { steps, back } = plan('1.6.1', '1.11.2', { spark: { external } });
  const told = (all: typeof steps) =>
    all.findIndex(({ what }) => what.includes('spark-1.example.com, spark-2.example.com'));
  expect(steps[told(steps)]?.what).toMatch(/to FATE 1\.11\.2: .* spark-3\.1\.3-bin-hadoop3\.2\.$/);
  expect(back[told(back)]?.what).toMatch(/to FATE 1\.6\.1: .* spark-2\.4\.1-bin-hadoop2\.7\.$/);
  for (const all of [steps, back]) {
    const update = all.map(({ commands }) => commands.some((it) => it.includes('pulumi up'))).lastIndexOf(true);
    expect(told(all)).toBeLessThan(update);
  }
  expect(plan('1.6.1', '1.11.2').steps.filter(({ what }) => what.includes('runs the Spark'))).toEqual([]);
});

test('the way back takes away all datanodes of both releases where HDFS is another', () => {
  const { back } = upgradePlan(party('1.6.1', { datanodes: 1 }), party('1.11.2', { datanodes: 3 }), { accept: all });
  const [claims] = back.flatMap(({ commands }) => commands.filter((line) => line.includes('delete pvc')));
  for (const i of [0, 1, 2]) expect(claims).toContain(`data-datanode-${i}`);
});

describe('is refused', () => {
  test.each<[string, Partial<PartyProps & { domain: string }>, readonly string[]]>([
    ['another party', { id: 30001, namespace: 'fate-30000' }, ['id']],
    ['another namespace', { namespace: 'fate' }, ['namespace']],
    ['another domain', { domain: 'example.org' }, ['domain']],
    ['all of it at once', { id: 30001, domain: 'example.org' }, ['id', 'namespace', 'domain']],
  ])('%s, which is no upgrade', (_, more, paths) => {
    const problems = problemsOf(() => upgradePlan(party('1.6.1'), party('1.11.2', more), { accept: all }));
    expect(problems.map(({ path }) => path)).toEqual(paths);
  });

  test.each([
    ['another namespace', { namespace: 'exchange' }, 'namespace'],
    ['another domain', { domain: 'example.org' }, 'domain'],
    ['another driver', { driver: 'kubefate', transport: 'open' }, 'driver'],
    ['an earlier release', { fate: '1.6.1' }, 'fate'],
  ] as const)('an exchange with %s', (_, more, path) => {
    const from = exchangePlan({ domain: 'example.com', fate: '1.11.2' });
    const problems = problemsOf(() =>
      upgradePlan(from, exchangePlan({ domain: 'example.com', fate: '1.11.2', ...more })),
    );
    expect(problems.map((problem) => problem.path)).toEqual([path]);
  });

  test('an exchange that becomes a party', () => {
    expect(problemsOf(() => upgradePlan(exchangePlan({ domain: 'example.com' }), party('1.11.2')))).toHaveLength(1);
  });

  test('an earlier release, with what works', () => {
    const [problem] = problemsOf(() => upgradePlan(party('1.11.2'), party('1.6.1'), { accept: all }));
    expect(problem).toEqual({
      path: 'fate',
      what: 'was 1.11.2 and is 1.6.1 now, which is earlier',
      remedy: expect.stringContaining('A dump of before goes into a party with empty volumes'),
    });
  });

  test.each<[string, () => unknown, string]>([
    ['KubeFATE from one chart to the next', () => upgradePlan(made('1.6.1'), made('1.11.2')), 'driver'],
    ['to KubeFATE, at whatever release', () => upgradePlan(party('1.6.1'), made('1.6.1')), 'driver'],
    ['from KubeFATE in the same namespace', () => upgradePlan(made('1.6.1'), party('1.6.1')), 'namespace'],
  ])('%s', (_, declare, path) => {
    expect(problemsOf(declare).map((problem) => problem.path)).toEqual([path]);
  });

  test.each([
    ['1.6.1', '1.11.2', 1],
    ['2.0.0', '2.2.0', 1],
    ['1.11.2', '2.0.0', 0],
    ['2.2.0', '2.2.0', 0],
  ])('fewer datanodes from %s to %s where tables stay on them', (from, to, problems) => {
    const upgrade = () => upgradePlan(party(from, { datanodes: 3 }), party(to, { datanodes: 2 }), { accept: all });
    if (problems === 0) expect(upgrade).not.toThrow();
    else
      expect(problemsOf(upgrade)).toEqual([
        {
          path: 'datanodes',
          what: 'was 3 and is 2 now: HDFS loses what only the last ones hold',
          remedy: 'upgrade with 3, and have fewer afterwards',
        },
      ]);
  });

  test('another size or class of volumes that stay, as no update changes them', () => {
    const to = { volumesGiB: { mysql: 77, pulsar: 33 }, storageClasses: { client: 'fast' } };
    const changed = (from: string, release: string, to: object) =>
      problemsOf(() => upgradePlan(party(from), party(release, to), { accept: all }));
    const { mysql } = party('2.0.0').sizing.volumesGiB;
    const client = {
      path: 'storageClasses.client',
      what: 'was vsan-default-storage-policy and is fast now',
      remedy: 'put it back: claims that exist stay with their class',
    };
    expect(changed('1.6.1', '1.11.2', { ...to, volumesGiB: { pulsar: 33 } })).toEqual([client]); // Pulsar's starts empty
    expect(changed('1.6.1', '1.11.2', to)).toEqual([
      {
        path: 'volumesGiB.mysql',
        what: `was ${mysql} and is 77 now`,
        remedy: 'put it back: claims that exist grow afterwards, and never become smaller',
      },
      client,
    ]);
    expect(() => upgradePlan(party('2.0.0'), party('2.0.0', to), { accept: all })).not.toThrow();
  });

  test('what loses data that nobody has let go, by the name of each', () => {
    const lost = problemsOf(() => upgradePlan(party('1.6.1'), party('10.0.0'), { accept: ['tables'] }));
    expect(lost).toEqual([
      {
        path: 'accept',
        what: 'records of jobs, metrics, models and tables are lost: FATE 10.0.0 does not read them',
        remedy: 'where nobody needs them, accept: ["tables","records"]',
      },
      expect.objectContaining({ what: expect.stringMatching(/^models are lost/) }),
    ]);
  });

  test('the loss of something that is no data of a party', () => {
    const accept = ['jobs'] as unknown as readonly PartyData[];
    expect(problemsOf(() => upgradePlan(party('1.6.1'), party('9.9.9'), { accept }))).toEqual([
      { path: 'accept[0]', what: '"jobs" is no data of a party', remedy: `use ${all.join(', ')}` },
    ]);
  });
});

/** A party that KubeFATE makes. */
const made = (fate: string, datanodes?: number): PartyPlan =>
  partyPlan({
    domain: 'example.com',
    id: 30000,
    fate: fate as FateRelease,
    driver: 'kubefate',
    transport: 'open',
    datanodes,
  });

describe('a party that KubeFATE has made', () => {
  const move = (to: string) =>
    upgradePlan(made('1.6.1'), party(to, { namespace: 'fate-30000-native' }), { accept: ['messages'] });

  test('moves to the claims of a native one, at the same release and at a later one, beside which it stays', () => {
    const three = ['data-datanode-0', 'data-datanode-1', 'data-datanode-2'];
    for (const [to, datanodes] of [
      ['1.6.1', ['data-datanode-0']],
      ['1.11.2', three],
    ] as const) {
      expect(move(to).data.map(({ data, outcome, claims }) => [data, outcome, claims.from, claims.to])).toEqual([
        ['records', 'moved', ['mysql-data'], ['data-mysql-0']],
        ['models', 'moved', ['python-data'], ['data-fateflow-0']],
        ['logs', 'moved', ['python-data'], ['data-fateflow-0']],
        ['notebooks', 'moved', ['client-data'], ['data-client-0']],
        ['tables', 'moved', ['namenode-data', 'datanode-data'], ['data-namenode-0', ...datanodes]],
        ['messages', 'lost', ['pulsar-data'], ['data-pulsar-0']],
      ]);
      expect(text(move(to))).not.toMatch(/kubectl -n fate-30000 delete/);
    }
  });

  test('by StatefulSets, moves from the claims of all of their pods, which outlive them', () => {
    const upgrade = upgradePlan(made('1.11.2'), party('1.11.2', { namespace: 'fate-30000-native' }), {
      accept: ['messages'],
    });
    expect(upgrade.data.map(({ data, outcome, claims }) => [data, outcome, claims.from])).toEqual([
      ['records', 'moved', ['data-mysql-0']],
      ['models', 'moved', ['python-data-python-0']],
      ['logs', 'moved', ['python-data-python-0']],
      ['notebooks', 'moved', ['persistence-client-0']],
      ['tables', 'moved', ['dfs-namenode-0', 'dfs-datanode-0', 'dfs-datanode-1', 'dfs-datanode-2']],
      ['messages', 'lost', ['pulsar-data-pulsar-0']],
    ]);
    expect(upgrade.steps.at(-1)?.what).toMatch(/claims stay until you delete them/);
    expect(move('1.11.2').steps.at(-1)?.what).toMatch(/claims go with it/);
  });

  test('has its tables changed by SQL in the new database, where the release is another', () => {
    expect(text(move('1.6.1'))).not.toContain('curl');
    const order = typed(move('1.11.2')).findIndex((commands) => commands.includes('curl'));
    expect(typed(move('1.11.2'))[order - 1]).toMatch(
      /DROP DATABASE[\s\S]*kubectl -n fate-30000-native .* < fate-30000-1.6.1.sql/,
    );
    expect(typed(move('1.11.2'))[order]).toMatch(/kubectl -n fate-30000-native exec -i statefulset\/mysql/);
  });

  test('gives its files to where the later release has them', () => {
    expect(text(move('1.11.2'))).toMatch(
      /deployment\/python -c python -- tar -C \/data\/projects\/fate -c logs jobs model_local_cache >/,
    );
    expect(text(move('1.11.2'))).toMatch(
      /statefulset\/fateflow -c fateflow -- tar -C \/data\/projects\/fate\/fateflow -x </,
    );
  });

  test('leaves behind what the later release does not read', () => {
    const later = upgradePlan(made('1.6.1'), party('10.0.0', { namespace: 'fate-30000-native' }), { accept: all });
    expect(text(later)).toMatch(/-c logs jobs > fateflow.tar/);
    expect(text(later)).not.toMatch(/tables\.tar|DROP DATABASE/);
  });

  test.each(['1.6.1', '2.0.0'])('tells of old jobs where it has their records: at %s', (to) => {
    const { data, steps } = upgradePlan(made('1.6.1'), party(to, { namespace: 'fate-30000-native' }), { accept: all });
    const areMoved = data.some(({ data, outcome }) => data === 'records' && outcome === 'moved');
    expect(steps.some(({ what }) => what.includes('lists the old jobs'))).toBe(areMoved);
  });

  test('gives HDFS its tables from a pod that policies let call namenode and datanodes', () => {
    const [, workload] = /exec -i statefulset\/(\S+) .*hdfs dfs .*-put/.exec(text(move('1.11.2'))) ?? [];
    const objects = drawn(party('1.11.2', { namespace: 'fate-30000-native' }));
    const cluster = clusterOf(objects);
    const pods = podsOf(objects);
    const [from] = pods.filter(({ labels }) => labels['app.kubernetes.io/name'] === workload);
    const [to] = pods.filter(({ labels }) => labels['app.kubernetes.io/name'] === 'datanode');
    if (from === undefined || to === undefined) throw new Error(`no pods of ${workload}`);
    expect(isReachable(cluster, { from, to, port: releases['1.11.2'].hdfs.datanode.data })).toBe(true);
  });

  const page = readFileSync(join(__dirname, '../../../docs/moving-data.md'), 'utf8').replaceAll(/ \\\n +/g, ' ');

  test('is moved by the commands of the page about that', () => {
    const lines = [...page.matchAll(/^kubectl .*$/gm)].map(([line]) => line);
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter((line) => !text(move('1.6.1')).includes(line))).toEqual([]);
  });

  test('has the claims that the page says, by each chart, and moves to those of all native datanodes', () => {
    const rows = [...page.matchAll(/^\|[^|]*\| `\w+-data` \|.*$/gm)].map(([row]) => row.split('|'));
    const column = (i: number) => rows.flatMap((row) => `${row[i]}`.match(/[\w-]+-\w+/g) ?? []).sort();
    for (const [fate, i] of [
      ['1.6.1', 2],
      ['1.11.2', 3],
      ['2.0.0', 3],
    ] as const) {
      const native = party(fate, { namespace: 'fate-30000-native', datanodes: 2 });
      const { data } = upgradePlan(made(fate, 2), native, { accept: all });
      const claims = (of: 'from' | 'to') => [...new Set(data.flatMap(({ claims }) => claims[of]))].sort();
      expect([claims('from'), claims('to')]).toEqual([column(i), column(4)]);
    }
  });
});

test('a member that stays at its release has nothing to do, and loses nothing', () => {
  const same = upgradePlan(party('1.6.1'), party('1.6.1', { sparkWorkers: 2 }));
  expect({ steps: same.steps, outcomes: new Set(outcomes(same).map(([, outcome]) => outcome)) }).toEqual({
    steps: [],
    outcomes: new Set(['kept']),
  });
  expect(upgradePlan(exchangePlan({ domain: 'example.com' }), exchangePlan({ domain: 'example.com' })).steps).toEqual(
    [],
  );
});

test('the exchange goes first and without parties, and gets them back when they have followed', () => {
  const [from, to] = ['1.6.1', '1.11.2'].map((fate) =>
    exchangePlan({ domain: 'example.com', fate: fate as FateRelease }),
  );
  const { steps } = upgradePlan(from as NonNullable<typeof from>, to as NonNullable<typeof to>);
  const commands = steps.map(({ commands }) => commands.join('\n'));
  expect(commands[1]).toMatch(/config rm .*:parties\n.*federation.fate 1.11.2\n.*up/);
  expect(commands.at(-1)).toMatch(/config set .*:parties .*\n.*up/);
});

test('images that change are named by their containers', () => {
  const { images } = plan('1.6.1', '1.11.2');
  expect(images).toContainEqual({
    container: 'namenode',
    from: 'federatedai/hadoop-namenode:2.0.0-hadoop2.7.4-java8',
    to: 'federatedai/hadoop-namenode:2.0.0-hadoop3.2.1-java8',
  });
  expect(images.map(({ container }) => container)).not.toContain('mysql');
});

test('the namenode is upgraded by the image of the later release, with what its pods need to be placed and pulled', () => {
  const upgrade = plan('1.6.1', '1.11.2', {
    registry: 'harbor.example.com/fate',
    imagePullSecrets: ['harbor'],
    pods: { namenode: { nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'fate', operator: 'Exists' }] } },
  });
  const [, manifest = ''] = /<<'END'\n([\s\S]*?)\nEND/.exec(text(upgrade)) ?? [];
  const { spec } = parse(manifest).spec.template;
  expect(spec).toMatchObject({
    imagePullSecrets: [{ name: 'harbor' }],
    nodeSelector: { disk: 'ssd' },
    tolerations: [{ key: 'fate', operator: 'Exists' }],
    containers: [{ image: 'harbor.example.com/fate/hadoop-namenode:2.0.0-hadoop3.2.1-java8' }],
    volumes: [{ persistentVolumeClaim: { claimName: 'data-namenode-0' } }],
  });
});

test.each([
  ['from', undefined, party('1.11.2')],
  ['to', party('1.6.1'), undefined],
  ['to', party('1.6.1'), { id: 30000 }],
])('what is no plan is refused as such: %s', (path, from, to) => {
  expect(problemsOf(() => upgradePlan(from as PartyPlan, to as PartyPlan))).toMatchObject([{ path }]);
});
