import { type DslLanguage, releases } from '../fate/releases';
import { sparkCores } from '../fate/spark';
import type { PartyPlan } from '../federation/party';
import {
  checkInteger,
  checkKeys,
  type Keys,
  readDeclaration,
  readFlag,
  readMap,
  readOneOf,
  readPart,
  shown,
} from '../input/checks';
import { Problems } from '../input/problems';
import { given } from './algorithms/parameters';
import { checkColumn } from './column';
import { readTable, type Table, type TableProps } from './table';

/** Rows that a party uploads, as a file of texts: a line each, the first with the names of the columns. */
export interface UploadProps {
  /** Name that the table gets. */
  readonly table: TableProps;
  /** Parts that the table is kept in, 1 to 1023. @default one for each core of the party's Spark */
  readonly partitions?: number;
  /** What is between two columns. FATE 1 takes commas alone. @default ',' */
  readonly delimiter?: string;
  /** Whether a table of this name is replaced. @default false */
  readonly replace?: boolean;
  /** Column by which rows of two parties are matched. FATE 2 alone: FATE 1 takes the first one. @default 'id' */
  readonly id?: string;
  /** Column with what is to be learned. FATE 2 alone: FATE 1 is told by the job. @default none */
  readonly label?: UploadLabelProps;
}

/** A column with what is to be learned. */
export interface UploadLabelProps {
  /** Name of the column. */
  readonly name: string;
  /** What its values are. @default 'int' */
  readonly type?: 'int' | 'float';
}

/** Rows for a table, in the words of a party's release. */
export interface UploadPlan {
  readonly table: Table;
  readonly replace: boolean;
  /** What is between two columns. */
  readonly delimiter: string;
  /** Columns that the file has to have; none of FATE 1, which is not told of any. */
  readonly columns: { readonly id?: string; readonly label?: string };
  /** What FATE Flow is told beside the file. */
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * An upload to a party, in the words of its release.
 *
 * @throws {InvalidInput} with every problem
 */
export function uploadPlan(party: PartyPlan, declaration: UploadProps): UploadPlan {
  const problems = Problems.none();
  const props = readMap<UploadProps>(problems, '', readDeclaration(problems, declaration), 'use one with table');
  const upload = readUpload(problems, props, party);
  problems.throwIfAny('upload');
  const { table, replace, delimiter, id } = upload;
  const { jobLanguage } = releases[party.fate];
  return {
    table,
    replace,
    delimiter,
    columns: jobLanguage.kind === 'DSL' ? {} : { id, label: props.label?.name },
    fields: jobLanguage.kind === 'DSL' ? fate1Fields(upload, jobLanguage) : fate2Fields(upload),
  };
}

type Upload = Required<Omit<UploadProps, 'table' | 'label'>> & { readonly table: Table; readonly label: object };

const keys: Keys<UploadProps> = {
  table: true,
  partitions: true,
  delimiter: true,
  replace: true,
  id: true,
  label: true,
};
const labelKeys: Keys<UploadLabelProps> = { name: true, type: true };

function readUpload(problems: Problems, props: Partial<UploadProps>, { fate, spark }: PartyPlan): Upload {
  checkKeys<UploadProps>(problems, props, keys);
  const table = readTable(problems, 'table', props.table);
  const { partitions = Math.min(sparkCores(spark.workers), mostPartitions), delimiter = ',', id = 'id' } = props;
  checkInteger(problems, 'partitions', partitions, 1, mostPartitions);
  if (typeof delimiter !== 'string' || !/^[^\w\s"]$|^\t$/.test(delimiter))
    problems.add('delimiter', `${shown(delimiter)} is between no columns`, 'use one such as "," or a tab');
  const replace = readFlag(problems, 'replace', props.replace, false);
  if (releases[fate].jobLanguage.kind === 'DSL') {
    if (delimiter !== ',')
      problems.add(
        'delimiter',
        `${shown(delimiter)} stays in the table, where no job of FATE ${fate} looks for it`,
        'have commas in the file',
      );
    for (const name of ['id', 'label'] as const)
      if (props[name] !== undefined)
        problems.add(name, `is nothing that FATE ${fate} is told with the data`, 'leave it out');
  } else checkColumn(problems, 'id', id);
  if (props.label?.name === id) problems.add('label.name', `${shown(id)} is the id`, 'use another column');
  return { table, partitions, delimiter, replace, id, label: readLabel(problems, props.label) };
}

const fate1Fields = ({ table, partitions, delimiter, replace }: Upload, { engines }: DslLanguage) =>
  texts({
    head: 1,
    partition: partitions,
    ...engines,
    id_delimiter: delimiter,
    drop: replace ? 1 : 0,
    namespace: table.namespace,
    table_name: table.name,
  });

/** Rows get ids of their own beside those by which they are matched. */
function fate2Fields({ table, partitions, delimiter, id, label }: Upload) {
  const meta = JSON.stringify({ delimiter, dtype: 'float64', match_id_name: id, ...label });
  return texts({ head: true, partitions, extend_sid: true, meta, ...table });
}

/** FATE's own. */
const mostPartitions = 1023;

const texts = (fields: object): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, `${value}`]));

function readLabel(problems: Problems, declared: UploadLabelProps | undefined): object {
  if (declared === undefined) return {};
  const { name, type } = readPart<UploadLabelProps>(problems, 'label', declared, labelKeys);
  checkColumn(problems, 'label.name', name);
  const label_type = readOneOf(problems, 'label.type', type, ['int', 'float'], 'int') === 'int' ? 'int64' : 'float64';
  return given({ label_name: name, label_type });
}
