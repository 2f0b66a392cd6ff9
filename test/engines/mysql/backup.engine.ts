import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { type BackupProps, partyPlan, secrets, type TrustedCa } from '../../../lib';
import { type AnyObject, containerOf, objectsOf } from '../../support/objects';
import { rcloneImage } from '../rclone/image';
import { certificateAuthority } from '../support/certified-key';
import { cache, noPods, refusal, titled } from '../support/engines';
import { address, gateway } from '../support/network';
import { type Files, type Image, type Pod, startPod, untilReady } from '../support/pod';
import { mariadbImage } from './image';

const refused = refusal('mariadb') ?? refusal('rclone') ?? noPods();

const draw = (backup: BackupProps, trust?: readonly TrustedCa[]): AnyObject[] => {
  const plan = partyPlan({
    domain: 'example.com',
    id: 30000,
    fate: '1.6.1',
    backup,
    trust,
    retention: { logsDays: 30 },
  });
  return objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
};
const own = /^fate-30000-1\.6\.1-\d{8}T\d{6}Z\.tar\.gz$/;
const mysqlAddress = address(151);
const hosts = `${mysqlAddress} mysql\n${gateway} s3.example.com\n`;
const passwords = () => ({
  [secrets.mysql.keys.password]: `${Math.random()} $HOME\`&|;<>()#%`,
  [secrets.mysql.keys.rootPassword]: `${Math.random()}`,
});

/** As FATE 1.6.1 has them, as far as this matters, with what may be in them. */
const history = `
  CREATE TABLE t_job (f_job_id VARCHAR(25), f_role VARCHAR(50), f_party_id VARCHAR(10), f_status VARCHAR(50), f_dsl LONGTEXT,
    PRIMARY KEY (f_job_id, f_role, f_party_id)) CHARACTER SET utf8mb4;
  CREATE TABLE t_task (f_task_id VARCHAR(100) PRIMARY KEY, f_job_id VARCHAR(25), f_status VARCHAR(50)) CHARACTER SET utf8mb4;
  CREATE TABLE t_session_record (f_session_id VARCHAR(150) PRIMARY KEY, f_content LONGBLOB);
  INSERT INTO t_job VALUES ('1', 'guest', '30000', 'success', '{"é€😀": "it''s \\\\ \\n"}'), ('2', 'host', '30000', 'failed', NULL),
    ('3', 'guest', '30000', 'running', ''), ('4', 'guest', '30000', 'waiting', '');
  INSERT INTO t_task VALUES ('1_0', '1', 'success'), ('3_0', '3', 'running');
  INSERT INTO t_session_record VALUES ('1', UNHEX('00FF27225C0A0D1A80'));
`;

describe.skipIf(refused !== undefined)(titled('Backups', refused), () => {
  let directory: string;
  let volumes: Readonly<Record<'mysql' | 'fateflow' | 'backups', string>>;
  let values: Files;
  let server: Pod;

  const startServer = async () => {
    const objects = draw({ to: { claimGiB: 1 } });
    const pod = await startPod({
      statefulSet: 'mysql',
      volumes: { data: volumes.mysql },
      objects,
      secrets: { [secrets.mysql.name]: values },
      image: mariadbImage,
      address: mysqlAddress,
    });
    const probe = containerOf(objects, 'mysql').readinessProbe?.exec?.command ?? [];
    return untilReady(pod, async () => expect((await pod.exec(...probe)).code).toBe(0));
  };
  beforeAll(async () => {
    directory = mkdtempSync('/run/backup-');
    const volume = (name: string) => {
      mkdirSync(join(directory, name, 'lost+found'), { recursive: true });
      return join(directory, name);
    };
    volumes = { mysql: volume('mysql'), fateflow: volume('fateflow'), backups: volume('backups') };
    values = passwords();
    server = await startServer();
    await rows(history);
    model('arbiter-10000#guest-9999#model/1/pipeline.pb', 'model of job 1, \u0000\u00ff');
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    rmSync(volumes.backups, { recursive: true });
    mkdirSync(join(volumes.backups, 'lost+found'), { recursive: true });
  });

  const models = () => join(volumes.fateflow, 'model-local-cache');
  const model = (name: string, content: string) => {
    mkdirSync(join(models(), name, '..'), { recursive: true });
    writeFileSync(join(models(), name), content);
  };
  /** What does not become smaller. */
  const random = (name: string, mib: number) =>
    execFileSync('dd', ['if=/dev/urandom', `of=${join(models(), name)}`, 'bs=1M', `count=${mib}`, 'status=none']);
  const kept = () =>
    readdirSync(volumes.backups, { withFileTypes: true })
      .filter((it) => it.isFile())
      .map(({ name }) => name)
      .sort();
  const partial = () => {
    const path = join(volumes.backups, '.partial');
    return existsSync(path) ? readdirSync(path) : [];
  };

  async function rows(statements: string): Promise<string> {
    const line = 'mysql --user=root --password="$MYSQL_ROOT_PASSWORD" --default-character-set=utf8mb4 eggroll_meta';
    const { code, stdout, stderr } = await server.exec('sh', '-c', `${line} --execute="$0"`, statements);
    expect(code, stderr).toBe(0);
    return stdout;
  }
  const allRows = () =>
    rows(
      'SELECT * FROM t_job ORDER BY 1; SELECT * FROM t_task ORDER BY 1; SELECT HEX(f_content) FROM t_session_record',
    );

  interface Run {
    readonly backup?: BackupProps;
    readonly trust?: readonly TrustedCa[];
    readonly secrets?: Readonly<Record<string, Files>>;
    readonly images?: Readonly<Partial<Record<'dump' | 'store' | 'fetch' | 'load', Image>>>;
    readonly env?: Readonly<Record<string, string>>;
    /** Of the claim. */
    readonly backups?: string;
    /** What happens meanwhile. */
    readonly meanwhile?: (pod: Pod) => Promise<void>;
  }
  const image: Readonly<Record<'dump' | 'store' | 'fetch' | 'load', Image>> = {
    dump: mariadbImage,
    store: rcloneImage,
    fetch: rcloneImage,
    load: mariadbImage,
  };

  /** The containers of one pod of a Job, as the kubelet runs them: one after the other, up to the first that fails. */
  async function job(cronJob: 'backup' | 'restore', run: Run = {}) {
    const scratch = mkdtempSync(join(directory, 'scratch-'));
    chmodSync(scratch, 0o777); // an empty volume
    const objects = draw({ to: { claimGiB: 1 }, ...run.backup }, run.trust);
    let log = '';
    for (const container of cronJob === 'backup' ? (['dump', 'store'] as const) : (['fetch', 'load'] as const)) {
      const usual = run.images?.[container] ?? image[container];
      const pod = await startPod({
        cronJob,
        container,
        volumes: { dump: scratch, data: volumes.fateflow, backups: run.backups ?? volumes.backups },
        objects,
        secrets: { [secrets.mysql.name]: values, ...run.secrets },
        image: { ...usual, env: { ...usual.env, ...run.env } },
        address: address(152),
        hosts,
      });
      await run.meanwhile?.(pod);
      await pod.ended;
      const code = pod.exitCode();
      log += pod.log();
      await pod.stop();
      if (code !== 0) return { failed: container, log };
    }
    return { failed: undefined, log };
  }

  async function retention() {
    const pod = await startPod({
      cronJob: 'retention',
      volumes: { data: volumes.fateflow },
      objects: draw({ to: { claimGiB: 1 } }),
      secrets: { [secrets.mysql.name]: values },
      image: mariadbImage,
      address: address(152),
      hosts,
    });
    await pod.ended;
    const said = { code: pod.exitCode(), log: pod.log() };
    await pod.stop();
    return said;
  }

  const filesBelow = (path: string): Files =>
    Object.fromEntries(
      readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((it) => it.isFile())
        .map((it) => [
          join(it.parentPath, it.name).slice(path.length),
          readFileSync(join(it.parentPath, it.name), 'latin1'),
        ]),
    );

  /** Another volume, other passwords: nothing is left but what was kept. */
  async function loseEverything() {
    await server.stop();
    for (const name of ['mysql', 'fateflow'] as const) {
      rmSync(volumes[name], { recursive: true });
      mkdirSync(join(volumes[name], 'lost+found'), { recursive: true });
    }
    values = passwords();
    server = await startServer();
  }

  test('are no place for files of jobs: those of which MySQL says that they have ended go after their days', async () => {
    const job = (n: number) => `2026010102030405060001${n}`;
    const logs = join(volumes.fateflow, 'logs');
    for (const name of [1, 2, 3, 4, 5].map(job).concat('fate_flow')) {
      mkdirSync(join(logs, name), { recursive: true });
      utimesSync(join(logs, name), 0, 0);
    }
    chownSync(join(logs, job(4)), 1234, 1234);
    mkdirSync(join(volumes.fateflow, 'jobs'), { recursive: true });
    const states = [
      [job(1), "'running'"],
      [job(2), "'success'"],
      [job(3), "'new'"],
      [job(5), 'NULL'],
    ];
    const lines = states.map(([id, state]) => `('${id}', 'guest', '30000', ${state}, NULL)`);
    await rows(`INSERT INTO t_job VALUES ${lines.join(', ')}`);
    const said = await retention();
    await rows("DELETE FROM t_job WHERE f_job_id LIKE '2026%'");
    const counts = '/data/logs: deleted what 2 jobs have left\n/data/jobs: deleted what 0 jobs have left\n';
    expect(said).toEqual({ code: 0, log: counts });
    expect(readdirSync(logs).sort()).toEqual([job(1), job(3), job(5), 'fate_flow']);
  });

  test('is one file, with release and time in its name', async () => {
    expect(await job('backup')).toMatchObject({
      failed: undefined,
      log: expect.stringMatching(/kept:\nfate-30000-1.6.1-/),
    });
    expect(kept()).toEqual([expect.stringMatching(own)]);
    expect(partial()).toEqual([]);
  });

  test('gives a party that has lost all its volumes its history and its models again, but for what waited', async () => {
    const before = { rows: await allRows(), models: filesBelow(models()) };
    await job('backup');
    await loseEverything();
    expect(await job('restore')).toMatchObject({
      failed: undefined,
      log: expect.stringMatching(
        /put back from fate-30000-1.6.1-.*\n(?:.*\n)*canceled\t1\nfailed\t1\nrunning\t1\nsuccess\t1\n/,
      ),
    });
    expect(await allRows()).toBe(before.rows.replace('\twaiting\t', '\tcanceled\t'));
    expect(filesBelow(models())).toEqual(before.models);
    const fate = ['mysql', '--user=fate', `--password=${values['password']}`, '--host=127.0.0.1', 'eggroll_meta'];
    expect((await server.exec(...fate, '--execute=SELECT 1 FROM t_job')).code).toBe(0);
  }, 900_000);

  test('is put back over what came later, which is gone from the history, and nothing is read while others are connected', async () => {
    await job('backup');
    const before = await allRows();
    await rows("INSERT INTO t_job VALUES ('5', 'guest', '30000', 'success', ''); CREATE TABLE t_later (x INT)");
    const held = server.exec(
      'mysql',
      '--user=fate',
      `--password=${values['password']}`,
      '--host=127.0.0.1',
      '--execute=SELECT SLEEP(60)',
    );
    await vi.waitFor(async () => expect(await rows('SHOW PROCESSLIST')).toContain('SLEEP'), { timeout: 10_000 });
    expect(await job('restore')).toMatchObject({
      failed: 'load',
      log: expect.stringContaining('FATE Flow has to be stopped'),
    });
    expect(await rows("SELECT f_job_id FROM t_job WHERE f_job_id = '5'")).toContain('5');
    await rows(
      `KILL QUERY ${(await rows("SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'")).replace(/\D/g, '')}`,
    );
    await held;
    expect(await job('restore')).toMatchObject({ failed: undefined });
    expect(await allRows()).toBe(before);
    expect(await rows('SHOW TABLES')).not.toContain('t_later');
  });

  test('may be named, and one that is not there is refused with those that are', async () => {
    await job('backup');
    const [first = ''] = kept();
    const older = first.replace(/\d{8}T/, '20200101T');
    writeFileSync(join(volumes.backups, older), readFileSync(join(volumes.backups, first)));
    expect((await job('restore', { env: { FILE: older } })).log).toContain(`put back from ${older}`);
    expect((await job('restore')).log).toContain(`put back from ${first}`);
    const missing = await job('restore', { env: { FILE: 'fate-30000-1.6.1.tar.gz' } });
    expect(missing).toMatchObject({
      failed: 'fetch',
      log: expect.stringContaining(`there are:\n${first}\n${older}\n`),
    });
  });

  test('stay as many as are to be kept, and nothing of anybody else is deleted', async () => {
    const others = [
      'fate-30000-1.11.2-20200101T020000Z.tar.gz',
      'fate-30000-1.6.1-20200101T020000Z.tar',
      'fate-300001.6.1-20200101T020000Z.tar.gz',
      'fate-30000-1x6.1-20200101T020000Z.tar.gz',
      'notes.txt',
    ];
    const ours = ['01', '02', '03'].map((day) => `fate-30000-1.6.1-202001${day}T020000Z.tar.gz`);
    for (const name of [...others, ...ours]) writeFileSync(join(volumes.backups, name), '');
    mkdirSync(join(volumes.backups, '.partial'));
    for (const [age, name] of Object.entries({ 1: `${ours[0]}`, 3: `${ours[1]}`, 4: `${others[0]}` })) {
      const left = join(volumes.backups, '.partial', name);
      writeFileSync(left, '');
      const daysAgo = new Date(Date.now() - Number(age) * 86_400_000);
      utimesSync(left, daysAgo, daysAgo);
    }
    const { log } = await job('backup', { backup: { to: { claimGiB: 1 }, keep: 2 } });
    expect(partial().sort()).toEqual([others[0], ours[0]].sort());
    const [newest = ''] = kept().filter((name) => own.test(name) && !name.includes('-2020'));
    expect(kept()).toEqual([...others, newest, ours[2]].sort());
    expect(log).toContain(`kept:\n${newest}\n${ours[2]}\n`);
  });

  describe('that does not come about says why, leaves nothing that counts, and no older one goes', () => {
    const older = 'fate-30000-1.6.1-20200101T020000Z.tar.gz';
    const keepOne: BackupProps = { to: { claimGiB: 1 }, keep: 1 };
    beforeEach(() => writeFileSync(join(volumes.backups, older), 'older'));
    afterEach(() => {
      expect(kept()).toEqual([older]);
    });

    test('with a wrong password', async () => {
      const wrong = { [secrets.mysql.name]: { ...values, [secrets.mysql.keys.password]: 'wrong' } };
      const { failed, log } = await job('backup', { backup: keepOne, secrets: wrong });
      expect({ failed, log }).toEqual({ failed: 'dump', log: expect.stringContaining('Access denied') });
    });

    test('without a server', async () => {
      await server.stop();
      const { failed, log } = await job('backup', { backup: keepOne });
      expect({ failed, log }).toEqual({ failed: 'dump', log: expect.stringContaining("Can't connect") });
      server = await startServer();
    });

    test('when the dump ends in the middle, even where it says that all is well', async () => {
      const half: Image = {
        ...mariadbImage,
        files: { ...mariadbImage.files, '/usr/local/bin/mysqldump': '#!/bin/sh\necho "INSERT INTO t_job"\n' },
        env: { PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
      };
      const { failed, log } = await job('backup', { backup: keepOne, images: { dump: half } });
      expect({ failed, log }).toEqual({ failed: 'dump', log: expect.stringContaining('is not whole') });
    });

    test('on a full volume', async () => {
      const full = mkdtempSync(join(directory, 'full-'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', full]);
      random('large', 1);
      try {
        const { failed, log } = await job('backup', { backup: keepOne, backups: full });
        expect({ failed, log }).toEqual({ failed: 'store', log: expect.stringContaining('no space left on device') });
        expect(readdirSync(full).filter((name) => own.test(name))).toEqual([]);
      } finally {
        execFileSync('umount', [full]);
        rmSync(join(models(), 'large'));
      }
    });

    test('when it is killed while it writes, and what it leaves is put back by nobody', async () => {
      random('large', 300);
      try {
        const { failed } = await job('backup', {
          backup: keepOne,
          meanwhile: async (pod) => {
            const begun = () => expect(partial()).not.toEqual([]);
            await Promise.race([pod.ended, vi.waitFor(begun, { timeout: 180_000, interval: 20 })]);
            if (partial().length > 0) pod.signal('SIGKILL');
          },
        });
        expect(failed).toBe('store');
        expect(partial()).toEqual([expect.stringMatching(own)]);
        expect((await job('restore')).log).not.toContain('put back');
      } finally {
        rmSync(join(models(), 'large'));
      }
    });
  });

  describe('in a bucket', () => {
    const keys = { 'access-key': 'fate', 'secret-key': `${Math.random()}` };
    const authority = refused === undefined ? certificateAuthority() : undefined;
    const bucket = (more: object = {}): BackupProps => ({
      to: {
        bucket: 'fate-backups',
        endpoint: 'https://s3.example.com:9443',
        ca: authority?.('x.example.com').ca,
        ...more,
      },
      keep: 2,
    });
    const fewTries = { RCLONE_LOW_LEVEL_RETRIES: '1', RCLONE_RETRIES: '1' };
    const secretsOf = (values: Files) => ({ [secrets.backupBucket.name]: values });
    let store: string;
    let s3: ChildProcess;

    beforeAll(async () => {
      store = mkdtempSync(join(directory, 's3-'));
      mkdirSync(join(store, 'fate-backups'));
      const certified = authority?.('s3.example.com');
      writeFileSync(join(directory, 's3.cert'), `${certified?.cert}`);
      writeFileSync(join(directory, 's3.key'), `${certified?.key}`, { mode: 0o600 });
      s3 = spawn(
        join(cache, 'rclone/rclone'),
        [
          'serve',
          's3',
          store,
          '--dir-cache-time=0',
          '--auth-key',
          `${keys['access-key']},${keys['secret-key']}`,
          '--addr',
          '0.0.0.0:9443',
          '--cert',
          join(directory, 's3.cert'),
          '--key',
          join(directory, 's3.key'),
        ],
        { stdio: 'ignore' },
      );
      await vi.waitFor(
        () =>
          new Promise((resolve, reject) => {
            const socket = connect(9443, '127.0.0.1', () => resolve(socket.destroy()));
            socket.on('error', reject);
          }),
        { timeout: 60_000, interval: 200 },
      );
    });
    afterAll(() => {
      s3?.kill();
    });
    const stored = () => Object.keys(filesBelow(join(store, 'fate-backups'))).sort();

    test('is kept in the folder of the party, and leads back from there', async () => {
      const before = { rows: await allRows(), models: filesBelow(models()) };
      const run = { backup: bucket(), secrets: secretsOf(keys) };
      expect(await job('backup', run)).toMatchObject({ failed: undefined });
      expect(stored()).toEqual([expect.stringMatching(/^\/fate-30000\/fate-30000-1\.6\.1-.*\.tar\.gz$/)]);
      expect(kept()).toEqual([]);
      await loseEverything();
      expect(await job('restore', run)).toMatchObject({ failed: undefined });
      expect({ rows: await allRows(), models: filesBelow(models()) }).toEqual(before);
    }, 900_000);

    test('there are as many as are to be kept', async () => {
      const folder = join(store, 'fate-backups/fate-30000');
      for (const day of ['01', '02']) writeFileSync(join(folder, `fate-30000-1.6.1-202001${day}T020000Z.tar.gz`), '');
      writeFileSync(join(folder, 'notes.txt'), '');
      const before = stored();
      expect(await job('backup', { backup: bucket(), secrets: secretsOf(keys) })).toMatchObject({ failed: undefined });
      expect(stored().filter((name) => name.includes('-2020'))).toEqual([]);
      expect(stored()).toHaveLength(before.length - 1);
      expect(stored()).toContain('/fate-30000/notes.txt');
    });

    test("a store of an authority of the party's own is trusted, and those of everybody beside it", async () => {
      const certificate = `${authority?.('x.example.com').ca}`;
      const run = {
        backup: bucket({ ca: undefined }),
        trust: [{ name: 'own', certificate }],
        secrets: secretsOf(keys),
      };
      const before = stored();
      expect(await job('backup', run)).toMatchObject({ failed: undefined });
      expect(stored()).not.toEqual(before);
      expect(await job('restore', run)).toMatchObject({ failed: undefined });
      const others = [{ name: 'others', certificate: `${certificateAuthority()('x.example.com').ca}` }];
      const knowing = { ...rcloneImage, files: { '/etc/ssl/certs/ca-certificates.crt': certificate } };
      expect(await job('restore', { ...run, trust: others, images: { fetch: knowing } })).toMatchObject({
        failed: undefined,
      });
      expect(await job('restore', { ...run, trust: others, env: fewTries })).toMatchObject({ failed: 'fetch' });
    }, 900_000);

    test.each<[string, BackupProps, Files]>([
      ['a wrong key', bucket(), { ...keys, 'secret-key': 'wrong' }],
      ['a store of an authority that it does not know', bucket({ ca: undefined }), keys],
      ['a bucket that is not there', bucket({ bucket: 'others' }), keys],
    ])('%s is told, and nothing comes there', async (_, backup, values) => {
      const before = stored();
      const { failed, log } = await job('backup', {
        backup,
        secrets: secretsOf(values),
        env: fewTries,
      });
      expect({ failed, log }).toEqual({
        failed: 'store',
        log: expect.stringMatching(/SignatureDoesNotMatch|Forbidden|unknown authority|NoSuchBucket/),
      });
      expect(log).not.toContain(keys['secret-key']);
      expect(stored()).toEqual(before);
    });
  });
});
