import type { DeclaredPlans } from '../lib/federation/declaration';
import type { ExchangePlan } from '../lib/federation/exchange';
import type { PartyPlan } from '../lib/federation/party';
import type { UpgradeProps } from '../lib/upgrade/upgrade';
import { type Report, reportingCommand } from './arguments';
import { declarationFile, membersOf, memberText } from './declaration-file';
import { Mistake } from './mistake';
import { declaredPlans, selectionOptions } from './selection';
import { colours } from './terminal';

/** What it takes to get from one release of FATE to another. */
export const upgrade = reportingCommand({
  command: 'upgrade <from> <to>',
  describe: 'Say what it takes to upgrade members to another FATE release, and what is lost',
  examples: [
    ['$0 upgrade federation.yaml next.yaml --accept messages', 'of all members of both declarations'],
    ['$0 upgrade federation.yaml next.yaml --accept messages --party 30000', 'of one party'],
    ['$0 upgrade federation.yaml next.yaml --accept messages --json', 'the same for a program'],
  ],
  options: (yargs) =>
    yargs
      .positional('from', {
        ...declarationFile,
        default: undefined,
        demandOption: true,
        describe: 'Declaration of what is deployed',
      })
      .positional('to', {
        ...declarationFile,
        default: undefined,
        demandOption: true,
        describe: 'Declaration of what it is to be',
      })
      .options(selectionOptions)
      .option('accept', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        defaultDescription: 'none',
        describe: 'Data that may be lost, such as messages; may be repeated',
      }),
  run: async ({ from, to, accept, ...selection }) =>
    report(
      await declaredPlans({ declaration: from, ...selection }),
      await declaredPlans({ declaration: to, ...selection }),
      { from, to, accept },
    ),
});

interface Options {
  readonly from: string;
  readonly to: string;
  readonly accept: readonly string[];
}

async function report(before: DeclaredPlans, after: DeclaredPlans, { from, to, accept }: Options): Promise<Report> {
  const { planUpgrade, checkLosses } = await import('../lib/upgrade/upgrade.js');
  const { describeUpgrade } = await import('../lib/reports/upgrade-text.js');
  const { Problems } = await import('../lib/input/problems.js');
  const { objectChanges } = await import('../constructs/declared/object-changes.js');
  const { partyData } = await import('../lib/fate/releases/data.js');
  for (const name of accept)
    if (!(name in partyData))
      throw new Mistake(`--accept ${name}: use one of ${Object.keys(partyData).join(', ')}; it may be repeated`);
  const members = membersOfBoth(before, after);
  if (members.length === 0) throw new Mistake(`${from} and ${to} declare no member that is in both`);
  const problems = Problems.none();
  const upgrades = members.flatMap(({ name, is, willBe }) => {
    const plan = planUpgrade(problems.at(name), is, willBe);
    if (plan === undefined) return [];
    checkLosses(problems.at(name), plan, accept as UpgradeProps['accept'], asOptions);
    const isDrawn = is.driver === 'native' && willBe.driver === 'native' && is.namespace === willBe.namespace;
    return [{ plan, objects: isDrawn ? objectChanges(is, willBe) : undefined }];
  });
  const error = problems.asError('upgrade');
  const others = [...onlyIn(before, after, from, 'is left as it is'), ...onlyIn(after, before, to, 'is new')];
  const texts = [
    ...others,
    ...upgrades.map(({ plan, objects }) => describeUpgrade(plan, objects)),
    ...(error ? [colours(process.stdout).red(error.message)] : []),
  ];
  return {
    holds: error === undefined,
    text: `${texts.join('\n\n')}\n`,
    json: {
      upgrades: upgrades.map(({ plan, objects }) => ({ ...plan, objects })),
      others,
      ...(error && { problems: error.problems }),
    },
  };
}

const asOptions = (accepted: readonly string[]): string => accepted.map((data) => `--accept ${data}`).join(' ');

/** Members that are not in the other declaration, and what that means for them. */
const onlyIn = (here: DeclaredPlans, there: DeclaredPlans, file: string, meaning: string): readonly string[] =>
  namesOf(here)
    .filter((name) => !namesOf(there).includes(name))
    .map((name) => `${name} is declared in ${file} only, and ${meaning}`);

const namesOf = (plans: DeclaredPlans): readonly string[] => membersOf(plans).map(memberText);

interface Upgraded {
  /** As it is named in messages. */
  readonly name: string;
  readonly is: PartyPlan | ExchangePlan;
  readonly willBe: PartyPlan | ExchangePlan;
}

/** Who is new is not upgraded, and who is gone neither. */
function membersOfBoth(before: DeclaredPlans, after: DeclaredPlans): readonly Upgraded[] {
  const [is, willBe] = [before.exchange, after.exchange];
  const exchange = is && willBe && !isBeside(is, willBe) ? [{ name: 'exchange', is, willBe }] : [];
  const parties = after.parties.flatMap((willBe) =>
    before.parties.filter(({ id }) => id === willBe.id).map((is) => ({ name: `party ${willBe.id}`, is, willBe })),
  );
  return [...exchange, ...parties];
}

/** An exchange does not move from one driver to another: another is made beside it. */
const isBeside = (is: ExchangePlan, willBe: ExchangePlan): boolean =>
  is.driver !== willBe.driver && is.namespace !== willBe.namespace;
