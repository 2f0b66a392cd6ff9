import { join } from 'node:path';
import type { Container } from 'kubernetes-types/core/v1';
import { variables } from './container';
import { scriptText } from './script';

/** The script that runs a server and makes it read its routes again whenever they change: a file for a ConfigMap. */
export const watchedServerFile = 'watched-server.sh';
export const watchedServerScript = scriptText(join(__dirname, watchedServerFile));
/** Where a container has the script. */
export const watchedServerPath = `/opt/${watchedServerFile}`;

export interface WatchedServer {
  readonly server: readonly string[];
  /** Path of the routes in a ConfigMap mounted as a directory, the only kind of mount that follows a change. */
  readonly table: string;
  /** Shell command that makes the server read them again. */
  readonly reload: string;
  /** Where the server reads them, if it cannot be told `table`. */
  readonly link?: string;
}

/** Command and environment of a container whose routes change while it runs. */
export const watchedServer = ({ server, table, reload, link }: WatchedServer) =>
  ({
    command: ['sh', watchedServerPath, ...server],
    env: variables({ TABLE: table, RELOAD: reload, INTERVAL: '5', ...(link !== undefined && { LINK: link }) }),
  }) satisfies Partial<Container>;
