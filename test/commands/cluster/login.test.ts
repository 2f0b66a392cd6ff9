import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readLogin, requestOptions } from '../../../commands/cluster/login';
import { ClusterRefusal } from '../../../commands/cluster/refusal';
import { kubeconfigOf } from '../../support/api-stand-in';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'login-'));
  vi.stubEnv('HOME', folder);
  vi.stubEnv('KUBECONFIG', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const servers = { org1: 'https://192.0.2.1:6443', org2: 'https://192.0.2.2:6443/' };
function written(name: string, text = kubeconfigOf(servers)): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}
const refusal = async (work: Promise<unknown>): Promise<ClusterRefusal> => {
  const error = await work.then(
    () => undefined,
    (error) => error,
  );
  expect(error).toBeInstanceOf(ClusterRefusal);
  return error;
};

test('a context is named, or is the current one', async () => {
  const file = written('config');
  expect(await readLogin(file, undefined)).toMatchObject({ context: 'org1', server: servers.org1 });
  expect(await readLogin(file, 'org2')).toMatchObject({ context: 'org2', server: 'https://192.0.2.2:6443' });
});

test.each([
  ['cluster', 'clusters', '{ name: half, cluster: {} }'],
  ['cluster that is a text', 'clusters', 'half'],
  ['user without a name', 'users', '{ user: { token: hush } }'],
  ['context without a cluster', 'contexts', '{ name: half, context: {} }'],
  ['context that is nothing', 'contexts', 'null'],
])("an entry of others that is not whole is in nobody's way: a %s", async (_, list, entry) => {
  const file = written('config', kubeconfigOf(servers).replace(`${list}:\n`, `${list}:\n  - ${entry}\n`));
  expect(await readLogin(file, 'org2')).toMatchObject({ context: 'org2' });
  vi.stubEnv('KUBECONFIG', file);
  expect(await readLogin(undefined, 'org1')).toMatchObject({ context: 'org1' });
});

test("without a name it is kubectl's: of KUBECONFIG, of several files there, else of the home directory", async () => {
  mkdirSync(join(folder, '.kube'));
  written('.kube/config');
  expect(await readLogin(undefined, undefined)).toMatchObject({ context: 'org1' });
  const [one, two] = [
    written('one', kubeconfigOf({ third: servers.org1 })),
    written('two', kubeconfigOf({ fourth: servers.org2 }).replaceAll('somebody', 'another')),
  ];
  vi.stubEnv('KUBECONFIG', one);
  expect(await readLogin(undefined, undefined)).toMatchObject({ context: 'third' });
  vi.stubEnv('KUBECONFIG', `${one}:${two}`);
  expect(await readLogin(undefined, 'fourth')).toMatchObject({ server: 'https://192.0.2.2:6443' });
});

describe('is refused in a sentence that says what would work, and shows nothing of the file:', () => {
  test.each<[string, string, string | undefined, RegExp]>([
    [
      'none',
      '',
      undefined,
      /^\S+config is no kubeconfig; name one by --kubeconfig, or by `access` in the declaration$/,
    ],
    ['no YAML', 'users:\n  - token: hush: hush\n', undefined, /config is no kubeconfig at line 2; name one/],
    ['another document', '[hush]', undefined, /no current context; it has none at all$/],
    [
      'a user without a name',
      'users: [{ user: { token: hush } }]',
      undefined,
      /no current context; it has none at all$/,
    ],
    [
      'an address in the clear',
      kubeconfigOf({ org1: 'http://192.0.2.1' }).replace('insecure-skip-tls-verify: true', ''),
      undefined,
      /leads to http:\/\/192\.0\.2\.1, where a login would go in the clear; write https:/,
    ],
    [
      'a cluster without an address',
      kubeconfigOf(servers).replace('server: https://192.0.2.1:6443', 'proxy-url: http://a'),
      'org1',
      /is of cluster org1, which is not in it, or not whole; name one of org2$/,
    ],
    [
      'an address that is none',
      kubeconfigOf({ org1: '192.0.2.1:6443' }),
      undefined,
      /context org1 of kubeconfig \S+ leads to 192\.0\.2\.1:6443, which is no URL; write one such as https:/,
    ],
    [
      'a password in an address',
      kubeconfigOf({ org1: 'https://jane:hush@192.0.2.1:6443' }),
      undefined,
      /context org1 of kubeconfig \S+ leads to a URL with a name or a password in it; write one such as https:/,
    ],
    [
      'a password in an address that is none',
      kubeconfigOf({ org1: 'ftp://jane:hush@192.0.2.1' }),
      undefined,
      /leads to ftp:\/\/…@192\.0\.2\.1, which is no URL/,
    ],
    [
      'an address that no path can follow',
      kubeconfigOf({ org1: 'https://192.0.2.1/?a=b' }),
      undefined,
      /leads to https:\/\/192\.0\.2\.1\/\?a=b, which goes on after its path/,
    ],
    ['no such context', kubeconfigOf(servers), 'org3', /has no context org3; name one of org1, org2$/],
    [
      'no current context',
      kubeconfigOf(servers).replace(/current-context.*/, ''),
      undefined,
      /has no current context; name one of org1, org2$/,
    ],
    [
      'a context of a cluster that is not there',
      kubeconfigOf(servers).replace(/cluster: org1/, 'cluster: gone'),
      'org1',
      /context org1 of kubeconfig \S+ is of cluster gone, which is not in it/,
    ],
    [
      'a context of a user who is not there',
      kubeconfigOf(servers).replace('name: somebody', 'name: gone'),
      'org1',
      /is of user somebody, which is not in it, or not whole/,
    ],
  ])('%s', async (_, text, context, message) => {
    const file = written('config', text);
    const { message: said, kind } = await refusal(readLogin(file, context));
    expect(said).toMatch(message);
    expect(said).not.toContain('hush');
    expect(said).not.toContain('\n');
    expect(kind).toBe(/context|which is not/.test(said.split(';')[0] ?? '') ? 'no-context' : 'no-kubeconfig');
  });

  test.each([
    [
      'a file that is not there',
      () => join(folder, 'gone'),
      /gone cannot be read \(ENOENT\); name one by --kubeconfig/,
    ],
    ['a folder', () => folder, /cannot be read \(EISDIR\)/],
    ['no file at all', () => undefined, /there is no kubeconfig \S+\/\.kube\/config; name one by --kubeconfig/],
  ])('%s', async (_, file, message) => {
    expect((await refusal(readLogin(file(), undefined))).message).toMatch(message);
  });

  test('contexts that are many: some of them are named', async () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`org${i}`, 'https://192.0.2.1']));
    const { message } = await refusal(readLogin(written('config', kubeconfigOf(many)), 'other'));
    expect(message).toMatch(/name one of org0, .*org11 and 28 more$/);
  });
});

describe('a plug-in', () => {
  const login = (user: object, pluginSeconds = 60) =>
    readLogin(written('config', kubeconfigOf(servers, user)), undefined, {
      answerSeconds: 20,
      pluginSeconds,
      answerMiB: 1,
    });
  const plugin = (script: string) => ({
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', script] },
  });
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'made' },
  };

  test('gives the login', async () => {
    const options = await requestOptions(await login(plugin(`echo '${JSON.stringify(credential)}'`)));
    expect(options.headers).toEqual({ Authorization: 'Bearer made' });
  });

  test.each<[string, object, RegExp]>([
    [
      'that is not here',
      { exec: { command: 'no-such-plugin' } },
      /^no-such-plugin, which .* org1, is not here; install it$/,
    ],
    [
      'that fails',
      plugin('echo hush >&2; exit 1'),
      /^sh, which is to log in for context org1, fails; see what `kubectl/,
    ],
    ['that says nothing', plugin('true'), /^sh, .* fails; see what `kubectl --context org1 get pods` says, and log in/],
  ])('%s is told of, and nothing of what it has printed', async (_, user, message) => {
    const { kind, message: said } = await refusal(requestOptions(await login(user)));
    expect(kind).toBe('no-login');
    expect(said).toMatch(message);
    expect(said).not.toContain('hush');
  });

  test('that asks somebody and gets no answer is ended', async () => {
    const marker = join(folder, 'ended');
    const asking = plugin(`trap 'touch ${marker}; exit' TERM; while :; do sleep 0.1; done`);
    const { message } = await refusal(requestOptions(await login(asking, 0.5)));
    expect(message).toMatch(/is not done in time; see what `kubectl --context org1 get pods` says, and log in there$/);
    const { existsSync } = await import('node:fs');
    await vi.waitFor(() => expect(existsSync(marker)).toBe(true), { timeout: 30_000 });
  });
});

test('a login whose files are gone is told of', async () => {
  const user = { 'client-certificate': 'gone.pem', 'client-key': 'gone.key' };
  const login = await readLogin(written('config', kubeconfigOf(servers, user)), undefined);
  const { kind, message } = await refusal(requestOptions(login));
  expect(kind).toBe('no-login');
  expect(message).toMatch(/the login of context org1 cannot be used: \S+gone.pem cannot be read \(ENOENT\); make the/);
});

test('a certificate or a key that is none is the login that cannot be used', async () => {
  const none = Buffer.from('hush').toString('base64');
  const user = { 'client-certificate-data': none, 'client-key-data': none };
  const login = await readLogin(written('config', kubeconfigOf(servers, user)), undefined);
  const { kind, message } = await refusal(requestOptions(login));
  expect(kind).toBe('no-login');
  expect(message).toMatch(/^the login of context org1 cannot be used; make the context anew/);
});

test('a token that no header can have is the login that cannot be used', async () => {
  const login = await readLogin(written('config', kubeconfigOf(servers, { token: 'hush\nhush' })), undefined);
  const { kind, message } = await refusal(requestOptions(login));
  expect(kind).toBe('no-login');
  expect(message).toMatch(/^the login of context org1 cannot be used; make the context anew/);
});
