import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FederatedLearningCluster } from '../../../constructs';
import {
  capacity,
  clusterFile,
  type FateRelease,
  federation,
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
  readonly engine: 'mysql' | 'hdfs' | 'spark' | 'pulsar';
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
      network: { ranges: ['192.0.2.128/25'], driver: 'pod' },
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
  {
    engine: 'pulsar',
    external: {
      host: 'pulsar.example.com',
      port: 6660,
      adminPort: 8090,
      brokers: ['broker-1.example.com', '192.0.2.82'],
      public: { address: 'messages.example.com', port: 30099 },
    },
    absent: ['pulsar', 'pulsar-public-tls', 'pulsar-proxy', 'pulsar-brokers'],
    own: [
      { resources: { pulsar: { requests: { cpu: 4, memoryGiB: 8 }, limits: { cpu: 4, memoryGiB: 8 } } } },
      { pods: { pulsar: { labels: { team: 'a' } } } },
      { volumesGiB: { pulsar: 20 } },
      { storageClasses: { pulsar: 'fast' } },
      { images: { pulsar: 'harbor.example.com/pulsar:2.10.1' } },
      { addresses: { nginx: '192.0.2.72', pulsar: '192.0.2.73' } },
      { ports: { pulsar: 6652 } },
      { services: { pulsar: { type: 'NodePort', nodePort: 30099 } } },
      { ingress: { uis: ['pulsar'], basicAuthSecret: 'users' } },
    ],
    called: ['pulsar.example.com', 'broker-1.example.com', '192.0.2.82'].flatMap((host) => [
      `${host}:6660`,
      `${host}:8090`,
    ]),
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

test.each(fates)(
  'a party whose engines others run, all of them, has no policy of one and leads nobody to one, of FATE %s',
  (fate) => {
    const declared = Object.fromEntries(cases.map(({ engine, external }) => [engine, { external }]));
    const absent = cases.flatMap(({ absent }) => absent);
    const policies = drawn(planned(declared, fate)).filter(({ kind }) => kind === 'NetworkPolicy');
    expect(policies.map(({ metadata }) => metadata.name).filter((name) => absent.includes(name))).toEqual([]);
    expect(JSON.stringify(policies)).not.toMatch(new RegExp(`"app.kubernetes.io/name":"(${absent.join('|')})"`));
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

const hdfs = cases.find(({ engine }) => engine === 'hdfs') as External;
const datanodes = { ranges: ['192.0.2.0/24'] };
const single = { namenode: { host: 'namenode.example.com' }, datanodes };
const propertiesOf = (xml: string) =>
  Object.fromEntries(
    [...xml.matchAll(/<name>(.*?)<\/name><value>(.*?)<\/value>/g)].map(([, name, value]) => [name, value]),
  );

describe('the HDFS of somebody else', () => {
  const settings = {
    'dfs.replication': '3',
    'dfs.client.block.write.replace-datanode-on-failure.policy': 'DEFAULT',
    'dfs.client.block.write.replace-datanode-on-failure.best-effort': 'true',
    'dfs.nameservices': 'analytics',
    'dfs.ha.namenodes.analytics': 'nn1,nn2',
    'dfs.namenode.rpc-address.analytics.nn1': 'nn1.example.com:8020',
    'dfs.namenode.rpc-address.analytics.nn2': '192.0.2.34:8021',
    'dfs.client.failover.proxy.provider.analytics':
      'org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider',
  };

  test.each(fates)(
    'is what FATE Flow %s, its drivers and their executors are told, and as whom they are to write',
    (fate) => {
      const objects = drawn(planned({ hdfs: { external: { ...hdfs.external, user: 'fate-30000' } } }, fate));
      const conf = parse(fileOf(objects, 'fateflow-config', 'service_conf.yaml'));
      expect((conf.fate_on_spark ?? conf.storage).hdfs).toEqual({ name_node: 'hdfs://analytics' });
      expect(propertiesOf(fileOf(objects, 'fateflow-config', 'hdfs-site.xml'))).toEqual(settings);
      const spark = fileOf(objects, 'fateflow-config', 'spark-defaults.conf');
      for (const [name, value] of Object.entries(settings)) expect(spark).toContain(`spark.hadoop.${name} ${value}\n`);
      const users = workloadsOf(objects).flatMap((workload) =>
        containersOf(podOf(workload)).flatMap(({ name, env = [] }) =>
          env.flatMap((it) => (it.name === 'HADOOP_USER_NAME' ? [[name, it.value]] : [])),
        ),
      );
      expect(users).toEqual([[releases[fate].fateflow.container, 'fate-30000']]);
    },
  );

  test('of a single namenode is called by its address', () => {
    const plan = planned({ hdfs: { external: single } });
    expect(plan.hdfs).toMatchObject({ uri: 'hdfs://namenode.example.com:8020', user: 'fate', replication: 3 });
    expect(Object.keys(plan.hdfs.settings).join()).not.toContain('nameservice');
  });

  test.each(fates)('has the party below a path where FATE %s knows one, and else refuses it', (fate) => {
    const props = { hdfs: { external: { ...single, pathPrefix: '/teams/a' } } };
    if (!fate.startsWith('1.')) {
      expect(problemsOf(() => planned(props, fate)).map(({ path }) => path)).toEqual(['hdfs.external.pathPrefix']);
      return;
    }
    const conf = parse(fileOf(drawn(planned(props, fate)), 'fateflow-config', 'service_conf.yaml'));
    expect(conf.fate_on_spark.hdfs).toEqual({
      name_node: 'hdfs://namenode.example.com:8020',
      path_prefix: '/teams/a',
    });
  });

  test.each(fates)('has no name that FATE %s takes for the beginning of a URI', (fate) => {
    const paths = (external: object) => {
      try {
        planned({ hdfs: { external } }, fate);
        return [];
      } catch {
        return problemsOf(() => planned({ hdfs: { external } }, fate)).map(({ path }) => path);
      }
    };
    const isRefused = !fate.startsWith('1.');
    expect(paths({ ...single, namenode: { host: 'nn.hdfs.svc' } })).toEqual(
      isRefused ? ['hdfs.external.namenode.host'] : [],
    );
    const nameservice = { name: 'hdfs1', namenodes: [{ host: 'a.hdfs.svc' }, { host: 'b.hdfs.svc' }] };
    expect(paths({ nameservice, datanodes })).toEqual(isRefused ? ['hdfs.external.nameservice.name'] : []);
  });

  test.each<[string, object, readonly string[]]>([
    ['a word', { hdfs: 'namenode.example.com' }, ['hdfs']],
    ['nowhere', { hdfs: { external: { datanodes } } }, ['hdfs.external']],
    [
      'at two places at once',
      { hdfs: { external: { ...single, nameservice: { name: 'a', namenodes: [{ host: 'a.b' }, { host: 'a.c' }] } } } },
      ['hdfs.external'],
    ],
    ['without datanodes', { hdfs: { external: { namenode: single.namenode } } }, ['hdfs.external.datanodes']],
    [
      'of no range',
      { hdfs: { external: { ...single, datanodes: { ranges: [] } } } },
      ['hdfs.external.datanodes.ranges'],
    ],
    [
      'everywhere',
      { hdfs: { external: { ...single, datanodes: { ranges: ['0.0.0.0/0'] } } } },
      ['hdfs.external.datanodes.ranges[0]'],
    ],
    [
      "a Service of the party's own",
      { hdfs: { external: { ...single, namenode: { host: 'namenode' } } } },
      ['hdfs.external.namenode.host'],
    ],
    [
      'a nameservice of one namenode, written twice',
      {
        hdfs: {
          external: {
            nameservice: { name: 'a', namenodes: [{ host: 'nn.b' }, { host: 'nn.b', port: 8020 }] },
            datanodes,
          },
        },
      },
      ['hdfs.external.nameservice.namenodes[1]'],
    ],
    [
      'a nameservice of one namenode',
      { hdfs: { external: { nameservice: { name: 'a', namenodes: [{ host: 'nn.b' }] }, datanodes } } },
      ['hdfs.external.nameservice.namenodes'],
    ],
    [
      'of a shell',
      { hdfs: { external: { ...single, user: 'a;b', pathPrefix: '/a b', replication: 0 } } },
      ['hdfs.external.user', 'hdfs.external.pathPrefix', 'hdfs.external.replication'],
    ],
  ])('is not %s', (_, props, paths) => {
    expect(problemsOf(() => planned(props)).map(({ path }) => path)).toEqual(paths);
  });

  test('lets workers and FATE Flow out to the ranges of its datanodes, and nobody else', () => {
    const policies = drawn(planned({ hdfs: { external: hdfs.external } })).filter(
      ({ kind }) => kind === 'NetworkPolicy',
    );
    const open = policies.filter(({ spec }) => JSON.stringify(spec.egress ?? []).includes('"port":9866'));
    expect(open.map(({ metadata }) => metadata.name).sort()).toEqual(['fateflow', 'spark-worker']);
    for (const { spec } of open)
      expect(spec.egress).toContainEqual({
        to: [{ ipBlock: { cidr: '198.51.100.0/25' } }, { ipBlock: { cidr: '198.51.100.192/26' } }],
        ports: [{ port: 9866, protocol: 'TCP' }],
      });
  });

  test('is behind no firewall where it is in the cluster', () => {
    const external = { namenode: { host: 'nn.files.svc' }, datanodes: { ranges: ['10.244.0.0/20'] } };
    const at = firewallRules([planned({ hdfs: { external } })]).flatMap(({ destination }) => destination.at ?? []);
    expect(at).not.toContain('nn.files.svc');
    expect(at).not.toContain('10.244.0.0/20');
  });

  const judged = (external: object, id: string, answer: unknown) => {
    const pod = {
      metadata: { name: 'fateflow-0', labels: { 'app.kubernetes.io/name': 'fateflow' } },
      status: {
        containerStatuses: [
          { name: 'python', image: '', imageID: '', ready: true, restartCount: 0, state: { running: {} } },
        ],
      },
    };
    const step = partyLadder(planned({ hdfs: { external } }), [], [pod]).find((each) => each.id === id);
    const answers = new Map([[id, { value: answer }]]);
    return step?.judge({ now: new Date(), pods: { value: [] }, events: { value: [] }, verdicts: new Map(), answers });
  };

  test.each([
    [single, 'connection namenode.example.com:8020', 'fails'],
    [hdfs.external, 'connection nn1.example.com:8020', 'warns'],
  ])(
    'whose namenode is away fails where it is the only one, and where there is another one warns',
    (external, id, verdict) => {
      expect(judged(external, id, { kind: 'refused', error: 'connection refused' })).toMatchObject({
        verdict,
        failure: 'namenode-lost',
        acts: { member: 30000 },
      });
    },
  );

  const df = (size: number, left: number) => ({
    code: 0,
    stdout: `Filesystem  Size  Used  Available  Use%\nhdfs://analytics  ${size}  7  ${left}  1%\n`,
    stderr: '',
  });
  test.each([
    [df(2 ** 40, 2 ** 39), { verdict: 'holds', saw: '512 GiB of 1024 GiB left' }],
    [df(2 ** 40, 2 ** 37), { verdict: 'warns', failure: 'hdfs-full' }],
    [df(2 ** 40, 2 ** 34), { verdict: 'fails', failure: 'hdfs-full' }],
    [df(0, 0), { verdict: 'fails', failure: 'datanode-lost' }],
    [
      { code: 1, stdout: '', stderr: "log\ndf: `hdfs://analytics/fate': No such file or directory\n" },
      { verdict: 'fails', failure: 'namenode-lost', meaning: expect.stringContaining('nobody has made the directory') },
    ],
    [
      { code: 1, stdout: '', stderr: 'df: Call From a to b failed' },
      { verdict: 'fails', failure: 'namenode-lost' },
    ],
    [{ code: 127, stdout: '', stderr: '' }, { verdict: 'unseen' }],
  ])('is asked by its own client for room: %j', (answer, expected) => {
    expect(judged(hdfs.external, 'hdfs', answer)).toMatchObject(expected);
  });

  test('has no metric, alert or picture of it in the party', () => {
    const objects = drawn(planned({ hdfs: { external: hdfs.external } }));
    const text = JSON.stringify(objects.filter(({ kind }) => kind !== 'NetworkPolicy'));
    expect(text).not.toMatch(/fate_hdfs|FateHdfs|Datanodes/);
  });

  test('that is another one than before has none of the tables', () => {
    const plan = planned({ hdfs: { external: hdfs.external } });
    const told = lastingPartyChanges(lastingPartyValues(planned({}, '1.6.1')), plan);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('tables of party 30000 was hdfs://namenode:9000 and is hdfs://analytics now');
    expect(
      problemsOf(() => upgradePlan(planned({}), planned({ hdfs: { external: hdfs.external } }, '1.11.2'))),
    ).toEqual([expect.objectContaining({ path: 'tables' })]);
  });

  test('stays as it is when FATE is upgraded, and keeps what FATE 2 does not read', () => {
    const at = (fate: FateRelease) => planned({ hdfs: { external: hdfs.external } }, fate);
    const accept = ['records', 'models', 'tables', 'messages'] as const;
    const kept = upgradePlan(at('1.6.1'), at('1.11.2'), { accept });
    expect(kept.data.find(({ data }) => data === 'tables')).toMatchObject({ outcome: 'kept', claims: { to: [] } });
    expect(JSON.stringify(kept)).not.toContain('hdfs namenode');
    const left = upgradePlan(at('1.11.2'), at('2.2.0'), { accept });
    expect(left.data.find(({ data }) => data === 'tables')).toMatchObject({ outcome: 'lost' });
    expect(left.steps.map(({ what }) => what).join()).toContain('stay in hdfs://analytics/fate');
    expect(left.steps.flatMap(({ commands }) => commands).join()).not.toMatch(/namenode|datanode/);
  });

  test('takes no tables of a party that KubeFATE has made: records name the HDFS of before', () => {
    const made = planned({
      ...{ driver: 'kubefate', transport: 'open', networkPolicies: false },
      ...{ backup: undefined, monitoring: undefined, exchange: undefined },
    });
    const to = planned({ hdfs: { external: hdfs.external }, namespace: 'fate-30000-native', exchange: undefined });
    const { data } = upgradePlan(made, to, { accept: ['messages', 'tables'] });
    expect(data.find(({ data }) => data === 'tables')).toMatchObject({ outcome: 'lost' });
  });

  test('is one directory for each party of a federation, and so is a database', () => {
    const party = (id: number, more = {}) => ({
      id,
      mysql: { external: { host: 'mysql.example.com', database: `fate_${id}` } },
      hdfs: { external: { ...single, ...more } },
    });
    const declared = (...parties: readonly ReturnType<typeof party>[]) =>
      federation({ domain: 'example.com', fate: '1.11.2', exchange: false, parties });
    expect(declared(party(1, { pathPrefix: '/a' }), party(2, { pathPrefix: '/b' })).parties).toHaveLength(2);
    const same = [party(1), { ...party(2), mysql: party(1).mysql }];
    expect(problemsOf(() => declared(...same)).map(({ path }) => path)).toEqual([
      'parties[1].mysql.external',
      'parties[1].hdfs.external',
    ]);
  });
});
