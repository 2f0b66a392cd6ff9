import { expect, test } from 'vitest';
import { toolInFolder } from '../support/command-line';

const { run } = toolInFolder();

const membersIn = (...args: readonly string[]): readonly unknown[] => {
  const { stdout, status, stderr } = run('firewall', ...args, '--json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return [...new Set(JSON.parse(stdout).rules.map(({ member }: { member: unknown }) => member))];
};

test('the rules of all members are listed, or of those that are named', () => {
  expect(membersIn()).toEqual(['exchange', 30000, 40000]);
  expect(membersIn('--party', '40000')).toEqual([40000]);
  expect(membersIn('--exchange')).toEqual(['exchange']);
  expect(run('firewall', '--party', '7').stderr).toBe('error: federation.yaml does not declare party 7\n');
});

test('an organisation that has the descriptor of the exchange alone has its own rules', () => {
  expect(membersIn('party-30000.yaml')).toEqual([30000]);
  expect(run('firewall', 'party-30000.yaml').stdout).toMatch(/exchange, nginx: \d+\.\d+\.\d+\.\d+ +9300 +TCP/);
});

test('each format has the columns of a request form in their order', () => {
  const columns = ['Source', 'Destination', 'Port', 'Protocol', 'Purpose', 'Encrypted'];
  const of = (format: string) => run('firewall', '--party', '30000', '--format', format).stdout;
  expect(of('csv').split('\r\n')[0]).toBe(['Firewall of', 'Direction', ...columns].join(','));
  expect(of('markdown')).toContain(`\n| ${columns.join(' | ')} |\n`);
  expect(of('text').split('\n')[1]?.trim().split(/ {2,}/)).toEqual(columns);
});
