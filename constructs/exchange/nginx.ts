import type { Construct } from 'constructs';
import { releases } from '../../lib/fate/releases';
import { secrets } from '../../lib/fate/secrets';
import { services } from '../../lib/fate/services';
import { callerRanges } from '../../lib/federation/callers';
import { callerHeader } from '../../lib/federation/coordination';
import { callingParties, type ExchangePlan } from '../../lib/federation/exchange';
import { exchangeNginxRoutes } from '../../lib/federation/routing';
import { byRoute, FateNginx, type Listeners } from '../parts/fate-nginx';
import { showingCertificate } from '../parts/member-certificate';
import { knownParties, onlyAsItself, partyListener, passedHeaders, refusingForeign } from '../parts/proven-listener';

/**
 * nginx of the exchange: passes coordination calls between the parties. It keeps no state. With mutual TLS only a party that
 * has a route may call, and only as itself.
 */
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
      listeners: plan.transport === 'mutual-tls' ? proven(plan) : undefined,
      certManager: plan.certManager,
      countsCalls: plan.monitoring !== undefined,
      loadBalancerIP: plan.reserved.nginx,
      sourceRanges: callerRanges(plan.services.nginx, callingParties(plan)),
    });
  }
}

function proven({ fate, domain, parties }: ExchangePlan): Listeners {
  const { coordination } = releases[fate];
  return {
    ports: services.nginx.ports,
    certificate: own,
    ...knownParties(parties),
    directives: [
      ...partyListener(own, coordination, 'this exchange', [
        refusingForeign(coordination),
        ...onlyAsItself(coordination),
        ['access_by_lua_file', 'lua/router.lua'],
        ...passedHeaders(coordination),
        ['proxy_set_header', callerHeader, '$caller'],
        ...byRoute('https'),
        ...showingCertificate(own, `$http_dest_party_id.${domain}`),
      ]),
    ],
  };
}

const own = secrets.trafficServerCertificate;
