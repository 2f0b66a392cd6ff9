import type { Construct } from 'constructs';
import { services } from '../../lib/fate/services';
import type { PartyPlan } from '../../lib/federation/party';
import { partyNginxRoutes } from '../../lib/federation/routing';
import { FateNginx } from '../parts/fate-nginx';

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
      pods: plan.pods,
      service: plan.services.nginx,
      replicas: 1,
      resources: plan.sizing.containers.nginx,
      routes: partyNginxRoutes(plan.id, plan.exchange),
      fallback: `${services.fateflow.name}:${services.fateflow.ports.http}`,
      loadBalancerIP: plan.reserved.nginx,
    });
  }
}
