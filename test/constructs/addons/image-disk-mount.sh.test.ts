import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const script = join(__dirname, '../../../constructs/addons/image-disk-mount.sh');
const root = 'UUID=0b7c / ext4 defaults 0 1\n';
const volume = '31 22 8:17 / /var/lib/containerd rw,noatime shared:7 master:2 - ext4 /dev/sdb1 rw,data=ordered\n';
const others = [
  '22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw\n',
  '40 22 8:33 / /var/lib/containerd2 rw,relatime - xfs /dev/sdc1 rw\n',
].join('');
const entry = 'UUID=5f3a-91c2 /var/lib/containerd ext4 rw,noatime,data=ordered,nofail 0 2';

const installed = (command: string, ...args: string[]) => spawnSync(command, args).error === undefined;

const shells = [
  { shell: 'dash', command: ['dash'] },
  { shell: 'busybox sh', command: ['busybox', 'sh'] },
].map(({ shell, command }) => ({ shell, command, missing: !installed(command[0] ?? '', '-c', 'true') }));

const linted = installed('shellcheck', '--version');
test.skipIf(!linted)(`shellcheck has no remark${linted ? '' : ' (skipped: not installed)'}`, () => {
  expect(spawnSync('shellcheck', ['--shell', 'sh', script]).stdout.toString()).toBe('');
});

for (const { shell, command, missing } of shells) {
  describe.skipIf(missing)(missing ? `in ${shell} (skipped: not installed)` : `in ${shell}`, () => {
    let node: string;
    const [program = '', ...options] = command;
    const fstab = () => readFileSync(join(node, 'fstab'), 'utf8');
    const entries = () =>
      fstab()
        .split('\n')
        .filter((line) => /^[^#\s]\S*\s+\/var\/lib\/containerd\s/.test(line));
    const given = (files: { fstab?: string; mountinfo?: string }) => {
      for (const [file, text] of Object.entries(files)) writeFileSync(join(node, file), text);
    };
    const environment = () => ({
      PATH: process.env.PATH,
      MOUNT_PATH: '/var/lib/containerd',
      FSTAB: join(node, 'fstab'),
      MOUNTINFO: join(node, 'mountinfo'),
      BY_UUID: join(node, 'by-uuid'),
      ADDED: 'nofail',
      INTERVAL: '1',
    });
    const run = (action: string) => {
      const { status, stdout, stderr } = spawnSync(program, [...options, script, action], {
        env: environment(),
        encoding: 'utf8',
      });
      return { status, stdout, stderr };
    };

    beforeEach(() => {
      node = mkdtempSync(join(tmpdir(), 'node-'));
      mkdirSync(join(node, 'by-uuid'));
      symlinkSync('../../sda2', join(node, 'by-uuid/0b7c'));
      symlinkSync('../../sdb1', join(node, 'by-uuid/5f3a-91c2'));
      given({ fstab: root, mountinfo: others + volume });
    });
    afterEach(() => rmSync(node, { recursive: true }));

    test('a mounted volume is recorded by its UUID, with its options and nofail', () => {
      expect(run('repair')).toMatchObject({ status: 0, stderr: '' });
      expect(fstab()).toBe(`${root}${entry}\n`);
    });

    test('a second pass changes nothing', () => {
      run('repair');
      const before = fstab();
      expect(run('repair').status).toBe(0);
      expect(fstab()).toBe(before);
    });

    test('a node is done when its fstab has the entry, and not before', () => {
      expect(run('recorded').status).not.toBe(0);
      run('repair');
      expect(run('recorded').status).toBe(0);
    });

    test.each([
      ['tabs', 'UUID=5f3a-91c2\t/var/lib/containerd\text4\tdefaults\t0\t2\n'],
      ['blanks before it', '   /dev/sdb1   /var/lib/containerd ext4 defaults 0 2\n'],
      ['a final slash', '/dev/sdb1 /var/lib/containerd/ ext4 defaults 0 2\n'],
      ['no newline after it', '/dev/sdb1 /var/lib/containerd ext4 defaults 0 2'],
      ['line ends of Windows', 'UUID=0b7c / ext4 defaults 0 1\r\n/dev/sdb1 /var/lib/containerd ext4 defaults 0 2\r\n'],
    ])('an entry with %s is seen', (_, text) => {
      given({ fstab: text });
      expect(run('repair').status).toBe(0);
      expect(fstab()).toBe(text);
    });

    test.each([
      ['an octal blank that is none of the path', 'UUID=0b7c /mnt/a\\040b ext4 defaults 0 2\n', true],
      ['the path in octal', '/dev/sdb1 /var\\057lib/containerd ext4 defaults 0 2\n', false],
      ['more slashes than it needs', '/dev/sdb1 //var/lib//containerd/ ext4 defaults 0 2\n', false],
      ['auto after noauto', '/dev/sdb1 /var/lib/containerd ext4 noauto,nofail,auto 0 2\n', false],
      ['auto that is the last option', '/dev/sdb1 /var/lib/containerd ext4 noauto,auto 0 2\n', false],
      ['automount beside noauto', '/dev/sdb1 /var/lib/containerd ext4 noauto,x-systemd.automount 0 2\n', false],
      ['an option that only begins so', '/dev/sdb1 /var/lib/containerd ext4 noauto_da_alloc 0 2\n', false],
      ['its link by path', '/dev/disk/by-path/pci-1 /var/lib/containerd ext4 defaults 0 2\n', false],
      ['its label, in quotes', 'LABEL="images" /var/lib/containerd ext4 defaults 0 2\n', false],
      ['another beginning before auto', '/dev/sdb1 /var/lib/containerd ext4 noauto,noatime,auto 0 2\n', false],
      ['no options', '/dev/sdb1 /var/lib/containerd ext4\n', false],
    ])('as mount reads it, an entry with %s', (_, line, isAnother) => {
      const text = line.replaceAll('\\\\', '\\');
      given({ fstab: text });
      for (const [directory, link] of [
        ['by-path', 'pci-1'],
        ['by-label', 'images'],
      ] as const) {
        mkdirSync(join(node, directory));
        symlinkSync('../../sdb1', join(node, directory, link));
      }
      expect(run('recorded').status).toBe(isAnother ? 1 : 0);
      expect(run('repair').status).toBe(0);
      expect(fstab()).toBe(isAnother ? `${text}${entry}\n` : text);
    });

    test.each([
      ['another disk', '/dev/sdc1 /var/lib/containerd ext4 defaults 0 2\n'],
      ['a UUID of another disk', 'UUID=0b7c /var/lib/containerd ext4 defaults 0 2\n'],
      ['a UUID of no disk', 'UUID=gone /var/lib/containerd ext4 defaults 0 2\n'],
      ['a directory', '/var/lib/other /var/lib/containerd none bind 0 0\n'],
      ['noauto', '/dev/sdb1 /var/lib/containerd ext4 noauto 0 2\n'],
      ['noauto after auto', '/dev/sdb1 /var/lib/containerd ext4 auto,noauto,nofail 0 2\n'],
      ['another disk after its own', `${entry}\n/dev/sdc1 /var/lib/containerd ext4 defaults 0 2\n`],
    ])('with %s at the path nothing is recorded and nothing written: a person decides', (_, text) => {
      given({ fstab: text });
      expect(run('recorded').status).not.toBe(0);
      const { status, stderr } = run('repair');
      expect(status).not.toBe(0);
      expect(stderr).toMatch(/fstab has .* there, which does not mount \/dev\/sdb1; nothing written/);
      expect(fstab()).toBe(text);
    });

    test('with nothing mounted, an entry that a boot follows is all that can be asked for', () => {
      given({ mountinfo: others, fstab: `${root}${entry}\n` });
      expect(run('recorded').status).toBe(0);
      given({ fstab: `${root}${entry.replace('nofail', 'noauto')}\n` });
      expect(run('recorded').status).not.toBe(0);
    });

    test.each([
      ['a comment', '#/dev/sdb1 /var/lib/containerd ext4 defaults 0 2\n'],
      ['an indented comment', '\t# /dev/sdb1 /var/lib/containerd ext4 defaults 0 2\n'],
      ['a longer path', '/dev/sdc1 /var/lib/containerd2 xfs defaults 0 2\n'],
      ['a path below', '/dev/sdc1 /var/lib/containerd/tmp xfs defaults 0 2\n'],
      ['a device of that name', '/var/lib/containerd /mnt none bind 0 0\n'],
    ])('%s is no entry', (_, text) => {
      given({ fstab: text });
      expect(run('repair').status).toBe(0);
      expect(fstab()).toBe(`${text}${entry}\n`);
    });

    test.each([
      ['an entry', root.trimEnd()],
      ['a comment', '# the end'],
    ])('a file that ends with %s and no newline keeps that line whole', (_, text) => {
      given({ fstab: text });
      expect(run('repair').status).toBe(0);
      expect(fstab()).toBe(`${text}\n${entry}\n`);
    });

    test('an empty file gets the entry and no empty line', () => {
      given({ fstab: '' });
      run('repair');
      expect(fstab()).toBe(`${entry}\n`);
    });

    test('a device without UUID is recorded as it is, with a warning', () => {
      rmSync(join(node, 'by-uuid/5f3a-91c2'));
      const { status, stderr } = run('repair');
      expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('/dev/sdb1 has no UUID') });
      expect(entries()).toEqual([entry.replace('UUID=5f3a-91c2', '/dev/sdb1')]);
    });

    test('a node without /dev/disk/by-uuid is recorded by device', () => {
      rmSync(join(node, 'by-uuid'), { recursive: true });
      expect(run('repair').status).toBe(0);
      expect(entries()).toHaveLength(1);
    });

    test('the same volume mounted twice is recorded once', () => {
      given({ mountinfo: volume + others + volume });
      expect(run('repair').status).toBe(0);
      expect(entries()).toEqual([entry]);
    });

    test.each([
      ['nothing is mounted', others, 'nothing is mounted'],
      ['two volumes are mounted over one another', volume + volume.replaceAll('sdb1', 'sdd1'), 'mounted twice'],
      ['a directory of another disk is mounted', volume.replace(' / ', ' /images '), '/images of /dev/sdb1'],
      ['what is mounted is no disk', volume.replace('/dev/sdb1', 'tmpfs'), 'tmpfs is no disk'],
      ['the mount is read-only', volume.replace('rw,noatime', 'ro,noatime'), 'read-only'],
      ['the file system became read-only', volume.replace('rw,data', 'ro,data'), 'read-only'],
    ])('where %s, nothing is written and the log says why', (_, mountinfo, reason) => {
      given({ mountinfo });
      const { status, stderr } = run('repair');
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(reason) });
      expect(fstab()).toBe(root);
    });

    test('a node without fstab gets none', () => {
      rmSync(join(node, 'fstab'));
      expect(run('repair')).toMatchObject({ status: 1, stderr: expect.stringContaining('no fstab') });
      expect(() => fstab()).toThrow('ENOENT');
    });

    test('an entry that does not fit on the disk leaves no half line', () => {
      const text = `# ${'x'.repeat(495)}\n`;
      given({ fstab: text });
      // a file limit of 512 bytes stands for the full disk: 14 bytes of the entry fit
      const limited = `trap '' XFSZ; ulimit -f 1; exec "$@"`;
      const { status } = spawnSync(program, [...options, '-c', limited, 'sh', ...command, script, 'repair'], {
        env: environment(),
      });
      expect(status).toBe(1);
      expect(fstab()).toBe(text);
    });

    test('without an action, or with one it does not know, the script does nothing', () => {
      expect(run('').status).toBe(2);
      expect(run('refuse').status).toBe(2);
      expect(fstab()).toBe(root);
    });

    test('whatever else an fstab holds stays as it is, and one entry follows', () => {
      const blank = fc.constantFrom(' ', '\t', '  \t');
      const field = fc.constantFrom(
        '/var/lib/containerd2',
        '/mnt',
        'UUID=0b7c',
        'ext4',
        'défaut',
        '\\040',
        '*',
        '$HOME',
        '`id`',
      );
      const line = fc.oneof(
        fc.constantFrom('', '#', '# /dev/sdb1 /var/lib/containerd', '\r'),
        fc.array(fc.tuple(field, blank), { maxLength: 6 }).map((parts) => parts.flat().join('')),
      );
      fc.assert(
        fc.property(fc.array(line), fc.boolean(), (lines, ended) => {
          const text = lines.join('\n') + (ended ? '\n' : '');
          given({ fstab: text });
          run('repair');
          run('repair');
          expect(fstab()).toBe(`${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${entry}\n`);
        }),
        { numRuns: 40 },
      );
    });

    describe('watching', () => {
      let watcher: ChildProcess;
      const watch = (interval: number) => {
        const env = { ...environment(), INTERVAL: `${interval}` };
        watcher = spawn(program, [...options, script, 'watch'], { env, detached: true });
      };
      // Its pause outlives it outside a container.
      afterEach(() => spawnSync('kill', ['-KILL', '--', `-${watcher.pid}`]));
      const says = async (text: string) => {
        for await (const chunk of watcher.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
          if (String(chunk).includes(text)) return;
        }
      };

      test('a node that replaces its fstab by a new file gets the entry again', async () => {
        watch(1);
        await says('added to fstab');
        writeFileSync(join(node, 'fstab.new'), root);
        renameSync(join(node, 'fstab.new'), join(node, 'fstab'));
        await expect.poll(entries, { timeout: 100_000 }).toEqual([entry]);
      });

      test('SIGTERM ends it, long before the next pass', async () => {
        watch(3600);
        await says('added to fstab');
        watcher.kill('SIGTERM');
        expect(await once(watcher, 'exit')).toEqual([0, null]);
      });
    });
  });
}
