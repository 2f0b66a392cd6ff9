import { services } from '../../fate/services';
import type { ExchangePlan } from '../../federation/exchange';
import { isJoined, neighboursOf } from '../../federation/neighbours';
import type { PartyPlan } from '../../federation/party';
import { publicServices } from '../../federation/pulsar';
import { isHostIpv4 } from '../../input/addresses';
import { inNamespace } from '../../operations/kubectl';
import type { Failure, Handling } from './failure';
import { connects, jobsAtWork, messagesAt, waysToOthers } from './lines';
import { measured, paper, read } from './source';

const { nginx, trafficServer } = services;

/** Between members: addresses, names, ports. */
export const networkFailures = {
  'address-missing': {
    title: 'A LoadBalancer has no address',
    component: 'network',
    layer: 'network',
    sign: 'EXTERNAL-IP is <pending>; nobody reaches the member from outside.',
    acts: ['platform'],
    effects: [{ says: 'The member works alone, and no other one reaches it.', source: read('Kubernetes, “Service”') }],
    party: ({ plan }) => withoutAddress(plan, publicServices(plan), isJoined(plan)),
    exchange: ({ plan }) => withoutAddress(plan, [trafficServer.name, nginx.name], true),
  },
  'address-moved': {
    title: 'An address of a member is another one now',
    component: 'network',
    layer: 'network',
    sign: 'After a Service was made anew: calls to one member end in time-outs, all others work.',
    acts: ['party', 'exchange'],
    effects: [
      {
        says: 'Messages for it wait at the party that sends them.',
        source: measured(
          'Pulsar 2.7.0 and 2.10.1',
          'pulsar/pulsar.engine.ts',
          'without a route a message waits at the party that sent it',
        ),
      },
    ],
    party: ({ plan }) =>
      isJoined(plan)
        ? {
            check: [inNamespace(plan, `get service ${publicServices(plan).join(' ')}`)],
            shows: `other addresses than those that ${plan.exchange ? 'the exchange has' : 'the other parties have'}: ${known(plan.addresses, ['nginx', 'pulsar'])}.`,
            remedy: plan.exchange
              ? 'Send the new descriptor to who runs the exchange; reserve the address from then on.'
              : 'Send the new descriptor to all other parties, who have to clear what their Pulsars remember; reserve the address from then on.',
            commands: [],
          }
        : undefined,
    exchange: ({ plan }) => ({
      check: [inNamespace(plan, `get service ${trafficServer.name} ${nginx.name}`)],
      shows: `other addresses than those that the parties have: ${known(plan.addresses, ['trafficServer', 'nginx'])}.`,
      remedy:
        'Give the Service its old address again, if it can be had: every Pulsar remembers that of Traffic Server. Else send the new descriptor to all parties, who have to clear what they remember.',
      commands: [],
    }),
  },
  'name-unknown': {
    title: 'A name is not found in DNS',
    component: 'network',
    layer: 'network',
    sign: '“Name or service not known”, “could not be resolved”, in a log of nginx, Pulsar or FATE Flow.',
    acts: ['party', 'platform'],
    effects: [
      {
        says: 'nginx does not start without the name of FATE Flow, and goes on with what it knows otherwise.',
        source: read('nginx, `upstream`'),
      },
    ],
    party: ({ plan }) => ({
      check: [
        ...[services.fateflow.name, plan.mysql.host, plan.pulsar.host, ...namenodesOf(plan), ...namesOf(plan)].map(
          (name) => inNamespace(plan, `exec deployment/${nginx.name} -- getent hosts ${name}`),
        ),
        'kubectl -n kube-system get pods',
      ],
      shows: `a name without an address. Own Services: DNS of the cluster; ${plan.peers ? 'other parties' : 'the exchange'}: DNS outside.`,
      remedy:
        "Bring back the cluster's DNS, or the record outside. Who asked asks again by itself; nginx is started again by Kubernetes.",
      commands: [],
    }),
    exchange: ({ plan }) => ({
      check: [`getent hosts ${plan.addresses?.trafficServer ?? 'NAME'}   # from where parties ask`],
      shows: 'no address, where a name is declared for Traffic Server.',
      remedy:
        'Have the name in a DNS that all parties ask. Their Pulsars remember it: keep it, and mend what it leads to.',
      commands: [],
    }),
  },
  'port-blocked': {
    title: 'A port is blocked between two members',
    component: 'network',
    layer: 'network',
    sign: 'One direction works and the other one does not; calls end after a minute, or at once with “refused”.',
    acts: ['party', 'exchange', 'platform'],
    effects: [
      {
        says: 'A job that is submitted is refused when no call comes through; without the way of messages it starts, and waits.',
        source: read('FATE-Flow, `federated_scheduler.py`; FATE, `federation/pulsar`'),
      },
    ],
    party: ({ plan }) =>
      isJoined(plan)
        ? {
            check: [...waysToOthers(plan), inNamespace(plan, 'get networkpolicies')],
            shows: 'no “is open” for one of them.',
            remedy: `Ask who runs the firewalls, yours first and then ${plan.exchange ? 'the exchange’s' : 'the other party’s'}, for that address and port, both TCP. ${ofSomebodyElse} Ways to you are looked at from ${plan.exchange ? 'the exchange' : 'the other party'}.`,
            commands: [],
          }
        : undefined,
    exchange: ({ plan }) => ({
      check: [
        ...plan.parties.flatMap((party) => [
          connects(plan, `deployment/${nginx.name}`, party.nginx),
          connects(plan, `deployment/${trafficServer.name}`, party.pulsar),
        ]),
        inNamespace(plan, 'get networkpolicies'),
      ],
      shows: 'no “is open” for one of them.',
      remedy: `Ask who runs the firewalls, yours first and then the party’s, for that address and port, both TCP. ${ofSomebodyElse}`,
      commands: [],
    }),
  },
  'network-disconnected': {
    title: 'The network between members is down',
    component: 'network',
    layer: 'network',
    sign: 'Jobs with other parties stand still everywhere; jobs of one party alone run.',
    acts: ['platform', 'party'],
    effects: [
      {
        says: 'Messages wait at the party that sent them, and arrive when the way is back.',
        source: measured(
          'Pulsar 2.7.0 and 2.10.1',
          'pulsar/pulsar.engine.ts',
          'another pod of Traffic Server carries what was sent while there was none',
        ),
      },
      {
        says: 'Jobs end as failed after about ten minutes in which a party could not be called.',
        source: read('FATE-Flow v1.11.2, `detector.py`'),
        releases: ['1.11.2'],
      },
      {
        says: 'The job goes on when the network is back, and is reported as a timeout otherwise.',
        source: paper('Table 5. Single Party Failures and Expected Results'),
      },
    ],
    party: ({ plan }) =>
      isJoined(plan)
        ? {
            check: [...waysToOthers(plan), ...jobsAtWork(plan)],
            shows: `${plan.exchange ? 'neither' : 'none'} is open, and jobs whose progress stands.`,
            remedy:
              'Have the network mended within the time that jobs have. What FATE has failed meanwhile is run again from where it was.',
            commands: [],
          }
        : undefined,
  },
} as const satisfies Record<string, Failure>;

/** Those of a plan let through what is planned. */
const ofSomebodyElse =
  'A NetworkPolicy of somebody else may block it, too: those that are drawn have the names of workloads, and default-deny.';

const withoutAddress = (
  plan: PartyPlan | ExchangePlan,
  names: readonly string[],
  isPublished: boolean,
): Handling | undefined =>
  isPublished
    ? {
        check: [
          inNamespace(plan, `get service ${names.join(' ')}`),
          inNamespace(plan, 'get events --field-selector involvedObject.kind=Service'),
        ],
        shows: '<pending>, and why: no addresses left in the ingress range, or a reserved one that is not of it.',
        remedy: 'Give the range more addresses, or release some: who runs NSX or the load balancer does.',
        commands: [],
      }
    : undefined;

const namenodesOf = ({ hdfs }: PartyPlan): readonly string[] =>
  hdfs.isExternal ? hdfs.namenodes.map(({ host }) => host) : [services.namenode.name];

/** Names of others that DNS outside has to know. */
const namesOf = (plan: PartyPlan): readonly string[] =>
  neighboursOf(plan).flatMap((each) => (isHostIpv4(messagesAt(each).address) ? [] : [messagesAt(each).address]));

const known = (addresses: Readonly<Record<string, string>> | undefined, names: readonly string[]): string =>
  addresses === undefined ? 'not declared here' : names.map((name) => addresses[name]).join(', ');
