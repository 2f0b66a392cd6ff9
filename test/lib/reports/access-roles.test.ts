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

  test('may change nothing, but run commands or reach ports where it says so', () => {
    const others = [...things].filter((thing) => !/^(get|list) /.test(thing) || /exec|forward/.test(thing)).sort();
    const more = {
      look: [],
      ask: ['create pods/exec', 'get pods/exec'],
      submit: ['create pods/portforward', 'get pods/portforward'],
    };
    expect(others).toEqual(more[level]);
  });
});

test('who may submit sees pods, and else nothing', () => {
  expect([...allowed(accessRules('submit'))].filter((thing) => !thing.includes('/'))).toEqual([
    'get pods',
    'list pods',
  ]);
});

test('who may ask may look', () => {
  const ask = allowed(accessRules('ask'));
  expect([...allowed(accessRules('look'))].filter((thing) => !ask.has(thing))).toEqual([]);
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
