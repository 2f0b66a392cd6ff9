import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Exit } from '../../../commands/cluster/exec';
import { diagnoseMember, type Looking } from '../../../commands/diagnose/observe';
import { objectsByName } from '../../../constructs/declared/object-changes';
import { federation } from '../../../lib';
import { stepAnswer } from '../../../lib/jobs/step-answer';
import { toldObjects } from '../../../lib/kubernetes/told-objects';
import { twoParties } from '../../support/declarations';
import { type Change, changes, mutated, trials } from '../../support/mutants';

const plans = federation(twoParties);
const members = [...plans.parties, plans.exchange];

/** What an API server and its pods answer of a member, all well; and how a stranger would. */
const answersOf = (plan: (typeof members)[number]) => ({
  pods: {
    items: ['fateflow', 'mysql', 'nginx', 'pulsar', 'traffic-server'].map((name) => ({
      metadata: { name: `${name}-0`, labels: { 'app.kubernetes.io/name': name }, deletionTimestamp: undefined },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: name === 'nginx' ? 'False' : 'True' }],
        containerStatuses: [
          { name: name === 'fateflow' ? 'python' : name, ready: true, state: { running: {} } },
          { name: 'other', state: { waiting: { reason: 'CrashLoopBackOff', message: 'back off' } } },
        ],
      },
    })),
  },
  events: {
    items: [
      {
        metadata: { name: 'e' },
        involvedObject: { name: 'nginx-0' },
        reason: 'FailedMount',
        message: 'no',
        lastTimestamp: '2026-11-26T00:00:00Z',
      },
    ],
  },
  objects: { items: [...objectsByName(plan).values()].slice(0, 30) },
  exit: { code: 0, stdout: '{"clock": {"now": 0}, "fate-flow": {"status": 200, "text": "{}"}}', stderr: 'no' },
});

const noCommand = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u;

/** Its text at any depth. */
const texts = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : Object.values(Object(value)).flatMap(texts);

test('whatever a cluster answers, a diagnosis ends in findings: short lines that move no terminal', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(members.length - 1), changes, async (at, changed: Change[]) => {
      const plan = members[at] as (typeof members)[number];
      const [told] = mutated([answersOf(plan)], changed, ['items', 'metadata', 'status', 'name', 'reason', 'message']);
      const { pods, events, objects, exit } = Object(told);
      const access: Looking = {
        pods: async () => toldObjects('Pod', sent(pods)) ?? [],
        events: async () => toldObjects('Event', sent(events)) ?? [],
        list: async (kind) => toldObjects(kind, sent(objects)) ?? [],
        exec: async () => exitOf(exit),
      };
      const findings = await diagnoseMember(plan, access, [40000]);
      expect(findings.length).toBeGreaterThan(0);
      for (const text of texts(findings)) {
        expect(text).toMatch(noCommand);
        expect(text.length).toBeLessThan(2500);
      }
    }),
    trials(150),
  );
});

/** As it comes over a wire; nothing of what does not. */
function sent(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch {
    return undefined;
  }
}

/** What a container has printed is text, whatever it says, and its code a number. */
const exitOf = (exit: unknown): Exit => {
  const { code, stdout, stderr } = Object(exit);
  return { code: Number.isInteger(code) ? code : 1, stdout: textOf(stdout), stderr: textOf(stderr) };
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : `${JSON.stringify(sent(value))}`);

test('whatever a pod prints, an answer to a question of verify is short lines that move no terminal, or none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), answerLike), (text) => {
      const answer = stepAnswer(text);
      for (const each of texts(answer)) {
        expect(each).toMatch(noCommand);
        expect(each.length).toBeLessThan(520 * 8); // escaped
      }
    }),
    trials(300),
  );
});

const strange = fc.oneof(fc.string({ unit: 'binary', maxLength: 900 }), fc.jsonValue());
const answerLike = fc
  .record({ refusal: strange, job: strange, state: strange, reasons: fc.oneof(strange, fc.array(strange)) })
  .map((value) => JSON.stringify(value));

test.each([
  null,
  7,
  'text',
  [],
  { metadata: null },
  { metadata: { name: 7 } },
  { metadata: { name: 'x'.repeat(254) } },
])('%j is no object of a list', (item) => {
  expect(toldObjects('Pod', { items: [item] })).toEqual([]);
});

test.each([null, 7, [], {}, { items: {} }])('%j is no list of objects', (answer) => {
  expect(toldObjects('Pod', answer)).toBeUndefined();
});
