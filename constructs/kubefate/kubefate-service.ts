import type { Construct } from 'constructs';
import { flowsOfService } from '../../lib/kubefate/service/flows';
import type { KubeFatePlan } from '../../lib/kubefate/service/service';
import { WholeChart } from '../app/whole-chart';
import { PodSecurityNamespace } from '../parts/namespace';
import { NetworkPolicies } from '../parts/network-policies';
import { Access } from './access';
import { KubeFate } from './kubefate';
import { MariaDb } from './mariadb';

/**
 * The KubeFATE service of a cluster, with its database: it makes FLCs and an exchange from the `cluster.yaml` files that its
 * CLI gives to it. The Secret `kubefate-secret` must be there before its pods, and the namespaces that it may work in before
 * its Roles.
 *
 * The database knows which clusters there are. A service that has lost it takes each for a new one, and a failed
 * installation then uninstalls what runs under that name: back up its volume.
 *
 * @see White paper, "Step 1: Deploying the KubeFATE service"
 */
export class KubeFateService extends WholeChart {
  constructor(scope: Construct, id: string, plan: KubeFatePlan) {
    super(scope, id, {
      namespace: plan.namespace,
      labels: { 'app.kubernetes.io/part-of': 'kubefate', 'app.kubernetes.io/instance': plan.namespace },
    });
    new PodSecurityNamespace(this, 'namespace', {
      name: plan.namespace,
      kubernetes: plan.kubernetes,
      level: 'restricted',
    });
    new Access(this, 'access', plan);
    new MariaDb(this, 'mariadb', plan);
    new KubeFate(this, 'kubefate', plan);
    if (plan.networkPolicies) new NetworkPolicies(this, 'network-policies', { ...plan, flows: flowsOfService(plan) });
  }
}
