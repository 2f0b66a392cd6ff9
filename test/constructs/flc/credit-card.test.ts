import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { FederatedLearningCluster } from '../../../constructs';
import { type FateRelease, type PartyProps, partyPlan, releases } from '../../../lib';
import type { Asked } from '../../support/api-stand-in';
import { exchangeDescriptorOf, problemsOf } from '../../support/declarations';
import { fateFlow, type Script } from '../../support/fate-flow';
import { programOf } from '../../support/notebook';
import { containerOf, find, objectsOf, podOf } from '../../support/objects';

const planOf = (fate: FateRelease, props: Partial<PartyProps> = { workload: 'credit-card' }) =>
  partyPlan({ domain: 'example.com', fate, id: 30_000, exchange: exchangeDescriptorOf({ fate }), ...props });
const drawn = (...[fate, props]: Parameters<typeof planOf>) => {
  const plan = planOf(fate, props);
  return objectsOf((app) => new FederatedLearningCluster(app, plan.namespace, plan));
};

test('nobody gets files that they have not asked for', () => {
  const objects = drawn('1.6.1', {});
  expect(() => find(objects, 'ConfigMap', 'credit-card')).toThrow('0 objects');
});

test('a party that stands alone learns of nobody, and other workloads are not known', () => {
  expect(problemsOf(() => planOf('1.6.1', { workload: 'mnist' as never }))).toEqual([
    { path: 'workload', what: '"mnist" is not known', remedy: 'use credit-card' },
  ]);
  const alone = () => partyPlan({ domain: 'example.com', id: 30_000, workload: 'credit-card' });
  expect(problemsOf(alone)).toEqual([
    {
      path: 'workload',
      what: 'is learned with another party, and the party stands alone',
      remedy: 'name its exchange or its peers, or leave it out',
    },
  ]);
});

const kept: (() => void)[] = [];
afterEach(() => {
  for (const close of kept.splice(0)) close();
});

describe.each(Object.keys(releases) as FateRelease[])('the credit cards in the notebook of FATE %s', (fate) => {
  const objects = drawn(fate);
  const files = find<ConfigMap>(objects, 'ConfigMap', 'credit-card').data ?? {};
  const { notebooks } = releases[fate].client;

  let directory: string;
  const shown = () => join(directory, 'credit-card');
  const work = () => join(directory, 'persistence/credit-card');
  let archive: Buffer;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'credit-card-'));
    mkdirSync(shown());
    writeFileSync(join(directory, 'data.csv'), 'id,predict_score\n1,0.5\n');
    archive = execFileSync('tar', ['-cz', '-C', directory, 'data.csv']);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  /** What a notebook does, from its first cell to its last, with a FATE Flow that answers so. */
  async function run(notebook: 'guest.ipynb' | 'host.ipynb', script: Script = {}) {
    const output = releases[fate].jobCalls.output.call.replace('GET ', '');
    const flow = await fateFlow(fate, { ...script, instead: { [output]: { body: archive }, ...script.instead } });
    kept.push(flow.close);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(shown(), name), text);
    const known = JSON.parse(`${files['flow.json']}`);
    expect(known.fateflow).toBe('http://fateflow:9380');
    writeFileSync(join(shown(), 'flow.json'), JSON.stringify({ ...known, fateflow: flow.url }));
    const program = programOf(`${files[notebook]}`);
    const said = promisify(execFile)('python3', ['-Bc', program], { cwd: shown(), timeout: 60_000 });
    const { stdout, stderr }: { stdout: string; stderr: string } = await said.catch((error) => error);
    return { stdout, stderr, asked: flow.asked };
  }
  /** All that a call was told, in its query or in its body. */
  const told = (asked: readonly Asked[], call: string) =>
    asked.flatMap(({ method, path, body }) => {
      const [at, query = ''] = path.split('?');
      return `${method} ${at}` === call ? [`${query}${body}`] : [];
    });

  test('are files beside what survives a restart, which nobody changes, and far from too many for a ConfigMap', () => {
    const { volumeMounts = [] } = containerOf(objects, 'client');
    expect(volumeMounts).toContainEqual({ name: 'credit-card', mountPath: `${notebooks}/credit-card`, readOnly: true });
    expect(podOf(find(objects, 'StatefulSet', 'client')).volumes).toContainEqual({
      name: 'credit-card',
      configMap: { name: 'credit-card' },
    });
    expect(Buffer.byteLength(Object.values(files).join(''))).toBeLessThan(2 ** 16);
  });

  test('are uploaded by the host, a half with labels, in the place of those before', async () => {
    const { stdout, asked } = await run('host.ipynb', { tables: { 'experiment.dataset_host': 3 } });
    expect(stdout).toMatch(/^in .*persistence\/credit-card\njob \d+ waiting\njob \d+ running\njob \d+ success\n$/);
    const [uploaded] = asked.filter(({ headers }) => headers['content-type']?.startsWith('multipart/'));
    const rows = readFileSync(join(work(), 'dataset_host_scaled.csv'), 'utf8');
    expect(rows.split('\n')[0]).toMatch(/^id,Scaled_Amount,.*,y$/);
    expect(uploaded?.body).toContain(`\r\n\r\n${rows}\r\n--`);
    expect(decodeURIComponent(`${uploaded?.path}${uploaded?.body}`)).toMatch(
      fate.startsWith('1.') ? /drop=1/ : /"label_name":"y"/,
    );
  });

  test('are learned by the guest with the party that it names, measured, and predicted by what was trained', async () => {
    const { stdout, asked } = await run('guest.ipynb');
    expect(stdout).toContain('id,predict_score\n1,0.5\n');
    expect(readFileSync(join(work(), 'prediction.csv'), 'utf8')).toBe('id,predict_score\n1,0.5\n');
    const { jobs, jobCalls } = releases[fate];
    const [training, prediction] = told(asked, jobs.submit);
    const [trained, predicted] = [...stdout.matchAll(/^job (\d+) success$/gm)].slice(-2).map(([, job]) => `${job}`);
    for (const job of [training, prediction]) {
      expect(job).toContain('40000');
      expect(job).not.toMatch(/999999999|20000000000000/);
    }
    expect(told(asked, jobCalls.metrics)).toEqual([expect.stringMatching(`${trained}.*evaluation_0`)]);
    expect(told(asked, jobCalls.output.call)).toEqual([expect.stringMatching(`${predicted}.*homo_lr_0`)]);
    if (jobCalls.deploy === undefined) return expect(prediction).toContain(trained);
    expect(told(asked, jobCalls.deploy)).toEqual([expect.stringContaining(`"model_version": "${trained}"`)]);
    expect(prediction).toContain('"model_version": "202611261300000000001"');
  });

  test.each<[string, Script, RegExp]>([
    [
      'a job fails',
      { states: ['failed'], tasks: { homo_lr_0: 'failed' } },
      /Refusal: job \d+: homo_lr_0 of guest is failed ValueError: no rows/,
    ],
    [
      'somebody else answers',
      { instead: { '/v': { status: 502, body: '<html>Bad Gateway</html>' } } },
      /Refusal: it is not FATE Flow that answers, but: .*Bad Gateway/,
    ],
  ])('end where %s, and say why', async (_, script, why) => {
    rmSync(join(work(), 'prediction.csv'), { force: true });
    const { stderr } = await run('guest.ipynb', script);
    expect(stderr).toMatch(why);
    expect(existsSync(join(work(), 'prediction.csv'))).toBe(false);
  });
});
