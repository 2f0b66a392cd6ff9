import type { Construct } from 'constructs';
import type { ExchangePlan } from '../../lib/federation/exchange';
import { exchangeNginxRoutes } from '../../lib/federation/routing';
import { FateNginx } from '../parts/fate-nginx';

/** nginx of the exchange: passes coordination calls between the parties. It keeps no state. */
export class Nginx extends FateNginx {
  constructor(scope: Construct, id: string, plan: ExchangePlan) {
    super(scope, id, {
      image: plan.images.nginx,
      imagePullSecrets: plan.imagePullSecrets,
      kubernetes: plan.kubernetes,
      pods: plan.pods,
      service: plan.services.nginx,
      replicas: plan.replicas,
      resources: plan.resources.nginx,
      routes: exchangeNginxRoutes(plan.parties),
      fallback: '127.0.0.1:9', // a closed port: no call for the exchange itself is meant
      loadBalancerIP: plan.reserved.nginx,
    });
  }
}
