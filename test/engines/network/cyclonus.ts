import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestCluster, TestConnection, TestEnd } from '../../support/reachability';
import { cache } from '../support/engines';

/** Whether cyclonus lets connections through in a cluster, one answer for each. */
export async function askCyclonus(
  cluster: TestCluster,
  connections: readonly TestConnection[],
): Promise<readonly boolean[]> {
  const ends = [...new Set(connections.flatMap(({ from, to }) => [from, to]))];
  const numbers = new Map(ends.map((end, i) => [end, i]));
  const question = {
    policies: cluster.policies,
    ends: ends.map((end) => described(cluster, end)),
    connections: connections.map(({ from, to, port, protocol }) => ({
      from: numbers.get(from),
      to: numbers.get(to),
      port,
      protocol,
    })),
  };
  const asked = spawn(join(cache, 'cyclonus/cyclonus'), { stdio: ['pipe', 'pipe', 'inherit'] });
  asked.stdin.end(JSON.stringify(question));
  return JSON.parse(await text(asked.stdout));
}

function described({ namespaces }: TestCluster, end: TestEnd) {
  if (typeof end === 'string') return { address: end };
  const { namespace, labels, ports = {} } = end;
  return {
    address: '10.0.0.1', // in no range: policies know pods by their labels
    namespace,
    namespaceLabels: namespaces.get(namespace),
    labels,
    ports: Object.fromEntries(Object.entries(ports).map(([name, port]) => [port, name])),
  };
}
