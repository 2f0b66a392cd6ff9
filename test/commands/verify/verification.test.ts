import { type ChildProcess, spawn } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { program } from '../../../commands/verify/ask-in-pod';
import { type VerifyOptions, verification } from '../../../commands/verify/verification';
import { federation, partyPlan } from '../../../lib';
import type { StepAnswer } from '../../../lib/jobs/step-answer';
import type { StepRequest } from '../../../lib/jobs/toy-example';
import { kubeconfigOf, standIn, status } from '../../support/api-stand-in';
import { commandLine } from '../../support/command-line';
import { exchangeDescriptorOf, twoParties } from '../../support/declarations';

let folder: string;
const open: (() => void)[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'verify-'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true); // its progress
});
afterEach(() => {
  for (const close of open.splice(0)) close();
});
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

interface StandInCluster {
  /** Namespace → containers that are ready. */
  readonly ready?: Readonly<Record<string, readonly string[]>>;
  readonly forbidden?: boolean;
  readonly answers?: (request: StepRequest) => StepAnswer | undefined;
}

/** A cluster whose pods answer as FATE Flows do for which all is well, and what was asked where. */
async function cluster({ ready = {}, forbidden = false, answers = () => undefined }: StandInCluster) {
  const asked: { readonly pod: string; readonly request: StepRequest }[] = [];
  const stand = await standIn(({ path }) => {
    if (forbidden) return status(403);
    const [, namespace] = /namespaces\/([^/]+)\/pods$/.exec(path) ?? [];
    if (namespace === undefined) return status(403); // what else a diagnosis looks at
    const items = (ready[namespace] ?? []).map((name) => ({
      metadata: { name: `${name}-0` },
      status: { containerStatuses: [{ name, ready: true }] },
    }));
    return { body: { items } };
  });
  const sockets = new WebSocketServer({
    server: stand.server,
    handleProtocols: (offered) => offered.has('v4.channel.k8s.io') && 'v4.channel.k8s.io',
  });
  sockets.on('connection', (socket, { url = '' }) => {
    let input = '';
    socket.on('message', (data: Buffer) => {
      if (data[0] === 0) input += data.subarray(1);
      const [, text] = /json\.loads\((".*")\)\)\)\n$/.exec(input) ?? [];
      if (text === undefined) return;
      const request: StepRequest = JSON.parse(JSON.parse(text));
      asked.push({ pod: `${/pods\/([^/]+)\//.exec(url)?.[1]}`, request });
      answer(socket, answers(request) ?? well[request.do]);
    });
  });
  open.push(() => {
    for (const socket of sockets.clients) socket.terminate();
    stand.close();
  });
  return { url: stand.url, asked };
}

const well = { reach: {}, submit: { job: '1' }, watch: { state: 'success' }, why: { reasons: [] }, stop: {} };

function answer(socket: WebSocket, answer: StepAnswer): void {
  const send = (stream: number, text: string) => socket.send(Buffer.concat([Buffer.from([stream]), Buffer.from(text)]));
  send(1, `${JSON.stringify(answer)}\n`);
  send(3, JSON.stringify({ status: 'Success' }));
}

const both = federation(twoParties);

const never = new AbortController().signal;

async function verify(
  clusters: Readonly<Record<string, { readonly url: string }>>,
  options: Partial<VerifyOptions> = {},
  plans: Parameters<typeof verification>[0] = both,
) {
  const kubeconfig = join(folder, 'kubeconfig');
  const urls = Object.fromEntries(Object.entries(clusters).map(([name, { url }]) => [name, url]));
  writeFileSync(kubeconfig, kubeconfigOf(urls));
  const declaration = join(folder, 'federation.yaml');
  const { holds, text, json } = await verification(
    plans,
    { declaration, kubeconfig, context: [], pair: [], timeout: 60, diagnose: true, ...options },
    never,
  );
  const { pairs } = json as {
    pairs: { guest: number; host: number; outcome: string; reasons: string[]; faults?: object[] }[];
  };
  return {
    holds,
    text,
    pairs: Object.fromEntries(pairs.map((it) => [`${it.guest}:${it.host}`, it.outcome])),
    reasons: Object.fromEntries(pairs.map((it) => [`${it.guest}:${it.host}`, it.reasons.join('; ')])),
    faults: Object.fromEntries(pairs.map((it) => [`${it.guest}:${it.host}`, it.faults])),
  };
}

const contexts = ['30000=org1', '40000=org2'];

test('every pair is verified, each from the cluster of its guest, in the pod of its client', async () => {
  const org1 = await cluster({ ready: { 'fate-30000': ['python', 'client'] } });
  const org2 = await cluster({ ready: { 'fate-40000': ['client'] } });
  const { holds, pairs, text } = await verify({ org1, org2 }, { context: contexts });
  expect(pairs).toEqual({
    '30000:30000': 'success',
    '40000:40000': 'success',
    '30000:40000': 'success',
    '40000:30000': 'success',
  });
  expect(holds).toBe(true);
  expect(text).toMatch(/^guest \\ host +30000 +40000\n30000 +success +success\n40000 +success +success\n$/);
  expect(new Set(org1.asked.map(({ pod, request }) => `${pod} ${request.party}`))).toEqual(new Set(['client-0 30000']));
  expect(new Set(org2.asked.map(({ pod, request }) => `${pod} ${request.party}`))).toEqual(new Set(['client-0 40000']));
});

test('what has been answered leaves nothing that waits for an end', async () => {
  const org1 = await cluster({ ready: { 'fate-30000': ['client'] } });
  await verify({ org1 }, { pair: ['30000:40000'] });
  expect(getEventListeners(never, 'abort')).toEqual([]);
});

test('where the client is not ready, FATE Flow asks itself', async () => {
  const org1 = await cluster({ ready: { 'fate-30000': ['python'] } });
  const { holds } = await verify({ org1 }, { pair: ['30000:40000'] });
  expect(holds).toBe(true);
  expect(new Set(org1.asked.map(({ pod }) => pod))).toEqual(new Set(['python-0']));
});

test('a pair that fails is told with its reason, and with the command that finds what is in the way', async () => {
  const refusal = 'FATE Flow of 40000, asked through nginx, does not answer: 502 Bad Gateway';
  const org1 = await cluster({
    ready: { 'fate-30000': ['client'] },
    answers: (request) => (request.do === 'reach' && request.host === 40000 ? { refusal } : undefined),
  });
  const org2 = await cluster({ ready: { 'fate-40000': ['client'] } });
  const junit = join(folder, 'verify.xml');
  const { holds, pairs, text } = await verify({ org1, org2 }, { context: contexts, junit });
  expect(holds).toBe(false);
  expect(pairs).toMatchObject({ '30000:40000': 'failed', '40000:30000': 'success' });
  expect(text).toContain(`Failed\n  30000 with 40000\n    ${refusal}\n    at party 30000: `);
  expect(text).toContain('All that is in the way: kubefate-tanzu diagnose');
  expect(text).toMatch(/diagnose \S+ --kubeconfig \S+ --context 30000=org1 --context 40000=org2$/m);
  expect(readFileSync(junit, 'utf8')).toContain(`"${refusal}">at party 30000: mysql is ready: 0 of 1 ready`);
  const { text: without } = await verify({ org1, org2 }, { context: contexts, diagnose: false });
  expect(without).toContain(`    ${refusal}\n  All that is in the way:`);
});

test('below a pair stands what does not hold at both of it, the lowest first and none of other pairs, with who has to act', async () => {
  const broken = await cluster({
    ready: { 'fate-30000': ['client'] },
    answers: ({ do: what }) => (what === 'reach' ? { refusal: 'no' } : undefined),
  });
  const well = await cluster({ ready: { 'fate-40000': ['client'] } });
  const { faults } = await verify({ org1: broken, org2: well }, { context: contexts });
  expect(faults['40000:40000']).toBeUndefined();
  expect(faults['30000:40000']).toBeUndefined(); // not tried
  expect(faults['30000:30000']).toHaveLength(3);
  expect(faults['30000:30000']?.[0]).toMatchObject({
    at: 'party 30000',
    what: 'mysql is ready',
    acts: 'party 30000',
    failure: 'mysql-lost',
    remedy: expect.stringMatching(/\w/),
    page: 'fate-30000.html#mysql-lost',
  });
});

describe('a member that sees only itself verifies its own row, and says what it did not see:', () => {
  test.each<[string, () => Promise<readonly string[]>, RegExp]>([
    ['a context that is not there', async () => ['30000=org1', '40000=gone'], /has no context gone; name one of org1/],
    [
      'another cluster that is current',
      async () => ['30000=org1'],
      /no pods in namespace fate-40000; name its cluster by/,
    ],
    [
      'a cluster where it has no rights',
      async () => {
        clusters['org2'] = await cluster({ forbidden: true });
        return contexts;
      },
      /does not let you list pods in namespace fate-40000; have a Role/,
    ],
  ])('%s', async (_, context, reason) => {
    clusters = { org1: await cluster({ ready: { 'fate-30000': ['client'] } }) };
    const named = await context();
    const { holds, pairs, reasons, text } = await verify(clusters, { context: named });
    expect(holds).toBe(true);
    expect(pairs).toEqual({
      '30000:30000': 'success',
      '30000:40000': 'success',
      '40000:40000': 'unseen',
      '40000:30000': 'unseen',
    });
    expect(reasons['40000:30000']).toMatch(reason);
    expect(text).toMatch(/Not seen from here: what these parties start\n {2}40000: /);
  });
  let clusters: Record<string, { url: string }> = {};
});

test('nothing that is seen is no success, and neither is a pair that was asked for', async () => {
  const org1 = await cluster({ ready: { 'fate-30000': ['client'] } });
  expect((await verify({ org1 }, { context: ['gone'] })).holds).toBe(false);
  expect((await verify({ org1 }, { pair: ['30000:40000', '40000:30000'] })).holds).toBe(false);
});

test('a party of its own declaration is verified alone, and with whom that says', async () => {
  const exchange = exchangeDescriptorOf();
  const plan = partyPlan({ domain: 'example.com', id: 30000, exchange, verification: { with: [50000] } });
  const org1 = await cluster({ ready: { 'fate-30000': ['client'] } });
  const { pairs } = await verify({ org1 }, {}, { parties: [plan] });
  expect(pairs).toEqual({ '30000:30000': 'success', '30000:50000': 'success' });
});

test('a party that is named is verified as the guest of each, alone and with every other one, and nobody else is asked for', async () => {
  const org1 = await cluster({ ready: { 'fate-30000': ['client'] } });
  const { holds, pairs } = await verify({ org1 }, { party: [30000] });
  expect(pairs).toEqual({ '30000:30000': 'success', '30000:40000': 'success' });
  expect(holds).toBe(true);
});

test('of a party that is named and cannot be seen the exit code tells', async () => {
  const org1 = await cluster({ ready: { 'fate-30000': ['client'] } });
  expect((await verify({ org1 }, { party: [40000] })).holds).toBe(false);
  expect((await verify({ org1 }, { party: [30000, 40000] })).holds).toBe(false);
});

test('a pair may be with a party of somebody else, where the guest declares it or nobody is declared beside it', async () => {
  const org1 = await cluster({ ready: { 'fate-30000': ['client'] } });
  const [first, ...others] = twoParties.parties;
  const plans = federation({
    ...twoParties,
    parties: [{ ...first, verification: { with: [50000] } } as typeof first & {}, ...others],
  });
  expect((await verify({ org1 }, { pair: ['30000:50000'] }, plans)).pairs).toEqual({ '30000:50000': 'success' });
  const alone = partyPlan({ domain: 'example.com', id: 30000, exchange: exchangeDescriptorOf() });
  const typed = ['30000:50000', '30000:50000'];
  expect((await verify({ org1 }, { pair: typed }, { parties: [alone] })).pairs).toEqual({ '30000:50000': 'success' });
});

test.each([
  ['30000-40000', 'use <guest>:<host>'],
  ['30000:0', 'use <guest>:<host>'],
  ['030000:40000', 'use <guest>:<host>'],
  ['30000:50000', 'its host is none of the parties that are declared, 30000, 40000'],
  ['50000:30000', 'its guest is none of the declared parties, 30000, 40000'],
])('--pair %s is wrong use', async (pair, message) => {
  await expect(verify({ org1: { url: 'http://192.0.2.1' } }, { pair: [pair] })).rejects.toThrow(message);
});

test('whatever is asked for is a program of ASCII, which any Python reads from its standard input', () => {
  const text = program({ ...({} as StepRequest), do: 'stop', job: 'a "quoted" \\ job' } as StepRequest);
  expect(text).toMatch(/^[\t\n -~]*$/);
  expect(text.endsWith('\n')).toBe(true);
});

describe('as a command', () => {
  let tool: ReturnType<typeof commandLine>;
  let running: ChildProcess | undefined;
  beforeAll(() => {
    tool = commandLine();
  }, 60_000);
  afterAll(() => {
    running?.kill('SIGKILL');
    tool.close();
  });

  async function start(clusterUrl: string) {
    const home = tool.folder();
    writeFileSync(join(home, 'kubeconfig'), kubeconfigOf({ org1: clusterUrl }));
    const args = ['verify', 'party-30000.yaml', '--kubeconfig', 'kubeconfig', '--json'];
    running = spawn(join(tool.directory, 'bin/kubefate-tanzu'), args, { cwd: home });
    const output = { stdout: '', stderr: '' };
    running.stdout?.setEncoding('utf8').on('data', (text) => (output.stdout += text));
    running.stderr?.setEncoding('utf8').on('data', (text) => (output.stderr += text));
    return { process: running, output, ended: once(running, 'close') };
  }

  test('it ends in 0 with JSON on standard output, and says on the other one how it gets on', async () => {
    const { url } = await cluster({ ready: { 'fate-30000': ['client'] } });
    const { output, ended } = await start(url);
    expect(await ended).toEqual([0, null]);
    expect(JSON.parse(output.stdout).pairs).toEqual([
      expect.objectContaining({ guest: 30000, host: 30000, outcome: 'success', job: '1' }),
    ]);
    expect(output.stderr).toMatch(/^no context is named for 30000: .*, org1\n30000 alone: success in \d+ s\n$/);
  }, 20_000);

  test('interrupted, it stops the jobs that it started, and tells', async () => {
    const { url, asked } = await cluster({
      ready: { 'fate-30000': ['client'] },
      answers: ({ do: what }) => (what === 'watch' ? { state: 'running' } : undefined),
    });
    const { process, output, ended } = await start(url);
    await vi.waitFor(() => expect(asked.some(({ request }) => request.do === 'watch')).toBe(true), 60_000);
    process.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(asked.at(-1)?.request).toMatchObject({ do: 'stop', job: '1' });
    expect(JSON.parse(output.stdout).pairs[0].reasons).toEqual(['job 1 was ended here, and is stopped']);
  }, 90_000);
});
