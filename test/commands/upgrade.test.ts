import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { toolInFolder } from '../support/command-line';

const { run, path } = toolInFolder();

const upgrade = (...args: string[]) => run('upgrade', ...args);
const declared = (name: string, change: (text: string) => string) => {
  writeFileSync(path(name), change(readFileSync(path('federation.yaml'), 'utf8')));
  return name;
};

test('an upgrade that loses nothing but what is accepted holds, and tells of every member in its place', () => {
  const { status, stdout, stderr } = upgrade('federation.yaml', 'next.yaml', '--accept', 'messages');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const heads = [...stdout.matchAll(/^## (.*)$/gm)].map(([, head]) => head);
  expect(heads).toEqual(
    ['fate-exchange', 'fate-30000', 'fate-40000'].map((member) => `${member} from FATE 1.6.1 to 1.11.2`),
  );
  expect(stdout).toMatch(
    /^Objects that are new: Deployment\/fateboard, PodDisruptionBudget\/datanode, NetworkPolicy\/fateboard\.$/m,
  );
  expect(stdout).not.toContain('that are replaced');
});

test('one that loses what nobody accepted does not hold, and shows its plan all the same', () => {
  const { status, stdout } = upgrade('federation.yaml', 'next.yaml');
  expect(status).toBe(1);
  expect(stdout).toContain('## fate-40000 from FATE 1.6.1 to 1.11.2');
  expect(stdout).toContain('  party 30000.accept: messages of running jobs are lost');
  expect(stdout).toContain('where nobody needs them, --accept messages');
});

test('one to an earlier release does not hold, and has no plan', () => {
  const { status, stdout } = upgrade('next.yaml', 'federation.yaml');
  expect({ status, plans: stdout.includes('##') }).toEqual({ status: 1, plans: false });
  expect(stdout).toContain('  party 40000.fate: was 1.11.2 and is 1.6.1 now, which is earlier; put it back');
});

test('programs get what people read: steps, data and objects, and what is wrong', () => {
  const { stdout } = upgrade('federation.yaml', 'next.yaml');
  const { upgrades, problems } = JSON.parse(upgrade('federation.yaml', 'next.yaml', '--json').stdout);
  expect(upgrades).toHaveLength(3);
  for (const { steps, back, objects } of upgrades) {
    for (const { what, commands } of [...steps, ...back])
      for (const line of [what, ...commands]) expect(stdout).toContain(line);
    expect(stdout).toContain(`Objects that are kept: ${objects.kept.join(', ')}.`);
  }
  expect(problems.map(({ path }: { path: string }) => path)).toEqual(['party 30000.accept', 'party 40000.accept']);
});

test('who is new, or has left, is not upgraded; and somebody has to be', () => {
  const without = declared('without.yaml', (text) => text.replace(/ {2}- id: 40000\n.*\n/, ''));
  const { stdout } = upgrade(without, 'next.yaml', '--accept', 'messages');
  expect(stdout).not.toContain('fate-40000');
  expect(stdout).toMatch(/^party 40000 is declared in next.yaml only, and is new$/m);
  expect(upgrade('next.yaml', without).stdout).toMatch(
    /^party 40000 is declared in next.yaml only, and is left as it is$/m,
  );
  const { status, stderr } = upgrade('party-30000.yaml', 'exchange.yaml');
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringContaining('declare no member that is in both'),
  });
});

test('data that nobody has cannot be let go: that is wrong use, told once', () => {
  const { status, stdout, stderr } = upgrade('federation.yaml', 'next.yaml', '--accept', 'messages,tables');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toBe(
    'error: --accept messages,tables: use one of records, models, logs, notebooks, tables, messages; it may be repeated\n',
  );
});

test("an exchange that is made beside KubeFATE's is a new one, and the party moves to it", () => {
  const federation = (driver: string, suffix: string) => `
domain: example.com
transport: open
exchange: { namespace: fate-exchange${suffix}, driver: ${driver}, addresses: { trafficServer: 192.0.2.68, nginx: 192.0.2.69 } }
parties:
  - { id: 30000, namespace: fate-30000${suffix}, driver: ${driver} }
`;
  const from = declared('kubefate.yaml', () => federation('kubefate', ''));
  const to = declared('native.yaml', () => federation('native', '-native'));
  const { status, stdout } = upgrade(from, to, '--accept', 'messages');
  expect(stdout).toContain('## fate-30000-native from FATE 1.6.1 to 1.6.1');
  expect(stdout).not.toContain('exchange.');
  expect(status).toBe(0);
});

test('who is named is upgraded alone, and has to be in both declarations', () => {
  const { stdout } = upgrade('federation.yaml', 'next.yaml', '--party', '40000', '--accept', 'messages');
  expect([...stdout.matchAll(/^## (\S+)/gm)].map(([, member]) => member)).toEqual(['fate-40000']);
  const { status, stderr } = upgrade('federation.yaml', 'next.yaml', '--party', '50000');
  expect({ status, stderr }).toEqual({ status: 2, stderr: 'error: federation.yaml does not declare party 50000\n' });
});
