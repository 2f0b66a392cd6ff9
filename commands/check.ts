import type { DeclaredPlans } from '../lib/federation/declaration';
import type { InvalidInput } from '../lib/input/problems';
import type { NodePool, NodesProps } from '../lib/tanzu/capacity';
import { type Report, reportingCommand } from './arguments';
import { declarationFile, type Member, membersOf, planDeclared } from './declaration-file';
import { Mistake } from './mistake';
import { colours } from './terminal';

/** Whether a declaration is sound, whether it fits, and what it leaves open. */
export const check = reportingCommand({
  command: 'check [declaration]',
  describe: 'Say whether a declaration is sound, how it fits on nodes, and what it leaves open',
  examples: [
    ['$0 check', 'the federation of ./federation.yaml'],
    ['$0 check party-30000.yaml --json', 'one party, for a program'],
    ['$0 check --nodes 3xbest-effort-4xlarge', 'and whether all of it fits on one cluster'],
    [
      '$0 check --nodes 3xbest-effort-2xlarge:exchange,30000 --nodes 3xbest-effort-2xlarge:40000',
      'and whether it fits on these two',
    ],
    ['$0 check --nodes 3xbest-effort-4xlarge/2xbest-effort-4xlarge', 'and beside them two for Spark workers alone'],
  ],
  options: (yargs) =>
    yargs.positional('declaration', declarationFile).option('nodes', {
      type: 'string',
      array: true,
      requiresArg: true,
      default: [] as string[],
      defaultDescription: 'none',
      describe:
        'Worker nodes of a cluster, <count>x<default VM class>, with GPUs <count>x<VM class>+<GPUs of each>gpu; behind a slash those for Spark workers alone; behind a colon the members on it, where that is not all',
    }),
  run: async ({ declaration, nodes }) => {
    const plans = await soundPlans(declaration);
    return 'problems' in plans ? unsound(plans) : report(declaration, plans, nodes);
  },
});

/** Plans, or what keeps the declaration from being deployed: its problems, and what a chart of KubeFATE cannot do without. */
async function soundPlans(declaration: string): Promise<DeclaredPlans | InvalidInput> {
  try {
    const plans = await planDeclared(declaration);
    const { refuseFatalPlans } = await import('../lib/reports/open-points.js');
    refuseFatalPlans(plans);
    return plans;
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidInput') return error as InvalidInput;
    throw error;
  }
}

function unsound({ message, subject, problems }: InvalidInput): Report {
  const [head = '', ...lines] = message.split('\n');
  const text = [colours(process.stdout).red(head), ...lines, ''].join('\n');
  return { holds: false, text, json: { sound: false, subject, problems } };
}

async function report(declaration: string, plans: DeclaredPlans, nodes: readonly string[]): Promise<Report> {
  const { capacity, describeCapacity, requestedBy } = await import('../lib/tanzu/capacity.js');
  const { openPoints } = await import('../lib/reports/open-points.js');
  const members = membersOf(plans);
  const clusters = readClusters(nodes, members).map(({ members, pool }) => ({
    members: members.map(({ plan }) => plan.namespace),
    ...capacity(
      members.map(({ plan }) => plan),
      pool,
    ),
  }));
  const requests = members.map(({ plan }) => ({
    member: plan.namespace,
    ...requestedBy([plan]),
  }));
  const open = openPoints(plans);
  const { bold, green, yellow } = colours(process.stdout);
  const lines = [
    green(`${declaration} is sound`),
    ...requests.map(
      ({ member, cpu, memoryGiB, gpus }) =>
        `  ${member} requests ${cpu} vCPU and ${memoryGiB} GiB${gpus === undefined ? '' : `, and GPUs: ${gpus}`}`,
    ),
    ...clusters.map((cluster) => `\n${bold(cluster.members.join(', '))}\n  ${describeCapacity(cluster)}`),
    ...(open.length > 0 ? [`\n${yellow('Left open')}`] : []),
    ...open.map(({ member, what, remedy }) => `  ${member} ${what}; ${remedy}`),
  ];
  const json = { sound: true, requests, clusters, open };
  return { holds: clusters.every(({ fits }) => fits), text: lines.map((line) => `${line}\n`).join(''), json };
}

interface Cluster {
  readonly members: readonly Member[];
  readonly pool: NodesProps;
}

/** Of `3xbest-effort-2xlarge:exchange,30000`; no member is on two. */
function readClusters(nodes: readonly string[], members: readonly Member[]): readonly Cluster[] {
  const clusters = nodes.map((text) => {
    const [, common, spark, named] = /^([^/:]+)(?:\/([^/:]+))?(?::(.+))?$/.exec(text) ?? [];
    const [pool, sparkNodes] = [readPool(common), spark === undefined ? undefined : readPool(spark)];
    if (pool === undefined || (spark !== undefined && sparkNodes === undefined))
      throw new Mistake(
        `--nodes ${text}: use one such as 3xbest-effort-2xlarge, 3xbest-effort-2xlarge+2gpu, 3xbest-effort-2xlarge/2xbest-effort-4xlarge, or 3xbest-effort-2xlarge:exchange,30000`,
      );
    const names = named?.split(',') ?? members.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) throw new Mistake(`--nodes ${text}: names ${twice} twice`);
    return { names, pool: { ...pool, sparkNodes } };
  });
  const placed = new Set<string>();
  for (const name of clusters.flatMap(({ names }) => names)) {
    if (!members.some((member) => member.name === name))
      throw new Mistake(`--nodes names ${name}, and declared are ${members.map(({ name }) => name).join(', ')}`);
    if (placed.has(name)) throw new Mistake(`--nodes puts ${name} on two clusters`);
    placed.add(name);
  }
  return clusters.map(({ names, pool }) => ({ members: members.filter(({ name }) => names.includes(name)), pool }));
}

/** Of `3xbest-effort-2xlarge+2gpu`; a class that there is none of is told of where nodes are read. */
function readPool(text = ''): NodePool | undefined {
  const [, count, vmClass, gpus] = /^(\d+)x([\w-]+)(?:\+(\d+)gpu)?$/.exec(text) ?? [];
  if (count === undefined) return undefined;
  return { vmClass: vmClass as NodePool['vmClass'], count: Number(count), gpus: gpus ? Number(gpus) : undefined };
}
