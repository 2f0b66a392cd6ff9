import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../commands';
import type { AnyCommand } from '../../commands/arguments';
import { version } from '../../package.json';
import { commandLine } from '../support/command-line';

const root = join(__dirname, '../..');

let tool: ReturnType<typeof commandLine>;
let folder: string;
beforeAll(() => {
  tool = commandLine();
  folder = tool.folder();
});
afterAll(() => tool.close());

interface Named {
  /** What is typed: `certificates ca`. */
  readonly name: string;
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** Whether its examples run without clusters. */
  readonly runs: boolean;
}

const named = (commands: readonly AnyCommand[], before = ''): Named[] =>
  commands.flatMap((each) => {
    const name = `${before}${each.command.split(' ')[0]}`;
    if ('commands' in each) return named(each.commands, `${name} `);
    return [{ name, examples: each.examples, runs: each.asksClusters !== true }];
  });

/** A help without the spaces between its columns. */
const helped = (text: string): string => text.replace(/ +/g, ' ');

describe.each(commands)('the examples of $command', (command) => {
  test.each(named([command]))('are in the help of $name', ({ name, examples }) => {
    const { stdout } = tool.shell(folder, `kubefate-tanzu ${name} --help`);
    expect(examples.length).toBeGreaterThan(0);
    for (const [line, what] of examples)
      expect(helped(stdout)).toContain(`${line} ${what}`.replaceAll('$0', 'kubefate-tanzu'));
  });

  test('run in their order', () => {
    const folder = tool.folder();
    for (const [line] of named([command]).flatMap(({ examples, runs }) => (runs ? examples : []))) {
      const ran = tool.shell(folder, line.replaceAll('$0', 'kubefate-tanzu'));
      const said = ran.stderr.replace(/^\S.* …\n/gm, ''); // what takes longer than a second
      expect({ ...ran, stderr: said }, line).toMatchObject({ status: 0, stderr: '' });
    }
  });
});

test.each([
  'README.md',
  ...['approval', 'backup', 'benchmarks', 'certificates', 'external', 'joining', 'operating', 'removal'].map(
    (page) => `docs/${page}.md`,
  ),
])('%s names commands and options that there are', (file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const lines = [...text.matchAll(/(?<!npm install )kubefate-tanzu ((?:[a-z]+ ?)+)([^\n`|]*)/g)];
  expect(lines.length).toBeGreaterThan(1);
  const known = new Set(['certificates', 'completion', ...named(commands).map(({ name }) => name)]);
  const helps = new Map<string, string>();
  const help = (name: string) => {
    const text = helps.get(name) ?? tool.shell(folder, `kubefate-tanzu ${name} --help`).stdout;
    helps.set(name, text);
    return text;
  };
  for (const [line, words, rest] of lines) {
    const [first, second] = `${words}`.trim().split(' ');
    const name = known.has(`${first} ${second}`) ? `${first} ${second}` : `${first}`;
    expect([...known], line).toContain(name);
    for (const [option] of `${rest}`.matchAll(/--[a-z-]+/g)) expect(help(name), line).toContain(`${option} `);
  }
});

test('the help names every command in a sentence, and exit codes', () => {
  const { stdout, status } = tool.run(folder, '--help');
  for (const { command, describe } of commands)
    expect(stdout).toMatch(new RegExp(`${command.split(' ')[0]}.*  ${describe}`));
  expect(stdout).toContain('Exit code: 0 done, 1 what was checked does not hold, 2 wrong use');
  expect(status).toBe(0);
});

test('its version is that of the package', () => {
  expect(tool.run(folder, '--version')).toEqual(
    expect.objectContaining({ status: 0, stdout: `${version}\n`, stderr: '' }),
  );
});

test.each([
  ['no command', '', 'A command is missing'],
  ['an unknown command', 'chek', 'Did you mean check?'],
  ['an unknown option', 'check --fast', 'fast'],
  ['an argument too many', 'check federation.yaml party-30000.yaml', 'party-30000.yaml'],
  [
    'a file that is not there',
    'check nowhere.yaml',
    'nowhere.yaml: there is no such file; name one, or have `kubefate-tanzu init`',
  ],
  ['a folder in the place of a file', 'check .', '.: is a folder'],
  ['a folder in the place of a request', 'certificates sign . --party 30000', '.: is a folder'],
  ['a folder in the place of a certificate', 'certificates check localhost:1 --ca .', '.: is a folder'],
  ['a port that cannot be', 'certificates check localhost:99999', 'an endpoint is host:port'],
])('%s is wrong use: exit code 2, a sentence and no stack trace', (_, line, message) => {
  const ran = tool.shell(folder, `kubefate-tanzu ${line}`);
  expect(ran.status).toBe(2);
  expect(ran.stdout).toBe('');
  expect(ran.stderr).toMatch(/^error: /);
  expect(ran.stderr).toContain(message);
  expect(ran.stderr).not.toMatch(/^\s+at /m);
});

/** Options of a command that take one value, each with one; `party` and `peer` are lists mostly. */
const valued = (help: string): string[] =>
  [...help.matchAll(/^ +--(?!party|peer)([a-z-]+) .*\[(string|number|choices: "(\w+)")/gm)].map(
    ([, option, type, choice]) => `--${option} ${choice ?? (type === 'number' ? '2048' : 'x')}`,
  );

test.each(named(commands))('an option of $name that is given twice is wrong use', ({ name }) => {
  const folder = tool.folder();
  const { stdout: help } = tool.shell(folder, `kubefate-tanzu ${name} --help`);
  const line = /^kubefate-tanzu .*<\w+>/.test(help) ? `${name} some.file` : name;
  const needed = [...help.matchAll(/^ +(--[a-z-]+) .*\[required\]/gm)].map(([, option]) => `${option} x`);
  for (const option of valued(help)) {
    const others = needed.filter((it) => it !== option).join(' ');
    const { stderr, status } = tool.shell(folder, `kubefate-tanzu ${line} ${others} ${option} ${option}`);
    expect({ stderr, status }, option).toEqual({ stderr: expect.stringMatching(/^error: --[a-z-]+/), status: 2 });
  }
});

/** What a line of a command may say of nothing: of the first of its options that take a value, and of what has no option. */
function emptyLines(name: string, help: string): readonly string[] {
  const [usage = ''] = /^kubefate-tanzu .*/.exec(help) ?? [];
  const needed = (usage.match(/<\w+>/g) ?? []).map(() => 'some.file');
  const [, option] = /^ +(--[a-z-]+) .*\[(?:string|number|array|choices: )/m.exec(help) ?? [];
  const ofOption = option === undefined ? [] : [`${option}=''`, `${option} ''`, `${option} ' '`];
  const unnamed = /[<[]\w+/.test(usage) ? [["''", ...needed.slice(1)]] : [];
  return [...ofOption.map((each) => [...needed, each]), ...unnamed].map((words) => `${name} ${words.join(' ')}`);
}

test.each(named(commands))('an empty text in the place of a value is wrong use of $name', ({ name }) => {
  const folder = tool.folder();
  const lines = emptyLines(name, tool.shell(folder, `kubefate-tanzu ${name} --help`).stdout);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    const { stderr, stdout, status } = tool.shell(folder, `kubefate-tanzu ${line}`);
    const of = / (--[a-z-]+)/.exec(line)?.[1] ?? 'an empty text';
    expect({ stderr, stdout, status }, line).toEqual({
      stderr: expect.stringMatching(new RegExp(`^error: ${of}`)),
      stdout: '',
      status: 2,
    });
  }
});

test('a party that is named twice is one', () => {
  const folder = tool.folder();
  tool.shell(folder, 'kubefate-tanzu certificates ca --domain example.com --bits 2048');
  const line = 'kubefate-tanzu certificates issue --domain example.com --party 1 --party 2 --party 1 --json';
  const { members } = JSON.parse(tool.shell(folder, line).stdout);
  expect(members.map((each: { name: string }) => each.name)).toEqual(['1.example.com', '2.example.com']);
});

test.each(['check --fast --json', 'check nowhere.yaml --json', '--json'])(
  '%s is wrong use as one JSON document on standard output',
  (line) => {
    const { status, stdout, stderr } = tool.shell(folder, `kubefate-tanzu ${line}`);
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ error: expect.stringMatching(/\w/) });
  },
);

test('whoever reads its output may stop reading', () => {
  expect(tool.shell(folder, 'kubefate-tanzu check --help | head -c 1')).toMatchObject({ status: 0, stderr: '' });
});

test('where nobody reads what it says, its exit code is that of what it was asked for, or that of a broken pipe', () => {
  const unread = (line: string) =>
    tool.shell(folder, `bash -c '{ kubefate-tanzu ${line}; echo $? > code; } 2>&1 | true'; cat code`).stdout.trim();
  expect(unread('check')).toBe('0');
  expect(unread('check nowhere.yaml')).toBe('2');
  expect(['1', '141']).toContain(unread('diagnose --kubeconfig nowhere'));
});

test.each(['check', 'runbook', 'certificates check'])('no message of %s moves a terminal', (command) => {
  const { stderr, status } = tool.run(folder, ...command.split(' '), '\u001b[31mred\u202e');
  expect(status).toBe(2);
  expect(stderr).toContain('\\u001b[31mred\\u202e');
  expect(stderr.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
});

test('what the system says of a file is told in words', () => {
  const { stderr } = tool.run(folder, 'runbook', '--certificates', 'federation.yaml');
  expect(stderr).toMatch(/^error: federation\.yaml\/\S+: what is above it is a file\n$/);
});

const noTerminal = spawnSync('script', ['--version']).stdout?.includes('util-linux')
  ? ''
  : ' (skipped: no script of util-linux)';
test.skipIf(noTerminal !== '')(`an error has colour on a terminal alone, and not with NO_COLOR${noTerminal}`, () => {
  const onTerminal = (line: string) => tool.shell(folder, `script -qec '${line}' /dev/null`).stdout;
  expect(onTerminal('kubefate-tanzu chek')).toContain('\x1b[31merror:\x1b[39m');
  expect(onTerminal('NO_COLOR=1 kubefate-tanzu chek')).not.toContain('\x1b[');
  expect(tool.run(folder, 'chek').stderr).not.toContain('\x1b[');
});

test('bash completes commands and options', () => {
  const complete = (line: string) =>
    tool.shell(
      folder,
      `source <(kubefate-tanzu completion)
       COMP_WORDS=(${line}) COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
       _kubefate-tanzu_yargs_completions; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ).stdout;
  expect(complete('kubefate-tanzu che')).toBe('check\n');
  expect(complete('kubefate-tanzu check --j')).toBe('--json\n');
});

test('zsh completes commands with what they do', () => {
  const complete = (line: string) => tool.shell(folder, `SHELL=/bin/zsh kubefate-tanzu ${line}`).stdout;
  expect(complete('completion')).toMatch(/^#compdef kubefate-tanzu\n/);
  const { describe } = commands.find(({ command }) => command.startsWith('check')) ?? { describe: '' };
  expect(complete('--get-yargs-completions kubefate-tanzu che').split('\n')).toContain(`check:${describe}`);
});

test('a fault of its own is told as one, with where it happened and an exit code of its own', () => {
  const damaged = commandLine();
  try {
    rmSync(join(damaged.directory, 'kubefate-tanzu/build/lib.js'));
    const { status, stdout, stderr } = damaged.run(folder, 'check');
    expect({ status, stdout }).toEqual({ status: 70, stdout: '' });
    expect(stderr).toMatch(/^error: this is a fault of kubefate-tanzu\n[\s\S]*\n {4}at /);
  } finally {
    damaged.close();
  }
});
