import * as pulumi from '@pulumi/pulumi';
import { checkNames, isMap } from '../lib/input/checks';
import { InvalidInput, Problems } from '../lib/input/problems';
import type { ClusterConfig } from './cluster';
import { refuse } from './engine/refuse';
import type { ExchangeConfig } from './exchange';
import type { PartyConfig } from './party';
import type { WorkloadDomainConfig } from './workload-domain/workload-domain';

/**
 * The program behind `Pulumi.yaml`. The stack's name says its role and whose it is; its configuration `kubefate-tanzu:…`
 * is that of the role's stack function, one entry for each of its topics.
 */
export = async (): Promise<object> => {
  const stack = pulumi.getStack();
  const { run, owner } = roleOf(stack);
  try {
    return await run(owner, topics());
  } catch (error) {
    const refused = pulumi.RunError.isInstance(error) ? error.cause : error;
    if (!(refused instanceof InvalidInput)) throw error;
    const problems = refused.problems.map(({ path, ...rest }) => ({ path: `${namespace}:${path}`, ...rest }));
    return refuse(new InvalidInput(`stack ${stack}`, problems));
  }
};

const namespace = 'kubefate-tanzu';

type Topics = Readonly<Record<string, unknown>>;

/** Each loads what it needs when it runs. */
const roles: readonly { form: string; name: RegExp; run: (owner: string, topics: Topics) => Promise<object> }[] = [
  { form: 'workload-domain-<name>', name: /^workload-domain-(.+)$/, run: runWorkloadDomain },
  { form: 'cluster-<name>', name: /^cluster-(.+)$/, run: runCluster },
  { form: 'exchange', name: /^exchange()$/, run: runExchange },
  { form: 'exchange-<name>', name: /^exchange-(.+)$/, run: runExchange },
  { form: 'party-<id>', name: /^party-([1-9]\d*)$/, run: runParty },
];

function roleOf(stack: string) {
  for (const { name, run } of roles) {
    const owner = name.exec(stack)?.[1];
    if (owner !== undefined) return { run, owner };
  }
  const forms = roles.map(({ form }) => form).join(', ');
  throw new pulumi.RunError(`stack ${stack} has no role: name it ${forms}`);
}

/** The stack's whole configuration. Functions that take a topic say what they do not know of it. */
function topics(): Topics {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(`${namespace}:`));
  return Object.fromEntries(own.map(([key, text]) => [key.slice(namespace.length + 1), parsed(text)]));
}

/** A text that is no JSON is one that somebody wrote where a map belongs, and may be secret: it goes into no message. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function runExchange(_name: string, topics: Topics): Promise<object> {
  const { exchangeStack } = await import('./exchange.js');
  return exchangeStack(topics as unknown as ExchangeConfig);
}

async function runParty(id: string, topics: Topics): Promise<object> {
  const { partyStack } = await import('./party.js');
  const party = topics['party'] ?? {};
  if (isMap(party) && 'id' in party) {
    throw new InvalidInput('party', [
      { path: 'party.id', what: 'is in the name of the stack', remedy: 'leave it out' },
    ]);
  }
  const config = { ...topics, party: isMap(party) ? { ...party, id: Number(id) } : party };
  return partyStack(config as unknown as PartyConfig);
}

async function runCluster(name: string, topics: Topics): Promise<object> {
  const { clusterStack } = await import('./cluster.js');
  const { supervisor, workloadDomain, secrets, ...deployment } = topics;
  return clusterStack({ name, supervisor, workloadDomain, secrets, deployment } as unknown as ClusterConfig);
}

async function runWorkloadDomain(name: string, topics: Topics): Promise<object> {
  const { deployWorkloadDomain } = await import('./workload-domain/workload-domain.js');
  const problems = Problems.none();
  checkNames(problems, topics, ['workloadDomain', 'secrets']);
  const { workloadDomain: domain, secrets } = topics as Partial<Record<string, never>>;
  const config: WorkloadDomainConfig = { name, domain: domain as never, secrets };
  return deployWorkloadDomain(problems, config, { domain: 'workloadDomain', secrets: 'secrets' });
}
