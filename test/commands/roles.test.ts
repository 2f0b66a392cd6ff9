import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { accessRules } from '../../lib/reports/access-roles';
import { toolInFolder } from '../support/command-line';

const { run } = toolInFolder();

const printed = (...args: readonly string[]) => {
  const { stdout, status } = run('roles', ...args);
  expect(status).toBe(0);
  return parseAllDocuments(stdout).map((document) => document.toJS());
};

test('each member has a Role in its namespace, to look at it', () => {
  const roles = printed();
  expect(roles.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
    ['Role', 'fate-exchange'],
    ['Role', 'fate-30000'],
    ['Role', 'fate-40000'],
  ]);
  for (const { rules } of roles) expect(rules).toEqual(accessRules('look'));
});

test('who submits jobs reaches parties, and not the exchange, which has no FATE Flow', () => {
  expect(printed('--for', 'submit').map(({ metadata }) => metadata.namespace)).toEqual(['fate-30000', 'fate-40000']);
  const { status, stderr } = run('roles', '--for', 'submit', '--exchange');
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('name a party') });
});

test('one member alone may be asked by those who are named', () => {
  const [role, binding, ...more] = printed(
    '--for',
    'ask',
    '--party',
    '30000',
    '--user',
    'jane',
    '--group',
    'operators',
  );
  expect(role.rules).toEqual(accessRules('ask'));
  expect(binding.subjects.map(({ kind, name }: { kind: string; name: string }) => [kind, name])).toEqual([
    ['User', 'jane'],
    ['Group', 'operators'],
  ]);
  expect(more).toEqual([]);
});
