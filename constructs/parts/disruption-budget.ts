import { Construct } from 'constructs';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { isFromMinor } from '../../lib/kubernetes/releases';
import { Manifest } from '../app/manifest';

export interface DisruptionBudgetProps {
  /** Whose pods may be evicted one at a time. */
  readonly workload: string;
  /** Kubernetes release of the cluster. */
  readonly kubernetes: string;
}

/** One pod at a time may be evicted; a single one too, so that it does not keep a node from being drained. */
export class DisruptionBudget extends Construct {
  constructor(scope: Construct, id: string, { workload, kubernetes }: DisruptionBudgetProps) {
    super(scope, id);
    new Manifest<Budget>(this, 'budget', {
      apiVersion: isFromMinor(kubernetes, 21) ? 'policy/v1' : 'policy/v1beta1',
      kind: 'PodDisruptionBudget',
      metadata: { name: workload },
      spec: { maxUnavailable: 1, selector: { matchLabels: { 'app.kubernetes.io/name': workload } } },
    });
  }
}

/** In `policy/v1` from Kubernetes 1.21 on. */
type Budget = Omit<PodDisruptionBudget, 'apiVersion'> & { apiVersion: 'policy/v1' | 'policy/v1beta1' };
