import type * as tls from '@pulumi/tls';
import type { Problems } from '../../lib/input/problems';

/** The package whose resources keys and certificates are. */
export type Tls = typeof tls;

/**
 * Loads what only certificates made by a stack need; a problem in its place where it is not installed.
 *
 * @param load for tests
 */
export async function loadTls(
  problems: Problems,
  load: () => Promise<Tls> = () => import('@pulumi/tls'),
): Promise<Tls | undefined> {
  try {
    return await load();
  } catch (error) {
    if (!`${Object(error).message}`.includes("'@pulumi/tls'")) throw error;
    problems.add('', 'need the package @pulumi/tls, which is not here', 'run `npm install @pulumi/tls`');
    return undefined;
  }
}
