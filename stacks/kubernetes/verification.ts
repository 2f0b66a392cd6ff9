import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import type { ChartResources } from './chart-resources';

/**
 * How the Job that verifies a party went, as far as the state of the stack knows: an update waits for no Job, nor fails with it.
 *
 * @returns nothing where nothing is verified
 */
export function verificationOf(resources: ChartResources): pulumi.Output<string> | undefined {
  const job = [...resources.values()].find((it) => kubernetes.batch.v1.Job.isInstance(it));
  return job && pulumi.all([job.metadata, job.status]).apply(([metadata, status]) => told(metadata, status));
}

type Job = kubernetes.types.output.batch.v1.JobStatus | undefined;

function told({ namespace, name }: kubernetes.types.output.meta.v1.ObjectMeta, status: Job): string {
  const end = status?.conditions?.find(
    ({ type, status }) => ['Complete', 'Failed'].includes(type) && status === 'True',
  );
  const read = `kubectl -n ${namespace} logs job/${name}`;
  if (end === undefined) return `not known yet: ${read} follows it, and pulumi up --refresh takes its result`;
  return end.type === 'Complete' ? 'success' : `failed: ${read} says why (${end.reason})`;
}
