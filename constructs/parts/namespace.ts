import { Construct } from 'constructs';
import type { Namespace } from 'kubernetes-types/core/v1';
import type { RoleBinding } from 'kubernetes-types/rbac/v1';
import { type PodSecurityLevel, podAdmission } from '../../lib/kubernetes/releases';
import { Manifest } from '../app/manifest';

export interface PodSecurityNamespaceProps {
  readonly name: string;
  /** Kubernetes release of the cluster, `1.27` or `v1.27.5+vmware.1`: decides between labels and a policy binding. */
  readonly kubernetes: string;
  /** The least privilege that the pods of the namespace can run with. */
  readonly level: PodSecurityLevel;
  /** By which policies of others find it. @default none */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A namespace whose pods are admitted on Tanzu: by Pod Security labels from Kubernetes 1.25 on, by a PodSecurityPolicy before. */
export class PodSecurityNamespace extends Construct {
  constructor(scope: Construct, id: string, { name, kubernetes, level, labels }: PodSecurityNamespaceProps) {
    super(scope, id);
    const admission = podAdmission(kubernetes, level);
    this.namespace(name, admission.type === 'labels' ? { ...labels, ...admission.labels } : labels);
    if (admission.type === 'policy') this.policyBinding(name, admission.clusterRole);
  }

  private namespace(name: string, labels?: Readonly<Record<string, string>>) {
    new Manifest<Namespace>(this, 'namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  }

  private policyBinding(namespace: string, clusterRole: string) {
    new Manifest<RoleBinding>(this, 'policy-binding', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'pod-security-policy', namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterRole },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: `system:serviceaccounts:${namespace}` }],
    });
  }
}

/** Of all objects of a federation. */
export const partOf = { 'app.kubernetes.io/part-of': 'fate' } as const;

/** Of the namespaces of members. */
export const memberLabels = (role: 'party' | 'exchange') => ({ 'app.kubernetes.io/component': role }) as const;
