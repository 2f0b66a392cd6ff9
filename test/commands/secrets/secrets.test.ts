import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { folderWithAuthority, issueIn } from '../../support/certificates';
import { commandLine } from '../../support/command-line';

let tool: ReturnType<typeof commandLine>;
let folder: string;
beforeAll(async () => {
  tool = commandLine();
  folder = tool.folder();
  const certificates = await folderWithAuthority();
  await issueIn(certificates, ['exchange', 30000, 40000]);
  cpSync(certificates, join(folder, 'certificates'), { recursive: true });
});
afterAll(() => tool.close());

const printed = (line: string): string[] => {
  const { stdout, stderr, status } = tool.shell(folder, line);
  expect([stderr, status]).toEqual(['', 0]);
  return parseAllDocuments(stdout)
    .map((document) => document.toJS())
    .map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name].filter(Boolean).join(' '));
};

test('one cluster gets what is its own', () => {
  expect(printed('kubefate-tanzu secrets --exchange')).toEqual([
    'Namespace fate-exchange',
    'Secret fate-exchange traffic-server-cert',
  ]);
  expect(printed('kubefate-tanzu secrets --party 30000')).toHaveLength(5);
  expect(printed('kubefate-tanzu secrets party-30000.yaml')).toHaveLength(5);
  expect(printed('kubefate-tanzu secrets')).toHaveLength(12);
});

const mysqlAndNotebook = ['Namespace fate-30000', 'Secret fate-30000 fateboard', 'Secret fate-30000 pulsar-cert'];

test.each([
  ['named', 'kubefate-tanzu secrets --party 30000 --existing fate-30000/mysql --existing fate-30000/notebook'],
  ['listed as a table', 'cat table | kubefate-tanzu secrets --party 30000 --existing=-'],
  ['listed as JSON', 'cat list.json | kubefate-tanzu secrets --party 30000 --existing=-'],
  ['listed by name', 'cat names | kubefate-tanzu secrets --party 30000 --existing=-'],
])('what exists is %s', (_, line) => {
  const names = ['mysql', 'notebook'];
  writeFileSync(
    join(folder, 'table'),
    `NAMESPACE    NAME       TYPE     DATA   AGE\n${names.map((name) => `fate-30000   ${name}   Opaque   1      3d\n`).join('')}`,
  );
  writeFileSync(join(folder, 'names'), names.map((name) => `fate-30000/${name}\n`).join(''));
  const items = names.map((name) => ({
    kind: 'Secret',
    metadata: { namespace: 'fate-30000', name },
    data: { password: 'eA==' },
  }));
  writeFileSync(join(folder, 'list.json'), JSON.stringify({ kind: 'List', items }));
  expect(printed(line)).toEqual(mysqlAndNotebook);
});

test.each([
  ['a Secret without its namespace', '--existing mysql', 'names no Secret'],
  ['a list that is none', '--existing=- <<< "{"', 'standard input is no JSON'],
  ['certificates that are not there', '--certificates nowhere', 'run `kubefate-tanzu certificates issue` first'],
  ['a party that is not declared', '--party 7', 'does not declare party 7'],
])('%s is wrong use, and nothing is printed', (_, options, message) => {
  const { status, stdout, stderr } = tool.shell(folder, `kubefate-tanzu secrets ${options}`);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

test('a login to a registry is named on standard error', () => {
  const own = join(folder, 'own.yaml');
  writeFileSync(own, `${readFileSync(join(folder, 'federation.yaml'), 'utf8')}    imagePullSecrets: [registry]\n`);
  expect(tool.run(folder, 'secrets', 'own.yaml').stderr).toBe(
    'not made: Secret fate-40000/registry, a login to a registry\n',
  );
});
