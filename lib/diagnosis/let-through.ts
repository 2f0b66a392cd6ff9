import { services } from '../fate/services';
import { type FlowEnd, flowsOf, isAtPort } from '../federation/flows';
import type { PartyPlan } from '../federation/party';
import type { Question } from './asks';

/**
 * Whether the NetworkPolicies of a plan let the pods of one of its workloads ask a question. An answer that they keep away says
 * nothing of whoever is asked.
 */
export function isLetThrough(plan: PartyPlan, workload: string, question: Question): boolean {
  const target = targetOf(question);
  if (!plan.networkPolicies || target === undefined || target.host === workload) return true; // no pod is kept from itself
  return flowsOf(plan).some(
    (flow) =>
      flow.from.kind === 'workload' &&
      flow.from.workload === workload &&
      isAtPort(flow, target.port) &&
      isAt(flow.to, target.host),
  );
}

interface Target {
  readonly host: string;
  readonly port: number;
}

/** `undefined` of what opens no connection, and of names, which every pod may ask for. */
function targetOf(question: Question): Target | undefined {
  switch (question.ask) {
    case 'tcp':
    case 'tls':
    case 'https':
      return question;
    case 'http':
      return inUrl(question.url);
    case 'replication':
      return inUrl(question.admin);
    default:
      return undefined;
  }
}

function inUrl(url: string): Target {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port || 80) };
}

/** Pods of a workload are called by the name of a Service of theirs. */
function isAt(to: FlowEnd, host: string): boolean {
  if (to.kind === 'endpoint') return to.address === host;
  if (to.kind === 'host') return to.at.includes(host);
  return (
    to.kind === 'workload' &&
    (to.workload === host || (host === services.nginxInternal.name && to.workload === services.nginx.name))
  );
}
