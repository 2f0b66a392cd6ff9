import * as fc from 'fast-check';
import type { Pod } from 'kubernetes-types/core/v1';
import { describe, expect, test } from 'vitest';
import { diagnoseMember, type Looking } from '../../../commands/diagnose/observe';
import { objectsByName } from '../../../constructs/declared/object-changes';
import { federation } from '../../../lib';
import type { Finding } from '../../../lib/diagnosis/finding';
import { handled } from '../../../lib/diagnosis/remedy';
import { failures } from '../../../lib/reports/failures';
import { twoParties } from '../../support/declarations';
import { trials } from '../../support/mutants';

const plans = federation({ ...twoParties, fate: '2.2.0' });
const [party] = plans.parties;
if (party === undefined) throw new Error('a party is declared');
const direct = federation({ ...twoParties, exchange: false });
const [peer] = direct.parties;
if (peer === undefined) throw new Error('a party is declared');
const members = [party, plans.exchange, peer] as const;
const peers = [30000, 40000];

const workloads = ['mysql', 'fateflow', 'nginx', 'pulsar', 'namenode', 'datanode', 'spark-master', 'spark-worker'];

const pod = (name: string, isReady: boolean): Pod =>
  ({
    metadata: { name: `${name}-0`, labels: { 'app.kubernetes.io/name': name } },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
      containerStatuses: [{ name, state: { running: {} } }],
    },
  }) as unknown as Pod;

const json = (value: unknown, status = 200) => ({ status, type: 'application/json', text: JSON.stringify(value) });
const mbean = (bean: object) => json({ beans: [bean] });

/** What any question may come to. */
const answers: readonly unknown[] = [
  ...['dns', 'refused', 'timeout', 'closed', 'plain', 'tls', 'other'].map((kind) => ({ kind, error: `it is ${kind}` })),
  { addresses: ['10.0.0.1'] },
  { address: '10.0.0.1' },
  { certificates: [] },
  ...[400, 404, 500, 502, 504].map((status) => ({ status, type: 'text/html', text: '<title>no</title>' })),
  json({ code: 0, data: { party_id: '30000' } }),
  json({ code: 0, data: { party_id: '40000' } }),
  json({ code: 100, message: 'no' }),
  json({ code: 100, message: 'no certificate of the federation was shown' }),
  json([]),
  json(['standalone', '40000']),
  json({ allowedClusters: [] }),
  json({ workers: [] }),
  mbean({ Safemode: '' }),
  mbean({ Safemode: 'on', NumLiveDataNodes: 0 }),
  { topics: [{ topic: 't', replication: { 40000: { connected: false, backlog: 3 } } }], whole: true },
  { now: 0 },
];

const good: Readonly<Record<string, (id: string) => boolean>> = {
  name: (id) => id.startsWith('name '),
  connection: (id) => id.startsWith('connection '),
};

/** A look at a member in which everything is drawn by lot; what is below holds mostly, else nothing above would be looked at. */
const looks = fc.record({
  at: fc.nat(members.length - 1),
  ready: fc.array(fc.constantFrom('ready', 'ready', 'ready', 'waiting', 'gone'), { minLength: 9, maxLength: 9 }),
  objects: fc.constantFrom<'whole' | 'some' | 'none' | 'others'>('whole', 'whole', 'whole', 'some', 'none', 'others'),
  picks: fc.infiniteStream(fc.nat(answers.length * 2)),
});
type Look = typeof looks extends fc.Arbitrary<infer T> ? T : never;

async function look({ at, ready, objects, picks }: Look) {
  const plan = members[at] as (typeof members)[number];
  const names = 'id' in plan ? workloads : ['traffic-server', 'nginx'];
  const pods = [
    ...names.flatMap((name, i) => (ready[i] === 'gone' ? [] : [pod(name, ready[i] === 'ready')])),
    pod('of-somebody-else', true),
  ];
  const drawn = [...objectsByName(plan).values()];
  const there = {
    whole: drawn,
    some: drawn.slice(0, -3),
    none: [],
    others: [{ kind: 'Deployment', metadata: { name: 'other' } }],
  };
  const pick = picks[Symbol.iterator]();
  const next = (id: string) => {
    const index = pick.next().value as number;
    if (index < answers.length) return answers[index];
    if (good['name']?.(id)) return { addresses: ['10.0.0.1'] };
    return good['connection']?.(id) ? { address: '10.0.0.1' } : json({ code: 0, data: {} });
  };
  const access: Looking = {
    pods: async () => pods,
    events: async () => [],
    list: async (kind) => there[objects].filter((each) => each.kind === kind),
    exec: async (_pod, _container, _command, input) => {
      if (input === undefined)
        return {
          code: 0,
          stdout: (['open\n', 'closed\n', 'silent\n', ''] as const)[(pick.next().value as number) % 4] ?? '',
          stderr: '',
        };
      const { questions } = JSON.parse(input);
      const told = Object.fromEntries(questions.map(({ id }: { id: string }) => [id, next(id)]));
      return { code: 0, stdout: `${JSON.stringify(told)}\n`, stderr: '' };
    },
  };
  return { plan, findings: await diagnoseMember(plan, access, peers) };
}

const faults = (findings: readonly Finding[]) =>
  findings.filter(({ verdict }) => verdict === 'fails' || verdict === 'warns');

describe('whatever is seen of a member', () => {
  const property = (holds: (found: Awaited<ReturnType<typeof look>>) => void) =>
    fc.assert(
      fc.asyncProperty(looks, async (each) => holds(await look(each))),
      trials(120),
    );

  test('each finding says what it saw, and each fault what it means and one who has to act', () =>
    property(({ findings }) => {
      for (const { saw } of findings) expect(saw).not.toBe('');
      for (const { acts, meaning } of faults(findings)) {
        expect(meaning).toMatch(/\w/);
        expect(acts).toBeDefined();
      }
    }));

  test('whoever has to act finds the remedy in the own page, where the fault is in the catalogue', () =>
    property(({ findings }) => {
      for (const finding of faults(findings)) {
        const { failure, remedy, title, page } = handled(finding, plans, peers);
        if (failure === undefined) continue;
        expect([failure, remedy, title]).toEqual([failure, expect.stringMatching(/\w/), failures[failure].title]);
        expect(page).toMatch(new RegExp(`^fate-(exchange|30000|40000)\\.html#${failure}$`));
      }
    }));

  test('where it is not, or somebody else is, that is the one fault', () =>
    property(({ findings }) => {
      const objects = findings.find(({ step }) => step === 'objects');
      if (objects?.verdict === 'fails') expect(faults(findings)).toEqual([objects]);
    }));

  test('nobody is blamed by one step for what another one has seen to hold', () =>
    property(({ findings }) => {
      const verdictOf = (step: string) => findings.find((each) => each.step === step)?.verdict;
      const blamed = (failure: string, but: string) =>
        faults(findings).filter((each) => each.failure === failure && !each.step.endsWith(but));
      if (verdictOf('connection mysql:3306') === 'holds') expect(blamed('mysql-lost', 'mysql')).toEqual([]);
      const exchange = party.exchange && `connection ${party.exchange.nginx.address}:9300`;
      if (verdictOf(`${exchange}`) === 'holds')
        expect(blamed('exchange-nginx-lost', `${party.exchange?.nginx.address}:9300`)).toEqual([]);
    }));

  test('what has failed is failed once: what stands on it is skipped, and tells nobody to do anything', () =>
    property(({ findings }) => {
      for (const { verdict, acts, failure, saw } of findings) {
        if (verdict !== 'skipped') continue;
        expect([acts, failure]).toEqual([undefined, undefined]);
        const below = findings.find(({ what }) => saw === `needs: ${what}`);
        expect(['fails', 'skipped']).toContain(below?.verdict);
      }
    }));
});
