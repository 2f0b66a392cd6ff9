import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type CliConfigProps, cliConfig, kubeFatePlan } from '../../../../lib';
import { problemsOf } from '../../../support/declarations';

test('the CLI finds the service of the plan, as a user without a password', () => {
  const plan = kubeFatePlan({ host: 'kubefate.example.com', parties: ['fate-30000'] });
  expect(parse(cliConfig(plan))).toEqual({
    log: { level: 'info' },
    user: { username: 'admin' },
    serviceurl: 'kubefate.example.com',
  });
});

test('an Ingress with TLS of the plan is spoken to in TLS', () => {
  const ingress = { tlsSecret: 'kubefate-tls' };
  const plan = kubeFatePlan({ host: 'kubefate.example.com', parties: ['fate-30000'], ingress });
  expect(parse(cliConfig(plan))).toMatchObject({ serviceurl: 'kubefate.example.com', safeconnect: true });
});

test('what only looks like a plan is no plan', () => {
  const plan = kubeFatePlan({ host: 'kubefate.example.com', parties: ['fate-30000'] });
  const refused = (wrong: object) => problemsOf(() => cliConfig(wrong as CliConfigProps)).map(({ path }) => path);
  expect(refused({ ...plan, port: 31737, users: 'admin' })).toEqual(['port', 'users']);
  expect(refused({ rights: {}, ingress: { tlsSecret: 7 }, safeconnect: true })).toEqual([
    'safeconnect',
    'host',
    'tlsSecret',
  ]);
});

test('a port is part of the address, and an Ingress with TLS is spoken to in TLS', () => {
  const config = parse(cliConfig({ host: 'kubefate.example.com', port: 31737, tlsSecret: 'kubefate-tls' }));
  expect(config).toMatchObject({ serviceurl: 'kubefate.example.com:31737', safeconnect: true });
});

test('the command in it puts the password into the variable that the CLI reads', () => {
  const [command = ''] = cliConfig({ host: 'kubefate.example.com', namespace: 'tools' }).match(/export .*/) ?? [];
  const kubectl = 'kubectl() { echo "$@" >&2; printf b3BlbnNlc2FtZQ==; }';
  const script = `${kubectl}; ${command}; echo "$FATECLOUD_USER_PASSWORD"`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toBe(
    'opensesame\n',
  );
  expect(command).toContain(
    "--namespace tools get secret kubefate-secret --output jsonpath='{.data.kubefatePassword}'",
  );
});

const host = 'kubefate.example.com';
test.each([
  [{}, ['host']],
  [{ host: 'https://kubefate.example.com' }, ['host']],
  [{ host: 'x\ny' }, ['host']],
  [{ host, namespace: 'x\nrm -rf /' }, ['namespace']],
  [{ host, namespace: '$(reboot)', user: 'a\nb' }, ['user', 'namespace']],
  [{ host, user: '', port: 0, tlsSecret: '' }, ['port', 'user', 'tlsSecret']],
  [{ host, user: 'seventeen-letters' }, ['user']],
  [{ host, prot: 80 }, ['prot']],
  [null, ['', 'host']],
])('%j is refused: the file is read by a shell and by the CLI', (props, paths) => {
  expect(problemsOf(() => cliConfig(props as CliConfigProps)).map(({ path }) => path)).toEqual(paths);
});
