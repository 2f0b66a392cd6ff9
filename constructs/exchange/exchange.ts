import type { Construct } from 'constructs';
import { services } from '../../lib/fate/services';
import { certificateName } from '../../lib/federation/certificates';
import type { ExchangePlan } from '../../lib/federation/exchange';
import { flowsOf } from '../../lib/federation/flows';
import { exchangeFile } from '../../lib/kubefate/write/exchange-file';
import { WholeChart } from '../app/whole-chart';
import { KubeFateCluster } from '../kubefate/cluster-file';
import { DisruptionBudget } from '../parts/disruption-budget';
import { IssuedCertificate } from '../parts/issued-certificate';
import { memberLabels, PodSecurityNamespace, partOf } from '../parts/namespace';
import { NetworkPolicies } from '../parts/network-policies';
import { Monitoring } from './monitoring';
import { Nginx } from './nginx';
import { TrafficServer } from './traffic-server';

/**
 * The exchange between the parties, in one namespace: Traffic Server for their data, nginx for their coordination. It is
 * complete without parties, and one that joins or leaves changes two ConfigMaps, which the running pods follow, and two NetworkPolicies. The
 * Secret `traffic-server-cert` must be there before its pods, or cert-manager makes another one in its place.
 *
 * Driven by KubeFATE it is the namespace, and the file from which KubeFATE makes the rest of it.
 *
 * @see White paper, "Step 2: Deploying an FLC with Exchange Component"
 */
export class Exchange extends WholeChart {
  constructor(scope: Construct, id: string, plan: ExchangePlan) {
    super(scope, id, {
      namespace: plan.namespace,
      labels: { ...partOf, 'app.kubernetes.io/instance': plan.namespace },
    });
    new PodSecurityNamespace(this, 'namespace', {
      name: plan.namespace,
      labels: memberLabels('exchange'),
      kubernetes: plan.kubernetes,
      level: 'baseline',
    });
    if (plan.driver === 'kubefate') {
      new KubeFateCluster(this, 'kubefate-cluster', { namespace: plan.namespace, file: exchangeFile(plan) });
      return;
    }
    if (plan.certManager) {
      const commonName = certificateName('exchange', plan.domain);
      new IssuedCertificate(this, 'issued-certificate', { commonName, certManager: plan.certManager });
    }
    new TrafficServer(this, 'traffic-server', plan);
    new Nginx(this, 'nginx', plan);
    for (const { name } of [services.trafficServer, services.nginx]) {
      new DisruptionBudget(this, `${name}-disruption-budget`, { ...plan, workload: name });
    }
    const { monitoring } = plan;
    if (monitoring) new Monitoring(this, 'monitoring', { ...plan, monitoring });
    if (plan.networkPolicies) new NetworkPolicies(this, 'network-policies', { ...plan, flows: flowsOf(plan) });
  }
}
