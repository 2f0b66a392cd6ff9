import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FederatedLearningCluster } from '../../../constructs';
import {
  type AgreementProps,
  type ExchangeDescriptor,
  type FateRelease,
  type PartyProps,
  partyPlan,
  releases,
} from '../../../lib';
import { exchangeDescriptorOf } from '../../support/declarations';
import { containerOf, environmentOf, fileOf, find, objectsOf, podOf } from '../../support/objects';

const flc = (props: Partial<PartyProps & AgreementProps & { exchange: ExchangeDescriptor }> = {}) =>
  objectsOf((app) => {
    const agreement = { domain: 'example.com', fate: props.fate, transport: props.transport };
    const exchange = exchangeDescriptorOf(agreement);
    const plan = partyPlan({ ...agreement, id: 30000, sparkWorkers: 3, exchange, ...props });
    return new FederatedLearningCluster(app, 'flc', plan);
  });
const objects = flc();
const serviceConf = (of = objects) => parse(fileOf(of, 'fateflow-config', 'service_conf.yaml'), { version: '1.1' });

/** Keys that a release reads of a party with Spark, HDFS and Pulsar, by blocks. Blocks of `peewee` pass all of theirs on. */
type KeysRead = Readonly<Record<string, string>>;

/** @see FATE-Flow v2.2.0, `fate_flow/runtime/system_settings.py`, whose own reader is run in `test/engines/fate/` */
const readBy2: KeysRead = {
  '': 'party_id use_registry log_level',
  fateflow: 'host http_port grpc_port protocol proxy_name random_instance_id',
  database: 'engine decrypt_key',
  'database.mysql': 'name user passwd host port max_connections stale_timeout',
  default_engines: 'computing federation storage',
  default_provider: 'name version device',
  'computing.spark': 'home cores',
  'federation.nginx': 'host http_port grpc_port protocol',
  'federation.pulsar': 'host port mng_port user password max_message_size mode topic_ttl cluster tenant',
  'storage.hdfs': 'name_node',
  model_store: 'engine decrypt_key',
  'model_store.file': 'path',
};

const readBy: Readonly<Record<FateRelease, KeysRead>> = {
  /** @see FATE v1.6.1, `python/fate_flow` and `python/fate_arch` */
  '1.6.1': {
    '': 'work_mode use_registry use_deserialize_safe_module',
    fateflow: 'host http_port grpc_port proxy protocol default_federated_status_collect_type',
    fateboard: 'host port',
    database: 'name user passwd host port max_connections stale_timeout',
    'fate_on_spark.spark': 'cores_per_node memory_per_node nodes',
    'fate_on_spark.hdfs': 'name_node path_prefix',
    'fate_on_spark.pulsar': 'host port mng_port topic_ttl cluster tenant user password route_table',
    'fate_on_spark.nginx': 'host http_port grpc_port',
    model_store_address: 'storage name user passwd host port max_connections stale_timeout',
    servings: 'hosts',
  },
  /** @see FATE-Flow v1.11.2, `python/fate_flow/settings.py`, `python/fate_flow/db`; FATE v1.11.2, `python/fate_arch` */
  '1.11.2': {
    '': 'use_registry use_deserialize_safe_module dependent_distribution party_id hook_server_name enable_model_store encrypt_password encrypt_module private_key private_key_file',
    hook_module: 'client_authentication site_authentication permission',
    'authentication.client': 'switch http_app_key http_secret_key',
    'authentication.site': 'switch',
    permission: 'switch component dataset',
    fateflow: 'host http_port grpc_port proxy protocol random_instance_id',
    'fateflow.nginx': 'host http_port grpc_port',
    fateboard: 'host port',
    database: 'name user passwd host port max_connections stale_timeout',
    zookeeper: 'hosts use_acl user password',
    default_engines: 'computing federation storage',
    'fate_on_spark.spark': 'home cores_per_node memory_per_node nodes',
    'fate_on_spark.hdfs': 'name_node path_prefix',
    'fate_on_spark.pulsar':
      'host port mng_port topic_ttl cluster tenant user password mode max_message_size route_table',
    'fate_on_spark.nginx': 'host http_port grpc_port',
    model_store_address: 'storage database user password host port max_connections stale_timeout',
    servings: 'hosts',
  },
  '2.0.0': readBy2,
  '2.2.0': readBy2,
};

/** Where a file has a value, lists and empty maps among them. */
const written = (value: unknown, path = ''): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => written(inner, path === '' ? key : `${path}.${key}`))
    : [path];

/** What the file says, in whichever words the release has for it. */
// biome-ignore lint/suspicious/noExplicitAny: a file that was read
function told(conf: any) {
  const { fateflow, database, model_store_address, fate_on_spark, computing, federation, storage } = conf;
  return fate_on_spark === undefined
    ? {
        proxy: fateflow.proxy_name,
        database: database.mysql,
        passwords: [database.mysql.passwd],
        cores: computing.spark.cores,
        pulsar: federation.pulsar,
        nginx: federation.nginx,
        hdfs: storage.hdfs,
      }
    : {
        proxy: fateflow.proxy,
        database,
        passwords: [database.passwd, model_store_address.password ?? model_store_address.passwd],
        cores: fate_on_spark.spark.cores_per_node * fate_on_spark.spark.nodes,
        pulsar: fate_on_spark.pulsar,
        nginx: fate_on_spark.nginx,
        hdfs: fate_on_spark.hdfs,
      };
}

describe.each(Object.keys(releases) as FateRelease[])('FATE Flow of FATE %s', (fate) => {
  const objects = flc({ fate });
  const { fateflow: release, fateboard, toyExample } = releases[fate];
  const container = containerOf(objects, release.container);
  const conf = serviceConf(objects);
  const { proxy, database, cores, pulsar, nginx, hdfs } = told(conf);

  test('reads every key of its configuration', () => {
    const known = Object.entries(readBy[fate]).flatMap(([block, keys]) =>
      keys.split(' ').map((key) => (block === '' ? key : `${block}.${key}`)),
    );
    expect(written(conf).filter((key) => !known.includes(key))).toEqual([]);
  });

  test('is configured for Spark, HDFS and Pulsar of its own namespace', () => {
    expect(conf.fateflow).toMatchObject({ http_port: 9380, grpc_port: 9360 });
    expect(proxy).toBe('nginx');
    expect(database).toMatchObject({ name: 'eggroll_meta', user: 'fate', host: 'mysql', port: 3306 });
    expect(hdfs.name_node).toBe('hdfs://namenode:9000');
    expect(pulsar).toMatchObject({ host: 'pulsar', port: 6650, mng_port: 8080, topic_ttl: 3 });
  });

  test('calls others by the port of its nginx that is for it alone, where others need certificates', () => {
    expect(nginx).toEqual({ host: 'nginx-internal', http_port: 9301 });
    const open = told(serviceConf(flc({ fate, transport: 'open' })));
    expect(open.nginx).toEqual({ host: 'nginx', http_port: 9300 });
  });

  test('knows no FATE Serving, and says so at once when a model is to be published', () => {
    expect(conf.servings?.hosts ?? []).toEqual([]);
  });

  test('uploads and copies data in pieces of the size that FATE has by default, whatever memory and volumes are', () => {
    expect(Object.keys(environmentOf(container))).not.toContainEqual(expect.stringMatching(/^FATE_FLOW_UPLOAD/));
  });

  test('calls hosts and ports of Services', () => {
    const called = [
      [database.host, database.port],
      [pulsar.host, pulsar.port],
      [pulsar.host, pulsar.mng_port],
      [nginx.host, nginx.http_port],
    ];
    for (const [host, port] of called) {
      const open = find(objects, 'Service', host).spec.ports.map((it: { port: number }) => it.port);
      expect(open, host).toContain(port);
    }
  });

  test('counts the cores that the Spark workers offer', () => {
    const worker = environmentOf(containerOf(objects, 'spark-worker'));
    const { replicas } = find(objects, 'Deployment', 'spark-worker').spec;
    expect(cores).toBe(Number(worker['SPARK_WORKER_CORES']) * replicas);
  });

  test('has the route table of Pulsar where it reads it, as a directory whose changes reach the running pod', () => {
    const mounts = container.volumeMounts ?? [];
    const mount = mounts.find(({ name }) => name === 'pulsar-route-table');
    expect(mount).toEqual({ name: 'pulsar-route-table', mountPath: release.pulsarRoutes.directory, readOnly: true });
    expect(release.pulsarRoutes.link ?? `${mount?.mountPath}/pulsar_route_table.yaml`).toBe(
      pulsar.route_table === undefined
        ? `${release.configuration}/pulsar_route_table.yaml`
        : `/data/projects/fate/${pulsar.route_table}`,
    );
    expect(find(objects, 'StatefulSet', 'fateflow').spec.template.metadata.annotations).not.toHaveProperty(
      'checksum/pulsar-route-table',
    );
  });

  test('has logs, jobs and models on its volume, each in a directory of its own', () => {
    const onVolume = (container.volumeMounts ?? []).filter(({ name }) => name === 'data');
    const kept = Object.fromEntries(onVolume.map(({ subPath, mountPath }) => [subPath, mountPath]));
    expect(kept).toEqual(release.directories);
    expect(kept).toMatchObject({ logs: expect.any(String), jobs: expect.any(String) });
    expect(Object.keys(kept)).toContainEqual(expect.stringMatching(/^model/));
    expect(new Set(Object.values(kept)).size).toBe(onVolume.length);
  });

  test('mounts nothing into what another mount brings, read-only as that is', () => {
    const mounts = (container.volumeMounts ?? []).map(({ mountPath }) => `${mountPath}/`);
    const inside = mounts.filter((path) => mounts.some((other) => other !== path && path.startsWith(other)));
    expect(inside).toEqual([]);
  });

  test('starts by the script that fills in its files', () => {
    expect(container.command?.slice(0, 2)).toEqual(['/bin/sh', `${release.templates}/start.sh`]);
    expect(container.command?.slice(2)).toEqual(release.command);
  });

  test('runs the toy example in a container that is there', () => {
    const { container: where, command } = toyExample;
    const name = where === 'client' ? 'client' : release.container;
    expect(containerOf(objects, name).name).toBe(name);
    expect(command(30000, 40000).join(' ')).toMatch(/\b30000\b.*\b40000\b/);
  });

  test('lends its pod to FATE Board in the releases that say so', () => {
    const names = podOf(find(objects, 'StatefulSet', 'fateflow')).containers.map(({ name }) => name);
    expect(names.includes('fateboard')).toBe(fateboard.pod === 'fateflow');
  });
});

describe.each(['1.6.1', '1.11.2'] as const)('FATE Flow of FATE %s', (fate) => {
  test.each([
    [{}, 'http://30000.fateboard.example.com:80'],
    [{ ingress: { tlsSecret: 'fate-tls' } }, 'http://30000.fateboard.example.com:80'],
    [{ ingress: { uis: [] } }, 'http://fateboard:8080'],
  ] as const)('with %j links in its answers to %s', (props, link) => {
    const { host, port } = serviceConf(flc({ fate, ...props })).fateboard;
    expect(`http://${host}:${port}`).toBe(link);
  });
});

test('FATE 2 is told which party it is in quotes, and which engines', () => {
  const { party_id, default_engines, computing } = serviceConf(flc({ fate: '2.2.0' }));
  expect(party_id).toBe('30000');
  expect(default_engines).toEqual({ computing: 'spark', federation: 'pulsar', storage: 'hdfs' });
  expect(computing.spark.home).toBe(releases['2.2.0'].fateflow.sparkHome);
});

test('FATE 1.6.1 is told that it is a cluster, and FATE 1.11.2 which party and which engines', () => {
  expect(serviceConf().work_mode).toBe(1);
  const { work_mode, party_id, default_engines, fate_on_spark } = serviceConf(flc({ fate: '1.11.2' }));
  expect([work_mode, party_id]).toEqual([undefined, 30000]);
  expect(default_engines).toEqual({ computing: 'spark', federation: 'pulsar', storage: 'hdfs' });
  expect(fate_on_spark.spark.home).toBe(releases['1.11.2'].fateflow.sparkHome);
});

test('FATE 1.11.2 keeps on its volume what FATE-LLM loads', () => {
  const { volumeMounts = [], env = [] } = containerOf(flc({ fate: '1.11.2' }), 'fateflow');
  const cache = env.find(({ name }) => name === 'HUGGINGFACE_HUB_CACHE')?.value;
  expect(volumeMounts.find(({ mountPath }) => mountPath === cache)).toMatchObject({ name: 'data', subPath: 'llm' });
});

const files = Object.entries<string>(find(objects, 'ConfigMap', 'fateflow-config').data);

/** What a password is made of: every kind of character that a shell, awk or YAML could take for something else. */
const passwords = [
  'simple',
  ' ',
  ' leading and trailing ',
  '"',
  "'",
  '\\',
  '\\\\',
  '\\n',
  '\\1 &',
  '&',
  '/',
  '`id`',
  '$(id)',
  '$HOME',
  '${POD_IP}',
  '${MYSQL_PASSWORD}',
  '"${MYSQL_PASSWORD}"',
  '%s%d%n',
  '# : - {}',
  '[a, b]',
  '*alias &anchor !tag',
  '| > ? @',
  '~',
  'null',
  '0123',
  'yes',
  '-n',
  'two\nlines\n',
  'tab\tand return\r',
  'bell\x07 escape\x1b[31m',
  '\x01\x02\x08\x0b\x0c\x0e\x1f',
  'delete\x7f',
  'next line\u0085',
  'separators\u2028\u2029',
  'mark\ufeff and no character\uffff',
  'no-break\u00a0 control\u0080\u009f',
  'é€😀',
] as const;

describe.each(['dash', 'bash'])('the start script in %s', (shell) => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'fateflow-'));
    for (const name of ['templates', 'conf', 'spark/bin', 'spark/conf']) {
      mkdirSync(join(directory, name), { recursive: true });
    }
    for (const [file, text] of files) writeFileSync(join(directory, 'templates', file), text);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const environment = (password = 'secret') => ({
    PATH: process.env['PATH'],
    POD_IP: '192.0.2.30',
    MYSQL_PASSWORD: password,
    TEMPLATES: join(directory, 'templates'),
    CONFIGURATION: join(directory, 'conf'),
    SPARK_HOME: join(directory, 'spark'),
  });
  const script = () => join(directory, 'templates/start.sh');
  const start = (password: string, ...server: string[]) =>
    spawnSync(shell, [script(), ...server], { encoding: 'utf8', env: environment(password) });
  const written = (file: string) => readFileSync(join(directory, file), 'utf8');
  const serviceConfFile = () => join(directory, 'conf/service_conf.yaml');
  /** What MySQL is sent: PyMySQL 0.9 writes each character of a password as Latin 1. */
  const sent = (password: string) => Buffer.from(password, 'latin1').toString('utf8');

  test.each(passwords)('MySQL is sent the password %j as it is', (password) => {
    expect(start(password, 'true').status).toBe(0);
    const { database, model_store_address, fateflow } = parse(written('conf/service_conf.yaml'), { version: '1.1' });
    expect([sent(database.passwd), sent(model_store_address.passwd)]).toEqual([password, password]);
    expect(fateflow.host).toBe('192.0.2.30');
  });

  test('the file is plain ASCII in lines as the template has them, which no reader of YAML takes for anything else', () => {
    for (const password of passwords) {
      start(password, 'true');
      const text = written('conf/service_conf.yaml');
      expect(text).toMatch(/^[\n -~]*$/);
      expect(text.split('\n')).toHaveLength(fileOf(objects, 'fateflow-config', 'service_conf.yaml').split('\n').length);
    }
  });

  test('any password is sent as it is, and nothing else changes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (password) => {
        fc.pre(!password.includes('\0'));
        start(password, 'true');
        const { database, model_store_address, ...rest } = parse(written('conf/service_conf.yaml'), { version: '1.1' });
        const expected = serviceConf();
        expect(sent(database.passwd)).toBe(Buffer.from(password).toString());
        expect({ ...database, passwd: '' }).toEqual({ ...expected.database, passwd: '' });
        expect({ ...model_store_address, passwd: '' }).toEqual({ ...expected.model_store_address, passwd: '' });
        expect(rest.fateflow).toEqual({ ...expected.fateflow, host: '192.0.2.30' });
        expect(rest.fate_on_spark).toEqual(expected.fate_on_spark);
      }),
      { numRuns: 40 },
    );
  });

  test("gives Spark the pod's own address to call back", () => {
    start('secret', 'true');
    expect(written('spark/conf/spark-defaults.conf')).toMatch(/^spark\.driver\.host 192\.0\.2\.30$/m);
    expect(written('conf/transfer_conf.yaml')).toBe(written('templates/transfer_conf.yaml'));
  });

  test.each(Object.keys(releases) as FateRelease[])('leaves nothing to fill in of FATE %s', (fate) => {
    const templates = join(directory, `templates-${fate}`);
    mkdirSync(templates, { recursive: true });
    const drawn = Object.entries<string>(find(flc({ fate }), 'ConfigMap', 'fateflow-config').data);
    for (const [file, text] of drawn) writeFileSync(join(templates, file), text);
    const env = { ...environment('p"w'), TEMPLATES: templates };
    expect(spawnSync(shell, [join(templates, 'start.sh'), 'true'], { env }).status).toBe(0);
    const filled = parse(written('conf/service_conf.yaml'), { version: '1.1' });
    expect(new Set(told(filled).passwords)).toEqual(new Set(['p"w']));
    expect(filled.fateflow.host).toBe('192.0.2.30');
    expect(written('conf/service_conf.yaml') + written('spark/conf/spark-defaults.conf')).not.toContain('${');
  });

  test('links the table of routes to where FATE Flow reads it, where that is elsewhere', () => {
    const link = join(directory, 'conf/pulsar_route_table.yaml');
    writeFileSync(link, "the image's own");
    const env = { ...environment(), PULSAR_ROUTES: '/routes/pulsar_route_table.yaml', PULSAR_ROUTES_LINK: link };
    expect(spawnSync(shell, [script(), 'true'], { env }).status).toBe(0);
    expect(readlinkSync(link)).toBe('/routes/pulsar_route_table.yaml');
  });

  test('puts its spark-submit in the place of the one that FATE Flow calls', () => {
    const called = join(directory, 'spark/bin/spark-submit');
    rmSync(called, { force: true });
    writeFileSync(called, "Spark's own", { mode: 0o555 });
    start('secret', 'true');
    expect(readFileSync(called, 'utf8')).toBe(fileOf(objects, 'fateflow-config', 'spark-submit'));
    expect(statSync(called).mode & 0o777).toBe(0o755);
  });

  test('lets nobody else read the file that holds the password, in the place of one that everybody may read', () => {
    writeFileSync(serviceConfFile(), 'old: true\n');
    chmodSync(serviceConfFile(), 0o664);
    start('secret', 'true');
    expect(statSync(serviceConfFile()).mode & 0o777).toBe(0o600);
    expect(written('conf/service_conf.yaml')).not.toContain('old');
  });

  test('a rotated password is in the file after the next start, and the one before is not', () => {
    start('before', 'true');
    start('after', 'true');
    expect(written('conf/service_conf.yaml')).toContain('after');
    expect(written('conf/service_conf.yaml')).not.toContain('before');
  });

  test('runs the server with its arguments, and ends with its exit code', () => {
    const { stdout, status } = start('secret', 'sh', '-c', 'echo "$1"; exit 7', 'server', 'two words');
    expect([stdout, status]).toEqual(['two words\n', 7]);
  });

  test('a stop reaches the server, which need not care for it, and ends both', async () => {
    const running = join(directory, 'running');
    rmSync(running, { force: true });
    const process = spawn(shell, [script(), 'sh', '-c', `echo $$ >${running}; exec sleep 60`], { env: environment() });
    while (!existsSync(running) || written('running') === '') await new Promise((again) => setTimeout(again, 20));
    process.kill('SIGTERM');
    const [code] = await once(process, 'exit');
    expect(code).toBe(128 + 15);
    expect(existsSync(`/proc/${written('running').trim()}`)).toBe(false);
  });

  test('does not start a server without a password, and never prints one', () => {
    const { status, stdout, stderr } = start('', 'echo', 'started');
    expect(status).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('MYSQL_PASSWORD');
    const shown = start('hunter2', 'true');
    expect(shown.stdout + shown.stderr).not.toContain('hunter2');
  });
});

describe.each(['dash', 'bash'])("FATE Flow's spark-submit in %s", (shell) => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'spark-'));
    mkdirSync(join(home, 'bin'));
    const print = '#!/bin/sh\nprintf "%s\\0" "$PYTHONHASHSEED" "$@"\n';
    writeFileSync(join(home, 'bin/spark-class'), print, { mode: 0o755 });
    writeFileSync(join(home, 'bin/spark-submit'), fileOf(objects, 'fateflow-config', 'spark-submit'), { mode: 0o755 });
  });
  afterAll(() => rmSync(home, { recursive: true }));

  const submitOn = (sparkWorkers: number, ...args: string[]) => {
    const environment = environmentOf(containerOf(flc({ sparkWorkers }), 'python'));
    const { status, stdout, stderr } = spawnSync(shell, [join(home, 'bin/spark-submit'), ...args], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...environment, SPARK_HOME: `${home}/` },
    });
    const [seed, ...passed] = stdout.split('\0').slice(0, -1);
    return { status, seed, passed, stderr };
  };
  const submit = (...args: string[]) => submitOn(1, ...args);
  const submitter = 'org.apache.spark.deploy.SparkSubmit';
  const task = ['/fate_flow/operation/task_executor.py', '-j', '2021 06', '--run_ip', '192.0.2.30', 'a "b" $c'];

  test('an application gets the cores that FATE Flow counted, executors × cores, wherever they are free', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (executors, cores) => {
        const counted = [`--num-executors=${executors}`, `--executor-cores=${cores}`] as const;
        const { status, passed } = submit('--name=job#guest', ...counted, ...task);
        expect(status).toBe(0);
        const total = `--total-executor-cores=${executors * cores}`;
        expect(passed).toEqual([submitter, total, '--name=job#guest', counted[0], ...task]);
      }),
      { numRuns: 20 },
    );
  });

  test('other totals than the counted one are left out: with less than an executor has a job would wait for ever', () => {
    const { passed } = submit('--total-executor-cores=2', '--num-executors=1', '--executor-cores=4', ...task);
    expect(passed.filter((it) => it.startsWith('--total'))).toEqual(['--total-executor-cores=4']);
  });

  test.each([
    [1, 4, 1, '1G', '4096m'],
    [2, 4, 1, '1g', '2048m'],
    [8, 4, 1, '1024m', '1024m'],
    [2, 1, 8, '512', '512m'],
    // A worker of 8 cores offers 11702 MiB.
    [1, 4, 1, '2g', '5851m'],
    [8, 4, 1, '2g', '1462m'],
    [2, 1, 8, '1t', '5851m'],
    [1, 10, 1, '4g', '11702m'],
  ])(
    'on %i workers, %i executors of %i cores and %s have that together, or what belongs to their cores: %5$s on each',
    (workers, executors, cores, asked, each) => {
      const { passed } = submitOn(
        workers,
        `--executor-memory=${asked}`,
        `--num-executors=${executors}`,
        `--executor-cores=${cores}`,
        ...task,
      );
      expect(passed.filter((it) => it.startsWith('--executor'))).toEqual([`--executor-memory=${each}`]);
    },
  );

  const memoryOf = (...asked: string[]) =>
    submit(...asked, '--num-executors=1', '--executor-cores=8', ...task).passed.filter((it) =>
      /executor.memory/.test(it),
    );
  const most = '11702m';

  test.each(['2 g', '1.5g', '2gib', 'g', '-1g', '1e9'])('memory of %j is for Spark to refuse', (asked) => {
    expect(memoryOf(`--executor-memory=${asked}`)).toEqual([`--executor-memory=${asked}`]);
  });

  /** @see Spark 2.4.1, `JavaUtils.byteStringAs`; `spark.executor.memory` has MiB where no unit is written */
  const units = { b: -2, k: -1, kb: -1, m: 0, mb: 0, '': 0, g: 1, gb: 1, t: 2, tb: 2, p: 3, pb: 3 } as const;

  test('however a size of memory is spelled and where: what no worker has would leave the job waiting for ever', () => {
    const spelling = fc.tuple(
      fc.oneof(fc.nat(20_000), fc.maxSafeNat()),
      fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[])),
      fc.boolean(),
    );
    fc.assert(
      fc.property(spelling, fc.boolean(), ([size, unit, isUpper], isProperty) => {
        const asked = `${size}${isUpper ? unit.toUpperCase() : unit}`;
        const mib = Math.floor(size * 1024 ** units[unit]);
        const options = isProperty ? ['--conf', `spark.executor.memory=${asked}`] : [`--executor-memory=${asked}`];
        expect(memoryOf(...options)).toEqual([`--executor-memory=${mib < 11702 ? `${mib}m` : most}`]);
      }),
      { numRuns: 50 },
    );
  });

  test('nor do properties of a job bring back what would leave it waiting; others pass', () => {
    const properties = ['spark.executor.cores=64', 'spark.cores.max=1', 'spark.executor.memory=1t', 'spark.ui.port=1'];
    const { passed } = submit(
      ...properties.flatMap((it) => ['--conf', it]),
      '--num-executors=1',
      '--executor-cores=8',
      ...task,
    );
    expect(passed).toEqual([
      submitter,
      '--total-executor-cores=8',
      `--executor-memory=${most}`,
      // Its own option counts for Spark before the property.
      ...['--conf', 'spark.cores.max=1', '--conf', 'spark.ui.port=1'],
      '--num-executors=1',
      ...task,
    ]);
  });

  test('memory that is left out is told: it is in the log of the task', () => {
    const told = (asked: string) =>
      submit(`--executor-memory=${asked}`, '--num-executors=1', '--executor-cores=1').stderr;
    expect(told('2g')).toBe('1462m of memory for each executor: 2g is more than belongs to its cores\n');
    expect(told('1g')).toBe('');
  });

  test('an option for memory counts before a property, as it does for Spark', () => {
    const option = '--executor-memory=1g';
    const property = ['--conf', 'spark.executor.memory=2g'];
    expect(memoryOf(option, ...property)).toEqual(['--executor-memory=1024m']);
    expect(memoryOf(...property, option)).toEqual(['--executor-memory=1024m']);
  });

  test.each(['0', '-2', '08', '1.5', '1e3', ' 2', '99999999999999999999', 'x', 'a[$(touch ran)]', '2;touch ran'])(
    '%j is no number of executors or of their cores, and starts nothing',
    (number) => {
      for (const [executors, cores] of [
        [number, 2],
        [2, number],
      ]) {
        const options = [`--num-executors=${executors}`, `--executor-cores=${cores}`, '--executor-memory=1g'];
        const { status, passed } = submit(...options, ...task);
        expect([status, passed]).toEqual([2, []]);
      }
      expect(existsSync('ran')).toBe(false);
    },
  );

  test("what is not FATE Flow's passes as with Spark's own", () => {
    expect(submit('--version')).toMatchObject({ seed: '0', passed: [submitter, '--version'] });
  });
});

const shellcheck = spawnSync('shellcheck', ['--version']).error === undefined;
test.skipIf(!shellcheck)(
  `scripts pass shellcheck${shellcheck ? '' : ' (skipped: shellcheck is not installed)'}`,
  () => {
    const scripts = join(__dirname, '../../../constructs');
    const files = execFileSync('find', [scripts, '-name', '*.sh'], { encoding: 'utf8' }).trim().split('\n');
    expect(files.length).toBeGreaterThan(3);
    execFileSync('shellcheck', files);
  },
);
