import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { toolInFolder } from '../support/command-line';

const { run, path } = toolInFolder();

const heads = (text: string) => [...text.matchAll(/^## (.*)$/gm)].map(([, head]) => head);

test('a party leaves, and all that is declared ends', () => {
  expect(heads(run('remove', '--party', '30000').stdout)).toEqual(['fate-30000 leaves']);
  expect(heads(run('remove', '--exchange').stdout)).toEqual(['fate-exchange ends']);
  expect(heads(run('remove').stdout)).toEqual([
    'fate-30000 ends',
    'fate-40000 ends',
    'fate-exchange ends',
    'Clusters and the workload domain end',
  ]);
});

test('programs get what people read', () => {
  const { removals } = JSON.parse(run('remove', '--party', '40000', '--json').stdout);
  const { stdout } = run('remove', '--party', '40000');
  for (const { what, commands } of removals[0].steps)
    for (const line of [what, ...commands]) expect(stdout).toContain(line);
  const { restores } = JSON.parse(run('restore', 'party-30000.yaml', '--json').stdout);
  expect(restores).toMatchObject([{ member: 'fate-30000' }]);
});

test('nobody goes back to backups that are not declared', () => {
  expect(run('restore')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('parties 30000, 40000 declare no backup'),
  });
  writeFileSync(path('nobody.yaml'), 'domain: example.com\nexchange: {}\nparties: []\n');
  expect(run('restore', 'nobody.yaml').stderr).toContain('no party is declared');
  expect(run('verify', 'nobody.yaml')).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining('nobody.yaml declares no party that could be verified'),
  });
});

test('of several parties those go back that have backups, and one that is named has to', () => {
  const backup = '    backup: { to: { claimGiB: 20 } }\n';
  writeFileSync(
    path('half.yaml'),
    `domain: example.com\nparties:\n  - id: 30000\n${backup}  - id: 40000\nexchange: { addresses: { trafficServer: 192.0.2.68, nginx: 192.0.2.69 } }\n`,
  );
  expect(heads(run('restore', 'half.yaml').stdout)).toEqual(['fate-30000 back to a backup']);
  expect(run('restore', 'half.yaml', '--party', '40000').status).toBe(2);
});
