import type { PartyVolume } from '../sizes';

/** What a party keeps on its volumes, by the names under which people let it go. */
export const partyData = {
  records: { what: 'records of jobs, metrics, models and tables', volumes: ['mysql'] },
  models: { what: 'models', volumes: ['fateflow'] },
  logs: { what: 'files and logs of jobs', volumes: ['fateflow'] },
  notebooks: { what: 'notebooks', volumes: ['client'] },
  tables: { what: 'uploaded tables and results', volumes: ['namenode', 'datanode'] },
  messages: { what: 'messages of running jobs', volumes: ['pulsar'] },
} as const satisfies Record<string, { readonly what: string; readonly volumes: readonly PartyVolume[] }>;

/** Data of a party, by the name under which it is let go. */
export type PartyData = keyof typeof partyData;

/** In what formats a release keeps data. Notebooks, and files and logs of jobs, are files to every one. */
export interface DataFormats {
  /** Tables of FATE Flow's database. */
  readonly records: 'FATE 1.6' | 'FATE 1.11' | 'FATE 2';
  readonly models: 'FATE 1' | 'FATE 2';
  /** Files of FATE, and HDFS below them. */
  readonly tables: 'FATE 1 on Hadoop 2.7' | 'FATE 1 on Hadoop 3.2' | 'FATE 2 on Hadoop 3.2';
  readonly messages: 'Pulsar 2.7' | 'Pulsar 2.10';
}

/** What takes data from one format to a later one: SQL of FATE's own, or Hadoop. */
export type Conversion = 'sql' | 'hdfs';

/** Where there is no conversion between two formats, a release starts without the data. */
export const conversionOf = (from: string, to: string): Conversion | undefined =>
  conversions.find((each) => each.from === from && each.to === to)?.by;

const conversions: readonly {
  readonly from: DataFormats[keyof DataFormats];
  readonly to: DataFormats[keyof DataFormats];
  readonly by: Conversion;
}[] = [
  { from: 'FATE 1.6', to: 'FATE 1.11', by: 'sql' },
  { from: 'FATE 1 on Hadoop 2.7', to: 'FATE 1 on Hadoop 3.2', by: 'hdfs' },
];

/**
 * Files of SQL, in their order: of the tables that FATE Flow 1.6.1 makes they make those of 1.11.2.
 *
 * @see FATE v1.11.2, `deploy/upgrade/sql`
 */
export const schemaSteps = {
  source: 'https://raw.githubusercontent.com/FederatedAI/FATE/v1.11.2/deploy/upgrade/sql',
  files: [
    '1.6.1-1.7.0.sql',
    '1.7.0-1.7.1.sql',
    '1.7.1-1.7.2.sql',
    '1.7.2-1.8.0.sql',
    '1.8.0-1.9.0.sql',
    '1.9.0-1.11.1.sql',
  ],
  /** As published, a statement in it reads `…_20210601DROP INDEX`, once a job has run. */
  mended: { file: '1.7.1-1.7.2.sql', script: "s/date_, 'DROP/date_, ' DROP/" },
} as const;
