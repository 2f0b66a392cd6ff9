import { describe, expect, test } from 'vitest';
import type { Rule } from '../../../lib/kubernetes/access-rules';
import { accessLevels, accessRoles, accessRules } from '../../../lib/reports/access-roles';

/** What rules allow, one thing each: `get pods`. */
const allowed = (rules: readonly Rule[]): Set<string> =>
  new Set(rules.flatMap(({ resources, verbs }) => resources.flatMap((name) => verbs.map((verb) => `${verb} ${name}`))));

describe.each(accessLevels)('who may %s', (level) => {
  const things = allowed(accessRules(level));

  test('may do nothing to everything, and nothing with Secrets', () => {
    expect([...things].filter((thing) => /\*|secrets/.test(thing))).toEqual([]);
  });

  test('may do what it says, and nothing more', () => {
    const changing = [...things].filter((thing) => !/^(get|list) /.test(thing)).sort();
    expect(changing).toEqual(
      {
        look: [],
        ask: ['create pods/exec'],
        verify: ['create jobs', 'create pods/exec', 'delete jobs', 'patch jobs'],
      }[level],
    );
    expect([...things].filter((thing) => thing.includes('namespaces'))).toEqual(['get namespaces']);
  });
});

test('each allows what those before it do', () => {
  const [look, ask, verify] = accessLevels.map((level) => allowed(accessRules(level)));
  expect([...(look ?? [])].every((thing) => ask?.has(thing))).toBe(true);
  expect([...(ask ?? [])].every((thing) => verify?.has(thing))).toBe(true);
});

test('a Role is given to those who are named', () => {
  const [role, binding, ...more] = accessRoles('fate-30000', 'ask', { users: ['jane'], groups: ['operators'] });
  const named = { name: 'kubefate-tanzu-ask', namespace: 'fate-30000' };
  expect(role).toMatchObject({ kind: 'Role', metadata: named, rules: accessRules('ask') });
  expect(binding).toMatchObject({
    kind: 'RoleBinding',
    metadata: named,
    roleRef: { kind: 'Role', name: 'kubefate-tanzu-ask' },
    subjects: [
      { kind: 'User', name: 'jane' },
      { kind: 'Group', name: 'operators' },
    ],
  });
  expect(more).toEqual([]);
  expect(accessRoles('fate-30000', 'look', { users: [], groups: [] })).toHaveLength(1);
});
