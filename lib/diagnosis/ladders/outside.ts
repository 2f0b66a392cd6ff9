import { type FateRelease, releases } from '../../fate/releases';
import { services } from '../../fate/services';
import { certificateName, type Member, memberName } from '../../federation/certificates';
import { callerHeader } from '../../federation/coordination';
import type { ExchangeDescriptor, PartyDescriptor } from '../../federation/descriptor';
import type { PublicEndpoint } from '../../federation/public-addresses';
import { httpAnswer, isFailed, oneLine } from '../answers';
import type { Question } from '../asks';
import { type Asker, askerName, type FailureId, type Fault, fails, holds, type Judgement, unseen } from '../finding';
import { flowAnswer } from '../flow-answer';
import { byAnswer, type Step } from '../ladder';
import { publishedCertificate, publishedStep, tunnel } from '../steps/certificates';
import { answeredBy, ofRefusal, ofStatus } from '../steps/fate-flow';
import { connectionStep, publicConnection } from '../steps/network';
import { ofPeer } from '../steps/peers';

/** From where somebody looks who has no cluster, or not that one. */
export interface Outsider {
  /** Whose certificate can be shown. @default nobody's */
  readonly member?: Member;
  /** Parties that the exchange should lead to. */
  readonly peers: readonly number[];
}

/** What can be seen of an exchange by whom it is to lead to others. */
export function outsideOfExchange(descriptor: ExchangeDescriptor, { member, peers }: Outsider): readonly Step[] {
  const { domain, trafficServer, nginx, transport } = descriptor;
  const tunnels = [connectionStep(trafficServer.address, trafficServer.port)];
  const taken = [connectionStep(nginx.address, nginx.port)];
  const calls = transport === 'mutual-tls' ? [publishedStep(nginx)] : taken;
  const others = peers.filter((peer) => peer !== member);
  return [
    ...publicConnection('here', 'exchange', 'Traffic Server of the exchange', 'traffic-server-lost', trafficServer),
    ...publicConnection('here', 'exchange', 'nginx of the exchange', 'exchange-nginx-lost', nginx),
    ...(transport === 'mutual-tls'
      ? [
          publishedCertificate('exchange', domain, 'nginx of the exchange', 'exchange-nginx-lost', nginx, taken),
          strangers('exchange', descriptor, calls),
        ]
      : []),
    ...peers.map((peer) => tunnel(peer, domain, trafficServer, tunnels)),
    ...(transport === 'open' || typeof member === 'number'
      ? others.map((peer) => call(descriptor, member ?? 'here', peer, calls))
      : []),
  ];
}

/** What can be seen of a party. It may let in its exchange alone, and then nobody else sees anything. */
export function outsideOfParty(descriptor: PartyDescriptor, { member }: Outsider): readonly Step[] {
  const { id, domain, nginx, pulsar, transport } = descriptor;
  const calls = [transport === 'mutual-tls' ? publishedStep(nginx) : connectionStep(nginx.address, nginx.port)];
  const published = [
    ['nginx', 'nginx-lost', nginx],
    ['Pulsar', 'pulsar-lost', pulsar],
  ] as const satisfies readonly (readonly [string, FailureId, PublicEndpoint])[];
  const shown = transport === 'mutual-tls' ? published : published.slice(1);
  const steps = [
    ...published.flatMap(([name, lost, endpoint]) =>
      publicConnection('here', id, `${name} of party ${id}`, lost, endpoint),
    ),
    ...shown.map(([name, lost, endpoint]) =>
      publishedCertificate(id, domain, `${name} of party ${id}`, lost, endpoint, [
        connectionStep(endpoint.address, endpoint.port),
      ]),
    ),
    ...(transport === 'mutual-tls' ? [strangers(id, descriptor, calls)] : []),
    ...(transport === 'open' || (member !== undefined && member !== id)
      ? [call(descriptor, member ?? 'here', id, calls)]
      : []),
  ];
  return member === 'exchange' ? steps : steps.map(asFarAsLetIn);
}

/** Silence, and a refused connection, are what a firewall owes to everybody but the exchange. */
const asFarAsLetIn = (step: Step): Step => ({
  ...step,
  judge: (observed) => {
    if (step.needs.some((id) => observed.verdicts.get(id) === 'unseen')) return unseen(notLetIn);
    const judged = step.judge(observed);
    return step.layer === 'connections' && judged.verdict === 'fails' ? unseen(notLetIn) : judged;
  },
});

const notLetIn = 'nobody answers here, and a party need let in nobody but its exchange: ask with --as and its folder';

/** Who proves nothing gets nothing, and is told so. */
function strangers(member: Member, descriptor: PartyDescriptor | ExchangeDescriptor, needs: readonly string[]): Step {
  const id = 'strangers';
  return {
    id,
    layer: 'certificates',
    what: `nginx of ${memberName(member)} takes no call of whom it does not know`,
    needs,
    asks: [{ id, question: versionOf(descriptor, member === 'exchange' ? 1 : member, 'nobody') }],
    judge: byAnswer(id, (answer) => judgeStranger(member, descriptor.fate, answer)),
  };
}

function judgeStranger(member: Member, fate: FateRelease, answer: unknown): Judgement {
  const http = httpAnswer(answer);
  if (isFailed(http)) return http.kind === 'tls' || http.kind === 'closed' ? holds(http.error) : unseen(http.error);
  const said = flowAnswer(fate, http);
  if ('error' in said && /no certificate of the federation was shown/.test(said.error)) return holds(said.error);
  if (said.by === 'nginx' && said.status === 400) return holds(said.said);
  return fails(said.by === 'nginx' ? said.said : 'error' in said ? said.error : 'FATE Flow answers', {
    acts: { member },
    meaning: 'calls are taken from anybody who reaches the port, or somebody else answers there',
  });
}

/** FATE Flow of a party: through the exchange for another party, asked by the exchange itself, or without one by another party. */
function call(
  descriptor: PartyDescriptor | ExchangeDescriptor,
  from: Asker,
  to: number,
  needs: readonly string[],
): Step {
  const id = `party ${to}`;
  const { fate, kind } = descriptor;
  return {
    id,
    layer: 'parties',
    what: `FATE Flow of party ${to} answers ${askerName(from)}${kind === 'Exchange' ? ' through the exchange' : ''}`,
    needs,
    asks: [{ id, question: versionOf(descriptor, to, from) }],
    judge: byAnswer(id, (answer, observed) => {
      const http = httpAnswer(answer);
      if (isFailed(http)) return fails(http.error, unanswered(kind, to));
      const said = flowAnswer(fate, http);
      if (said.by === 'nginx')
        return fails(said.said, kind === 'Party' ? unanswered(kind, to) : ofStatus(said.status, from, to, observed));
      if (!('error' in said)) return judgeAnswer(to, said.data);
      if (kind === 'Exchange' || typeof from !== 'number')
        return fails(said.error, ofRefusal(said.error, from === 'here' ? to : from, to));
      return byExchangeAlone.test(said.error)
        ? unseen(`party ${to} lets in its exchange alone: ask that one, with --peer ${to}`)
        : fails(said.error, ofPeer(said.error, from, to));
    }),
  };
}

/** What nginx of a party that has an exchange says to another party. */
const byExchangeAlone = /calls for no party: only \S+ calls party \d+, for others/;

const unanswered = (kind: PartyDescriptor['kind'] | ExchangeDescriptor['kind'], party: number): Fault =>
  kind === 'Party'
    ? { failure: 'fateflow-lost', acts: { member: party }, meaning: 'its nginx does not reach its FATE Flow' }
    : {
        failure: 'port-blocked',
        acts: { between: ['exchange', party] },
        meaning: `the exchange takes the call, and nothing comes back from party ${party}`,
      };

function judgeAnswer(party: number, data: unknown): Judgement {
  const by = answeredBy(data);
  if (by === undefined || by === `${party}`) return holds(oneLine(JSON.stringify(data) ?? 'it answers'));
  return fails(`party ${by} answers`, {
    failure: 'route-missing',
    acts: { member: 'exchange' },
    meaning: 'the call goes to another party: its route leads to the wrong address',
  });
}

/** The first call of a release by which people see whether a party is there. */
function versionOf(descriptor: PartyDescriptor | ExchangeDescriptor, to: number, from: Asker | 'nobody'): Question {
  const { fate, domain, nginx, transport } = descriptor;
  const { probes, caller } = releases[fate].coordination;
  const [method, path] = `${probes[0]}`.split(' ') as ['GET' | 'POST', string];
  const body = method === 'POST' ? JSON.stringify({ module: 'FATE' }) : undefined;
  const headers = {
    'dest-party-id': `${to}`,
    service: services.fateflow.name,
    ...(caller && typeof from === 'number' && { [caller.header]: `${from}` }),
    ...(from === 'exchange' && { [callerHeader]: `${to}` }),
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
  };
  const { address: host, port } = nginx;
  if (transport === 'open') return { ask: 'http', url: `http://${host}:${port}${path}`, method, headers, body };
  const name = certificateName(descriptor.kind === 'Party' ? descriptor.id : 'exchange', domain);
  return { ask: 'https', host, port, name, method, path, headers, body, isProven: from !== 'nobody' };
}
