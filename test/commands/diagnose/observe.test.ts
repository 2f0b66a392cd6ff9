import type { Pod } from 'kubernetes-types/core/v1';
import { describe, expect, test, vi } from 'vitest';
import { ClusterRefusal, type RefusalKind } from '../../../commands/cluster/refusal';
import { diagnoseMember, type Looking } from '../../../commands/diagnose/observe';
import { objectsByName } from '../../../constructs/declared/object-changes';
import { type FateRelease, federation, partyPlan } from '../../../lib';
import { asksOf } from '../../../lib/diagnosis/ladder';
import { partyLadder } from '../../../lib/diagnosis/ladders/party';
import { isLetThrough } from '../../../lib/diagnosis/let-through';
import { handled } from '../../../lib/diagnosis/remedy';
import { twoParties } from '../../support/declarations';
import type { AnyObject } from '../../support/objects';

const plans = federation(twoParties);
const [party] = plans.parties;
if (party === undefined) throw new Error('a party is declared');

const pod = (workload: string, container = workload, status: object = running(container)): Pod =>
  ({ metadata: { name: `${workload}-0`, labels: { 'app.kubernetes.io/name': workload } }, status }) as Pod;
const running = (name: string) => ({
  conditions: [{ type: 'Ready', status: 'True' }],
  containerStatuses: [{ name, state: { running: {} } }],
});

const refusal = (kind: RefusalKind) => new ClusterRefusal(kind, `it is ${kind}`, 'do something');
const cluster = (own: Partial<Looking>): Looking => ({
  pods: async () => [pod('fateflow', 'python'), pod('nginx'), pod('mysql')],
  events: async () => [],
  exec: async () => ({ code: 0, stdout: '{}', stderr: '' }),
  ...own,
});

test('all questions are one command in the pod of FATE Flow, told in one line of ASCII', async () => {
  const exec = vi.fn(async () => ({ code: 0, stdout: 'a warning of a library\n{"clock": {"now": 0}}\n', stderr: '' }));
  const findings = await diagnoseMember(party, cluster({ exec }), [30000, 40000]);
  const probes = (exec.mock.calls as unknown as Parameters<Looking['exec']>[]).filter(
    ([, , , input]) => input !== undefined,
  );
  expect(probes.map(([name, container, [program]]) => [name, container, program])).toEqual([
    ['fateflow-0', 'python', 'python'],
  ]);
  expect(probes[0]?.[3]).toMatch(/^[\x20-\x7e]+\n$/);
  expect(findings.find(({ step }) => step === 'clock')?.verdict).toBe('warns');
});

describe('where FATE Flow is down', () => {
  const waiting = { containerStatuses: [{ name: 'python', state: { waiting: { reason: 'CrashLoopBackOff' } } }] };
  /** Everything that it asks for is silent, as what a policy keeps away is. */
  const silent: Looking['exec'] = async (_pod, _container, _command, input) => {
    const { questions = [] } = input === undefined ? {} : JSON.parse(input);
    const told = questions.map(({ id }: { id: string }) => [id, { kind: 'timeout', error: 'no answer' }]);
    return { code: 0, stdout: `${JSON.stringify(Object.fromEntries(told))}\n`, stderr: '' };
  };
  const lookAt = async (plan: typeof party) => {
    const exec = vi.fn(silent);
    const pods = ['mysql', 'nginx', 'pulsar', 'namenode', 'spark-master', 'client'].map((each) => pod(each));
    const findings = await diagnoseMember(
      plan,
      cluster({ exec, pods: async () => [pod('fateflow', 'python', waiting), ...pods] }),
      [40000],
    );
    const probes = exec.mock.calls.filter(([, , , input]) => input !== undefined);
    expect(probes.map(([name]) => name)).toEqual(['client-0']);
    const asked: string[] = JSON.parse(probes[0]?.[3] ?? '').questions.map(({ id }: { id: string }) => id);
    return { findings, asked };
  };
  const kept = [
    ...['mysql:3306', 'pulsar:6650', 'pulsar:8080', 'namenode:9000', 'namenode:50070', 'spark-master:7077'],
    ...['192.0.2.68:443', '192.0.2.69:9300'],
  ].map((at) => `connection ${at}`);

  test('the notebook is asked from, and what policies keep from it is said not to have been asked', async () => {
    const { findings, asked } = await lookAt(party);
    expect(asked).toEqual(expect.arrayContaining(['clock', 'name mysql', 'connection nginx-internal:9301']));
    expect(asked.filter((id) => kept.includes(id))).toEqual([]);
    for (const id of kept) {
      const verdict = findings.find(({ step }) => step === id)?.verdict;
      expect([id, verdict]).toEqual([id, expect.stringMatching(/unseen|skipped/)]);
    }
    expect(findings.find(({ step }) => step === 'connection 192.0.2.68:443')?.saw).toMatch(
      /FATE Flow's pod does not run.*NetworkPolicies keep/,
    );
  });

  test('it is asked for all of it where no policies are declared', async () => {
    const { asked } = await lookAt({ ...party, networkPolicies: false });
    expect(asked).toEqual(expect.arrayContaining(kept));
  });
});

test.each<FateRelease>(['1.6.1', '1.11.2', '2.0.0', '2.2.0'])(
  'of FATE %s all that is asked for is let through from the pod of FATE Flow, whose policy knows of it',
  (fate) => {
    for (const transport of ['mutual-tls', 'open'] as const) {
      const [plan] = federation({ ...twoParties, fate, transport }).parties;
      const asks = asksOf(partyLadder(plan as typeof party, [40000], [pod('fateflow'), pod('nginx')]));
      const questions = asks.flatMap((ask) => ('question' in ask ? [ask.question] : []));
      expect(questions.length).toBeGreaterThan(15);
      for (const each of questions)
        expect([each, isLetThrough(plan as typeof party, 'fateflow', each)]).toEqual([each, true]);
    }
  },
);

test('with the rights to read alone it tells of pods, and which right the rest needs', async () => {
  const findings = await diagnoseMember(party, cluster({ exec: () => Promise.reject(refusal('forbidden')) }), [40000]);
  const verdicts = new Set(
    findings.filter(({ layer }) => !['cluster', 'pods'].includes(layer)).map(({ verdict }) => verdict),
  );
  expect([...verdicts].sort()).toEqual(['skipped', 'unseen']);
  expect(findings.find(({ step }) => step === 'pods nginx')?.verdict).toBe('holds');
  expect(findings.find(({ step }) => step === 'name nginx-internal')?.saw).toBe('it is forbidden; do something');
});

test.each<RefusalKind>(['unreachable', 'no-context', 'no-kubeconfig', 'unauthorized', 'untrusted', 'no-login'])(
  'a cluster that is %s is the one thing that does not hold',
  async (kind) => {
    for (const access of [refusal(kind), cluster({ pods: () => Promise.reject(refusal(kind)) })])
      expect(await diagnoseMember(party, access, [40000])).toEqual([
        expect.objectContaining({ step: 'cluster', verdict: 'fails', saw: `it is ${kind}; do something` }),
      ]);
  },
);

test('a namespace that may not be read, or is empty, is said to be so', async () => {
  const forbidden = await diagnoseMember(party, cluster({ pods: () => Promise.reject(refusal('forbidden')) }), []);
  expect(forbidden.map(({ verdict, saw }) => [verdict, saw])).toEqual([['unseen', 'it is forbidden; do something']]);
  const empty = await diagnoseMember(plans.exchange, cluster({ pods: async () => [] }), []);
  expect(empty.map(({ verdict, saw }) => [verdict, saw])).toEqual([['fails', 'no pod']]);
});

test('of a member that KubeFATE made pods alone are looked at, which is said, and nothing is run there', async () => {
  const made = partyPlan({
    domain: 'example.com',
    id: 30000,
    transport: 'open',
    driver: 'kubefate',
    kubernetes: '1.21',
  });
  const exec = vi.fn();
  const waiting = pod('python', 'python', { phase: 'Pending', conditions: [{ type: 'Ready', status: 'False' }] });
  const findings = await diagnoseMember(made, cluster({ pods: async () => [pod('mysql'), waiting], exec }), [40000]);
  expect(findings.map(({ step, verdict }) => [step, verdict])).toEqual([
    ['cluster', 'holds'],
    ['whose', 'unseen'],
    ['pods', 'fails'],
    ['kubefate', 'unseen'],
  ]);
  expect(findings[2]?.saw).toBe('1 of 2 ready: python-0: phase Pending');
  expect(exec).not.toHaveBeenCalled();
  const labelled = (id: string): Pod => ({ ...pod('mysql'), metadata: { name: 'mysql-0', labels: { partyId: id } } });
  for (const [ids, verdict] of [
    [['30000'], 'holds'],
    [['3e+04'], 'holds'],
    [['30000', '40000'], 'fails'],
    [['red'], 'fails'],
  ] as const) {
    const found = await diagnoseMember(made, cluster({ pods: async () => ids.map(labelled) }), []);
    expect(found.find(({ step }) => step === 'whose')).toMatchObject({ verdict, saw: `partyId ${ids.join(', ')}` });
  }
});

describe('objects of the namespace', () => {
  const drawn = (plan: typeof party, without: readonly string[] = []) =>
    [...objectsByName(plan)].filter(([name]) => !without.includes(name)).map(([, object]) => object);
  const listing = (objects: readonly AnyObject[]) => ({
    list: async (kind: string) => objects.filter((each) => each.kind === kind),
  });
  const lookAt = (objects: readonly AnyObject[]) => diagnoseMember(party, cluster(listing(objects)), [40000]);
  const objectsIn = async (objects: readonly AnyObject[]) =>
    (await lookAt(objects)).find(({ step }) => step === 'objects');

  test('that are all there hold, and what is missing is named', async () => {
    expect(await objectsIn(drawn(party))).toMatchObject({ verdict: 'holds' });
    expect(await objectsIn(drawn(party, ['Service/nginx', 'ConfigMap/pulsar-config']))).toMatchObject({
      verdict: 'warns',
      saw: 'missing: Service/nginx, ConfigMap/pulsar-config',
      acts: { member: 30000 },
    });
  });

  test('of which a NetworkPolicy says something else are told of, and others beside them blame nobody', async () => {
    const policiesIn = async (objects: readonly AnyObject[], plan = party) =>
      (await diagnoseMember(plan, cluster(listing(objects)), [])).find(({ step }) => step === 'policies');
    const other = { kind: 'NetworkPolicy', metadata: { name: 'theirs' }, spec: {} };
    expect(await policiesIn(drawn(party))).toMatchObject({ verdict: 'holds', saw: 'no more and no less' });
    expect(await policiesIn([...drawn(party), other])).toMatchObject({
      verdict: 'holds',
      saw: expect.stringMatching(/beside them theirs/),
    });
    const changed = drawn(party).map((each) =>
      each.kind === 'NetworkPolicy' && each.metadata.name === 'pulsar' ? { ...each, spec: {} } : each,
    );
    expect(await policiesIn(changed)).toMatchObject({
      verdict: 'warns',
      saw: 'pulsar says something else',
      acts: { member: 30000 },
      failure: 'not-deployed',
    });
    const open = { ...party, networkPolicies: false };
    expect(await policiesIn(drawn(open), open)).toMatchObject({ saw: 'none are declared, and there are none' });
    expect(await policiesIn([...drawn(open), other], open)).toMatchObject({
      verdict: 'holds',
      saw: expect.stringMatching(/theirs, which close/),
    });
  });

  test("that are somebody else's are all that is told, and nothing is run there", async () => {
    const [, other] = plans.parties;
    const exec = vi.fn();
    const objects = other ? drawn(other) : [];
    const findings = await diagnoseMember(party, cluster({ ...listing(objects), exec }), [40000]);
    expect(findings.map(({ step, verdict }) => [step, verdict])).toEqual([
      ['cluster', 'holds'],
      ['objects', 'fails'],
    ]);
    expect(findings[1]?.saw).toBe('it holds party 40000');
    expect(exec).not.toHaveBeenCalled();
  });

  test('that may not be listed keep nobody from the rest', async () => {
    const list = () => Promise.reject(refusal('forbidden'));
    const findings = await diagnoseMember(party, cluster({ list }), [40000]);
    expect(findings.find(({ step }) => step === 'objects')).toMatchObject({ verdict: 'unseen' });
    expect(findings.length).toBeGreaterThan(10);
  });
});

test.each([
  ['nothing', { code: 127, stdout: '', stderr: 'exec: "python": not found' }],
  ['half of a line', { code: 0, stdout: '{"clock": {"no', stderr: '' }],
  ['a list', { code: 0, stdout: '[]', stderr: '' }],
])('a Python that prints %s leaves its checks unseen', async (_, exit) => {
  const findings = await diagnoseMember(party, cluster({ exec: async () => exit }), [40000]);
  expect(findings.find(({ step }) => step === 'clock')?.verdict).toBe('unseen');
});

test('a fault of our own is no refusal of a cluster', async () => {
  const broken = cluster({ pods: () => Promise.reject(new TypeError('ours')) });
  await expect(diagnoseMember(party, broken, [])).rejects.toThrow('ours');
});

test.each<[string, object, readonly object[], string, string]>([
  [
    'finds no node',
    { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes: Insufficient cpu' }] },
    [],
    'pod-pending',
    'Insufficient cpu',
  ],
  [
    'has no image',
    {
      containerStatuses: [
        { name: 'nginx', state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling' } } },
      ],
    },
    [],
    'image-not-pulled',
    'ImagePullBackOff',
  ],
  [
    'lacks a Secret',
    {
      containerStatuses: [
        {
          name: 'nginx',
          state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "pulsar-cert" not found' } },
        },
      ],
    },
    [],
    'pod-without-secret',
    'pulsar-cert',
  ],
  [
    'waits for a Secret to mount',
    { containerStatuses: [{ name: 'nginx', state: { waiting: { reason: 'ContainerCreating' } } }] },
    [
      {
        reason: 'FailedMount',
        message: 'MountVolume.SetUp failed for volume "certificate" : secret "pulsar-cert" not found',
      },
    ],
    'pod-without-secret',
    'pulsar-cert',
  ],
  [
    'waits for its volume',
    { containerStatuses: [{ name: 'nginx', state: { waiting: { reason: 'ContainerCreating' } } }] },
    [{ reason: 'FailedAttachVolume', message: 'Multi-Attach error for volume "pvc-1"' }],
    'volume-not-attached',
    'Multi-Attach',
  ],
  [
    'is killed for its memory',
    {
      containerStatuses: [
        {
          name: 'nginx',
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
        },
      ],
    },
    [],
    'pod-restarts',
    'OOMKilled, 137',
  ],
  [
    'does not answer its probes',
    { phase: 'Running', containerStatuses: [{ name: 'nginx', state: { running: {} } }] },
    [{ reason: 'Unhealthy', message: 'Readiness probe failed: HTTP 502' }],
    'nginx-lost',
    'HTTP 502',
  ],
])(
  'a pod that %s has its failure, and a remedy with the names of the party',
  async (_, status, events, failure, saw) => {
    const about = (event: object) => ({ metadata: {}, involvedObject: { name: 'nginx-0' }, ...event });
    const findings = await diagnoseMember(
      party,
      cluster({ pods: async () => [pod('nginx', 'nginx', status)], events: async () => events.map(about) }),
      [],
    );
    const found = findings.find(({ step }) => step === 'pods nginx');
    expect(found).toMatchObject({ verdict: 'fails', failure, acts: { member: 30000 } });
    expect(found?.saw).toContain(saw);
    const { remedy, commands } = handled(found as NonNullable<typeof found>, plans, [40000]);
    expect(remedy).toMatch(/\w/);
    for (const command of commands.filter((line) => line.startsWith('kubectl')))
      expect(command).toContain('fate-30000');
  },
);

test('what was read of a cluster is never a line that a terminal would take for a command', async () => {
  const status = {
    containerStatuses: [
      { name: 'nginx', state: { waiting: { reason: 'ErrImagePull', message: '\u001b[2J::error::\nx' } } },
    ],
  };
  const findings = await diagnoseMember(party, cluster({ pods: async () => [pod('nginx', 'nginx', status)] }), []);
  for (const { saw } of findings) expect(saw).toMatch(/^[^\p{Cc}]*$/u);
});
