import { portText } from '../federation/flows';
import { columns } from '../formats/columns';
import type { Page } from '../formats/page';
import { type FirewallRule, nameOf, type RuleEnd } from './firewall';

/** For a terminal: a table for each member and direction. */
export const firewallText = (rules: readonly FirewallRule[]): string =>
  sections(rules)
    .map(({ title, rows }) => [title, ...columns([head, ...rows]).map((line) => `  ${line}`), ''].join('\n'))
    .join('\n');

/** The same as tables of a page. */
export const firewallPage = (rules: readonly FirewallRule[]): Page => ({
  title: 'Firewall openings',
  blocks: sections(rules).flatMap(({ title, rows }) => [
    { heading: title, level: 2 as const, id: title },
    { head, rows },
  ]),
});

/** The same as rows for a spreadsheet; the first one names the fields. */
export const firewallRows = (rules: readonly FirewallRule[]): readonly (readonly string[])[] => [
  ['Firewall of', 'Direction', ...head],
  ...rules.map((rule) => [nameOf(rule.member), rule.direction, ...row(rule)]),
];

const head = ['Source', 'Destination', 'Port', 'Protocol', 'Purpose', 'Encrypted'] as const;

function sections(rules: readonly FirewallRule[]) {
  const members = [...new Set(rules.map(({ member }) => member))];
  return members.flatMap((member) =>
    (['in', 'out'] as const).flatMap((direction) => {
      const own = rules.filter((rule) => rule.member === member && rule.direction === direction);
      const title = `${nameOf(member)}: ${direction === 'in' ? 'let in' : 'let out'}`;
      return own.length === 0 ? [] : [{ title, rows: own.map(row) }];
    }),
  );
}

const row = ({ source, destination, port, protocol, purpose, encrypted }: FirewallRule): readonly string[] => [
  end(source),
  end(destination),
  portText(port),
  protocol,
  purpose,
  words[encrypted],
];

const words = { 'mutual-tls': 'mutual TLS', tls: 'TLS', no: 'no' } as const;

function end({ who, at }: RuleEnd): string {
  if (at === undefined) return who;
  return `${who}: ${at.length === 0 ? 'not declared yet' : at.join(', ')}`;
}
