import { services } from '../../fate/services';
import type { PartyPlan } from '../../federation/party';
import { counted } from '../../input/counted';
import { foreignSettings } from '../../reports/external-pulsar';
import { field, httpAnswer, isFailed, jsonOf, oneLine, saidBy, type Topic, textOf, topics } from '../answers';
import type { Ask } from '../asks';
import { fails, holds, type Judgement, unseen } from '../finding';
import { byAnswer, type Step } from '../ladder';
import { tunnelStep } from './certificates';
import { connectionStep } from './network';
import { peerPulsarStep } from './peers';

const { ports } = services.pulsar;
const adminOf = ({ pulsar: { host, adminPort } }: PartyPlan): string => `http://${host}:${adminPort}/admin/v2`;
/** FATE's own, in every release. */
const tenant = 'fl-tenant';
const clustersStep = 'pulsar';
const tenantStep = 'pulsar tenant';

/** Pulsar of a party, and what it knows of the others. */
export const pulsarSteps = (plan: PartyPlan, others: readonly number[]): readonly Step[] => [
  broker(plan),
  ...(plan.pulsar.isExternal ? [settings(plan)] : []),
  ...others.flatMap((party) => recordOf(plan, party)),
  tenantOf(plan, others),
  ...others.map((party) => replication(plan, party)),
];

const get = (plan: PartyPlan, id: string, path: string): Ask => ({
  id,
  question: { ask: 'http', url: `${adminOf(plan)}/${path}` },
});

function broker(plan: PartyPlan): Step {
  const { id, pulsar } = plan;
  const { clusterName: cluster } = pulsar;
  return {
    id: clustersStep,
    layer: 'Pulsar',
    what: `Pulsar answers, and knows its cluster ${cluster}`,
    needs: [connectionStep(pulsar.host, pulsar.adminPort)],
    asks: [get(plan, clustersStep, 'clusters')],
    judge: byAnswer(clustersStep, (answer) => {
      const clusters = jsonOf(answer);
      const acts = { member: id };
      if (!Array.isArray(clusters))
        return fails(saidBy(answer), {
          failure: 'pulsar-lost',
          acts,
          meaning: 'it takes connections, and its administration does not answer',
        });
      if (clusters.includes(cluster)) return holds(oneLine(clusters.map(textOf).join(', ')));
      return fails(oneLine(clusters.map(textOf).join(', ')), {
        failure: 'pulsar-lost',
        acts,
        meaning: 'FATE finds no cluster of its own there',
      });
    }),
  };
}

/** What whoever runs it was asked to tell it, as far as that is not of their own place. */
function settings(plan: PartyPlan): Step {
  const id = 'pulsar settings';
  const declared = Object.entries(foreignSettings(plan)).map(([key, value]) => [key, `${value}`] as const);
  return {
    id,
    layer: 'Pulsar',
    what: 'Pulsar is told what FATE and other parties need',
    needs: [clustersStep],
    asks: [get(plan, id, 'brokers/configuration/runtime')],
    judge: byAnswer(id, (answer) => {
      const found = jsonOf(answer);
      if (field(found, 'clusterName') === undefined) return unseen(saidBy(answer));
      const wrong = declared.filter(([key, value]) => field(found, key) !== value);
      if (wrong.length === 0) return holds(counted(declared.length, 'setting'));
      return fails(
        oneLine(wrong.map(([key, value]) => `${key} is ${textOf(field(found, key))}, not ${value}`).join('; ')),
        {
          failure: 'pulsar-lost',
          acts: { member: plan.id },
          meaning: `whoever runs ${plan.pulsar.host} has to tell it what kubefate-tanzu pulsar prints`,
        },
      );
    }),
  };
}

/**
 * What FATE has registered of another party. It looks at an entry that is there no more, whatever it says.
 *
 * @see FATE v1.6.1, `python/fate_arch/federation/pulsar/_federation.py`; v2.2.0, the same
 */
function recordOf(plan: PartyPlan, party: number): readonly Step[] {
  const { exchange, peers = [] } = plan;
  if (exchange !== undefined) {
    const { trafficServer, domain } = exchange;
    const proxyServiceUrl = `pulsar+ssl://${trafficServer.address}:${trafficServer.port}`;
    const brokerServiceUrlTls = `pulsar+ssl://${party}.${domain}:${ports['broker-tls']}`;
    return [record(plan, party, 'through the exchange', { proxyServiceUrl, brokerServiceUrlTls })];
  }
  const peer = peers.find(({ id }) => id === party);
  if (peer === undefined) return [];
  const { address, port } = peer.pulsar;
  return [record(plan, party, 'to its address', { brokerServiceUrlTls: `pulsar+ssl://${address}:${port}` })];
}

function record(plan: PartyPlan, party: number, way: string, declared: Readonly<Record<string, string>>): Step {
  const id = `pulsar record ${party}`;
  return {
    id,
    layer: 'Pulsar',
    what: `Pulsar's record of party ${party} leads ${way}`,
    peer: party,
    needs: [clustersStep],
    asks: [get(plan, id, `clusters/${party}`)],
    judge: byAnswer(id, (answer) => {
      const http = httpAnswer(answer);
      if (!isFailed(http) && http.status === 404) return holds('none yet; the first job with it makes one');
      const found = jsonOf(answer);
      if (field(found, 'brokerServiceUrlTls') === undefined && field(found, 'brokerServiceUrl') === undefined)
        return unseen(saidBy(answer));
      const wrong = Object.entries(declared).filter(([key, value]) => field(found, key) !== value);
      if (wrong.length === 0) return holds(oneLine(textOf(field(found, Object.keys(declared)[0] ?? ''))));
      return fails(
        oneLine(wrong.map(([key, value]) => `${key} is ${textOf(field(found, key))}, not ${value}`).join('; ')),
        {
          failure: 'exchange-address-old',
          acts: { member: plan.id },
          meaning: 'FATE registers an address once and looks at it no more: messages go where it leads',
        },
      );
    }),
  };
}

function tenantOf(plan: PartyPlan, others: readonly number[]): Step {
  const { id } = plan;
  const { clusterName: cluster } = plan.pulsar;
  return {
    id: tenantStep,
    layer: 'Pulsar',
    what: `tenant ${tenant} may use the clusters of all parties`,
    needs: [clustersStep],
    asks: [get(plan, tenantStep, `tenants/${tenant}`), get(plan, clustersStep, 'clusters')],
    judge: byAnswer(tenantStep, (answer, { answers }) => {
      const http = httpAnswer(answer);
      if (!isFailed(http) && http.status === 404) return holds('none yet; the first job makes it');
      const allowed = field(jsonOf(answer), 'allowedClusters');
      if (!Array.isArray(allowed)) return unseen(saidBy(answer));
      const seen = answers.get(clustersStep);
      const known = seen && 'value' in seen ? jsonOf(seen.value) : undefined;
      const registered = others.map(String).filter((party) => Array.isArray(known) && known.includes(party));
      const missing = [cluster, ...registered].filter((each) => !allowed.includes(each));
      if (missing.length === 0) return holds(oneLine(allowed.map(textOf).join(', ')));
      return fails(`${oneLine(allowed.map(textOf).join(', '))}, without ${missing.join(', ')}`, {
        failure: 'job-refused',
        acts: { member: id },
        meaning: 'Pulsar refuses topics that are for a cluster which is not in the list',
      });
    }),
  };
}

const replicationAsk = (plan: PartyPlan): Ask => ({
  id: 'replication',
  question: { ask: 'replication', admin: adminOf(plan), tenant, most: 60 },
});

/** Messages to one party, as far as topics of the latest jobs are still replicated: FATE ends that with the job. */
function replication(plan: PartyPlan, party: number): Step {
  const { peers } = plan;
  const ask = replicationAsk(plan);
  const peer = peers?.find(({ id }) => id === party);
  return {
    id: `replication ${party}`,
    layer: 'Pulsar',
    what: `messages of the latest jobs have gone to party ${party}`,
    peer: party,
    needs: [clustersStep, tenantStep, ...(peers ? (peer ? [peerPulsarStep(peer)] : []) : [tunnelStep(party)])],
    asks: [ask],
    judge: byAnswer(ask.id, (answer) => {
      const found = topics(answer);
      return isFailed(found)
        ? unseen(found.error)
        : judgeReplication(party, found.topics, peers ? 'to its port' : 'through the exchange');
    }),
  };
}

function judgeReplication(party: number, topics: readonly Topic[], way: string): Judgement {
  const states = topics.flatMap(({ replication }) => replication.get(`${party}`) ?? []);
  const waiting = states.filter(({ isConnected, backlog }) => !isConnected && backlog > 0);
  const behind = states.reduce((sum, { backlog }) => sum + backlog, 0);
  if (waiting.length > 0)
    return fails(
      `${waiting.length} of ${counted(states.length, 'topic')} not connected, ${counted(behind, 'message waits', 'messages wait')}`,
      {
        failure: 'replication-not-connected',
        acts: { member: party },
        meaning: `the way ${way} holds: the Pulsar of party ${party} takes no connection of this one, or not its certificate`,
      },
    );
  if (states.length === 0) return holds('no job is at work with it');
  return holds(
    `${counted(states.length, 'topic')}, ${behind === 0 ? 'nothing waits' : `${counted(behind, 'message')} on the way`}`,
  );
}
