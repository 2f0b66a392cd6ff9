import type { Container } from 'kubernetes-types/core/v1';
import type { Pod } from './pod';

/** Status codes that the kubelet's probes of a container by HTTP get. */
export const probed = ({ address }: Pod, container: Container): Promise<number[]> =>
  Promise.all(
    [container.startupProbe, container.readinessProbe, container.livenessProbe].map(async (probe) => {
      const { path, port } = probe?.httpGet ?? {};
      const number = container.ports?.find(({ name }) => name === port)?.containerPort;
      const { status } = await fetch(`http://${address}:${number}${path}`, { signal: AbortSignal.timeout(5000) });
      return status;
    }),
  );

/** Ports on which others reach the pod. */
export async function listeners(pod: Pod): Promise<number[]> {
  const { stdout } = await pod.exec('ss', '--no-header', '--listening', '--tcp', '--numeric');
  const sockets = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/)[3] ?? '');
  const open = sockets.filter((it) => !/^(127\.|\[::1\]|\[::ffff:127\.)/.test(it));
  return open.map((it) => Number(it.slice(it.lastIndexOf(':') + 1))).sort((a, b) => a - b);
}

/** Whether a liveness probe that is a command is content. */
export const isLive = async (pod: Pod, { livenessProbe }: Container): Promise<boolean> =>
  (await pod.exec(...(livenessProbe?.exec?.command ?? []))).code === 0;

/** Ends the loop that makes the pod's server follow its routes, as the kernel would for want of memory. */
export const killWatcher = async (pod: Pod): Promise<void> => {
  const { code } = await pod.exec('pkill', '-KILL', '-f', '^sh /opt/watched-server.sh');
  if (code !== 0) throw new Error('no watcher was there');
};
