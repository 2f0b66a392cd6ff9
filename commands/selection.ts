import type { DeclaredPlans } from '../lib/federation/declaration';
import { whole } from './arguments';
import { planDeclared } from './declaration-file';
import { Mistake } from './mistake';

/** Whom a command is about: of a declaration all, or those that are named. */
export interface Selection {
  /** File. */
  readonly declaration: string;
  readonly party?: readonly number[];
  readonly exchange?: boolean;
}

/**
 * Plans of those that are named, or of all that are declared.
 *
 * @throws {Mistake} when one is named that is not declared
 */
export const declaredPlans = async (selection: Selection): Promise<DeclaredPlans> =>
  selected(await planDeclared(selection.declaration), selection);

/** As {@link declaredPlans}, of plans. */
export function selected(plans: DeclaredPlans, { declaration, party, exchange }: Selection): DeclaredPlans {
  if (party === undefined && !exchange) return plans;
  const missing = [
    ...(exchange && plans.exchange === undefined ? ['the exchange'] : []),
    ...(party ?? []).filter((id) => !plans.parties.some((each) => each.id === id)).map((id) => `party ${id}`),
  ];
  if (missing.length > 0) throw new Mistake(`${declaration} does not declare ${missing.join(', ')}`);
  return {
    exchange: exchange ? plans.exchange : undefined,
    parties: plans.parties.filter(({ id }) => party?.includes(id)),
  };
}

/** Of an option that is the id of a party. */
export const idOf = (name: string) => whole(name, 1, 999_999_999);

/** An option whose values are ids of parties, each of them once. */
export const idsOption = <Name extends string>(name: Name) =>
  ({
    type: 'number',
    array: true,
    nargs: 1,
    coerce: (ids: readonly number[]): readonly number[] | undefined => [
      ...new Set(ids.flatMap((each) => idOf(name)(each) ?? [])),
    ],
  }) as const;

/** Options that name members. */
export const memberOptions = {
  party: { ...idsOption('party'), describe: 'Id of a party; may be repeated' },
  oneParty: { type: 'number', describe: 'Id of a party', coerce: idOf('party') },
  exchange: { type: 'boolean', describe: 'The exchange' },
  peer: {
    ...idsOption('peer'),
    defaultDescription: 'the other parties that are declared',
    describe: 'Id of a party that others should reach, and that is not declared here; may be repeated',
  },
} as const;

/** Options of commands that are about all that is declared, or about those that are named. */
export const selectionOptions = {
  party: { ...memberOptions.party, describe: 'Of this party alone; may be repeated' },
  exchange: { ...memberOptions.exchange, describe: 'Of the exchange alone' },
} as const;
