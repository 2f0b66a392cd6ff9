import { join } from 'node:path';
import type { Container } from 'kubernetes-types/core/v1';
import { variables } from './container';
import { scriptText } from './script';

/** The script that runs a server and makes it read its files again whenever they change: a file for a ConfigMap. */
export const watchedServerFile = 'watched-server.sh';
export const watchedServerScript = scriptText(join(__dirname, watchedServerFile));
/** Where a container has the script. */
export const watchedServerPath = `/opt/${watchedServerFile}`;

export interface WatchedServer {
  readonly server: readonly string[];
  /** Path of the routes in a ConfigMap mounted as a directory, the only kind of mount that follows a change. */
  readonly table: string;
  /** Paths of certificates and keys in a Secret mounted as a directory, which the server reads again with the routes. */
  readonly certificates?: readonly string[];
  /** Shell command that makes the server read all of it again. */
  readonly reload: string;
  /** Where the server reads them, if it cannot be told `table`. */
  readonly link?: string;
  /** What the server answers by plain HTTP to its own pod. */
  readonly status: { readonly port: number; readonly path: string };
}

/** Command, environment and liveness of a container whose routes or certificates change while it runs. */
export const watchedServer = ({ server, table, certificates, reload, link, status }: WatchedServer) =>
  ({
    command: ['sh', watchedServerPath, ...server],
    env: variables({
      TABLE: table,
      ...(certificates && { CERTIFICATES: certificates.join(' ') }),
      RELOAD: reload,
      SEEN: '/tmp/routes-seen',
      INTERVAL: '5',
      ...(link !== undefined && { LINK: link }),
    }),
    livenessProbe: {
      exec: { command: ['bash', '-c', `${answers(status)} && ${seesRoutes}`] },
      timeoutSeconds: 5,
      periodSeconds: 10,
      failureThreshold: 9, // longer than a reload that hangs keeps the watcher from looking
    },
  }) satisfies Partial<Container>;

/** A request from within the container, and any answer to it. A connection alone may be the kernel's. */
export const answers = ({ port, path }: WatchedServer['status']): string =>
  String.raw`exec 3<>/dev/tcp/127.0.0.1/${port} && printf 'GET ${path} HTTP/1.0\r\n\r\n' >&3 && read -r -t 4 <&3`;

/**
 * A watcher that was killed cannot say so. It makes no difference until the files change; then nobody has looked at the
 * new ones, and only a new container reads them. That cuts the tunnels of this pod, as any restart does, and Pulsar
 * connects again. A pod that is merely taken out of its Service would stay out, with nobody to bring it back.
 */
const seesRoutes = '{ files=$(cksum "$TABLE" $CERTIFICATES) || exit 0; [ "$files" = "$(cat "$SEEN")" ]; }';
