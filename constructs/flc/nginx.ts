import type { Construct } from 'constructs';
import type { PartyPlan } from '../../lib/party';
import { partyNginxRoutes } from '../../lib/routing';
import { services } from '../../lib/services';
import { FateNginx } from '../nginx';

/**
 * nginx of a party: takes coordination calls from the exchange for the party's FATE Flow, and FATE Flow's own for others.
 * It keeps no state, and one pod is enough: FATE Flow behind it is one too.
 */
export class Nginx extends FateNginx {
  constructor(scope: Construct, id: string, plan: PartyPlan) {
    super(scope, id, {
      image: plan.images.nginx,
      imagePullSecrets: plan.imagePullSecrets,
      kubernetes: plan.kubernetes,
      replicas: 1,
      resources: plan.sizing.containers.nginx,
      routes: partyNginxRoutes(plan.id, plan.exchange),
      fallback: `${services.fateflow.name}:${services.fateflow.ports.http}`,
      loadBalancerIP: plan.reserved.nginx,
    });
  }
}
