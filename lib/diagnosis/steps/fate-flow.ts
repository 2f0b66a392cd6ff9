import { type FateRelease, releases } from '../../fate/releases';
import type { Call } from '../../fate/releases/release';
import { services } from '../../fate/services';
import { type Member, memberName } from '../../federation/certificates';
import type { PartyPlan } from '../../federation/party';
import { type Failed, field, httpAnswer, isFailed, oneLine, textOf } from '../answers';
import type { Question } from '../asks';
import { type Asker, askerName, type Fault, fails, holds, type Judgement } from '../finding';
import { type FlowAnswer, flowAnswer, isVersion2 } from '../flow-answer';
import { byAnswer, type Observed, type Step } from '../ladder';
import { tunnelStep } from './certificates';
import { connectionStep } from './network';

export const flowStep = 'fate-flow';
export const ownNginxStep = 'own nginx';

/** FATE Flow itself, asked as its own users do. */
export function fateFlow(plan: PartyPlan): Step {
  const { id, fate } = plan;
  const { name, ports } = services.fateflow;
  const acts = { member: id };
  return {
    id: flowStep,
    layer: 'FATE Flow',
    what: `FATE Flow answers, and is FATE ${fate}`,
    needs: [connectionStep(name, ports.http)],
    asks: [{ id: flowStep, question: versionCall(fate, `http://${name}:${ports.http}`) }],
    judge: byAnswer(flowStep, (answer, observed) => {
      const said = flowSaid(fate, answer);
      if ('kind' in said)
        return fails(said.error, {
          failure: 'fateflow-lost',
          acts,
          meaning: 'it takes connections, and does not answer',
        });
      if (said.by === 'nginx')
        return fails(said.said, { failure: 'fateflow-lost', acts, meaning: 'somebody else answers in its place' });
      if ('error' in said) return fails(said.error, { acts, ...unable(plan, observed) });
      const version = field(said.data, 'FATE');
      if (isVersion2(fate) || version === undefined || version === fate)
        return holds(version === undefined ? 'it answers' : oneLine(textOf(version)));
      return fails(`FATE ${oneLine(textOf(version))}`, {
        failure: 'release-differs',
        acts,
        meaning: `the federation has agreed on FATE ${fate}, and releases refuse each other`,
      });
    }),
  };
}

/** The way of FATE Flow's calls, out of the namespace and back into it. */
export function ownNginx(plan: PartyPlan): Step {
  const { id, fate } = plan;
  const acts = { member: id };
  return {
    id: ownNginxStep,
    layer: 'FATE Flow',
    what: 'FATE Flow answers through the own nginx',
    needs: [flowStep, connectionStep(...outlet(plan))],
    asks: [{ id: ownNginxStep, question: throughNginx(plan, id) }],
    judge: byAnswer(ownNginxStep, (answer, observed) => {
      const said = flowSaid(fate, answer);
      if ('kind' in said)
        return fails(said.error, {
          failure: 'nginx-lost',
          acts,
          meaning: 'nginx takes connections, and does not answer',
        });
      if (said.by === 'nginx') return fails(said.said, { acts, ...ownNginxFault(said.status) });
      if ('error' in said) return fails(said.error, { acts, ...unable(plan, observed) });
      return holds(answeredBy(said.data) ?? 'it answers');
    }),
  };
}

/** Mostly for want of its database, unless that is there. */
const unable = ({ mysql: { host, port } }: PartyPlan, { verdicts }: Observed): Pick<Fault, 'failure' | 'meaning'> =>
  verdicts.get(connectionStep(host, port)) === 'holds'
    ? { failure: 'fateflow-lost', meaning: 'it runs, its database takes connections, and it cannot do what is asked' }
    : { failure: 'mysql-lost', meaning: 'it runs, and cannot do what is asked: mostly for want of its database' };

const ownNginxFault = (status: number): Pick<Fault, 'failure' | 'meaning'> =>
  status === 500
    ? { failure: 'route-not-loaded', meaning: 'its table has no entry of this party, or none of the service fateflow' }
    : { failure: 'nginx-lost', meaning: 'nginx runs, and does not reach FATE Flow where it looks for it' };

/** Another party's FATE Flow, through the own nginx, the exchange's, and the other party's. */
export function otherParty(plan: PartyPlan, party: number, needs: readonly string[]): Step {
  const { id } = plan;
  return flowThroughNginx(plan, party, `FATE Flow of party ${party} answers through the exchange`, needs, {
    silence: {
      failure: 'port-blocked',
      acts: { between: ['exchange', party] },
      meaning: `the call goes out, and nothing comes back: the exchange waits for party ${party}`,
    },
    ofStatus: (status, observed) => ofStatus(status, id, party, observed),
    ofRefusal: (error) => ofRefusal(error, id, party),
    ofAnother: (by) => ({
      failure: 'route-missing',
      acts: { member: by === `${id}` ? id : 'exchange' },
      meaning: 'the call goes to another party: a route leads to a name, or to the wrong address',
    }),
  });
}

/** What it is a sign of that another party's FATE Flow does not answer. */
interface Signs {
  readonly silence: Fault;
  ofStatus(status: number, observed: Observed): Fault;
  ofRefusal(error: string): Fault;
  /** @param by the party that answers in its place */
  ofAnother(by: string): Fault;
}

/** Another party's FATE Flow, asked as the own one calls it. */
export function flowThroughNginx(
  plan: PartyPlan,
  party: number,
  what: string,
  needs: readonly string[],
  signs: Signs,
): Step {
  const id = `party ${party}`;
  return {
    id,
    layer: 'parties',
    what,
    peer: party,
    needs: [ownNginxStep, ...needs],
    asks: [{ id, question: throughNginx(plan, party) }],
    judge: byAnswer(id, (answer, observed) => judgeOther(party, flowSaid(plan.fate, answer), signs, observed)),
  };
}

function judgeOther(party: number, said: FlowAnswer | Failed, signs: Signs, observed: Observed): Judgement {
  if ('kind' in said) return fails(said.error, signs.silence);
  if (said.by === 'nginx') return fails(said.said, signs.ofStatus(said.status, observed));
  if ('error' in said) return fails(said.error, signs.ofRefusal(said.error));
  const by = answeredBy(said.data);
  if (by === undefined || by === `${party}`) return holds(by === undefined ? 'it answers' : `party ${by}`);
  return fails(`party ${by} answers`, signs.ofAnother(by));
}

/** Whoever knows no route sends to a closed port; so does a route whose party is away. The other route tells them apart. */
export function ofStatus(status: number, from: Asker, party: number, { verdicts, answers }: Observed): Fault {
  if (status === 504)
    return {
      failure: 'port-blocked',
      acts: { between: ['exchange', party] },
      meaning: `the exchange has a route of party ${party}, and gets no answer from its nginx`,
    };
  if (status === 413 || status === 508 || status === 500)
    return {
      failure: 'route-missing',
      acts: { member: 'exchange' },
      meaning:
        status === 508 ? 'a route of the exchange leads back to it' : 'nginx of the exchange cannot route the call',
    };
  const tunnelled = verdicts.get(tunnelStep(party));
  if (tunnelled === 'holds' || tunnelled === 'warns')
    return {
      failure: 'nginx-lost',
      acts: { member: party },
      meaning: `the exchange knows party ${party}, whose Pulsar answers, and does not reach its nginx, or does not take its certificate`,
    };
  if (tunnelled === 'fails' && answers.has(tunnelStep(party)))
    return {
      failure: 'route-missing',
      acts: { member: 'exchange' },
      meaning: `the exchange has no working route of party ${party}; Traffic Server's fails too`,
    };
  return {
    failure: 'route-missing',
    acts: { member: 'exchange' },
    meaning: `nginx of the exchange takes the call of ${askerName(from)}, and has no route of party ${party}, or does not reach its nginx`,
  };
}

/** What nginx of the exchange or of the other party says to a call that it does not let through. */
export function ofRefusal(error: string, from: Member, party: number): Fault {
  if (/is of no party that this exchange has a route to/.test(error))
    return {
      failure: 'route-missing',
      acts: { member: 'exchange' },
      meaning: `the exchange takes ${memberName(from)} for nobody: it has no route of it`,
    };
  if (/no certificate of the federation was shown/.test(error))
    return {
      failure: /expired/.test(error) ? 'certificate-expired' : 'certificate-foreign',
      acts: { member: from },
      meaning: `the certificate of ${memberName(from)} is not taken`,
    };
  if (/calls for no party|this is party \d+, and the call is for another/.test(error))
    return {
      failure: 'route-missing',
      acts: { member: 'exchange' },
      meaning: 'the call ends at a party that it is not for',
    };
  if (/says that it is another's|has a header twice|no call of one FATE Flow/.test(error))
    return {
      failure: 'caller-refused',
      acts: { member: from },
      meaning: 'the call is none that is let through',
    };
  return {
    failure: 'fateflow-lost',
    acts: { member: party },
    meaning: `party ${party} is reached, and its FATE Flow cannot do what is asked`,
  };
}

/** Where FATE Flow gives its calls to others. */
export const outlet = ({ transport }: PartyPlan): readonly [host: string, port: number] => {
  const { name, ports } = transport === 'mutual-tls' ? services.nginxInternal : services.nginx;
  return [name, ports.http];
};

function throughNginx(plan: PartyPlan, to: Member): Question {
  const [host, port] = outlet(plan);
  const { probes, caller } = releases[plan.fate].coordination;
  const [probe = '' as Call] = probes;
  const headers = {
    'dest-party-id': `${to}`,
    service: services.fateflow.name,
    ...(caller && { [caller.header]: `${plan.id}` }),
  };
  return called(probe, `http://${host}:${port}`, headers);
}

const versionCall = (fate: FateRelease, server: string): Question =>
  called(isVersion2(fate) ? 'GET /v2/server/fateflow' : 'POST /v1/version/get', server, {});

function called(call: Call, server: string, headers: Readonly<Record<string, string>>): Question {
  const [method, path] = call.split(' ') as ['GET' | 'POST', string];
  const url = `${server}${path}`;
  if (method === 'GET') return { ask: 'http', url, headers };
  const body = JSON.stringify({ module: 'FATE' });
  return { ask: 'http', url, method, headers: { ...headers, 'Content-Type': 'application/json' }, body };
}

/** Whose FATE Flow it is, as far as the release says so. */
export function answeredBy(data: unknown): string | undefined {
  const id = field(data, 'party_id');
  return typeof id === 'string' || typeof id === 'number' ? `${id}` : undefined;
}

function flowSaid(fate: FateRelease, answer: unknown): FlowAnswer | Failed {
  const http = httpAnswer(answer);
  return isFailed(http) ? http : flowAnswer(fate, http);
}
