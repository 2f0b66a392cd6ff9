import type { Call } from '../fate/releases/release';

/** Header in which the exchange tells a party whose call it is. */
export const callerHeader = 'caller-party-id';

/**
 * Expression that fits a call, written as `<caller> <called> <service> <method> <path>`: the path as it was sent, since nginx
 * and FATE Flow do not read every spelling of a path alike.
 */
export const callPattern = (call: Call): string =>
  `^(\\d+) (\\d+) fateflow ${call.replace(/<(\w+)>/g, (_, name) => ids[name] ?? word)}$`;

const ids: Readonly<Record<string, string>> = { from: '\\1', to: '\\2' };
const word = '[\\w-]+';
