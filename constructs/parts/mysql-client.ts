import type { EnvVar } from 'kubernetes-types/core/v1';
import type { PartyPlan } from '../../lib/federation/party';
import { variables } from './container';
import { mysqlPassword } from './mysql-password';

/** Whom MySQL's clients ask, as whom, and of what. */
export const mysqlVariables = (plan: PartyPlan): EnvVar[] => [
  ...variables({
    MYSQL_HOST: plan.mysql.host,
    MYSQL_PORT: `${plan.mysql.port}`,
    MYSQL_USER: plan.mysql.user,
    MYSQL_DATABASE: plan.mysql.name,
  }),
  mysqlPassword(plan, 'MYSQL_PWD'),
];
