import { InvalidInput, Problems } from '../../input/problems';
import { type PodProps, planPod } from '../../kubernetes/pods';
import { oneWorkerPerNode } from '../chart';
import { plain, type Source } from './source';

/**
 * Where the file puts the pods of its modules. What Kubernetes would refuse stays a difference, and so does a rule about the
 * chart's own labels.
 *
 * @param modules of the chart, by the pods that they are here
 */
export function readPods<Pod extends string>(
  source: Source,
  modules: Readonly<Partial<Record<Pod, string>>>,
): Readonly<Partial<Record<Pod, PodProps>>> | undefined {
  const pods = (Object.entries(modules) as [Pod, string][]).flatMap(([pod, module]): [string, PodProps][] => {
    const props = Object.assign({}, ...keys.map((key) => readKey(source, `${module}.${key}`, key)));
    return Object.keys(props).length === 0 ? [] : [[pod, props]];
  });
  return pods.length === 0 ? undefined : (Object.fromEntries(pods) as Partial<Record<Pod, PodProps>>);
}

const keys = ['nodeSelector', 'tolerations', 'affinity'] as const;

function readKey(source: Source, path: string, key: (typeof keys)[number]): PodProps {
  const found = source.find(path);
  const value = found && withoutOwn(path, plain(found));
  if (found === undefined || Object.keys(Object(value)).length === 0) return {};
  const props = { [key]: value } as PodProps;
  if (JSON.stringify(value).includes('fateMoudle') || !isSound(props)) return {};
  source.take(found);
  return props;
}

/** The workers' rule, which is drawn anyway. */
function withoutOwn(path: string, value: unknown): unknown {
  if (path !== 'spark.worker.affinity') return value;
  const { podAntiAffinity, ...rest } = Object(value);
  const isOwn = JSON.stringify(podAntiAffinity) === JSON.stringify(oneWorkerPerNode.podAntiAffinity);
  return isOwn ? rest : value;
}

function isSound(props: PodProps): boolean {
  const problems = Problems.none();
  planPod(problems, props);
  try {
    problems.throwIfAny('pods');
    return true;
  } catch (error) {
    if (error instanceof InvalidInput) return false;
    throw error;
  }
}
