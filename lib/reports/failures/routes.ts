import { releases } from '../../fate/releases';
import { services } from '../../fate/services';
import type { ExchangePlan } from '../../federation/exchange';
import { portsText } from '../../federation/exchange';
import { isJoined } from '../../federation/neighbours';
import type { PartyPlan } from '../../federation/party';
import { administer, forgetParty } from '../../federation/pulsar';
import { inNamespace } from '../../operations/kubectl';
import type { Failure } from './failure';
import { inEachPod, podsOf, restartPulsar } from './lines';
import { here, measured, paper, read } from './source';

const { nginx, pulsar, trafficServer } = services;

/** The exchange, and what it knows of the parties. */
export const routeFailures = {
  'route-missing': {
    title: 'The exchange has no route to a party',
    component: 'routes',
    layer: 'routes',
    sign: 'Jobs with one party are refused at once: “is of no party that this exchange has a route to”, or 502.',
    acts: ['exchange'],
    effects: [
      {
        says: 'The party is nobody: its calls are refused with the reason, and it is a member by its route alone, without a restart.',
        source: measured(
          'FATE 2.2.0',
          'fate/fate.engine.ts',
          'a third party is nobody without a route, and a member by its route alone',
        ),
      },
      {
        says: 'Messages for it wait at the party that sends them, and arrive once there is a route.',
        source: measured(
          'Pulsar 2.7.0 and 2.10.1',
          'pulsar/pulsar.engine.ts',
          'without a route a message waits at the party that sent it',
        ),
      },
    ],
    time: { says: 'All pods follow new routes within about 90 seconds.', source: here('README.md') },
    party: ({ plan }) =>
      plan.exchange && {
        check: [inNamespace(plan, `logs deployment/${nginx.name} --tail=100`)],
        shows: 'status 403 or 502 from the exchange for one party, and not for others.',
        remedy: `Ask who runs the exchange for the route; the party that lacks it sends its descriptor again.`,
        commands: [],
      },
    exchange: ({ plan }) => ({
      check: [
        inNamespace(plan, "get configmap nginx-route-table -o jsonpath='{.data.route_table\\.yaml}'"),
        inNamespace(plan, "get configmap traffic-server-sni -o jsonpath='{.data.sni\\.yaml}'"),
      ],
      shows: `a party without an entry in one of them. Declared are ${plan.parties.length === 0 ? 'none' : plan.parties.map(({ id }) => id).join(', ')}.`,
      remedy:
        'Add its descriptor to the declaration, and deploy the exchange again: two ConfigMaps and two NetworkPolicies change, and nothing restarts.',
      commands: [],
    }),
  },
  'peer-missing': {
    title: 'A party without an exchange does not know another one',
    component: 'routes',
    layer: 'routes',
    sign: 'Jobs with one party are refused at once: “is of no party that party … has a route to”, or 502.',
    acts: ['party', 'other party'],
    effects: [
      {
        says: 'The party is nobody: its calls are refused with the reason, and it is a member by its route alone, without a restart.',
        source: measured(
          'nginx 1.22',
          'nginx/mutual-tls.engine.ts',
          'a party joins by its descriptor alone, and one that left can call no more',
        ),
      },
    ],
    time: {
      says: 'nginx follows new routes within about 90 seconds, FATE Flow with the next job.',
      source: here('README.md'),
    },
    party: ({ plan }) =>
      plan.peers && {
        check: [
          inNamespace(plan, `logs deployment/${nginx.name} --tail=100`),
          inNamespace(plan, "get configmap nginx-route-table -o jsonpath='{.data.route_table\\.yaml}'"),
          inNamespace(plan, "get configmap pulsar-route-table -o jsonpath='{.data.pulsar_route_table\\.yaml}'"),
        ],
        shows: `502 for a party that is not in the tables, or 403 from one whose tables do not have this one. Declared are ${plan.peers.map(({ id }) => id).join(', ') || 'none'}.`,
        remedy:
          'Add its descriptor to `peers`, and deploy: tables and NetworkPolicies change, and nothing restarts. The other party does the same with yours.',
        commands: [],
      },
  },
  'route-not-loaded': {
    title: 'A replica has another table than is declared',
    component: 'routes',
    layer: 'routes',
    sign: 'A party that has a route is reached by one try and not by the next one.',
    acts: ['exchange', 'party'],
    effects: [
      {
        says: 'Each pod reads its own table: the paper has one of them told, and the other one keeps the old table. Here each is told by itself.',
        source: measured(
          'Traffic Server 9.2',
          'traffic-server/traffic-server.engine.ts',
          'a party that joins is reached through both, and nobody else notices',
        ),
      },
      {
        says: 'A pod whose watcher is dead is live until the tables change, and is restarted then.',
        source: measured(
          'nginx 1.22',
          'nginx/nginx.engine.ts',
          'a pod whose watcher was killed is live until the routes change',
        ),
      },
    ],
    time: {
      says: 'Two minutes after a change at most; a pod that has not followed by then is restarted by its liveness probe, in 90 s more.',
      source: here('constructs/parts/watched-server.ts'),
    },
    party: ({ plan }) => ({
      check: [
        inNamespace(plan, "get configmap nginx-route-table -o jsonpath='{.data.route_table\\.yaml}'"),
        ...inEachPod(plan, nginx.name, `sh -c 'cat "$TABLE"'`),
        inNamespace(plan, "get configmap pulsar-route-table -o jsonpath='{.data.pulsar_route_table\\.yaml}'"),
      ],
      shows:
        'a table of a pod that is not its ConfigMap’s: the kubelet has not brought it yet. Or one that is not declared.',
      remedy:
        'Apply what is declared again, and give the pods two minutes: nginx follows by itself, and FATE Flow reads its table for every job. Then restart nginx.',
      commands: [
        inNamespace(plan, `rollout restart deployment/${nginx.name}`),
        inNamespace(plan, `rollout status deployment/${nginx.name} --timeout=5m`),
      ],
    }),
    exchange: ({ plan }) => ({
      check: tables.flatMap(({ workload, configMap, file }) => [
        inNamespace(plan, `get configmap ${configMap} -o jsonpath='{.data.${file.replace('.', '\\.')}}' | cksum`),
        ...inEachPod(plan, workload, `sh -c 'cksum <"$TABLE"; grep "$TABLE" "$SEEN"'`),
      ]),
      shows:
        'numbers of a pod that are not those of its ConfigMap: the kubelet has not brought it yet. Or two lines that differ: it was not read.',
      remedy:
        'Give it two minutes. Then restart the pods, one after the other: tunnels are cut, and Pulsars connect again.',
      commands: tables.flatMap(({ workload }) => [
        inNamespace(plan, `rollout restart deployment/${workload}`),
        inNamespace(plan, `rollout status deployment/${workload} --timeout=5m`),
      ]),
    }),
  },
  'party-still-routed': {
    title: 'A party that was removed is still let through',
    component: 'routes',
    layer: 'routes',
    sign: 'A party that has left still submits jobs.',
    acts: ['exchange'],
    effects: [
      {
        says: 'A party that leaves can call no more: each nginx is told to read its table anew.',
        source: measured('nginx 1.22', 'nginx/mutual-tls.engine.ts', 'a party joins, one leaves and can call no more'),
      },
      {
        says: "FATE's own Lua adds what is new every five seconds, and forgets nothing until nginx reloads: in an exchange of KubeFATE it stays.",
        source: read('FATE v1.6.1, `c/proxy/lua/route_table.lua`'),
      },
    ],
    exchange: ({ plan }) => ({
      check: [inNamespace(plan, `logs ${podsOf(nginx.name)} --prefix --tail=200`)],
      shows: 'calls of the party that was removed, with another status than 403.',
      remedy:
        'Take it out of the declaration, deploy, and restart nginx. Its certificate holds until the authority is replaced.',
      commands: [inNamespace(plan, `rollout restart deployment/${nginx.name}`)],
    }),
  },
  'caller-refused': {
    title: 'A call is refused by its certificate or its words',
    component: 'routes',
    layer: 'routes',
    sign: 'FATE Flow shows a sentence about a certificate, or “calls for no party”, in the place of an answer.',
    acts: ['party', 'exchange'],
    effects: [
      {
        says: 'Who cannot prove to be a party with a route is refused, with the reason.',
        source: measured(
          'nginx 1.22',
          'nginx/mutual-tls.engine.ts',
          'who cannot prove to be a party with a route is refused with the reason',
        ),
      },
      {
        says: 'A call past the exchange is refused, too: a party takes those of the exchange alone.',
        source: measured('nginx 1.22', 'nginx/mutual-tls.engine.ts', 'a party takes calls of the exchange alone'),
      },
    ],
    party: ({ plan }) =>
      isJoined(plan) && plan.transport === 'mutual-tls'
        ? {
            check: [inNamespace(plan, `logs deployment/${nginx.name} --tail=100`)],
            shows: `status ${refusalStatus(plan)} with the party and the call that were meant.`,
            remedy:
              'The sentence names what does not fit: the certificate (its own entry here), the party id that FATE Flow says it has, or a call that no FATE Flow makes.',
            commands: [],
          }
        : undefined,
    exchange: ({ plan }) =>
      plan.transport === 'mutual-tls'
        ? {
            check: [inNamespace(plan, `logs ${podsOf(nginx.name)} --prefix --tail=200`)],
            shows: `status ${refusalStatus(plan)} for the calls of one party.`,
            remedy: 'Tell that party; where its certificate is of the right name, see whether it has a route.',
            commands: [],
          }
        : undefined,
  },
  'port-not-allowed': {
    title: 'Traffic Server may not connect to the port of a party',
    component: 'Traffic Server',
    layer: 'routes',
    sign: '“wrong version number” or a TLS error for one party, whose port is an unusual one.',
    acts: ['exchange'],
    effects: [
      {
        says: 'Tunnels lead to the ports that are allowed, and to no others.',
        source: measured(
          'Traffic Server 9.2',
          'traffic-server/traffic-server.engine.ts',
          'tunnels lead to the connect ports of the exchange, and to no others',
        ),
      },
    ],
    exchange: ({ plan }) => ({
      check: [inNamespace(plan, "get configmap traffic-server-sni -o jsonpath='{.data.sni\\.yaml}'")],
      shows: `a port that is none of ${portsText(plan.connectPorts)}.`,
      remedy: 'Declare it in `connectPorts`, and deploy: Traffic Server restarts, one pod after the other.',
      commands: [],
    }),
  },
  'exchange-nginx-lost': {
    title: "The exchange's nginx restarted or is away",
    component: 'nginx',
    layer: 'routes',
    sign: 'No party reaches any other: 502, or no connection to port 9300.',
    acts: ['exchange'],
    effects: [
      {
        says: 'With all of its pods away a new job is refused after three tries without a pause, and one at work may fail, by the moment; the next one runs.',
        source: measured(
          'FATE 2.2.0',
          'fate/fate.engine.ts',
          'a job that finds no nginx of the exchange is refused, after three tries without a pause',
        ),
        releases: ['2.2.0'],
      },
      { says: 'Nothing: it keeps no state, and there are several.', source: paper('KubeFATE Component Failures') },
    ],
    time: { says: 'Less than 30 s for a pod; with two nobody waits.', source: paper('KubeFATE Component Failures') },
    exchange: ({ plan }) => ({
      check: [
        inNamespace(plan, `get pods ${podsOf(nginx.name)} -o wide`),
        inNamespace(plan, `logs deployment/${nginx.name} --tail=50`),
      ],
      shows: 'no ready pod, and why: a certificate, or a table that nginx cannot read.',
      remedy: 'Mend what the log names, and wait for the pods. Parties submit again what was refused.',
      commands: [inNamespace(plan, `rollout status deployment/${nginx.name} --timeout=3m`)],
    }),
  },
  'traffic-server-lost': {
    title: 'Traffic Server restarted or is away',
    component: 'Traffic Server',
    layer: 'routes',
    sign: 'Jobs stand still at all parties, while calls go through.',
    acts: ['exchange'],
    effects: [
      {
        says: 'A job in whose middle it is lost ends in success.',
        source: measured(
          'FATE 2.2.0',
          'fate/fate.engine.ts',
          'a benchmark is measured, though Traffic Server and then a Pulsar are lost',
        ),
        releases: ['2.2.0'],
      },
      {
        says: 'Another pod carries what was sent while there was none.',
        source: measured(
          'Pulsar 2.7.0 and 2.10.1',
          'pulsar/pulsar.engine.ts',
          'another pod of Traffic Server carries what was sent while there was none',
        ),
      },
      {
        says: 'Its port may be open while nothing answers behind it; the probe asks for an answer.',
        source: measured(
          'Traffic Server 9.2',
          'traffic-server/traffic-server.engine.ts',
          'it is not ready while its server does not answer, though the port is open',
        ),
      },
      { says: 'Nothing: it keeps no state, and there are several.', source: paper('KubeFATE Component Failures') },
    ],
    time: { says: 'Less than 30 s for a pod; with two nobody waits.', source: paper('KubeFATE Component Failures') },
    exchange: ({ plan }) => ({
      check: [
        inNamespace(plan, `get pods ${podsOf(trafficServer.name)} -o wide`),
        inNamespace(plan, `logs deployment/${trafficServer.name} --tail=50`),
      ],
      shows: 'no ready pod, and why: a certificate, or “EMERGENCY” and a file that it cannot read.',
      remedy: 'Mend what the log names, and wait for the pods. Nobody has to do anything at the parties.',
      commands: [inNamespace(plan, `rollout status deployment/${trafficServer.name} --timeout=3m`)],
    }),
  },
  'exchange-address-old': {
    title: 'Pulsar remembers an old address',
    component: 'Pulsar',
    layer: 'routes',
    sign: 'Since the exchange, or a party without one, moved, messages to parties that were known before do not arrive, to new ones they do.',
    acts: ['party'],
    effects: [
      {
        says: 'FATE registers a party in Pulsar once, with the address of the exchange or, without one, its own, and never again.',
        source: read('FATE v1.6.1, `federation/pulsar/_federation.py`'),
      },
    ],
    party: ({ plan, others }) =>
      isJoined(plan)
        ? {
            check: [administer(plan, 'clusters list'), ...others.map((id) => administer(plan, `clusters get ${id}`))],
            shows: `${remembered(plan)}. A party that has had no job yet is not listed.`,
            remedy: `Between jobs, have Pulsar forget each ${plan.exchange ? 'other party' : 'party that has moved'}: FATE registers it anew with the next job.${plan.pulsar.isExternal ? ` Have whoever runs ${plan.pulsar.host} restart its brokers then.` : ''}`,
            commands: [
              ...forgotten(others).map((id) => forgetParty(plan, id)),
              ...(plan.pulsar.isExternal || plan.pulsar.cluster
                ? restartPulsar(plan)
                : [inNamespace(plan, `delete pod ${pulsar.name}-0`)]),
            ],
          }
        : undefined,
  },
} as const satisfies Record<string, Failure>;

/** The tables of an exchange, and whose pods have them. */
const tables = [
  { workload: nginx.name, configMap: 'nginx-route-table', file: 'route_table.yaml' },
  { workload: trafficServer.name, configMap: 'traffic-server-sni', file: 'sni.yaml' },
];

const refusalStatus = ({ fate }: PartyPlan | ExchangePlan): number => releases[fate].coordination.refusal('').status;

const remembered = ({ exchange, peers = [] }: PartyPlan): string => {
  if (exchange) return `a proxyServiceUrl that is not ${exchange.trafficServer.address}:${exchange.trafficServer.port}`;
  const declared = peers.map(({ id, pulsar: { address, port } }) => ` ${id} at ${address}:${port}`);
  return `a brokerServiceUrlTls that is not the party's own. Declared are${declared.join(',') || ' none'}`;
};

/** Where nobody else is known, whoever types it says whom. */
const forgotten = (others: readonly number[]): readonly (number | string)[] =>
  others.length === 0 ? ['ID_OF_THE_OTHER_PARTY'] : others;
