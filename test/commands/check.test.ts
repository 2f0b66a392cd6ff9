import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { toolInFolder } from '../support/command-line';

const { run, path } = toolInFolder();

const check = (...args: string[]) => run('check', ...args);
function checkJson(...args: string[]) {
  const { status, stdout, stderr } = check(...args, '--json');
  expect(stderr).toBe('');
  return { status, ...JSON.parse(stdout) };
}
const federation = () => readFileSync(path('federation.yaml'), 'utf8');
function write(name: string, content: string): string {
  writeFileSync(path(name), content);
  return name;
}

describe('a sound declaration', () => {
  test('is told as such, with what each member requests and all that it leaves open', () => {
    const { status, stdout } = check();
    expect(status).toBe(0);
    expect(stdout).toMatch(/^federation\.yaml is sound\n {2}fate-exchange requests 2 vCPU and 4 GiB\n/);
    expect(stdout).toContain('Left open\n  fate-exchange reads traffic-server-cert');
    expect(stdout).toContain('\n  fate-40000 reads mysql');
  });

  test('is told to programs by the same words', () => {
    const { stdout } = check();
    const { status, sound, requests, clusters, open } = checkJson();
    expect({ status, sound, clusters }).toEqual({ status: 0, sound: true, clusters: [] });
    expect(requests).toContainEqual({ member: 'fate-30000', cpu: 12.5, memoryGiB: 80 });
    for (const { member, what, remedy } of open) expect(stdout).toContain(`  ${member} ${what}; ${remedy}\n`);
  });

  test.each([
    ['one party', 'party-30000.yaml', ['fate-30000']],
    ['an exchange', 'exchange.yaml', ['fate-exchange']],
  ])('may be of %s', (_, file, members) => {
    const { status, requests } = checkJson(file);
    expect({ status, members: requests.map(({ member }: { member: string }) => member) }).toEqual({
      status: 0,
      members,
    });
  });
});

describe('on nodes', () => {
  const small = '2xbest-effort-2xlarge';

  test('a declaration that fits holds, and one that does not does not', () => {
    expect(checkJson('--nodes', `3xbest-effort-2xlarge:exchange,30000`, '--nodes', `${small}:40000`)).toMatchObject({
      status: 0,
      clusters: [
        { members: ['fate-exchange', 'fate-30000'], fits: true, survivesNodeLoss: false },
        { members: ['fate-40000'], fits: true },
      ],
    });
    const { status, sound, clusters } = checkJson('--nodes', small);
    expect({ status, sound, fits: clusters[0].fits }).toEqual({ status: 1, sound: true, fits: false });
    expect(check('--nodes', small).stdout).toContain('2 x best-effort-2xlarge: does not fit');
  });

  test('GPUs of a node stand behind its class', () => {
    const { clusters } = checkJson('--nodes', '3xbest-effort-2xlarge+2gpu:exchange,30000');
    expect(clusters[0]).toMatchObject({ nodes: { count: 3, gpus: 2 }, members: ['fate-exchange', 'fate-30000'] });
    expect(check('--nodes', `${small}+2gpu`).stdout).toContain('2 x best-effort-2xlarge with 2 GPUs: does not fit');
  });

  test('those for Spark workers alone stand behind a slash', () => {
    const file = write('spark.yaml', `sparkNodes: true\n${federation()}`);
    const { requests, clusters } = checkJson(file, '--nodes', '6xbest-effort-2xlarge/2xbest-effort-4xlarge');
    expect(requests).toContainEqual({ member: 'fate-30000', cpu: 12.5, memoryGiB: 80 });
    expect(clusters[0]).toMatchObject({
      fits: true,
      nodes: { count: 6 },
      sparkNodes: { nodes: { count: 2, vmClass: 'best-effort-4xlarge' }, requested: { cpu: 8, memoryGiB: 32 } },
    });
    const { status, stderr } = check(file, '--nodes', small);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('sparkNodes: are missing') });
  });

  test('the declaration may stand behind them', () => {
    expect(checkJson('--nodes', small, 'exchange.yaml')).toMatchObject({ status: 0, clusters: [{ fits: true }] });
  });

  test.each([
    ['no count', ['best-effort-2xlarge'], '--nodes best-effort-2xlarge: use one such as'],
    [
      'GPUs in other words',
      ['3xbest-effort-2xlarge+2gpus'],
      'such as 3xbest-effort-2xlarge, 3xbest-effort-2xlarge+2gpu',
    ],
    ['nothing behind a slash', [`${small}/`], `--nodes ${small}/: use one such as`],
    ['no VM class that there is', ['3xhuge'], '"huge" is not known'],
    ['no node', ['0xbest-effort-2xlarge'], '0 is out of range'],
    ['a member that is not declared', [`${small}:50000`], 'names 50000, and declared are exchange, 30000, 40000'],
    ['a member on two clusters', [`${small}:30000`, `${small}:30000`], 'puts 30000 on two clusters'],
    ['a member twice', [`${small}:30000,30000`], `${small}:30000,30000: names 30000 twice`],
  ])('%s is wrong use', (_, nodes, message) => {
    const { status, stderr } = check(...nodes.flatMap((each) => ['--nodes', each]));
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(message) });
  });
});

describe('a declaration that is not sound does not hold', () => {
  test('and all that is wrong is named with its line and column, in one document for programs', () => {
    const file = write('wrong.yaml', federation().replace('id: 40000', 'id: 30000').replace('domain:', 'domian:'));
    const { status, stdout, stderr } = check(file);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain('\n  wrong.yaml:1:9 domian: is not known here; use domain');
    expect(stdout).toContain('\n  wrong.yaml:7:9 parties[1].id: 30000 is already parties[0].id; ');
    const { sound, problems } = checkJson(file);
    expect(sound).toBe(false);
    for (const { path, what, remedy } of problems) expect(stdout).toContain(`\n  ${path}: ${what}; ${remedy}\n`);
  });

  test('and neither does what is no YAML', () => {
    expect(checkJson(write('broken.yaml', 'a: [\n'))).toMatchObject({
      status: 1,
      sound: false,
      problems: [{ path: 'broken.yaml:2:1' }],
    });
  });

  test("and neither does one that KubeFATE's chart could not install", () => {
    const file = write(
      'kubefate.yaml',
      `transport: open\n${federation().replace('  - id: 30000', '  - driver: kubefate\n    id: 12000000')}`,
    );
    expect(checkJson(file)).toMatchObject({
      status: 1,
      subject: 'fate-12000000 with KubeFATE',
      problems: [{ path: 'id' }],
    });
  });
});
