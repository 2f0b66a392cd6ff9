import { type FateRelease, releases } from '../fate/releases';
import { conversionOf, type PartyData, partyData } from '../fate/releases/data';
import type { PartyVolume } from '../fate/sizes';
import { volumeClaims } from '../federation/claims';
import { ownVolumes } from '../federation/engines';
import type { ExchangePlan } from '../federation/exchange';
import { type LastingPartyValues, lastingPartyValues } from '../federation/lasting';
import type { PartyPlan } from '../federation/party';
import { checkKeys, isMap, type Keys, readDeclaration, readList, readOneOf, readPart, shown } from '../input/checks';
import { Problems } from '../input/problems';
import { chartClaims } from '../kubefate/charts/workloads';
import { nativeNamespace } from '../kubefate/native-namespace';
import type { ManualStep } from '../operations/step';
import { movingSteps, movingStepsBack } from './moving';
import { type DataOutcome, exchangeSteps, partySteps, partyStepsBack, type UpgradedParty } from './steps';

/** The way of a member from one FATE release to another. */
export interface UpgradePlan {
  /** Its namespace. */
  readonly member: string;
  readonly from: FateRelease;
  readonly to: FateRelease;
  /** None of an exchange. */
  readonly data: readonly DataOutcome[];
  /** Images that are others afterwards, by the container that runs them. */
  readonly images: readonly { readonly container: string; readonly from: string; readonly to: string }[];
  /** In their order. None where the release stays the same. */
  readonly steps: readonly ManualStep[];
  /** The way back, where the later release does not work. None of an exchange, which keeps nothing. */
  readonly back: readonly ManualStep[];
}

/** What somebody says who has read the plan of an upgrade. */
export interface UpgradeProps {
  /** The release that the party comes from; what comes before its update was done. */
  readonly from: FateRelease;
  /** Data that are lost by it, and that nobody needs: `messages`, `tables`. @default [] */
  readonly accept?: readonly PartyData[];
}

/**
 * The way of a member from one release to another: what is kept, converted and lost of its data, and what is to be done, in
 * which order.
 *
 * @param from the member as it is deployed
 * @param to the same member, as it is to be
 * @param decision data whose loss is accepted
 * @throws {InvalidInput} where this is another member, an earlier release or another driver, and where data are lost that
 * `accept` does not name
 */
export function upgradePlan(
  from: PartyPlan | ExchangePlan,
  to: PartyPlan | ExchangePlan,
  decision: Pick<UpgradeProps, 'accept'> = {},
): UpgradePlan {
  const problems = Problems.none();
  const { accept } = readPart(problems, '', decision, { accept: true });
  checkPlans(problems, { from, to });
  problems.throwIfAny('upgrade');
  const plan = planUpgrade(problems, from, to);
  if (plan !== undefined) checkLosses(problems, plan, accept);
  problems.throwIfAny(`upgrade of ${to.namespace}`);
  return plan as UpgradePlan;
}

function checkPlans(problems: Problems, plans: Readonly<Record<'from' | 'to', unknown>>): void {
  for (const [path, plan] of Object.entries(plans))
    if (!isMap(plan) || !('fate' in plan) || !('namespace' in plan))
      problems.add(path, `${shown(plan)} is no plan`, 'use one of partyPlan(), exchangePlan() or federation()');
}

/** None, and problems, for what is no upgrade. */
export function planUpgrade(
  problems: Problems,
  from: PartyPlan | ExchangePlan,
  to: PartyPlan | ExchangePlan,
): UpgradePlan | undefined {
  if ('id' in from && 'id' in to) return planPartyUpgrade(problems, { ...lastingPartyValues(from), ...from }, to);
  if ('id' in from || 'id' in to) {
    problems.add('', 'one is a party and the other an exchange', 'give the same member twice');
    return undefined;
  }
  return planExchangeUpgrade(problems, from, to);
}

/** As {@link planUpgrade}, of a party of which no more is known than its update kept. */
export function planPartyUpgrade(problems: Problems, from: UpgradedParty, to: PartyPlan): UpgradePlan | undefined {
  if (from.driver === 'kubefate' && to.driver === 'native') return planMove(problems, from, to);
  const before = problems.count;
  const known = { ...to, ...lastingPartyValues(to) };
  checkSame(problems, from, known, ['id', 'namespace', 'domain', 'driver', 'database', 'tables']);
  checkLater(problems, from.fate, to.fate);
  if (from.fate !== to.fate) checkNative(problems, to);
  if (problems.count > before) return undefined;
  const data = outcomes(from, to);
  if (from.fate !== to.fate) {
    checkDatanodes(problems, from.datanodes, to.sizing.datanodes, data);
    const stay = ownVolumes(to).filter((volume) => !anewVolumes(data).includes(volume));
    checkVolumes(problems, from, lastingPartyValues(to), stay);
  }
  if (problems.count > before) return undefined;
  const upgrade = { from, to, data, anew: anewVolumes(data) };
  const stays = from.fate === to.fate;
  return {
    ...common(from, to),
    data,
    steps: stays ? [] : partySteps(upgrade),
    back: stays ? [] : partyStepsBack(upgrade),
  };
}

/** From KubeFATE's chart, whose claims have other names, to native objects: at the same release, or at a later one too. */
function planMove(problems: Problems, from: UpgradedParty, to: PartyPlan): UpgradePlan | undefined {
  const before = problems.count;
  checkSame(problems, from, to, ['id', 'domain']);
  checkLater(problems, from.fate, to.fate);
  if (from.namespace === to.namespace) {
    const remedy = `declare another namespace, such as "${nativeNamespace(to)}": the old party stays until its data have moved`;
    problems.add('namespace', `${shown(to.namespace)} has KubeFATE's objects of the same names`, remedy);
  }
  if (problems.count > before) return undefined;
  const data = outcomes({ ...from, datanodes: to.sizing.datanodes, bookies: to.pulsar.cluster?.bookies }, to).map(
    (each) => moved(each, from, to),
  );
  const move = { from, to, data };
  return { ...common(from, to), data, steps: movingSteps(move), back: movingStepsBack(move) };
}

/**
 * HDFS copies tables from one release of its own to another; jobs that run do not move. Records name the HDFS of a table, which in
 * the chart has the name of a party's own.
 */
function moved({ data, outcome, by, claims }: DataOutcome, party: UpgradedParty, to: PartyPlan): DataOutcome {
  const from = partyData[data].volumes.flatMap((volume) => chartClaims(party, volume));
  const isLost = outcome === 'lost' || data === 'messages' || (data === 'tables' && to.hdfs.isExternal);
  return {
    data,
    outcome: isLost ? 'lost' : 'moved',
    by: by === 'sql' ? by : undefined,
    claims: { from, to: claims.to },
  };
}

function planExchangeUpgrade(problems: Problems, from: ExchangePlan, to: ExchangePlan): UpgradePlan | undefined {
  const before = problems.count;
  checkSame(problems, from, to, ['namespace', 'domain', 'driver'], besideIt);
  checkLater(problems, from.fate, to.fate);
  if (problems.count > before) return undefined;
  return { ...common(from, to), data: [], steps: from.fate === to.fate ? [] : exchangeSteps(to), back: [] };
}

const common = (
  from: Pick<UpgradedParty, 'fate'> & { readonly images?: Readonly<Record<string, string>> },
  to: PartyPlan | ExchangePlan,
) => ({
  member: to.namespace,
  from: from.fate,
  to: to.fate,
  images: Object.entries<string>(to.images).flatMap(([container, image]) => {
    const before = (from.images ?? (releases[from.fate].images as Record<string, string>))[container];
    return before === undefined || before === image ? [] : [{ container, from: before, to: image }];
  }),
});

/** What makes a member another one, and so no upgrade of it. */
const others = {
  id: 'jobs, models and certificates are those of the other party: declare this one beside it',
  namespace: 'data do not leave their namespace: put it back',
  domain: 'all members change it together, with new certificates: upgrade first, or afterwards',
  driver: "KubeFATE's claims have other names, and nothing moves data there: put it back",
  database: 'the records are in the other one: upgrade first, or afterwards',
  tables: 'the tables are in the other one: upgrade first, or afterwards',
} as const;

/** The same of an exchange, which keeps nothing. */
const besideIt = {
  ...others,
  namespace: 'the one there has other LoadBalancers: make it beside the old one, and let the parties follow',
  driver: 'make it beside the old one, in another namespace, and let the parties follow',
};

function checkSame<Key extends keyof typeof others>(
  problems: Problems,
  from: Readonly<Partial<Record<Key, unknown>>>,
  to: Readonly<Record<Key, unknown>>,
  keys: readonly Key[],
  remedies: Readonly<Record<Key, string>> = others,
): void {
  for (const key of keys.filter((key) => from[key] !== undefined && from[key] !== to[key]))
    problems.add(key, `was ${from[key]} and is ${to[key]} now`, remedies[key]);
}

function checkLater(problems: Problems, from: FateRelease, to: FateRelease): void {
  const known = Object.keys(releases);
  if (!known.includes(from))
    problems.add('fate', `was ${from}, which is not known here`, `upgrade from ${known.join(', ')}`);
  else if (isEarlier(to, from)) problems.add('fate', `was ${from} and is ${to} now, which is earlier`, remedyOfEarlier);
}

const remedyOfEarlier =
  'put it back: what a later release has written none reads before it. A dump of before goes into a party with empty volumes';

function checkNative(problems: Problems, { driver, fate }: PartyPlan): void {
  if (driver === 'native') return;
  const remedy = `declare a native party of FATE ${fate} in another namespace, and move the data there`;
  problems.add('driver', 'KubeFATE takes no data from one chart to the next: claims have other names', remedy);
}

function checkDatanodes(problems: Problems, before: number, now: number, data: readonly DataOutcome[]): void {
  const stay = data.some(({ data, outcome }) => data === 'tables' && outcome !== 'lost');
  if (!stay || now >= before) return;
  const what = `was ${before} and is ${now} now: HDFS loses what only the last ones hold`;
  problems.add('datanodes', what, `upgrade with ${before}, and have fewer afterwards`);
}

/**
 * No update changes the claims of a StatefulSet, and only those of volumes that start anew are made again.
 *
 * @param stay those that do not
 */
function checkVolumes(
  problems: Problems,
  before: UpgradedParty,
  now: LastingPartyValues,
  stay: readonly PartyVolume[],
): void {
  for (const key of ['volumesGiB', 'storageClasses', 'existingClaims'] as const) {
    const values = before[key];
    if (values === undefined) continue;
    const classless = key === 'storageClasses' ? (now.existingClaims ?? {}) : {};
    const changed = stay.filter((it) => classless[it] === undefined && values[it] !== now[key]?.[it]);
    for (const volume of changed) {
      const [was, is] = [values[volume], now[key]?.[volume]].map((value) => value ?? unnamed[key]);
      problems.add(`${key}.${volume}`, `was ${was} and is ${is} now`, remediesOfVolumes[key]);
    }
  }
}

const unnamed = { volumesGiB: 'none', storageClasses: "the cluster's default", existingClaims: 'its own' };

const remediesOfVolumes = {
  volumesGiB: 'put it back: claims that exist grow afterwards, and never become smaller',
  storageClasses: 'put it back: claims that exist stay with their class',
  existingClaims: 'put it back: what is on a claim stays there',
};

function isEarlier(release: string, than: string): boolean {
  const [a, b] = [release, than].map((text) => text.split('.').map(Number));
  const at = a?.findIndex((number, i) => number !== b?.[i]) ?? -1;
  return at >= 0 && (a?.[at] ?? 0) < (b?.[at] ?? 0);
}

function outcomes({ fate, ...pods }: UpgradedParty, to: PartyPlan): readonly DataOutcome[] {
  return (Object.keys(partyData) as PartyData[]).map((data) => {
    const volumes: readonly PartyVolume[] = partyData[data].volumes;
    const own = ownVolumes(to).filter((volume) => volumes.includes(volume));
    const claims = own.flatMap((volume) => volumeClaims(volume, { existingClaims: to.existingClaims, ...pods }));
    return { data, claims: { from: claims, to: claims }, ...outcomeOf(data, fate, to) };
  });
}

function outcomeOf(data: PartyData, from: FateRelease, to: PartyPlan): Pick<DataOutcome, 'outcome' | 'by'> {
  const [before, after] = [from, to.fate].map((release) => formatOf(release, data));
  if (before === after) return { outcome: 'kept' };
  const by = conversionOf(`${before}`, `${after}`);
  if (by === 'hdfs' && to.hdfs.isExternal) return { outcome: 'kept' }; // by an HDFS that stays as it is
  return by === undefined ? { outcome: 'lost' } : { outcome: 'converted', by };
}

/** None for files, which every release leaves as they are. */
const formatOf = (release: FateRelease, data: PartyData): string | undefined =>
  (releases[release].formats as Readonly<Partial<Record<PartyData, string>>>)[data];

/** Volumes with nothing but what is lost: the later release would find there what it does not read. */
function anewVolumes(data: readonly DataOutcome[]): readonly PartyVolume[] {
  const volumesOf = (isLost: boolean) =>
    data.filter(({ outcome }) => (outcome === 'lost') === isLost).flatMap(({ data }) => partyData[data].volumes);
  const needed: readonly PartyVolume[] = volumesOf(false);
  return volumesOf(true).filter((volume) => !needed.includes(volume));
}

/** Reports that nobody has said that the plan was followed, or what may be lost. */
export function checkDecision(problems: Problems, plan: UpgradePlan, upgrade: UpgradeProps | undefined): void {
  const { from, to, data } = plan;
  if (upgrade !== undefined) {
    if (upgrade.from !== from)
      problems.add(
        'from',
        `${shown(upgrade.from)} is not the release of before`,
        `use ${shown(from)}, or put fate back`,
      );
    return checkLosses(problems, plan, upgrade.accept);
  }
  const lost = data.filter(({ outcome }) => outcome === 'lost').map(({ data }) => data);
  const decision = { from, ...(lost.length > 0 && { accept: lost }) };
  const remedy = `follow the plan up to the update, then say upgrade: ${JSON.stringify(decision)}`;
  problems.add('', `is missing, and the data do not go from FATE ${from} to ${to} by themselves`, remedy);
}

/**
 * Reports data that are lost and that nobody let go.
 *
 * @param written how somebody says that these data may be lost
 */
export function checkLosses(
  problems: Problems,
  { data, to }: UpgradePlan,
  accept: UpgradeProps['accept'],
  written = (accepted: readonly PartyData[]) => `accept: ${JSON.stringify(accepted)}`,
): void {
  const accepted = readAccepted(problems, accept);
  for (const each of data.filter(({ data, outcome }) => outcome === 'lost' && !accepted.includes(data))) {
    const remedy = `where nobody needs them, ${written([...accepted, each.data])}`;
    problems.add('accept', `${partyData[each.data].what} are lost: FATE ${to} does not read them`, remedy);
  }
}

/** @param problems at `upgrade` */
export function readUpgrade(problems: Problems, declared: UpgradeProps | undefined): UpgradeProps | undefined {
  if (declared === undefined) return undefined;
  const props = readDeclaration(problems, declared);
  checkKeys<UpgradeProps>(problems, props, upgradeKeys);
  const known = Object.keys(releases) as FateRelease[];
  const from = readOneOf(problems, 'from', props.from, known, '1.6.1');
  if (props.from === undefined)
    problems.add('from', 'is missing', `use the release before, one of ${known.join(', ')}`);
  return { from, accept: readAccepted(problems, props.accept) };
}

const upgradeKeys: Keys<UpgradeProps> = { from: true, accept: true };

function readAccepted(problems: Problems, accept: UpgradeProps['accept']): readonly PartyData[] {
  const names = readList(problems, 'accept', accept, []);
  const known = Object.keys(partyData);
  names.forEach((name, i) => {
    if (!known.includes(name))
      problems.add(`accept[${i}]`, `${shown(name)} is no data of a party`, `use ${known.join(', ')}`);
  });
  return names.filter((name) => known.includes(name));
}
