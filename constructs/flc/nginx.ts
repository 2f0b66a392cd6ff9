import type { Construct } from 'constructs';
import type { Service } from 'kubernetes-types/core/v1';
import { type Coordination, releases } from '../../lib/fate/releases';
import { secrets } from '../../lib/fate/secrets';
import { services } from '../../lib/fate/services';
import { callerRanges } from '../../lib/federation/callers';
import { certificateName } from '../../lib/federation/certificates';
import { callerHeader } from '../../lib/federation/coordination';
import { callingMembers, isJoined } from '../../lib/federation/neighbours';
import type { PartyPlan } from '../../lib/federation/party';
import { partyNginxRoutes } from '../../lib/federation/routing';
import { block, type Directive } from '../../lib/formats/nginx-conf';
import { Manifest } from '../app/manifest';
import { servicePorts } from '../parts/container';
import { FateNginx, type Listeners, nginxLabels, plainListener } from '../parts/fate-nginx';
import { showingCertificate } from '../parts/member-certificate';
import {
  callVariables,
  knownParties,
  nobody,
  onlyAsItself,
  partyListener,
  passedHeaders,
  provenListener,
  refusals,
  refusingForeign,
} from '../parts/proven-listener';

/**
 * nginx of a party: takes coordination calls from the exchange, or from other parties, for the party's FATE Flow, and FATE Flow's
 * own for others.
 * It keeps no state, and one pod is enough: FATE Flow behind it is one too.
 *
 * With mutual TLS the two come to two ports. FATE Flow speaks plain HTTP to a Service inside the namespace; the public one
 * takes what the exchange proves to come from a party or, without an exchange, what parties prove to come from themselves. Where
 * the party stands alone nobody calls from outside, and nothing listens.
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
      routes: partyNginxRoutes(plan),
      fallback: fateflow,
      listeners: plan.transport === 'mutual-tls' ? proven(plan) : undefined,
      certManager: plan.certManager,
      countsCalls: plan.monitoring !== undefined,
      loadBalancerIP: plan.reserved.nginx,
      sourceRanges: callerRanges(plan.services.nginx, callingMembers(plan)),
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
  const { id, domain, exchange, peers } = plan;
  const internal = inside.ports.http;
  if (!isJoined(plan)) return { ports: { internal }, directives: [plainListener(internal, 'http')] };
  const called = exchange ? certificateName('exchange', domain) : `$http_dest_party_id.${domain}`;
  return {
    ports: { ...outside.ports, internal },
    certificate: own,
    ...(peers && knownParties(peers)),
    directives: [
      ...(exchange ? fromExchange(plan, called) : fromParties(plan)),
      block(['map', '$http_dest_party_id', '$scheme_of_route'], ['default', 'https'], [`${id}`, 'http']),
      plainListener(internal, '$scheme_of_route', ...showingCertificate(own, called)),
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
      ...toOwnFlow(id, coordination),
    ]),
  ];
}

/** Where there is no exchange that would have looked. */
function fromParties({ id, fate }: PartyPlan): readonly Directive[] {
  const { coordination } = releases[fate];
  return partyListener(own, coordination, `party ${id}`, toOwnFlow(id, coordination, ...onlyAsItself(coordination)));
}

/** @param refusing what a party is refused for, too */
const toOwnFlow = (id: number, coordination: Coordination, ...refusing: readonly Directive[]): readonly Directive[] => [
  block(
    ['if', '($http_dest_party_id', '!=', `${id})`],
    refusals(coordination)(`this is party ${id}, and the call is for another`),
  ),
  refusingForeign(coordination),
  ...refusing,
  ...passedHeaders(coordination),
  ['proxy_pass', `http://${fateflow}`],
];

const { nginx: outside, nginxInternal: inside } = services;
const fateflow = `${services.fateflow.name}:${services.fateflow.ports.http}`;
const own = secrets.pulsarCertificate;
