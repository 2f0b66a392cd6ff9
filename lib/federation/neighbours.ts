import type { ExchangeDescriptor, PartyDescriptor } from './descriptor';

/** How a party meets the others; by neither it stands alone. */
export interface Joining {
  /** The exchange that joins it with them. */
  readonly exchange?: ExchangeDescriptor;
  /** Other exchanges of the federation, by which others call the party; it calls nobody by them. None: there is one. */
  readonly otherExchanges?: readonly ExchangeDescriptor[];
  /** The others themselves, by id, where there is no exchange; none before the first one is known. */
  readonly peers?: readonly PartyDescriptor[];
}

/** Whether others reach it, or are to, whatever is known of them yet. */
export const isJoined = ({ exchange, peers }: Readonly<Partial<Record<keyof Joining, unknown>>>): boolean =>
  exchange !== undefined || peers !== undefined;

/** Whom its calls and messages go to: the exchange, or each other party. */
export const neighboursOf = ({ exchange, peers = [] }: Joining): readonly (ExchangeDescriptor | PartyDescriptor)[] =>
  exchange === undefined ? peers : [exchange];

/** Whose calls and messages come in: theirs, and those of other exchanges. */
export const callingMembers = (joining: Joining): readonly (ExchangeDescriptor | PartyDescriptor)[] => [
  ...neighboursOf(joining),
  ...(joining.otherExchanges ?? []),
];
