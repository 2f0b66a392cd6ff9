import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { FederatedLearningCluster, KubeFateService } from '../../../constructs';
import { kubeFatePlan, partyPlan, secrets } from '../../../lib';
import { releases } from '../../../lib/fate/releases';
import { containerOf, find, objectsOf } from '../../support/objects';
import { noPods, refusal, titled } from '../support/engines';
import { address } from '../support/network';
import { type Pod, startPod, untilReady } from '../support/pod';
import { listeners } from '../support/probe';
import { mariadbImage as image } from './image';

const refused = refusal('mariadb') ?? noPods();
const { sparkHome } = releases['1.6.1'].fateflow;

/** With what a shell, YAML, an option file or a URL would mind, and what may be in a password at all. */
const password = () => `${randomBytes(9).toString('base64')} $HOME\`&|;<>()#%@:/*?~{}[]!^=+-_.,`;

const party = partyPlan({ domain: 'example.com', id: 30000 });
const flc = objectsOf((app) => new FederatedLearningCluster(app, party.namespace, party));
const kubeFate = kubeFatePlan({ host: 'kubefate.example.com', parties: [party.namespace] });
const { mysql: ofParty, kubeFate: ofKubeFate } = secrets;

const databases = [
  {
    part: "a party's MySQL",
    name: 'mysql',
    objects: flc,
    database: 'eggroll_meta',
    user: 'fate',
    secret: ofParty.name,
    values: { [ofParty.keys.password]: password(), [ofParty.keys.rootPassword]: password() },
    key: ofParty.keys.password,
    waiting: { statefulSet: 'fateflow', volumes: {}, container: 'ping-mysql' },
    address: address(141),
    waitingAddress: address(142),
  },
  {
    part: "the KubeFATE service's MariaDB",
    name: 'mariadb',
    objects: objectsOf((app) => new KubeFateService(app, 'kube-fate', kubeFate)),
    database: 'kube_fate',
    user: 'kubefate',
    secret: ofKubeFate.name,
    values: {
      [ofKubeFate.keys.databaseUsername]: 'kubefate',
      [ofKubeFate.keys.databasePassword]: password(),
      [ofKubeFate.keys.databaseRootPassword]: password(),
    },
    key: ofKubeFate.keys.databasePassword,
    waiting: { deployment: 'kubefate', container: 'wait-for-database' },
    address: address(143),
    waitingAddress: address(144),
  },
] as const;

interface Account {
  readonly host: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const sql = (pod: Pod, { host, user, password, database }: Account, statements: string) =>
  pod.exec(
    'mariadb',
    '--no-defaults',
    '--default-character-set=utf8mb4',
    '--skip-column-names',
    `--host=${host}`,
    `--user=${user}`,
    `--password=${password}`,
    `--database=${database}`,
    `--execute=${statements}`,
  );

async function rows(...query: Parameters<typeof sql>): Promise<string> {
  const { code, stdout, stderr } = await sql(...query);
  expect(code, stderr).toBe(0);
  return stdout;
}

/** What the documentation runs in the pods of the old database and of the new one. */
function databaseCommands(): readonly [dump: string, restore: string] {
  const page = readFileSync(join(__dirname, '../../../docs/moving-data.md'), 'utf8').replaceAll('\\\n', '');
  const commands = [...page.matchAll(/^kubectl .* exec (?:-i )?\S+\/mysql -- +(.*) [<>] \S+$/gm)].map(
    ([, it]) => `${it}`,
  );
  const [dump = '', restore = ''] = commands;
  expect(commands).toEqual([expect.stringMatching(/^mysqldump /), expect.stringMatching(/^sh -c /)]);
  return [dump, restore];
}

describe.skipIf(refused !== undefined)(titled('MySQL and MariaDB', refused), () => {
  describe.each(databases)('$part', ({ name, objects, secret, values, address: own, waitingAddress, ...it }) => {
    const container = containerOf(objects, name);
    const { database, user } = it;
    const account: Account = {
      host: own,
      user,
      database,
      password: `${new Map(Object.entries(values)).get(it.key)}`,
    };
    const seen = 'é€😀';
    let volume: string;
    let server: Pod;
    let waiting: Pod;

    const start = () =>
      startPod({
        statefulSet: name,
        volumes: { data: volume },
        objects,
        secrets: { [secret]: values },
        image,
        address: own,
      });
    const probes = ({ exec }: Pod) =>
      Promise.all(
        [container.startupProbe, container.readinessProbe, container.livenessProbe].map(
          async (probe) => (await exec(...(probe?.exec?.command ?? []))).code,
        ),
      );
    const serving = (pod: Pod) => untilReady(pod, async () => expect(await probes(pod)).toEqual([0, 0, 0]));

    beforeAll(() => {
      volume = mkdtempSync('/run/database-');
      mkdirSync(join(volume, 'lost+found'));
    });
    afterAll(async () => {
      await Promise.all([server, waiting].map((pod) => pod?.stop()));
      rmSync(volume, { recursive: true });
    });

    test('probes pass when it is initialised, and not before', async () => {
      const hosts = `${own} ${name}\n`;
      waiting = await startPod({ ...it.waiting, objects, image, address: waitingAddress, hosts });
      server = await start();
      expect(await probes(server)).not.toContain(0);
      expect(waiting.exitCode()).toBeUndefined();
      await serving(server);
      expect(server.log()).toContain('initialised');
    });

    test('who waits for it goes on', () =>
      vi.waitFor(() => expect(waiting.exitCode()).toBe(0), { timeout: 90_000, interval: 250 }));

    test('its user gets in with its password, however it looks, and has its database', async () => {
      const read = await rows(
        server,
        account,
        `CREATE TABLE t (x TEXT) CHARACTER SET utf8mb4; INSERT INTO t VALUES ('${seen}'); SELECT x FROM t`,
      );
      expect(read).toBe(`${seen}\n`);
    });

    if (name === 'mysql') {
      test("FATE Flow's own file opens it", async () => {
        const fateflow = await startPod({
          statefulSet: 'fateflow',
          container: 'python',
          volumes: { data: join(volume, 'fateflow') },
          objects,
          secrets: { [secret]: values },
          image: {
            engine: 'mariadb',
            files: { '/usr/local/bin/python': '#!/bin/sh\nexec sleep 600\n' },
            directories: ['/data/projects/fate/conf', ...['bin', 'conf'].map((it) => `${sparkHome}/${it}`)],
            env: { PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }, // the machine's may have another `python` first
          },
          address: address(145),
          hosts: `${own} ${name}\n`,
        });
        try {
          const file = await vi.waitFor(
            async () => {
              const { code, stdout } = await fateflow.exec('cat', '/data/projects/fate/conf/service_conf.yaml');
              expect(code).toBe(0);
              return parse(stdout, { version: '1.1' }).database;
            },
            { timeout: 60_000, interval: 250 },
          );
          const opened = { host: file.host, user: file.user, password: file.passwd, database: file.name };
          expect(opened).toEqual({ ...account, host: 'mysql' });
          expect(await rows(fateflow, opened, 'SELECT x FROM t')).toBe(`${seen}\n`);
        } finally {
          await fateflow.stop();
        }
      });
    }

    test('it keeps no log for replicas', async () => {
      expect(await rows(server, account, 'SELECT @@log_bin')).toBe('0\n');
    });

    if (name === 'mysql') {
      test("what a party of KubeFATE has comes into it, by the documentation's commands", async () => {
        const [dump, restore] = databaseCommands();
        const old = { ...account, host: address(146), password: 'fate_dev' };
        const oldVolume = mkdtempSync('/run/database-');
        const oldServer = await startPod({
          statefulSet: name,
          volumes: { data: oldVolume },
          objects,
          secrets: { [secret]: { [ofParty.keys.password]: old.password, [ofParty.keys.rootPassword]: '' } },
          image,
          address: old.host,
        });
        try {
          await serving(oldServer);
          const create = 'CREATE TABLE t_job (f_job_id VARCHAR(25) PRIMARY KEY, f_dsl LONGTEXT) CHARACTER SET utf8mb4';
          await rows(oldServer, old, `${create}; INSERT INTO t_job VALUES ('202101010000', '${seen}')`);
          await rows(server, account, `${create}; INSERT INTO t_job VALUES ('of the new party', '')`);
          const dumped = await oldServer.exec('sh', '-c', dump);
          expect(dumped.code, dumped.stderr).toBe(0);
          writeFileSync(join(volume, 'mysql', 'dump.sql'), dumped.stdout);
          const restored = await server.exec('sh', '-c', `${restore} </var/lib/mysql/dump.sql`);
          expect(restored.code, restored.stderr).toBe(0);
          expect(await rows(server, account, 'SELECT f_job_id, f_dsl FROM t_job')).toBe(`202101010000\t${seen}\n`);
        } finally {
          await oldServer.stop();
          rmSync(oldVolume, { recursive: true });
        }
      });
    }

    test('it is reached on the port of its Service only', async () => {
      const ports = find(objects, 'Service', name).spec.ports.map(({ port }: { port: number }) => port);
      expect([...new Set(await listeners(server))]).toEqual(ports);
    });

    test('it ends in good order, and starts again with what it had', async () => {
      const { terminationGracePeriodSeconds: seconds } = find(objects, 'StatefulSet', name).spec.template.spec;
      await server.exec('kill', '-TERM', '1');
      await vi.waitFor(() => expect(server.exitCode()).toBe(0), { timeout: seconds * 1000, interval: 250 });
      await server.stop();
      server = await serving(await start());
      expect(server.log()).not.toContain('initialised');
      expect(await rows(server, account, 'SELECT x FROM t')).toBe(`${seen}\n`);
      expect(readdirSync(volume)).toEqual(expect.arrayContaining(['lost+found', 'mysql']));
    });
  });
});
