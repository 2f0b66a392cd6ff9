import type { DeclaredPlans } from '../../lib/federation/declaration';
import type { PartyPlan } from '../../lib/federation/party';
import { shellWord } from '../../lib/formats/shell';
import { type Pair, pairsOf } from '../../lib/jobs/pairs';
import { faultLines, junitXml, matrixText, type PairResult, pairText } from '../../lib/reports/pair-results';
import type { Report } from '../arguments';
import type { Access } from '../cluster/access';
import { type MemberAccess, memberAccesses } from '../cluster/members';
import { ClusterRefusal } from '../cluster/refusal';
import { replaceFiles } from '../files';
import { Mistake } from '../mistake';
import { selected } from '../selection';
import { colours } from '../terminal';
import { askInPod } from './ask-in-pod';
import { type SeenParty, withFaults } from './faults-below';
import { Progress } from './progress';
import type { Askable } from './run-pair';
import { runPairs } from './run-pairs';

export interface VerifyOptions {
  readonly declaration: string;
  readonly kubeconfig?: string;
  readonly context: readonly string[];
  /** Whose rows are asked for. @default all */
  readonly party?: readonly number[];
  /** As typed: `30000:40000`. */
  readonly pair: readonly string[];
  readonly timeout: number;
  /** Whether members of a pair that failed are looked into. @default true */
  readonly diagnose?: boolean;
  readonly junit?: string;
}

/** Runs the toy example for all pairs that can be seen, until `signal` ends it. */
export async function verification(plans: DeclaredPlans, options: VerifyOptions, signal: AbortSignal): Promise<Report> {
  const { pairs, isAsked } = pairsFor(plans, options);
  const involved = plans.parties.filter(({ id }) => pairs.some(({ guest, host }) => [guest, host].includes(id)));
  const members = await memberAccesses(plans, options, { parties: involved });
  const seen = await Promise.all(members.map(({ plan, ...member }) => lookAt(plan as PartyPlan, member)));
  const unseen = pairs.flatMap((pair) => {
    const reason = seen.find(({ id }) => id === pair.guest)?.unseen;
    return reason === undefined ? [] : [{ ...pair, outcome: 'unseen', reasons: [reason] } as const];
  });
  const guests = seen.flatMap(({ party }) => party ?? []);
  const seenPairs = pairs.filter((pair) => !unseen.some((it) => isSame(it, pair)));
  const progress = new Progress(seenPairs.length, process.stderr);
  const ran = await runPairs({
    pairs: seenPairs,
    guests,
    plans: plans.parties,
    seconds: options.timeout,
    signal,
    told: (pair, state) => progress.told(pair, state),
    done: (result) => progress.ended(result),
  });
  const told = pairs.flatMap((pair) => [...ran, ...unseen].find((it) => isSame(it, pair)) ?? []);
  const results = options.diagnose !== false && !signal.aborted ? await withFaults(told, guests, plans) : told;
  if (options.junit !== undefined) replaceFiles([{ path: options.junit, content: junitXml(results) }]);
  return report(results, isAsked, options);
}

/** Those that are asked for by name, by row, or not at all: then all that are declared. */
function pairsFor(plans: DeclaredPlans, { declaration, pair, party }: VerifyOptions) {
  if (pair.length > 0 && party !== undefined) throw new Mistake('--party means all pairs of its row: leave out --pair');
  if (pair.length > 0) return { pairs: readPairs(pair, plans.parties), isAsked: true };
  if (plans.parties.length === 0) throw new Mistake(`${declaration} declares no party that could be verified`);
  const guests = selected(plans, { declaration, party }).parties;
  return { pairs: declaredPairs(guests, plans.parties), isAsked: party !== undefined };
}

/** Of guests with every declared party, and with those that one is to be verified with by its own declaration. */
function declaredPairs(guests: readonly PartyPlan[], parties: readonly PartyPlan[]): readonly Pair[] {
  const ids = parties.map(({ id }) => id);
  const named = guests.flatMap((guest) => strangersOf(guest, ids).map((host) => ({ guest: guest.id, host })));
  return [
    ...pairsOf(
      guests.map(({ id }) => id),
      ids,
    ),
    ...named,
  ];
}

const strangersOf = ({ verification }: PartyPlan, declared: readonly number[]): readonly number[] =>
  (verification?.with ?? []).filter((id) => !declared.includes(id));

function readPairs(typed: readonly string[], parties: readonly PartyPlan[]): readonly Pair[] {
  const pairs = typed.map((text) => readPair(text, parties));
  return pairs.filter((pair, i) => pairs.findIndex((it) => isSame(it, pair)) === i);
}

/** A declaration of one party knows no others, and has it meet whom it likes. */
function readPair(text: string, parties: readonly PartyPlan[]): Pair {
  const [, guest, host] = /^([1-9]\d{0,8}):([1-9]\d{0,8})$/.exec(text) ?? [];
  if (guest === undefined || host === undefined)
    throw new Mistake(`--pair ${text}: use <guest>:<host>, such as 30000:40000`);
  const ids = parties.map(({ id }) => id);
  const plan = parties.find(({ id }) => id === Number(guest));
  if (plan === undefined)
    throw new Mistake(`--pair ${text}: its guest is none of the declared parties, ${ids.join(', ')}`);
  const hosts = [...ids, ...strangersOf(plan, ids)];
  if (parties.length > 1 && !hosts.includes(Number(host)))
    throw new Mistake(
      `--pair ${text}: its host is none of the parties that are declared, ${ids.join(', ')}; one of somebody else is named by \`verification: { with: [${host}] }\` of party ${guest}`,
    );
  return { guest: Number(guest), host: Number(host) };
}

const isSame = (a: Pair, b: Pair): boolean => a.guest === b.guest && a.host === b.host;

interface Seen {
  readonly id: number;
  readonly party?: Askable & SeenParty;
  /** Why it cannot be asked. */
  readonly unseen?: string;
}

async function lookAt(plan: PartyPlan, { access, isCurrent }: Omit<MemberAccess, 'name' | 'plan'>): Promise<Seen> {
  const { id } = plan;
  const unseen = await blindness(plan, access, isCurrent);
  if (unseen !== undefined || access instanceof ClusterRefusal) return { id, unseen };
  return { id, party: { plan, access, ask: askInPod(access, plan) } };
}

/** What keeps somebody from asking a party. */
async function blindness(
  { id, namespace }: PartyPlan,
  access: Access | ClusterRefusal,
  isCurrent: boolean,
): Promise<string | undefined> {
  if (access instanceof ClusterRefusal) return access.message;
  try {
    const pods = await access.pods();
    if (pods.length > 0) return undefined;
    const others = isCurrent ? `; name its cluster by --context ${id}=<context>` : '';
    return `the cluster of context ${access.context} has no pods in namespace ${namespace}${others}`;
  } catch (error) {
    if (error instanceof ClusterRefusal) return error.message;
    throw error;
  }
}

function report(results: readonly PairResult[], isAsked: boolean, options: VerifyOptions): Report {
  const { bold, ...shades } = colours(process.stdout);
  const of = (outcome: PairResult['outcome']) => results.filter((it) => it.outcome === outcome);
  const failed = of('failed').flatMap((it) => [
    `  ${pairText(it)}`,
    ...[...it.reasons, ...(it.faults ?? []).flatMap(faultLines)].map((line) => `    ${line}`),
  ]);
  const unseen = new Map(of('unseen').map(({ guest, reasons }) => [guest, reasons[0]]));
  const lines = [
    ...(failed.length > 0 ? ['', shades.red('Failed'), ...failed] : []),
    ...(failed.length > 0 ? [`  All that is in the way: ${diagnosis(options)}`] : []),
    ...(unseen.size > 0 ? ['', shades.yellow('Not seen from here: what these parties start')] : []),
    ...[...unseen].map(([guest, reason]) => `  ${guest}: ${reason}`),
  ];
  return {
    holds: of('failed').length === 0 && of('success').length > 0 && !(isAsked && unseen.size > 0),
    text: `${matrixText(results, shades)}${lines.map((line) => `${line}\n`).join('')}`,
    json: { pairs: results },
  };
}

/** The command that looks at what is below, at the same clusters. */
const diagnosis = ({ declaration, kubeconfig, context }: VerifyOptions): string =>
  [
    ...['kubefate-tanzu', 'diagnose', declaration],
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
    ...context.flatMap((it) => ['--context', it]),
  ]
    .map(shellWord)
    .join(' ');
