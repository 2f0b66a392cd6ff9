import { type Database, database } from '../fate/database';
import { checkKeys, checkPattern, type Keys, readInteger } from '../input/checks';
import type { Problems } from '../input/problems';
import { readExternal, readServer } from './engines';

/** A MySQL that somebody else runs, in the place of the party's own. */
export interface MysqlProps {
  /** Where it is. */
  readonly external: ExternalMysqlProps;
}

/**
 * A MySQL 8 that somebody else runs. FATE Flow makes its tables in it by itself. FATE speaks to it without TLS. The password of the
 * user is in the Secret `external-mysql`.
 */
export interface ExternalMysqlProps {
  /** DNS name or IPv4 address at which the party's pods reach it. */
  readonly host: string;
  /** Its port. @default 3306 */
  readonly port?: number;
  /** A database that is there, for this party alone. @default 'eggroll_meta' */
  readonly database?: string;
  /**
   * Who may do anything in it; where backups are to come back, drop and create it, too.
   * @default 'fate'
   */
  readonly user?: string;
}

/** Where a party's records of jobs are, decided. */
export interface MysqlPlan extends Database {
  readonly isExternal: boolean;
  /** Who has the password of the user. */
  readonly secret: 'mysql' | 'externalMysql';
}

export function planMysql(problems: Problems, declared: MysqlProps | undefined): MysqlPlan {
  if (declared === undefined) return { ...database, isExternal: false, secret: 'mysql' };
  const props = readExternal<ExternalMysqlProps>(problems, declared, '{ host: "mysql.example.com" }');
  if (props === undefined) return { ...database, isExternal: true, secret: 'externalMysql' };
  const below = problems.at('external');
  checkKeys(below, props, keys);
  const { host, port = database.port, database: name = database.name, user = database.user } = props;
  checkPattern(below, 'database', name, /^[A-Za-z]\w{0,63}$/, database.name);
  checkPattern(below, 'user', user, /^[A-Za-z][-\w.]{0,31}$/, database.user);
  return {
    name,
    user,
    host: readServer(below, 'host', host, 'mysql.example.com'),
    port: readInteger(below, 'port', port, 1, 65535),
    isExternal: true,
    secret: 'externalMysql',
  };
}

const keys: Keys<ExternalMysqlProps> = { host: true, port: true, database: true, user: true };
