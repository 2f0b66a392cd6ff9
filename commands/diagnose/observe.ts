import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pod } from 'kubernetes-types/core/v1';
import { type Ask, isSeen, type Place, type Question, type Seen, type Unseen } from '../../lib/diagnosis/asks';
import type { Finding } from '../../lib/diagnosis/finding';
import { asksOf, climb, type Step } from '../../lib/diagnosis/ladder';
import { exchangeLadder } from '../../lib/diagnosis/ladders/exchange';
import { kubeFateLadder } from '../../lib/diagnosis/ladders/kubefate';
import { type AskingPlace, asker, partyLadder } from '../../lib/diagnosis/ladders/party';
import { isLetThrough } from '../../lib/diagnosis/let-through';
import type { PoliciesSeen, Presence } from '../../lib/diagnosis/presence';
import { objectsStep, policiesStep } from '../../lib/diagnosis/steps/objects';
import { type Member, memberOf } from '../../lib/federation/certificates';
import type { ExchangePlan } from '../../lib/federation/exchange';
import type { PartyPlan } from '../../lib/federation/party';
import { isMap } from '../../lib/input/checks';
import { parsedJson } from '../../lib/input/json-text';
import type { Access } from '../cluster/access';
import { ClusterRefusal } from '../cluster/refusal';

/** What one look at a namespace needs. Without `list`, its objects are not compared with those that are drawn. */
export type Looking = Pick<Access, 'pods' | 'events' | 'exec'> & Partial<Pick<Access, 'list'>>;

/**
 * Looks at a member once, and says what holds. Nothing is changed: what is run in containers reads files, and asks.
 *
 * @param peers ids of the parties that it should reach
 */
export async function diagnoseMember(
  plan: PartyPlan | ExchangePlan,
  access: Looking | ClusterRefusal,
  peers: readonly number[],
): Promise<readonly Finding[]> {
  const [pods, events] = await Promise.all([look(access, (it) => it.pods()), look(access, (it) => it.events())]);
  const known = isSeen(pods) ? pods.value : [];
  const { member, steps, place } = ladderOf(plan, peers, known);
  const isInhabited = isSeen(pods) && known.length > 0; // else nobody is there to ask
  const compared = isInhabited && plan.driver === 'native' ? await comparedIn(access, plan) : undefined;
  const reachable = reachableSteps(isInhabited ? steps : steps.slice(0, 1), compared, member, plan);
  const answers = new Map<string, Seen<unknown>>();
  const asks = asksOf(reachable);
  await Promise.all([askAll(access, plan, place, asks, answers), runAll(access, asks, answers)]);
  return climb(member, reachable, { now: new Date(), pods, events, answers });
}

interface Compared {
  readonly presence: Seen<Presence>;
  readonly policies: Seen<PoliciesSeen>;
}

/** None where nobody can list objects. */
async function comparedIn(
  access: Looking | ClusterRefusal,
  plan: PartyPlan | ExchangePlan,
): Promise<Compared | undefined> {
  const list = access instanceof ClusterRefusal ? undefined : access.list;
  if (list === undefined) return undefined;
  const { presenceOf, policiesOf } = await import('../cluster/presence.js');
  const [presence, policies] = await Promise.all([
    look(access, () => presenceOf({ list }, plan)),
    look(access, () => policiesOf({ list }, plan)),
  ]);
  return { presence, policies };
}

/** With objects compared after the first step, and nothing after that where the member is not. */
function reachableSteps(
  [first, ...others]: readonly Step[],
  compared: Compared | undefined,
  member: Member,
  { namespace, networkPolicies }: PartyPlan | ExchangePlan,
): readonly Step[] {
  const ground = first ? [first] : [];
  if (compared === undefined) return [...ground, ...others];
  const { presence, policies } = compared;
  const objects = objectsStep(member, namespace, presence);
  const isElsewhere = isSeen(presence) && ['foreign', 'absent'].includes(presence.value.state);
  if (isElsewhere) return [...ground, objects];
  return [...ground, objects, policiesStep(member, networkPolicies, policies), ...others];
}

function ladderOf(plan: PartyPlan | ExchangePlan, peers: readonly number[], pods: readonly Pod[]) {
  if (plan.driver === 'kubefate')
    return { member: memberOf(plan), steps: kubeFateLadder(plan), place: undefined } as const;
  if (!('id' in plan)) return { member: 'exchange', steps: exchangeLadder(plan, pods), place: undefined } as const;
  const others = peers.filter((id) => id !== plan.id);
  return { member: plan.id, steps: partyLadder(plan, others, pods) as readonly Step[], place: asker(plan, pods) };
}

type Answers = Map<string, Seen<unknown>>;

/** All questions at once, in one pod, but those whose answers would not reach it. */
async function askAll(
  access: Looking | ClusterRefusal,
  plan: PartyPlan | ExchangePlan,
  place: AskingPlace | undefined,
  asks: readonly Ask[],
  answers: Answers,
): Promise<void> {
  const all = asks.flatMap((ask) => ('question' in ask ? [{ id: ask.id, ...ask.question }] : []));
  const isAsked = (question: Question) =>
    place === undefined || !('id' in plan) || isLetThrough(plan, place.workload, question);
  const questions = all.filter(isAsked);
  for (const each of all) if (!questions.includes(each)) answers.set(each.id, keptAway);
  if (questions.length === 0) return;
  const heard = place === undefined ? nobodyToAsk : await look(access, (it) => probe(it, place, questions));
  for (const { id } of questions) answers.set(id, isSeen(heard) ? answerIn(heard.value, id) : heard);
}

const keptAway: Unseen = {
  unseen:
    "FATE Flow's pod does not run, and the declared NetworkPolicies keep the notebook's, which is asked in its place, from there",
  kind: 'outage',
};

const nobodyToAsk: Unseen = {
  unseen: 'no container runs to ask from, neither FATE Flow nor the notebook',
  kind: 'outage',
};

function answerIn(heard: unknown, id: string): Seen<unknown> {
  if (isMap(heard) && id in heard) return { value: heard[id] };
  return { unseen: 'Python in its pod printed no answer', kind: 'outage' };
}

const patience = { connection: 5, all: 20, exec: 60 } as const;

/** What `probe.py` prints; nothing where it printed none of it. It comes with its script by standard input, in one line. */
async function probe(
  access: Looking,
  { pod, container }: Place,
  questions: readonly ({ readonly id: string } & Question)[],
): Promise<unknown> {
  const script = readFileSync(join(__dirname, 'probe.py'), 'utf8');
  const line = ascii(JSON.stringify({ script, questions, seconds: patience.connection, patience: patience.all }));
  const { stdout, stderr, code } = await access.exec(
    pod,
    container,
    ['python', '-c', reader],
    `${line}\n`,
    patience.exec,
  );
  const [last = ''] = stdout
    .split('\n')
    .filter((each) => each.startsWith('{'))
    .slice(-1);
  const answers = parsedJson(last);
  if (answers === undefined)
    throw new ClusterRefusal(
      'failed',
      `Python in pod ${pod} ended with ${code}: ${stderr.trim().split('\n').slice(-1)[0]?.slice(0, 200) ?? ''}`,
      'look whether its image is the one of the release',
    );
  return answers;
}

const reader = 'import sys, json; told = json.loads(sys.stdin.readline()); exec(told["script"], told)';

/** A pod without a locale reads nothing else. */
const ascii = (json: string): string =>
  json.replace(/[^\x20-\x7e]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Commands in containers, a few at once. */
async function runAll(access: Looking | ClusterRefusal, asks: readonly Ask[], answers: Answers): Promise<void> {
  const executions = asks.flatMap((ask) => ('execution' in ask ? [ask] : []));
  const next = executions[Symbol.iterator]();
  const worker = async () => {
    for (const { id, execution } of next) {
      const { pod, container, command } = execution;
      answers.set(id, await look(access, (it) => it.exec(pod, container, command, undefined, patience.exec)));
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
}

/** What a cluster says, or why it does not. */
async function look<T>(access: Looking | ClusterRefusal, ask: (access: Looking) => Promise<T>): Promise<Seen<T>> {
  try {
    if (access instanceof ClusterRefusal) throw access;
    return { value: await ask(access) };
  } catch (error) {
    if (!(error instanceof ClusterRefusal)) throw error;
    return { unseen: error.message, kind: error.kind === 'forbidden' ? 'right' : 'outage' };
  }
}
