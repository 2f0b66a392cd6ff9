import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FederatedLearningCluster } from '../../../constructs';
import { partyPlan, services } from '../../../lib';
import { exchangeDescriptorOf } from '../../support/declarations';
import { containerOf, environmentOf, fileOf, find, objectsOf } from '../../support/objects';

const exchange = exchangeDescriptorOf();
const objects = objectsOf(
  (app) =>
    new FederatedLearningCluster(
      app,
      'flc',
      partyPlan({ domain: 'example.com', id: 30000, sparkWorkers: 3, exchange }),
    ),
);
const serviceConf = () => parse(fileOf(objects, 'fateflow-config', 'service_conf.yaml'), { version: '1.1' });

test('FATE Flow is configured for Spark, HDFS and Pulsar of its own namespace', () => {
  const { fate_on_spark, fateflow, database, work_mode } = serviceConf();
  expect(work_mode).toBe(1);
  expect(fateflow).toMatchObject({ http_port: 9380, grpc_port: 9360, proxy: 'nginx', protocol: 'default' });
  expect(database).toMatchObject({ name: 'eggroll_meta', user: 'fate', host: 'mysql', port: 3306 });
  expect(fate_on_spark.hdfs.name_node).toBe('hdfs://namenode:9000');
  expect(fate_on_spark.pulsar).toEqual({
    host: 'pulsar',
    port: 6650,
    mng_port: 8080,
    topic_ttl: 3,
    route_table: 'conf/pulsar_route_table/pulsar_route_table.yaml',
  });
  expect(fate_on_spark.nginx).toEqual({ host: 'nginx', http_port: 9300, grpc_port: 9310 });
});

test('the hosts and ports that FATE Flow calls are those of Services', () => {
  const { database, fateboard, fate_on_spark } = serviceConf();
  const called = [
    [database.host, database.port],
    [fateboard.host, fateboard.port],
    [fate_on_spark.pulsar.host, fate_on_spark.pulsar.port],
    [fate_on_spark.pulsar.host, fate_on_spark.pulsar.mng_port],
    [fate_on_spark.nginx.host, fate_on_spark.nginx.http_port],
  ];
  for (const [host, port] of called) {
    const open = find(objects, 'Service', host).spec.ports.map((it: { port: number }) => it.port);
    expect(open, host).toContain(port);
  }
});

test("FATE Flow's ledger counts the cores that the Spark workers offer", () => {
  const worker = environmentOf(containerOf(objects, 'spark-worker'));
  const { cores_per_node, nodes } = serviceConf().fate_on_spark.spark;
  expect(`${cores_per_node}`).toBe(worker['SPARK_WORKER_CORES']);
  expect(nodes).toBe(find(objects, 'Deployment', 'spark-worker').spec.replicas);
});

test('the route table of Pulsar is a directory of its own, whose changes reach the running pod', () => {
  const mounts = containerOf(objects, 'python').volumeMounts ?? [];
  expect(mounts.find(({ name }) => name === 'pulsar-route-table')).toEqual({
    name: 'pulsar-route-table',
    mountPath: '/data/projects/fate/conf/pulsar_route_table',
    readOnly: true,
  });
  expect(find(objects, 'StatefulSet', 'fateflow').spec.template.metadata.annotations).not.toHaveProperty(
    'checksum/pulsar-route-table',
  );
});

test("logs, jobs and models are on the volume, and FATE Board reads FATE Flow's logs there", () => {
  const onVolume = (container: string) =>
    (containerOf(objects, container).volumeMounts ?? []).flatMap(({ name, subPath, mountPath }) =>
      name === 'data' ? [[subPath, mountPath]] : [],
    );
  expect(onVolume('python')).toEqual([
    ['logs', '/data/projects/fate/logs'],
    ['jobs', '/data/projects/fate/jobs'],
    ['model-local-cache', '/data/projects/fate/model_local_cache'],
  ]);
  expect(onVolume('fateboard')).toEqual([['logs', '/data/projects/fate/logs']]);
});

test('FATE Board finds FATE Flow and the database, and takes its passwords from the environment', () => {
  const settings = new Map(
    fileOf(objects, 'fateboard-config', 'application.properties')
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  expect(settings.get('fateflow.url')).toBe('http://fateflow:9380');
  expect(new URL(`${settings.get('fateboard.datasource.jdbc-url')}`.slice('jdbc:'.length))).toMatchObject({
    host: `${services.mysql.name}:3306`,
    pathname: '/eggroll_meta',
  });
  const variables = (containerOf(objects, 'fateboard').env ?? []).map(({ name }) => `\${${name}}`);
  expect(variables).toContain(settings.get('fateboard.datasource.password'));
  expect(variables).toContain(settings.get('server.board.login.password'));
});

describe('the start script', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'fateflow-'));
    for (const name of ['templates', 'conf', 'spark']) mkdirSync(join(directory, name));
    for (const file of ['service_conf.yaml', 'transfer_conf.yaml', 'spark-defaults.conf', 'start.sh']) {
      writeFileSync(join(directory, 'templates', file), fileOf(objects, 'fateflow-config', file));
    }
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const start = (password: string, ...server: string[]) =>
    spawnSync('sh', [join(directory, 'templates/start.sh'), ...server], {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        POD_IP: '192.0.2.30',
        MYSQL_PASSWORD: password,
        TEMPLATES: join(directory, 'templates'),
        CONFIGURATION: join(directory, 'conf'),
        SPARK_CONFIGURATION: join(directory, 'spark'),
      },
    });
  const written = (file: string) => readFileSync(join(directory, file), 'utf8');

  test.each([
    'simple',
    `/ & ' " \\ space`,
    'two\nlines',
    '${POD_IP}',
    '${MYSQL_PASSWORD}',
    '\\1 &',
    '# : - {}',
    'é€😀',
  ])('writes the password %j as it is', (password) => {
    expect(start(password, 'true').status).toBe(0);
    const { database, model_store_address, fateflow } = parse(written('conf/service_conf.yaml'));
    expect([database.passwd, model_store_address.passwd]).toEqual([password, password]);
    expect(fateflow.host).toBe('192.0.2.30');
  });

  test('writes any password as it is, and changes nothing else', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: fc.constantFrom(...`ab$&\\/"'\`{}#: \t\n|<>*~%!é`) }), (password) => {
        start(password, 'true');
        const expected = serviceConf();
        expected.fateflow.host = '192.0.2.30';
        expected.database.passwd = password;
        expected.model_store_address.passwd = password;
        expect(parse(written('conf/service_conf.yaml'))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test("gives Spark the pod's own address to call back", () => {
    start('secret', 'true');
    expect(written('spark/spark-defaults.conf')).toMatch(/^spark\.driver\.host 192\.0\.2\.30$/m);
    expect(written('conf/transfer_conf.yaml')).toBe(written('templates/transfer_conf.yaml'));
  });

  test('lets nobody else read the file that holds the password', () => {
    start('secret', 'true');
    expect(statSync(join(directory, 'conf/service_conf.yaml')).mode & 0o077).toBe(0);
  });

  test('becomes the server, with its arguments and its exit code', () => {
    const { stdout, status } = start('secret', 'sh', '-c', 'echo "$1"; exit 7', 'server', 'two words');
    expect([stdout, status]).toEqual(['two words\n', 7]);
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
