import { services } from './services';

/** FATE Flow's job database, which FATE Board reads too, as clients find it. */
export interface Database {
  readonly name: string;
  readonly user: string;
  readonly host: string;
  readonly port: number;
}

/**
 * The one of a party that has its own MySQL.
 *
 * @see KubeFATE v1.6.1, `helm-charts/FATE/templates/mysql-module.yaml`
 */
export const database = {
  name: 'eggroll_meta',
  user: 'fate',
  host: services.mysql.name,
  port: services.mysql.ports.mysql,
} as const satisfies Database;
