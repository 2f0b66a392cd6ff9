import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commandLine } from '../support/command-line';

let tool: ReturnType<typeof commandLine>;
let folder: string;
beforeAll(() => {
  tool = commandLine();
});
beforeEach(() => {
  folder = join(tool.folder(), 'new');
});
afterAll(() => tool.close());

describe.each(['yaml', 'cdk8s', 'pulumi'])('init %s', (kind) => {
  test('names the files that it wrote, and what comes next', () => {
    const { status, stdout } = tool.run('.', 'init', kind, folder);
    expect(status).toBe(0);
    const named = /: (.*)\n/.exec(stdout)?.[1]?.split(', ');
    expect(readdirSync(folder).sort()).toEqual([...(named ?? []), '.gitignore'].sort());
    expect(stdout).toContain('npm install');
  });

  test('touches no file that is there, writes none beside it, and says which', () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), 'mine');
    const { status, stderr } = tool.run('.', 'init', kind, folder);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('package.json: there already') });
    expect(readdirSync(folder)).toEqual(['package.json']);
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe('mine');
  });

  test('changes nothing when it is run again', () => {
    tool.run('.', 'init', kind, folder);
    const before = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
    expect(tool.run('.', 'init', kind, folder).status).toBe(2);
    expect(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')])).toEqual(before);
  });
});

describe.each(['vertical', 'horizontal', 'images'])('init yaml --topology %s', (topology) => {
  test('writes a federation that is sound, and a job that its parties have room for', () => {
    const { status, stdout } = tool.run('.', 'init', 'yaml', folder, '--topology', topology);
    expect(status).toBe(0);
    expect(stdout).toContain('train.yaml');
    const checked = tool.run(folder, 'check');
    expect(checked.status).toBe(0);
    expect(checked.stdout).toContain('federation.yaml is sound');
    const job = tool.run(folder, 'job', 'submit', 'train.yaml', '--print');
    expect({ status: job.status, stderr: job.stderr }).toEqual({ status: 0, stderr: '' });
    expect(Object.keys(JSON.parse(job.stdout))).toEqual(['job_dsl', 'job_runtime_conf']);
  });
});

test('init yaml --mesh writes a federation without an exchange that is sound', () => {
  expect(tool.run('.', 'init', 'yaml', folder, '--mesh').status).toBe(0);
  expect(parse(readFileSync(join(folder, 'federation.yaml'), 'utf8'), { merge: true })).toMatchObject({
    exchange: false,
    parties: [{ id: 30000 }, { id: 40000 }],
  });
  const checked = tool.run(folder, 'check');
  expect({ status: checked.status, stderr: checked.stderr }).toEqual({ status: 0, stderr: '' });
  expect(checked.stdout).not.toContain('stands alone');
  expect(tool.run('.', 'init', 'pulumi', `${folder}-2`, '--mesh')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('exchange: false'),
  });
});

test('a topology is for a declaration that is a file', () => {
  const { status, stderr } = tool.run('.', 'init', 'cdk8s', folder, '--topology', 'vertical');
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('topology()') });
  expect(existsSync(folder)).toBe(false);
});

test('a kind that there is none of is wrong use, and makes no folder', () => {
  const { status, stderr } = tool.run('.', 'init', 'helm', folder);
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('"yaml", "cdk8s", "pulumi"') });
  expect(existsSync(folder)).toBe(false);
});
