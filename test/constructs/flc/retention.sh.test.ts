import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const script = join(__dirname, '../../../constructs/flc/retention.sh');
const installed = (command: string, ...args: string[]) => spawnSync(command, args).error === undefined;
const shells = [
  { shell: 'dash', command: ['dash'] },
  { shell: "bash as MySQL's image has it", command: ['bash', '--posix'] },
].map(({ shell, command }) => ({ shell, command, missing: !installed(command[0] ?? '', '-c', 'true') }));

const linted = installed('shellcheck', '--version');
test.skipIf(!linted)(`shellcheck has no remark${linted ? '' : ' (skipped: not installed)'}`, () => {
  expect(spawnSync('shellcheck', ['--shell', 'sh', script]).stdout.toString()).toBe('');
});

const days = 30;
const job = (n: number) => `2026010203040506${String(n).padStart(5, '0')}`;

for (const { shell, command, missing } of shells) {
  describe.skipIf(missing)(missing ? `in ${shell} (skipped: not installed)` : `in ${shell}`, () => {
    let volume: string;
    let bin: string;
    const [program = '', ...options] = command;
    const logs = () => join(volume, 'logs');
    const left = () => readdirSync(logs()).sort();
    /** A file or a directory of so many days ago, and those that it is in. */
    const aged = (path: string, age: number, change: typeof utimesSync = utimesSync) => {
      const seconds = Date.now() / 1000 - age * 86_400;
      change(path, seconds, seconds);
      const above = dirname(path);
      if (above.startsWith(logs()) && above !== logs()) aged(above, age);
    };
    const write = (file: string, age: number) => {
      const path = join(logs(), file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, '');
      aged(path, age);
    };
    /** In the place of MySQL's client: what it answers, whatever it is asked. */
    const database = (answer: string) => {
      writeFileSync(join(bin, 'mysql'), `#!/bin/sh\n${answer}\n`);
      chmodSync(join(bin, 'mysql'), 0o755);
    };
    const atWork = (...jobs: readonly string[]) => database(jobs.map((it) => `echo ${it}`).join('\n') || ':');
    const run = (...args: readonly string[]) =>
      spawnSync(program, [...options, script, ...(args.length > 0 ? args : [logs(), `${days}`])], {
        env: {
          PATH: `${bin}:${process.env.PATH}`,
          JOB_TABLES: 't_job t_schedule_job',
          MYSQL_HOST: 'mysql',
          MYSQL_PORT: '3306',
          MYSQL_USER: 'fate',
          MYSQL_DATABASE: 'eggroll_meta',
        },
        encoding: 'utf8',
      });

    beforeEach(() => {
      volume = mkdtempSync(join(tmpdir(), 'retention-'));
      bin = join(volume, 'bin');
      mkdirSync(bin);
      mkdirSync(logs());
      atWork();
    });
    afterEach(() => rmSync(volume, { recursive: true, force: true }));

    test('what a job left long ago goes, with all that is in it, and is counted', () => {
      write(`${job(1)}/guest/30000/INFO.log`, 31);
      write(`${job(2)}/host/30000/INFO.log`, 400);
      const { status, stdout } = run();
      expect({ status, stdout }).toEqual({ status: 0, stdout: `${logs()}: deleted what 2 jobs have left\n` });
      expect(left()).toEqual([]);
    });

    test.each<[string, () => void]>([
      [
        'in which one file is younger, however deep',
        () => {
          write(`${job(1)}/a`, 99);
          write(`${job(1)}/guest/30000/reader_0/std.log`, 29);
          for (const above of ['guest/30000/reader_0', 'guest/30000', 'guest', ''])
            utimesSync(join(logs(), job(1), above), 0, 0);
        },
      ],
      [
        'that is empty and younger',
        () => {
          mkdirSync(join(logs(), job(1)));
          aged(join(logs(), job(1)), 29);
        },
      ],
      [
        'that is at work, however old it is',
        () => {
          write(`${job(1)}/a`, 400);
          atWork(job(2), job(1));
        },
      ],
      ['whose clock is ahead', () => write(`${job(1)}/a`, -400)],
    ])('a job stays %s', (_, given) => {
      given();
      expect(run().status).toBe(0);
      expect(left()).toEqual([job(1)]);
    });

    test.each([
      'fate_flow',
      'lost+found',
      'local',
      '.hidden',
      '2026',
      '20260102',
      job(1).slice(0, 20),
      `${job(1)} `,
      ` ${job(1)}`,
      `${job(1)}\n`,
      `${job(1)}\n${job(2)}`,
      `${job(1)}_copy`,
      `${job(1)}.tar.gz`,
      '20*',
      '20$(rm -rf .)',
      '-rf',
      'guest#30000#model',
    ])('what is named %j is none of a job', (name) => {
      write(`${name}/a`, 400);
      expect(run().status).toBe(0);
      expect(left()).toEqual([name]);
    });

    test('a file and a link that are named as jobs stay, and nobody follows a link', () => {
      const model = join(volume, 'model');
      mkdirSync(model);
      writeFileSync(join(model, 'pipeline.pb'), '');
      utimesSync(join(model, 'pipeline.pb'), 0, 0);
      utimesSync(model, 0, 0);
      write(job(1), 400);
      symlinkSync(model, join(logs(), job(2)));
      aged(join(logs(), job(2)), 400, lutimesSync);
      write(`${job(3)}/a`, 400);
      symlinkSync(model, join(logs(), job(3), 'model'));
      aged(join(logs(), job(3), 'model'), 400, lutimesSync);
      expect(run().status).toBe(0);
      expect(left()).toEqual([job(1), job(2)]);
      expect(readdirSync(model)).toEqual(['pipeline.pb']);
    });

    test.each([
      ['is away', 'echo "ERROR 2002 (HY000): cannot connect" >&2; exit 1'],
      ['ends in the middle of an answer', `echo ${job(2)}; exit 1`],
      ['has one table and not the other', 'case "$*" in *t_schedule_job*) echo no table >&2; exit 1 ;; esac'],
    ])('nothing goes while the database %s', (_, answer) => {
      write(`${job(1)}/a`, 400);
      database(answer);
      expect(run().status).not.toBe(0);
      expect(left()).toEqual([job(1)]);
    });

    test('nothing goes that cannot be read through', () => {
      write(`${job(1)}/a`, 400);
      writeFileSync(join(bin, 'find'), '#!/bin/sh\necho "find: Input/output error" >&2\nexit 1\n');
      chmodSync(join(bin, 'find'), 0o755);
      expect(run().status).not.toBe(0);
      expect(left()).toContain(job(1));
    });

    test('what a run that was killed has not deleted the next one deletes, however young it looks', () => {
      write(`${job(1)}/a`, 400);
      write(`${job(2)}/a`, 400);
      writeFileSync(join(bin, 'rm'), '#!/bin/sh\nif [ -d "$2" ]; then kill -9 "$PPID"; fi\n');
      chmodSync(join(bin, 'rm'), 0o755);
      expect(run().signal).toBe('SIGKILL');
      expect(left()).toEqual(['.deleted']);
      rmSync(join(bin, 'rm'));
      expect(run().status).toBe(0);
      expect(left()).toEqual([]);
    });

    test('each directory has days of its own, and one that is missing is said', () => {
      write(`${job(1)}/a`, 20);
      mkdirSync(join(volume, 'jobs'));
      expect(run(join(volume, 'jobs'), '10', logs(), '10').status).toBe(0);
      expect(left()).toEqual([]);
      write(`${job(1)}/a`, 20);
      expect(run(join(volume, 'jobs'), '10', logs(), '30').status).toBe(0);
      expect(left()).toEqual([job(1)]);
      expect(run(join(volume, 'nowhere'), '10').status).not.toBe(0);
      expect(existsSync(join(volume, 'nowhere'))).toBe(false);
    });

    test('of any jobs just those go that have ended and of which nothing is younger', () => {
      const ages = fc.array(
        fc.integer({ min: 0, max: 60 }).filter((age) => age !== days),
        { minLength: 1, maxLength: 3 },
      );
      fc.assert(
        fc.property(fc.array(fc.record({ ages, isAtWork: fc.boolean() }), { maxLength: 6 }), (jobs) => {
          rmSync(logs(), { recursive: true });
          mkdirSync(logs());
          for (const [n, { ages }] of jobs.entries()) {
            for (const [i, age] of [...ages].sort((a, b) => b - a).entries()) write(`${job(n)}/${i}/log`, age);
          }
          atWork(...jobs.flatMap(({ isAtWork }, n) => (isAtWork ? [job(n)] : [])));
          expect(run().status).toBe(0);
          const kept = jobs.flatMap(({ ages, isAtWork }, n) => (isAtWork || Math.min(...ages) < days ? [job(n)] : []));
          expect(left()).toEqual(kept);
        }),
        { numRuns: 10 },
      );
    });
  });
}
