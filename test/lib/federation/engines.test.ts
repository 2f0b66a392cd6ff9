import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FederatedLearningCluster } from '../../../constructs';
import {
  capacity,
  clusterFile,
  type FateRelease,
  firewallRules,
  images,
  type PartyPlan,
  type PartyProps,
  partyPlan,
  releases,
  upgradePlan,
} from '../../../lib';
import { partyLadder } from '../../../lib/diagnosis/ladders/party';
import { flowsOf } from '../../../lib/federation/flows';
import { lastingPartyChanges, lastingPartyValues } from '../../../lib/federation/lasting';
import { partySecretNeeds } from '../../../lib/federation/secret-needs';
import { leaving } from '../../../lib/operations/removal';
import { restoreSteps } from '../../../lib/operations/restore';
import { failures } from '../../../lib/reports/failures';
import { openPoints } from '../../../lib/reports/open-points';
import { exchangeDescriptorOf, problemsOf } from '../../support/declarations';
import { type AnyObject, containersOf, fileOf, objectsOf, podOf, workloadsOf } from '../../support/objects';

const fates = Object.keys(releases) as FateRelease[];

/** A program that somebody else runs: how it is declared, what then is not drawn, and what is spoken to in its place. */
interface External {
  readonly engine: 'mysql' | 'hdfs' | 'spark';
  readonly external: object;
  /** Workloads, which Services are named after too. */
  readonly absent: readonly string[];
  /** What is of the party's own alone. */
  readonly own: readonly Partial<PartyProps>[];
  /** Called servers, with ports. */
  readonly called: readonly string[];
  /** What is called without being known one by one, with its port. */
  readonly ranges?: readonly string[];
}

const cases: readonly External[] = [
  {
    engine: 'mysql',
    external: { host: 'mysql.example.com', port: 3307, database: 'fate_30000', user: 'fate-30000' },
    absent: ['mysql'],
    own: [
      { resources: { mysql: { requests: { cpu: 4, memoryGiB: 8 }, limits: { cpu: 4, memoryGiB: 8 } } } },
      { pods: { mysql: { labels: { team: 'a' } } } },
      { volumesGiB: { mysql: 20 } },
      { storageClasses: { mysql: 'fast' } },
    ],
    called: ['mysql.example.com:3307'],
  },
  {
    engine: 'hdfs',
    external: {
      nameservice: { name: 'analytics', namenodes: [{ host: 'nn1.example.com' }, { host: '192.0.2.34', port: 8021 }] },
      datanodes: { ranges: ['198.51.100.0/25', '198.51.100.192/26'] },
    },
    absent: ['namenode', 'datanode'],
    own: [
      { resources: { namenode: { requests: { cpu: 4, memoryGiB: 8 }, limits: { cpu: 4, memoryGiB: 8 } } } },
      { resources: { datanode: { requests: { cpu: 4, memoryGiB: 8 }, limits: { cpu: 4, memoryGiB: 8 } } } },
      { pods: { namenode: { labels: { team: 'a' } } } },
      { volumesGiB: { datanode: 20 } },
      { storageClasses: { datanode: 'fast' } },
      { datanodes: 3 },
      { replication: 2 },
    ],
    called: ['nn1.example.com:8020', '192.0.2.34:8021'],
    ranges: ['198.51.100.0/25:9866', '198.51.100.192/26:9866'],
  },
  {
    engine: 'spark',
    external: {
      masters: [{ host: 'spark-1.example.com' }, { host: 'spark-2.example.com', port: 7078 }],
      workers: { count: 2, cores: 4, memoryGiB: 16 },
      network: { ranges: ['192.0.2.128/25'], driver: { address: { reserved: '192.0.2.80' } } },
      python: { executable: '/opt/fate/bin/python', path: ['/opt/fate/python', '/opt/fate/more'] },
    },
    absent: ['spark-master', 'spark-worker'],
    own: [
      { sparkWorkers: 2 },
      { resources: { sparkWorker: { requests: { cpu: 8, memoryGiB: 16 }, limits: { cpu: 8, memoryGiB: 16 } } } },
      { pods: { sparkMaster: { labels: { team: 'a' } } } },
      { images: { sparkWorker: 'harbor.example.com/fate/spark-worker:mine' } },
      { ingress: { uis: ['notebook', 'spark'], basicAuthSecret: 'users' } },
    ],
    called: ['spark-1.example.com:7077', 'spark-2.example.com:7078'],
  },
];

const planned = (props: object, fate: FateRelease = '1.6.1'): PartyPlan =>
  partyPlan({
    domain: 'example.com',
    id: 30000,
    fate,
    exchange: exchangeDescriptorOf({ fate }),
    backup: { to: { claimGiB: 20 } },
    monitoring: {},
    ...props,
  });

const drawn = (plan: PartyPlan): AnyObject[] => objectsOf((app) => new FederatedLearningCluster(app, 'party', plan));

describe.each(cases)(
  'a party whose $engine somebody else runs',
  ({ engine, external, absent, own, called, ranges = [] }) => {
    const declared = { [engine]: { external } };

    test.each(fates)('has none of it among its objects, of FATE %s', (fate) => {
      const objects = drawn(planned(declared, fate));
      const names = objects
        .filter(({ kind }) => kind !== 'NetworkPolicy')
        .flatMap(({ metadata }) => [metadata.name, metadata.labels?.['app.kubernetes.io/name']]);
      expect(names.filter((name) => absent.includes(name))).toEqual([]);
      const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
      expect(policies.map(({ metadata }) => metadata.name).filter((name) => absent.includes(name))).toEqual([]);
      expect(JSON.stringify(policies)).not.toMatch(new RegExp(`"app.kubernetes.io/name":"(${absent.join('|')})"`));
    });

    test.each(fates)('asks for no room for it, and pulls nothing to run it, of FATE %s', (fate) => {
      const plan = planned(declared, fate);
      const { oversized, requested } = capacity([plan], { vmClass: { cpu: 0.1, memoryGiB: 0.1 }, count: 1 });
      expect(oversized.map(({ container }) => container)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(new RegExp(`^(${absent.join('|')})$`))]),
      );
      expect(requested.cpu).toBeLessThan(
        capacity([planned({}, fate)], { vmClass: 'best-effort-2xlarge', count: 1 }).requested.cpu,
      );
      const workloads = images([plan]).flatMap(({ uses }) => uses.map(({ workload }) => workload));
      expect(workloads.filter((workload) => absent.some((name) => workload.endsWith(`/${name}`)))).toEqual([]);
    });

    test.each(fates)('is let out to it, and tells whoever runs its firewall, of FATE %s', (fate) => {
      const plan = planned(declared, fate);
      const hosts = flowsOf(plan).flatMap(({ to, port }) =>
        to.kind === 'host' ? to.at.map((at) => `${at}:${port}`) : [],
      );
      expect([...new Set(hosts)].sort()).toEqual([...called, ...ranges].sort());
      const outwards = firewallRules([plan]).flatMap(({ direction, destination, port }) =>
        direction === 'out' ? (destination.at ?? []).map((at) => `${at}:${port}`) : [],
      );
      for (const each of [...called, ...ranges]) expect(outwards.filter((rule) => rule === each)).toEqual([each]);
    });

    test.each(fates)('is looked at where it is, and is missing nowhere else, of FATE %s', (fate) => {
      const steps = partyLadder(planned(declared, fate), [], []);
      const ids = steps.map(({ id }) => id);
      expect(
        ids.filter((id) => absent.some((name) => id === `pods ${name}` || id.startsWith(`connection ${name}:`))),
      ).toEqual([]);
      for (const each of called) expect(ids).toContain(`connection ${each}`);
      for (const { needs, id } of steps) for (const need of needs) expect(ids, `${id} needs ${need}`).toContain(need);
    });

    test.each(own)('says nothing of one of its own, such as %j', (said) => {
      expect(problemsOf(() => planned({ ...declared, ...said })).map(({ remedy }) => remedy)).toEqual([
        `leave it out, or leave out ${engine}.external`,
      ]);
    });

    test('has no file for KubeFATE', () => {
      expect(
        problemsOf(() => planned({ ...declared, driver: 'kubefate', networkPolicies: false })).map(({ path }) => path),
      ).toContain(`${engine}.external`);
      const limits = clusterFile(planned(declared))
        .limits.filter(({ fatal }) => fatal)
        .map(({ path }) => path);
      expect(limits).toContain(`${engine}.external`);
    });

    test('tells its operator what whoever runs it has to do', () => {
      const plan = planned(declared);
      const told = openPoints({ parties: [plan] })
        .map(({ what, remedy }) => `${what}: ${remedy}`)
        .join('\n');
      for (const each of [...called, ...ranges]) expect(told).toContain(each.split(':')[0]);
    });

    test('names no claim of it, whatever is done with its data', () => {
      const plan = planned(declared);
      const later = planned({ ...declared, sizing: 'production' });
      const texts = [
        ...lastingPartyChanges(lastingPartyValues(plan), later),
        ...leaving(plan, { parties: [plan] }).steps.map((step) => JSON.stringify(step)),
        ...restoreSteps({ ...plan, backup: plan.backup as NonNullable<PartyPlan['backup']> }).map((step) =>
          JSON.stringify(step),
        ),
        JSON.stringify(upgradePlan(plan, planned(declared, '1.11.2'), { accept: ['messages', 'models', 'logs'] })),
      ].join('\n');
      for (const name of absent) expect(texts).not.toMatch(new RegExp(`data-${name}-|statefulset[ /]${name}\\b`));
    });
  },
);

const mysql = { external: { host: 'mysql.example.com', port: 3307, database: 'fate_30000', user: 'fate-30000' } };

describe('the MySQL of somebody else', () => {
  test.each(fates)('is what every program of FATE %s that has a database is told', (fate) => {
    const objects = drawn(planned({ mysql }, fate));
    const conf = fileOf(objects, 'fateflow-config', 'service_conf.yaml');
    expect(conf).toContain('host: mysql.example.com');
    expect(parse(conf).database.mysql ?? parse(conf).database).toMatchObject({
      host: 'mysql.example.com',
      port: 3307,
      name: 'fate_30000',
      user: 'fate-30000',
      passwd: '${MYSQL_PASSWORD}',
    });
    const told = objects
      .flatMap(({ kind, data }) => (kind === 'ConfigMap' ? Object.values<string>(data) : []))
      .join('\n');
    expect(told).not.toMatch(/eggroll_meta|mysql:3306/);
    const asked = [...workloadsOf(objects), ...objects.filter(({ kind }) => kind === 'CronJob')]
      .flatMap((workload) => containersOf(podOf(workload)))
      .flatMap(({ env = [] }) => env);
    const of = (name: string) => [...new Set(asked.filter((it) => it.name === name).map(({ value }) => value))];
    expect([of('MYSQL_HOST'), of('MYSQL_PORT')]).toEqual([['mysql.example.com'], ['3307']]);
    expect([of('MYSQL_DATABASE'), of('MYSQL_USER')]).toEqual([['fate_30000'], ['fate-30000']]);
    const secrets = asked.flatMap(({ name, valueFrom }) =>
      /^MYSQL_(PASSWORD|PWD)$/.test(name) ? [valueFrom?.secretKeyRef] : [],
    );
    expect(new Set(secrets.map((it) => JSON.stringify(it)))).toEqual(
      new Set([JSON.stringify({ name: 'external-mysql', key: 'password' })]),
    );
  });

  test('has its password in a Secret that nobody makes up', () => {
    const { names } = partySecretNeeds(planned({ mysql }));
    expect(names).toContain('externalMysql');
    expect(names).not.toContain('mysql');
  });

  test.each<[string, object, readonly string[]]>([
    ['a word', { mysql: 'mysql.example.com' }, ['mysql']],
    ['nothing', { mysql: {} }, ['mysql']],
    [
      'a password',
      { mysql: { external: { host: 'mysql.example.com', password: 'secret' } } },
      ['mysql.external.password'],
    ],
    ['no host', { mysql: { external: {} } }, ['mysql.external.host']],
    ["a Service of the party's own", { mysql: { external: { host: 'mysql' } } }, ['mysql.external.host']],
    ['the pod itself', { mysql: { external: { host: '127.0.0.1' } } }, ['mysql.external.host']],
    ['a URL', { mysql: { external: { host: 'mysql://mysql.example.com' } } }, ['mysql.external.host']],
    [
      'SQL',
      { mysql: { external: { ...mysql.external, database: 'a; DROP', user: "a'b" } } },
      ['mysql.external.database', 'mysql.external.user'],
    ],
    ['no port', { mysql: { external: { ...mysql.external, port: 0 } } }, ['mysql.external.port']],
  ])('is not %s', (_, props, paths) => {
    expect(problemsOf(() => planned(props)).map(({ path }) => path)).toEqual(paths);
  });

  test.each(['192.0.2.33', 'mysql.databases.svc.cluster.local', 'mysql.databases.svc'])('may be at %s', (host) => {
    expect(planned({ mysql: { external: { host } } }).mysql).toEqual({
      host,
      port: 3306,
      name: 'eggroll_meta',
      user: 'fate',
      isExternal: true,
      secret: 'externalMysql',
    });
  });

  test('is behind no firewall where it is in the cluster, and NetworkPolicies let its port through', () => {
    const plan = planned({ mysql: { external: { host: 'mysql.databases.svc' } } });
    expect(firewallRules([plan]).flatMap(({ destination }) => destination.at ?? [])).not.toContain(
      'mysql.databases.svc',
    );
    const policy = drawn(plan).find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'fateflow');
    expect(policy.spec.egress).toContainEqual({ ports: [{ port: 3306, protocol: 'TCP' }] });
  });

  test('is let through by its address alone', () => {
    const plan = planned({ mysql: { external: { host: '192.0.2.33' } } });
    const policy = drawn(plan).find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'fateflow');
    expect(policy.spec.egress).toContainEqual({
      to: [{ ipBlock: { cidr: '192.0.2.33/32' } }],
      ports: [{ port: 3306, protocol: 'TCP' }],
    });
  });

  test.each([
    [{ kind: 'refused', error: 'connection refused' }, 'nothing listens on the port: whoever runs it has to look'],
    [{ kind: 'timeout', error: 'no answer' }, 'a firewall on the way, or an address that nobody has'],
  ])('that does not answer is told of: %j', (answer, meaning) => {
    const step = partyLadder(planned({ mysql }), [], []).find(({ id }) => id === 'connection mysql.example.com:3307');
    const judged = step?.judge({
      now: new Date(),
      pods: { value: [] },
      events: { value: [] },
      verdicts: new Map(),
      answers: new Map([['connection mysql.example.com:3307', { value: answer }]]),
    });
    expect(judged).toMatchObject({ verdict: 'fails', failure: 'mysql-lost', acts: { member: 30000 } });
    expect(judged?.meaning).toContain(meaning);
  });

  test.each(fates)(
    'is asked for the ledger of cores from the pod of FATE Flow %s, by the password that is there',
    (fate) => {
      const { container } = releases[fate].fateflow;
      const pod = (workload: string, name: string) => ({
        metadata: { name, labels: { 'app.kubernetes.io/name': workload } },
        status: {
          containerStatuses: [
            { name: container, image: '', imageID: '', ready: true, restartCount: 0, state: { running: {} } },
          ],
        },
      });
      const step = partyLadder(planned({ mysql }, fate), [], [pod('fateflow', 'fateflow-0')]).find(
        ({ id }) => id === 'cores',
      );
      const [ask] = step?.asks ?? [];
      expect(ask).toMatchObject({ execution: { pod: 'fateflow-0', container } });
      const command = ask && 'execution' in ask ? ask.execution.command : [];
      expect(command.slice(3, 7)).toEqual(['mysql.example.com', '3307', 'fate-30000', 'fate_30000']);
      expect(command[2]).toContain("os.environ['MYSQL_PASSWORD']");
    },
  );

  test('is mended by whoever runs it', () => {
    const plan = planned({ mysql });
    const lost = failures['mysql-lost'].party?.({ plan, others: [] });
    expect(lost?.remedy).toContain('Ask who runs mysql.example.com');
    expect(failures['mysql-half-made'].party?.({ plan, others: [] })).toBeUndefined();
  });

  test('that is another one than before has none of the records', () => {
    const before = lastingPartyValues(planned({}));
    expect(lastingPartyChanges(before, planned({ mysql })).join()).toContain(
      'database of party 30000 was mysql:3306/eggroll_meta and is mysql.example.com:3307/fate_30000 now',
    );
    expect(problemsOf(() => upgradePlan(planned({}), planned({ mysql }, '1.11.2'))).map(({ path }) => path)).toEqual([
      'database',
    ]);
  });

  test('is written out and emptied by a client that asks for its password', () => {
    const { steps } = upgradePlan(planned({ mysql }), planned({ mysql }, '2.2.0'), {
      accept: ['records', 'models', 'tables', 'messages'],
    });
    const typed = steps.flatMap(({ commands }) => commands).join('\n');
    const client =
      '--host=mysql.example.com --port=3307 --user=fate-30000 --password --default-character-set=utf8mb4 fate_30000';
    expect(typed).toContain(`mysqldump --single-transaction --no-tablespaces --set-gtid-purged=OFF ${client}`);
    expect(typed).toContain(`echo "DROP DATABASE fate_30000; CREATE DATABASE fate_30000" |\n  mysql ${client}`);
  });
});
