import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { watchedServer } from '../../../constructs/parts/watched-server';

const script = join(__dirname, '../../../constructs/parts/watched-server.sh');

const installed = (command: string, ...args: string[]) => spawnSync(command, args).error === undefined;

const shells = [
  { shell: 'dash', command: ['dash'] },
  { shell: 'bash as sh', command: ['bash', '--posix'] },
  { shell: 'busybox sh', command: ['busybox', 'sh'] },
].map(({ shell, command }) => ({ shell, command, missing: !installed(command[0] ?? '', '-c', 'true') }));

test.skipIf(!installed('shellcheck', '--version'))('shellcheck has no remark (skipped: no shellcheck)', () => {
  const options = ['--shell', 'sh', '--enable', 'all', '--exclude', 'SC2250,SC2310,SC2312'];
  expect(spawnSync('shellcheck', [...options, script]).stdout.toString()).toBe('');
});

for (const { shell, command, missing } of shells) {
  describe.skipIf(missing)(missing ? `in ${shell} (skipped: not installed)` : `in ${shell}`, () => {
    const [program = '', ...options] = command;
    let dir: string;
    let running: ChildProcess | undefined;
    let output: string;
    let versions: number;

    /** As the kubelet does it: a new directory, then one rename of the link that all files go through. */
    const publish = (files: Readonly<Record<string, string>>) => {
      const version = `..v${versions++}`;
      mkdirSync(join(dir, 'mounted', version));
      for (const [file, text] of Object.entries(files)) writeFileSync(join(dir, 'mounted', version, file), text);
      symlinkSync(version, join(dir, 'mounted/..data_tmp'));
      renameSync(join(dir, 'mounted/..data_tmp'), join(dir, 'mounted/..data'));
    };
    const routes = (text: string) => publish({ table: text });
    /** Routes that each reload has read; a reload fails while there is a file `refuse`. */
    const reloads = () => readFileSync(join(dir, 'reloads'), 'utf8').split('\n').slice(0, -1);
    /** Times that the watch loop has looked: it starts one `sleep` before each. */
    const looks = () => readFileSync(join(dir, 'looks'), 'utf8').length;
    const severalLooks = async () => {
      const until = looks() + 3;
      await vi.waitFor(() => expect(looks()).toBeGreaterThanOrEqual(until), patience);
    };
    const alive = (pid: number) => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    };
    const start = (server: readonly string[], variables: Readonly<Record<string, string>> = {}) => {
      running = spawn(program, [...options, script, ...server], {
        env: {
          PATH: `${join(dir, 'bin')}:${process.env['PATH']}`,
          TABLE: join(dir, 'mounted/table'),
          SEEN: join(dir, 'seen'),
          RELOAD: `test ! -e '${dir}/refuse' && cat '${dir}/mounted/table' >>'${dir}/reloads'`,
          INTERVAL: '0.05',
          ...variables,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      running.stdout?.on('data', (data) => (output += data));
      running.stderr?.on('data', (data) => (output += data));
      return running;
    };
    const watcher = () => {
      const { pid } = running ?? {};
      return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
    };
    /** Whether the liveness probe is content with a server that answers. */
    const live = async (certificates?: readonly string[]) => {
      const server = createServer((_, response) => response.end());
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      const table = join(dir, 'mounted/table');
      const status = { port, path: '/' };
      const { env, livenessProbe } = watchedServer({ server: [], table, certificates, reload: '', status });
      const [bash = '', ...args] = livenessProbe.exec.command;
      const variables = Object.fromEntries(env.map(({ name, value }) => [name, value]));
      const probe = spawn(bash, args, { env: { ...process.env, ...variables, SEEN: join(dir, 'seen') } });
      const { code } = await ended(probe);
      server.closeAllConnections();
      server.close();
      return code === 0;
    };
    /** A server that runs and is watched. */
    const serve = async (variables?: Readonly<Record<string, string>>) => {
      start(['/bin/sleep', '60'], variables);
      await vi.waitFor(() => expect(looks()).toBeGreaterThan(0), patience);
    };
    const ended = async (child: ChildProcess) => {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      return { code: child.exitCode, signal: child.signalCode };
    };

    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), 'watched-server-'));
      output = '';
      versions = 0;
      running = undefined;
      for (const name of ['mounted', 'bin']) mkdirSync(join(dir, name));
      for (const name of ['reloads', 'looks']) writeFileSync(join(dir, name), '');
      writeFileSync(join(dir, 'bin/sleep'), `#!/bin/sh\nprintf . >>'${dir}/looks'\nexec /bin/sleep "$@"\n`, {
        mode: 0o755,
      });
      symlinkSync('..data/table', join(dir, 'mounted/table'));
      routes('one\n');
    });

    afterEach(async () => {
      if (running !== undefined) {
        running.kill('SIGKILL');
        await ended(running);
        const { pid = 0 } = running;
        // The watch loop follows its server and lets go of the output.
        if (running.stdout?.closed === false) await once(running, 'close');
        expect(alive(pid)).toBe(false);
      }
      rmSync(dir, { recursive: true });
    });

    test('a changed table is reloaded once, and the log says so', async () => {
      await serve();
      routes('two\n');
      await vi.waitFor(() => expect(reloads()).toEqual(['two']), patience);
      await severalLooks();
      expect(reloads()).toEqual(['two']);
      expect(output).toBe('routes or certificates changed, reloading\n');
    });

    test('a changed certificate is reloaded as a changed table is', async () => {
      const files = { table: 'one\n', cert: 'old', key: 'old' };
      publish(files);
      await serve({ CERTIFICATES: ['cert', 'key'].map((file) => join(dir, 'mounted/..data', file)).join(' ') });
      publish({ ...files, cert: 'new', key: 'new' });
      await vi.waitFor(() => expect(reloads()).toEqual(['one']), patience);
      publish({ table: 'two\n', cert: 'new', key: 'new' });
      await vi.waitFor(() => expect(reloads()).toEqual(['one', 'two']), patience);
      publish({ table: 'two\n', cert: 'new' }); // gone for a moment is no change
      await severalLooks();
      expect(reloads()).toEqual(['one', 'two']);
    });

    test('every further change is reloaded too, the way back included', async () => {
      await serve();
      for (const [i, text] of ['two', 'three', 'one'].entries()) {
        routes(`${text}\n`);
        await vi.waitFor(() => expect(reloads()).toEqual(['two', 'three', 'one'].slice(0, i + 1)), patience);
      }
    });

    test('the same table in a new version of the volume is no change', async () => {
      await serve();
      await severalLooks();
      routes('one\n');
      await severalLooks();
      expect(reloads()).toEqual([]);
      expect(output).toBe('');
    });

    test('a change while the server is still starting is not lost', async () => {
      // The server has read the old table when the new one comes, and nobody has looked at it yet.
      start(['sh', '-c', `printf 'two\\n' >'${dir}/mounted/..data/table'; exec sleep 60`]);
      await vi.waitFor(() => expect(reloads()).toEqual(['two']), patience);
    });

    test('a reload that fails is tried again until it succeeds', async () => {
      writeFileSync(join(dir, 'refuse'), '');
      await serve();
      routes('two\n');
      await vi.waitFor(() => expect(output.match(/reload failed/g)?.length).toBeGreaterThanOrEqual(2), patience);
      expect(reloads()).toEqual([]);
      rmSync(join(dir, 'refuse'));
      await vi.waitFor(() => expect(reloads()).toEqual(['two']), patience);
    });

    test('after a failed reload the old table is loaded again, since nobody knows what the server has', async () => {
      writeFileSync(join(dir, 'refuse'), '');
      await serve();
      routes('two\n');
      await vi.waitFor(() => expect(output).toContain('reload failed'), patience);
      routes('one\n');
      rmSync(join(dir, 'refuse'));
      await vi.waitFor(() => expect(reloads()).toEqual(['one']), patience);
    });

    test('a table that is gone for a moment is no change', async () => {
      await serve();
      await severalLooks();
      publish({});
      await vi.waitFor(() => expect(output).not.toBe(''), patience);
      await severalLooks();
      routes('one\n');
      await severalLooks();
      expect(reloads()).toEqual([]);
      routes('two\n');
      await vi.waitFor(() => expect(reloads()).toEqual(['two']), patience);
    });

    test('the server takes the place of the script and keeps its process id', async () => {
      const { pid } = start(['sh', '-c', `echo $$ >'${dir}/pid'; exec sleep 60`]);
      await vi.waitFor(() => expect(readFileSync(join(dir, 'pid'), 'utf8')).toBe(`${pid}\n`), patience);
    });

    test("the container ends with the server's own exit code", async () => {
      expect(await ended(start(['sh', '-c', 'exit 7']))).toEqual({ code: 7, signal: null });
    });

    test('a signal to stop reaches the server', async () => {
      const child = start(['sh', '-c', `trap 'exit 3' TERM; : >'${dir}/ready'; while :; do sleep 0.05; done`]);
      await vi.waitFor(() => expect(existsSync(join(dir, 'ready'))).toBe(true), patience);
      child.kill('SIGTERM');
      expect(await ended(child)).toEqual({ code: 3, signal: null });
    });

    test('the watch loop ends with the server, outside a container too', async () => {
      const child = start(['sh', '-c', 'exit 0']);
      await once(child, 'close'); // nobody holds the output any more
      expect(output).toBe('');
    });

    test('a watch loop that breaks takes the server with it', async () => {
      expect(await ended(start(['/bin/sleep', '60'], { INTERVAL: 'often' }))).toEqual({
        code: null,
        signal: 'SIGTERM',
      });
    });

    test.each(['SIGTERM', 'SIGHUP'])(
      'a watch loop that is told to end by %s takes the server with it',
      async (signal) => {
        await serve();
        process.kill(watcher(), signal);
        expect(await ended(running as ChildProcess)).toEqual({ code: null, signal: 'SIGTERM' });
      },
    );

    test('a watch loop that was killed shows once the routes change, and not before', async () => {
      await serve();
      process.kill(watcher(), 'SIGKILL');
      expect(await live()).toBe(true);
      routes('two\n');
      expect(await live()).toBe(false);
      expect(reloads()).toEqual([]);
    });

    test('a watch loop that was killed shows once a certificate changes, too', async () => {
      const certificates = join(dir, 'mounted/..data/cert');
      publish({ table: 'one\n', cert: 'old' });
      await serve({ CERTIFICATES: certificates });
      process.kill(watcher(), 'SIGKILL');
      expect(await live([certificates])).toBe(true);
      publish({ table: 'one\n', cert: 'new' });
      expect(await live([certificates])).toBe(false);
    });

    test('a server is live before the first look, while a reload fails, and while the table is gone', async () => {
      writeFileSync(join(dir, 'refuse'), '');
      start(['/bin/sleep', '60'], { INTERVAL: '0.3' });
      await vi.waitFor(() => expect(existsSync(join(dir, 'seen'))).toBe(true), patience);
      expect(await live()).toBe(true);
      routes('two\n');
      await vi.waitFor(() => expect(output).toContain('reload failed'), patience);
      expect(await live()).toBe(true);
      publish({});
      expect(await live()).toBe(true);
    });

    test('a reload that hangs is given up', async () => {
      writeFileSync(
        join(dir, 'bin/timeout'),
        '#!/bin/sh\n[ "$1" = 60 ] || exit 1\nshift\nexec timeout 1 "$@"\n'.replace(
          'exec timeout',
          `exec ${spawnSync('which', ['timeout']).stdout.toString().trim()}`,
        ),
        { mode: 0o755 },
      );
      await serve({
        RELOAD: `test -e '${dir}/second' || { : >'${dir}/second'; exec sleep 60; }; echo done >>'${dir}/reloads'`,
      });
      routes('two\n');
      await vi.waitFor(() => expect(reloads()).toEqual(['done']), patience);
      expect(output).toContain('reload failed');
    });

    test('a server with a path of its own gets a link there, before it starts', async () => {
      const link = join(dir, 'own');
      writeFileSync(link, "the image's\n");
      start(['sh', '-c', `cat '${link}'; exec sleep 60`], { LINK: link });
      await vi.waitFor(() => expect(output).toBe('one\n'), patience);
      routes('two\n');
      await vi.waitFor(() => expect(readFileSync(link, 'utf8')).toBe('two\n'), patience);
      expect(readlinkSync(link)).toBe(join(dir, 'mounted/table'));
    });

    test('a restarted container finds its link in place', async () => {
      const link = join(dir, 'own');
      symlinkSync(join(dir, 'mounted/table'), link);
      expect(await ended(start(['cat', link], { LINK: link }))).toEqual({ code: 0, signal: null });
    });

    test.each(['TABLE', 'RELOAD', 'SEEN', 'INTERVAL'])('without %s no server starts', async (name) => {
      const child = start(['sh', '-c', 'echo served'], { [name]: '' });
      expect((await ended(child)).code).not.toBe(0);
      await vi.waitFor(() => expect(output).toContain(name), patience);
      expect(output).not.toContain('served');
    });

    test('without a table no server starts', async () => {
      publish({});
      const child = start(['sh', '-c', 'echo served']);
      expect((await ended(child)).code).not.toBe(0);
      await vi.waitFor(() => expect(output).toContain('table'), patience);
      expect(output).not.toContain('served');
    });
  });
}

/** For a machine that is ten times slower than one where this takes a second. */
const patience = { timeout: 60_000, interval: 20 };
