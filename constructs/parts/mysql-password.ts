import type { EnvVar } from 'kubernetes-types/core/v1';
import { secrets } from '../../lib/fate/secrets';
import type { MysqlPlan } from '../../lib/federation/mysql';
import { secretVariable } from './container';

/** Password of the user by whom a party has its database, wherever that is. */
export function mysqlPassword(
  { mysql }: { readonly mysql: MysqlPlan },
  variable: 'MYSQL_PASSWORD' | 'MYSQL_PWD' = 'MYSQL_PASSWORD',
): EnvVar {
  const secret = secrets[mysql.secret];
  return secretVariable(variable, secret, secret.keys.password);
}
