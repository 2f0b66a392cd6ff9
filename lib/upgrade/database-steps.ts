import { type Database, database } from '../fate/database';
import { schemaSteps } from '../fate/releases/data';
import { services } from '../fate/services';
import type { PartyPlan } from '../federation/party';
import { inNamespace } from '../operations/kubectl';
import type { ManualStep } from '../operations/step';

/** A MySQL: one that `kubectl` finds, or one that a client reaches from where it is typed. */
export type Mysql = MysqlPod | Database;

interface MysqlPod {
  readonly namespace: string;
  readonly workload: string;
  /** Whether its root has a password, which is in the environment of its container. */
  readonly hasPassword: boolean;
}

export const mysqlOf = ({ namespace, mysql }: PartyPlan): Mysql =>
  mysql.isExternal ? mysql : { namespace, workload: `statefulset/${services.mysql.name}`, hasPassword: true };

/** A client in MySQL's own pod, or one that asks for the password of whoever has typed it. */
function inMysql(mysql: Mysql, client: string, stdin = ''): string {
  if ('host' in mysql)
    return `${client} --host=${mysql.host} --port=${mysql.port} --user=${mysql.user} --password --default-character-set=utf8mb4 ${mysql.name}`;
  const { workload, hasPassword, ...place } = mysql;
  const command = `${client} --user=root --default-character-set=utf8mb4 ${database.name}`;
  const typed = hasPassword ? `sh -c 'export MYSQL_PWD="$MYSQL_ROOT_PASSWORD"; exec ${command}'` : command;
  return inNamespace(place, `exec ${stdin}${workload} -- ${typed}`);
}

/** A client that reads statements. */
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
  commands: [
    `${inMysql(mysql, `mysqldump --single-transaction --no-tablespaces${'host' in mysql ? ' --set-gtid-purged=OFF' : ''}`)} > ${file}`,
    `tail -n 1 ${file}`,
  ],
});

/** The database as it was. */
export const restore = (mysql: Mysql, file: string): readonly string[] => [...empty(mysql), `${sql(mysql)} < ${file}`];

export function empty(mysql: Mysql): readonly string[] {
  const { name } = 'host' in mysql ? mysql : database;
  return [`echo "DROP DATABASE ${name}; CREATE DATABASE ${name}" |`, `  ${sql(mysql)}`];
}

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
