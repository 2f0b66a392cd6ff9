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

const id = whole('party', 1, 999_999_999);

/** Options that name members. */
export const memberOptions = {
  party: {
    type: 'number',
    array: true,
    nargs: 1,
    describe: 'Id of a party; may be repeated',
    coerce: (ids: readonly number[]): readonly number[] | undefined => [
      ...new Set(ids.flatMap((each) => id(each) ?? [])),
    ],
  },
  oneParty: { type: 'number', describe: 'Id of a party', coerce: id },
  exchange: { type: 'boolean', describe: 'The exchange' },
} as const;

/** Options of commands that are about all that is declared, or about those that are named. */
export const selectionOptions = {
  party: { ...memberOptions.party, describe: 'Of this party alone; may be repeated' },
  exchange: { ...memberOptions.exchange, describe: 'Of the exchange alone' },
} as const;
