import { App, type Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { CronJob, Job } from 'kubernetes-types/batch/v1';
import type { ConfigMap, Container, PodSpec } from 'kubernetes-types/core/v1';

// biome-ignore lint/suspicious/noExplicitAny: tests read fields of every kind
export type AnyObject = any;

/** Objects of a chart as they are deployed. */
export const objectsOf = (draw: (app: Construct) => Chart): AnyObject[] => draw(new App()).toJson();

/** The one object of this kind and name. */
export function find<T = AnyObject>(objects: readonly AnyObject[], kind: string, name: string): T {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  if (found.length !== 1) throw new Error(`${found.length} objects ${kind} ${name}`);
  return found[0];
}

/** Content of one file of a ConfigMap. */
export function fileOf(objects: readonly AnyObject[], configMap: string, file: string): string {
  const text = find<ConfigMap>(objects, 'ConfigMap', configMap).data?.[file];
  if (text === undefined) throw new Error(`${configMap} has no file ${file}`);
  return text;
}

export type Workload = Deployment | StatefulSet;

export const workloadsOf = (objects: readonly AnyObject[]): Workload[] =>
  objects.filter(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind));

export function podOf({ spec }: Workload | Job | CronJob): PodSpec {
  const { template } = (spec && 'jobTemplate' in spec ? spec.jobTemplate.spec : spec) ?? {};
  if (!template?.spec) throw new Error('the workload has no pods');
  return template.spec;
}

export const containersOf = (pod: PodSpec): Container[] => [...(pod.initContainers ?? []), ...pod.containers];

export function containerOf(objects: readonly AnyObject[], name: string): Container {
  const found = workloadsOf(objects).flatMap((it) =>
    containersOf(podOf(it)).filter((container) => container.name === name),
  );
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} containers ${name}`);
  return found[0];
}

/** Literal environment of a container. */
export const environmentOf = ({ env = [] }: Container): Record<string, string | undefined> =>
  Object.fromEntries(env.map(({ name, value }) => [name, value]));
