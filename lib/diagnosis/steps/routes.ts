import { parse } from 'yaml';
import { routeTables } from '../../fate/route-tables';
import type { Member } from '../../federation/certificates';
import type { PartyDescriptor } from '../../federation/descriptor';
import { callersOf, type NginxRoutes } from '../../federation/routing';
import { nginxConf } from '../../formats/nginx-conf';
import { yaml } from '../../formats/yaml';
import { counted } from '../../input/counted';
import { isFailed, oneLine, printed } from '../answers';
import type { Execution } from '../asks';
import { type FailureId, fails, holds, type Judgement, unseen, warns } from '../finding';
import { byAnswer, type Step } from '../ladder';

/** A table in the files of a running container, and what it should be. */
export interface Table {
  /** `route_table.yaml of nginx-7d4` */
  readonly name: string;
  readonly at: Omit<Execution, 'command'>;
  readonly path: string;
  /** Entry → what is said of it; ids are numbers, as programs look them up. */
  readonly declared: Entries;
  /** How the file's text is read. */
  readonly read: (text: string) => Entries;
  /** Of the catalogue, where it is not the declared one. */
  readonly failure: FailureId;
}

export type Entries = ReadonlyMap<unknown, unknown>;

/** What nginx of a member follows. @param callers parties that call it themselves, where it has to know which there are */
export function nginxTables(
  routes: NginxRoutes,
  callers: readonly PartyDescriptor[] | undefined,
  at: Table['at'],
): readonly Table[] {
  const { configuration, directory, table, callers: callersFile } = routeTables.nginx;
  const of = (file: string) =>
    ({
      name: `${file} of ${at.pod}`,
      at,
      path: `${configuration}/${directory}/${file}`,
      failure: 'route-not-loaded',
    }) as const;
  return [
    { ...of(table), declared: yamlEntries(yaml(routes)), read: yamlEntries },
    ...(callers
      ? [{ ...of(callersFile), declared: lineEntries(nginxConf([...callersOf(callers)])), read: lineEntries }]
      : []),
  ];
}

/** That a replica has the table that is declared. */
export function tableStep(member: Member, table: Table): Step {
  const id = `table ${table.name}`;
  return {
    id,
    layer: 'routes',
    what: `${table.name} is as declared`,
    needs: [],
    asks: [{ id, execution: { ...table.at, command: ['cat', table.path] } }],
    judge: byAnswer(id, (answer) => judgeTable(member, table, answer)),
  };
}

function judgeTable(member: Member, { declared, read, failure }: Table, answer: unknown): Judgement {
  const file = printed(answer);
  const acts = { member };
  if (isFailed(file)) return unseen(file.error);
  const found = entriesOf(read, file.text);
  if (found === undefined)
    return fails('a file that is no table', {
      failure,
      acts,
      meaning: 'the program keeps what it had before, or nothing',
    });
  const { absent, more } = differences(declared, found);
  if (absent.length > 0)
    return fails(listed(absent), {
      failure,
      acts,
      meaning: 'this replica sends elsewhere than is declared; the others may be right, and calls go to any of them',
    });
  if (more.length > 0)
    return warns(listed(more), {
      failure,
      acts,
      meaning: 'it is there, and not declared: of a party that has left, or declared elsewhere',
    });
  return holds(counted(declared.size, 'entry', 'entries'));
}

const listed = (differences: readonly string[]): string =>
  oneLine([...differences.slice(0, 3), ...(differences.length > 3 ? ['…'] : [])].join('; '));

/** What is not as declared, and what is there besides. */
function differences(declared: Entries, found: Entries) {
  const told = (value: unknown) => JSON.stringify(value, (_, each) => (each instanceof Map ? sorted(each) : each));
  const absent = [...declared].flatMap(([key, value]) => {
    if (!found.has(key)) return [`${keyText(key)} is missing`];
    return told(found.get(key)) === told(value)
      ? []
      : [`${keyText(key)} is ${told(found.get(key))}, not ${told(value)}`];
  });
  const more = [...found.keys()].filter((key) => !declared.has(key)).map((key) => `${keyText(key)} is not declared`);
  return { absent, more };
}

/** An id in quotes is another one. */
const keyText = (key: unknown): string =>
  typeof key === 'string' && /^\d+$/.test(key) ? `"${key}", a text,` : `${key}`;

const sorted = (map: ReadonlyMap<unknown, unknown>): object =>
  Object.fromEntries([...map].sort(([a], [b]) => (`${a}` < `${b}` ? -1 : 1)));

function entriesOf(read: Table['read'], text: string): Entries | undefined {
  try {
    return read(text);
  } catch {
    return undefined;
  }
}

/** Tables of FATE's nginx and of FATE Flow: a map by party. */
export function yamlEntries(text: string): Entries {
  const table: unknown = parse(text, { mapAsMap: true });
  if (table instanceof Map) return table;
  throw new Error('no map');
}

/** Traffic Server's: a list by name. */
export function sniEntries(text: string): Entries {
  const list: unknown = yamlEntries(text).get('sni');
  if (!Array.isArray(list)) throw new Error('no list');
  return new Map(
    list.map((each) => (each instanceof Map ? [each.get('fqdn'), each.get('tunnel_route')] : [each, undefined])),
  );
}

/** Lines of `callers.conf`: a name and an id. */
export const lineEntries = (text: string): Entries =>
  new Map(
    [...text.matchAll(/^\s*(\S+)\s+([^;]*);\s*$/gm)].map(([, name, value]) => [
      name,
      `${value}`.replaceAll('"', '').trim(),
    ]),
  );
