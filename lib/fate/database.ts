import { services } from './services';

/**
 * FATE Flow's job database, which FATE Board reads too. The password is in the Secret `mysql`.
 *
 * @see KubeFATE v1.6.1, `helm-charts/FATE/templates/mysql-module.yaml`
 */
export const database = {
  name: 'eggroll_meta',
  user: 'fate',
  host: services.mysql.name,
  port: services.mysql.ports.mysql,
} as const;
