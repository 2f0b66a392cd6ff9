import type { Member } from '../../federation/certificates';
import type { PublicEndpoint } from '../../federation/public-addresses';
import { addresses, connection, type Failed, isFailed } from '../answers';
import type { Ask } from '../asks';
import { type Actor, type Asker, type FailureId, type Fault, fails, holds, warns } from '../finding';
import { byAnswer, type Step } from '../ladder';

/** Something of the own namespace that is connected to. */
export interface OwnEndpoint {
  readonly service: string;
  readonly port: number;
  /** Of the catalogue, where nothing answers. */
  readonly failure: FailureId;
  /** Steps of the pods behind it. */
  readonly needs: readonly string[];
}

export const connectionStep = (host: string, port: number): string => `connection ${host}:${port}`;

/** Names of Services, and connections to them. */
export function ownConnections(member: Member, endpoints: readonly OwnEndpoint[]): readonly Step[] {
  const named = new Map(endpoints.map((each) => [each.service, each]));
  return [
    ...[...named.values()].map(({ service, needs }) =>
      nameStep(
        service,
        needs,
        { failure: 'name-unknown', acts: { member } },
        `its Service is missing, or the cluster's DNS tells no address of it`,
      ),
    ),
    ...endpoints.map(({ service, port, failure, needs }) =>
      connectedStep(
        { address: service, port },
        `${service} takes connections on ${port}`,
        [...needs, nameId(service)],
        ({ kind }) => ({
          failure,
          acts: { member },
          meaning:
            kind === 'refused' || kind === 'closed'
              ? `nothing of ${service} listens there, though its pod is ready`
              : `the pod of ${service} is ready, and no answer comes back: a NetworkPolicy is in the way, or the network of the cluster`,
        }),
      ),
    ),
  ];
}

/**
 * What somebody else runs for the party, seen from its own pods.
 *
 * @param options whether another server stands in for this one
 */
export const externalConnection = (
  member: Member,
  what: string,
  failure: FailureId,
  address: string,
  ports: readonly number[],
  { isOneOfSeveral = false } = {},
) =>
  reached(
    address,
    ports.map((port) => ({ port, what: `${what} takes connections on ${address}:${port}` })),
    { failure: 'name-unknown', acts: { member }, meaning: 'its name is in no DNS that this cluster asks' },
    ({ kind }) => ({
      failure,
      acts: { member },
      meaning:
        kind === 'refused' || kind === 'closed'
          ? 'the address is there, and nothing listens on the port: whoever runs it has to look'
          : 'no answer comes back: a firewall on the way, or an address that nobody has',
    }),
    isOneOfSeveral ? warns : fails,
  );

/** What others publish, from a party that calls them. */
export function publicConnection(
  from: Asker,
  to: Member,
  service: string,
  lost: FailureId,
  { address, port }: PublicEndpoint,
): readonly Step[] {
  return reached(
    address,
    [{ port, what: `${service} takes connections on ${address}:${port}` }],
    {
      failure: 'name-unknown',
      acts: { member: to },
      meaning: `its name is in no DNS that ${from === 'here' ? 'this machine' : 'this cluster'} asks`,
    },
    (failed) => unreached(failed, from, to, lost),
  );
}

/** A server of others, by its address or by its name. */
function reached(
  address: string,
  ports: readonly { readonly port: number; readonly what: string }[],
  { meaning, ...unknown }: Required<Pick<Fault, 'failure' | 'acts' | 'meaning'>>,
  fault: (failed: Failed) => Fault,
  judge = fails,
): readonly Step[] {
  const isName = !/^[\d.]+$/.test(address);
  return [
    ...(isName ? [nameStep(address, [], unknown, meaning, judge)] : []),
    ...ports.map(({ port, what }) =>
      connectedStep({ address, port }, what, isName ? [nameId(address)] : [], fault, judge),
    ),
  ];
}

/** A refusal comes from whoever has the address; silence from what lies in between. */
function unreached(failed: Failed, from: Asker, to: Member, lost: FailureId): Fault {
  if (failed.kind === 'refused' || failed.kind === 'closed')
    return { failure: lost, acts: { member: to }, meaning: 'the address is there, and nothing listens on the port' };
  return {
    failure: 'port-blocked',
    acts: { between: [from, to] },
    meaning:
      failed.kind === 'unreachable'
        ? 'no way leads there: a route is missing, nobody has the address, or a firewall says so'
        : 'no answer comes back: a firewall on the way, or an address that nobody has',
  };
}

const nameId = (host: string): string => `name ${host}`;

function nameStep(
  host: string,
  needs: readonly string[],
  fault: { readonly failure: FailureId; readonly acts: Actor },
  meaning: string,
  judge = fails,
): Step {
  const id = nameId(host);
  return {
    id,
    layer: 'names',
    what: `${host} has an address`,
    needs,
    asks: [{ id, question: { ask: 'dns', name: host } }],
    judge: byAnswer(id, (answer) => {
      const found = addresses(answer);
      if (!('error' in found)) return holds(found.join(', '));
      return judge(found.error, { ...fault, meaning });
    }),
  };
}

function connectedStep(
  { address, port }: PublicEndpoint,
  what: string,
  needs: readonly string[],
  fault: (failed: Failed) => Fault,
  judge = fails,
): Step {
  const id = connectionStep(address, port);
  const ask: Ask = { id, question: { ask: 'tcp', host: address, port } };
  return {
    id,
    layer: 'connections',
    what,
    needs,
    asks: [ask],
    judge: byAnswer(id, (answer) => {
      const made = connection(answer);
      return isFailed(made) ? judge(made.error, fault(made)) : holds(`open at ${made.address}`);
    }),
  };
}
