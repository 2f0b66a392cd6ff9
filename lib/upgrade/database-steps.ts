import { database } from '../fate/database';
import { schemaSteps } from '../fate/releases/data';
import { services } from '../fate/services';
import { inNamespace } from '../operations/kubectl';
import type { ManualStep } from '../operations/step';

/** A MySQL, as `kubectl` finds it. */
export interface Mysql {
  readonly namespace: string;
  readonly workload: string;
  /** Whether its root has a password, which is in the environment of its container. */
  readonly hasPassword: boolean;
}

export const nativeMysql = (namespace: string): Mysql => ({
  namespace,
  workload: `statefulset/${services.mysql.name}`,
  hasPassword: true,
});

/** A client in MySQL's own pod. */
function inMysql({ workload, hasPassword, ...place }: Mysql, client: string, stdin = ''): string {
  const command = `${client} --user=root --default-character-set=utf8mb4 ${database.name}`;
  const typed = hasPassword ? `sh -c 'export MYSQL_PWD="$MYSQL_ROOT_PASSWORD"; exec ${command}'` : command;
  return inNamespace(place, `exec ${stdin}${workload} -- ${typed}`);
}

/** A client in the pod of MySQL that reads statements. */
export const sql = (mysql: Mysql): string => inMysql(mysql, 'mysql', '-i ');

export const endJobs = (mysql: Mysql): ManualStep => ({
  what: 'All members agree on a day, submit nothing more and let all jobs end: members of different releases refuse each other, and a job that still runs is lost. None are left when this says nothing.',
  commands: [
    `echo "SELECT f_job_id, f_status FROM t_job WHERE f_status IN ('waiting', 'ready', 'running')" |`,
    `  ${sql(mysql)}`,
  ],
});

export const dump = (mysql: Mysql, file: string): ManualStep => ({
  what: 'Write out the database, and keep the file: it is the way back. Its last line is `-- Dump completed`, or it is not whole.',
  commands: [`${inMysql(mysql, 'mysqldump --single-transaction --no-tablespaces')} > ${file}`, `tail -n 1 ${file}`],
});

/** The database as it was. */
export const restore = (mysql: Mysql, file: string): readonly string[] => [
  `echo "DROP DATABASE ${database.name}; CREATE DATABASE ${database.name}" |`,
  `  ${sql(mysql)}`,
  `${sql(mysql)} < ${file}`,
];

export function changeSchema(mysql: Mysql, file: string): ManualStep {
  const { source, files, mended } = schemaSteps;
  return {
    what: `Change its tables with the files of FATE's repository, in this order. One of them is mended first: as published it ends in a syntax error, once a job has run. Where one ends in an error, the tables are half changed: read ${file} into an empty database again, mend what the error names, and begin with the first.`,
    commands: [
      `for step in ${files.join(' ')}; do curl -fsSLO ${source}/$step; done`,
      `sed -i.published "${mended.script}" ${mended.file}`,
      `for step in ${files.join(' ')}; do`,
      `  ${sql(mysql)} < $step || { echo "$step failed"; break; }`,
      'done',
    ],
  };
}
