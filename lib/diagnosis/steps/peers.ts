import type { PartyDescriptor } from '../../federation/descriptor';
import type { PartyPlan } from '../../federation/party';
import type { Fault } from '../finding';
import type { Step } from '../ladder';
import { publishedCertificate, publishedStep } from './certificates';
import { flowThroughNginx, ofRefusal } from './fate-flow';
import { connectionStep, publicConnection } from './network';

/** What a party without an exchange looks for at another one's place: whether it is there, and is who it is. */
export function peerSteps(plan: PartyPlan, peer: PartyDescriptor): readonly Step[] {
  const { id, nginx, pulsar } = peer;
  const at = [
    [`nginx of party ${id}`, 'nginx-lost', nginx],
    [`Pulsar of party ${id}`, 'pulsar-lost', pulsar],
  ] as const;
  const shown = plan.transport === 'mutual-tls' ? at : at.slice(1);
  return [
    ...at.flatMap(([name, lost, endpoint]) => publicConnection(plan.id, id, name, lost, endpoint)),
    ...shown.map(([name, lost, endpoint]) =>
      publishedCertificate(id, plan.domain, name, lost, endpoint, [connectionStep(endpoint.address, endpoint.port)]),
    ),
  ];
}

/** Another party's FATE Flow, through the nginx of both. */
export function peerFlow(plan: PartyPlan, party: number): Step {
  const { id } = plan;
  const peer = plan.peers?.find((each) => each.id === party);
  const needs = peer ? [connectionStep(peer.nginx.address, peer.nginx.port)] : [];
  return flowThroughNginx(plan, party, `FATE Flow of party ${party} answers`, needs, {
    silence: {
      failure: 'port-blocked',
      acts: { between: [id, party] },
      meaning: 'the call goes out, and nothing comes back',
    },
    ofStatus: (status) => ofStatus(status, plan, party),
    ofRefusal: (error) => ofPeer(error, id, party),
    ofAnother: () => ({
      failure: 'peer-missing',
      acts: { member: id },
      meaning: 'the call goes to another party: its route leads to a name, or to the wrong address',
    }),
  });
}

/** A call for whom nobody knows goes to a closed port; so does one for a party that is away. */
function ofStatus(status: number, { id, peers = [] }: PartyPlan, party: number): Fault {
  if (!peers.some((peer) => peer.id === party))
    return { failure: 'peer-missing', acts: { member: id }, meaning: `it has no route of party ${party}` };
  if (status === 504)
    return {
      failure: 'port-blocked',
      acts: { between: [id, party] },
      meaning: `its nginx gets no answer from that of party ${party}`,
    };
  return {
    failure: 'nginx-lost',
    acts: { member: party },
    meaning: `its nginx does not reach that of party ${party}, or does not take its certificate`,
  };
}

/** What nginx of a party says to a call of another one that it does not let through. */
export function ofPeer(error: string, from: number, party: number): Fault {
  if (/is of no party that party \d+ has a route to/.test(error))
    return {
      failure: 'peer-missing',
      acts: { member: party },
      meaning: `it takes party ${from} for nobody: it has no route of it`,
    };
  if (/this is party \d+, and the call is for another/.test(error))
    return { failure: 'peer-missing', acts: { member: from }, meaning: 'the call ends at a party that it is not for' };
  return ofRefusal(error, from, party);
}

/** Where messages for a party go through. */
export const peerPulsarStep = ({ pulsar }: PartyDescriptor): string => publishedStep(pulsar);
