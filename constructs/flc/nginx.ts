import type { Construct } from 'constructs';
import type { Service } from 'kubernetes-types/core/v1';
import { releases } from '../../lib/fate/releases';
import { secrets } from '../../lib/fate/secrets';
import { services } from '../../lib/fate/services';
import { callerRanges } from '../../lib/federation/callers';
import { certificateName } from '../../lib/federation/certificates';
import { callerHeader } from '../../lib/federation/coordination';
import type { PartyPlan } from '../../lib/federation/party';
import { partyNginxRoutes } from '../../lib/federation/routing';
import { block, type Directive } from '../../lib/formats/nginx-conf';
import { Manifest } from '../app/manifest';
import { servicePorts } from '../parts/container';
import { FateNginx, type Listeners, nginxLabels, plainListener } from '../parts/fate-nginx';
import { showingCertificate } from '../parts/member-certificate';
import {
  callVariables,
  nobody,
  passedHeaders,
  provenListener,
  refusals,
  refusingForeign,
} from '../parts/proven-listener';

/**
 * nginx of a party: takes coordination calls from the exchange for the party's FATE Flow, and FATE Flow's own for others.
 * It keeps no state, and one pod is enough: FATE Flow behind it is one too.
 *
 * With mutual TLS the two come to two ports. FATE Flow speaks plain HTTP to a Service inside the namespace; the public one
 * takes what the exchange proves to come from a party. Without an exchange nobody calls from outside, and nothing listens.
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
      fallback: fateflow,
      listeners: plan.transport === 'mutual-tls' ? proven(plan) : undefined,
      certManager: plan.certManager,
      countsCalls: plan.monitoring !== undefined,
      loadBalancerIP: plan.reserved.nginx,
      sourceRanges: callerRanges(plan.services.nginx, plan.exchange ? [plan.exchange] : []),
    });
    if (plan.transport === 'mutual-tls') this.internalService();
  }

  private internalService() {
    new Manifest<Service>(this, 'internal-service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: inside.name },
      spec: { selector: nginxLabels, ports: servicePorts(inside.ports) },
    });
  }
}

function proven(plan: PartyPlan): Listeners {
  const { id, domain, exchange } = plan;
  const internal = inside.ports.http;
  if (!exchange) return { ports: { internal }, directives: [plainListener(internal, 'http')] };
  const name = certificateName('exchange', domain);
  return {
    ports: { ...outside.ports, internal },
    certificate: own,
    directives: [
      ...fromExchange(plan, name),
      block(['map', '$http_dest_party_id', '$scheme_of_route'], ['default', 'https'], [`${id}`, 'http']),
      plainListener(internal, '$scheme_of_route', ...showingCertificate(own, name)),
    ],
  };
}

function fromExchange({ id, fate }: PartyPlan, exchange: string): readonly Directive[] {
  const { coordination } = releases[fate];
  const refused = refusals(coordination);
  return [
    ...callVariables(coordination, `$certified $http_${callerHeader.replaceAll('-', '_')}`, [
      `~^${exchange.replaceAll('.', '[.]')} (?<caller_id>\\d+)$`,
      '$caller_id',
    ]),
    provenListener(own, coordination, [
      block(
        ['if', '($caller', '=', `${nobody})`],
        refused(`"$certified" calls for no party: only ${exchange} calls party ${id}, for others`),
      ),
      block(
        ['if', '($http_dest_party_id', '!=', `${id})`],
        refused(`this is party ${id}, and the call is for another`),
      ),
      refusingForeign(coordination),
      ...passedHeaders(coordination),
      ['proxy_pass', `http://${fateflow}`],
    ]),
  ];
}

const { nginx: outside, nginxInternal: inside } = services;
const fateflow = `${services.fateflow.name}:${services.fateflow.ports.http}`;
const own = secrets.pulsarCertificate;
