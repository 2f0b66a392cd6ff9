import type { Client } from './client';

/**
 * Does what the `kubectl` commands in a text do. It knows those that this library shows for a volume that grows: `patch pvc`
 * and `delete statefulset … --cascade=orphan`.
 */
export async function carryOut(server: Client, text: string): Promise<readonly string[]> {
  const commands = text.split('\n').filter((line) => line.startsWith('  kubectl '));
  for (const command of commands) {
    const [, namespace, rest = ''] = /^ {2}kubectl -n (\S+) (.*)$/.exec(command) ?? [];
    const [, claim, patch] = /^patch pvc (\S+) -p '(.*)'$/.exec(rest) ?? [];
    const [, set] = /^delete statefulset (\S+) --cascade=orphan$/.exec(rest) ?? [];
    const answer =
      claim !== undefined
        ? await server.call(
            'PATCH',
            `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${claim}`,
            JSON.parse(`${patch}`),
            { contentType: 'application/strategic-merge-patch+json' },
          )
        : await server.call('DELETE', `/apis/apps/v1/namespaces/${namespace}/statefulsets/${set}`, {
            propagationPolicy: 'Orphan',
          });
    if (answer.status >= 400) throw new Error(`${command}: ${JSON.stringify(answer.body)}`);
  }
  return commands;
}
