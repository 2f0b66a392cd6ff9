import { Construct } from 'constructs';
import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import { kubeFate } from '../../lib/kubefate/service/names';
import type { KubeFatePlan, Rule } from '../../lib/kubefate/service/service';
import { Manifest } from '../app/manifest';

/** What the service may do: a Role in each namespace that it works in, and the little that is in none. */
export class Access extends Construct {
  constructor(scope: Construct, id: string, { namespace, rights: { roles, onCluster } }: KubeFatePlan) {
    super(scope, id);
    const subjects = [{ kind: 'ServiceAccount', name, namespace }];
    this.account();
    for (const role of roles) this.role(role.namespace, role.rules, subjects);
    this.clusterRole(`${name}-${namespace}`, onCluster, subjects);
  }

  private account() {
    new Manifest<ServiceAccount>(this, 'service-account', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name },
      automountServiceAccountToken: false, // the Deployment asks for it
    });
  }

  private role(namespace: string, rules: readonly Rule[], subjects: RoleBinding['subjects']) {
    new Manifest<Role>(this, `role-${namespace}`, {
      apiVersion: `${apiGroup}/v1`,
      kind: 'Role',
      metadata: { name, namespace },
      rules: rules.map(policyRule),
    });
    new Manifest<RoleBinding>(this, `role-binding-${namespace}`, {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata: { name, namespace },
      roleRef: { apiGroup, kind: 'Role', name },
      subjects,
    });
  }

  /** Named for the namespace, too: each service of a cluster has its own. */
  private clusterRole(name: string, rules: readonly Rule[], subjects: ClusterRoleBinding['subjects']) {
    new Manifest<ClusterRole>(this, 'cluster-role', {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRole',
      metadata: { name },
      rules: rules.map(policyRule),
    });
    new Manifest<ClusterRoleBinding>(this, 'cluster-role-binding', {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup, kind: 'ClusterRole', name },
      subjects,
    });
  }
}

const { name } = kubeFate;
const apiGroup = 'rbac.authorization.k8s.io';

const policyRule = ({ apiGroup, resources, verbs, resourceNames }: Rule): PolicyRule => ({
  apiGroups: [apiGroup],
  resources: [...resources],
  verbs: [...verbs],
  resourceNames: resourceNames && [...resourceNames],
});
