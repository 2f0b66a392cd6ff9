import { type FateRelease, releases } from '../../fate/releases';
import { secrets } from '../../fate/secrets';
import { services } from '../../fate/services';
import { certificateSecret, memberOf } from '../../federation/certificates';
import { volumeClaims, volumePods } from '../../federation/claims';
import type { ExchangeDescriptor, PartyDescriptor } from '../../federation/descriptor';
import type { ExchangePlan } from '../../federation/exchange';
import { isJoined, neighboursOf } from '../../federation/neighbours';
import type { PartyPlan } from '../../federation/party';
import type { PublicEndpoint } from '../../federation/public-addresses';
import { adminTool, brokerPod } from '../../federation/pulsar';
import { inNamespace } from '../../operations/kubectl';
import { mysqlOf, sql } from '../../upgrade/database-steps';

/** What a Service answers to a GET, by way of the API server: no image needs to have anything for it. */
export const get = ({ namespace }: PartyPlan | ExchangePlan, service: string, port: string, path: string): string =>
  `kubectl get --raw '/api/v1/namespaces/${namespace}/services/${service}:${port}/proxy${path}'`;

/** Whether a pod's connection to an address comes about. */
export const connects = (plan: PartyPlan | ExchangePlan, pod: string, { address, port }: PublicEndpoint): string =>
  inNamespace(
    plan,
    `exec ${pod} -- timeout 5 bash -c 'exec 3<>/dev/tcp/${address}/${port} && echo ${address}:${port} is open'`,
  );

/** Pods of workloads, which all have their names. */
export const podsOf = (...workloads: readonly string[]): string =>
  workloads.length === 1
    ? `-l app.kubernetes.io/name=${workloads[0]}`
    : `-l 'app.kubernetes.io/name in (${workloads.join(', ')})'`;

/** A command in each pod of a workload, whose container has its name where there are several. */
export const inEachPod = (plan: PartyPlan | ExchangePlan, workload: string, command: string): readonly string[] => [
  `for pod in $(${inNamespace(plan, `get pods ${podsOf(workload)} -o name`)}); do`,
  `  ${inNamespace(plan, `exec "$pod"${workload === services.pulsarBookie.name ? ` -c ${workload}` : ''} -- ${command}`)}`,
  'done',
];

/** A statement to FATE Flow's database. */
export const ask = (plan: PartyPlan, statement: string): readonly string[] => [
  `echo "${statement}" |`,
  `  ${sql(mysqlOf(plan))}`,
];

export const jobsAtWork = (plan: PartyPlan): readonly string[] =>
  ask(
    plan,
    "SELECT f_job_id, f_role, f_party_id, f_status, f_progress, FROM_UNIXTIME(f_create_time / 1000) made FROM t_job WHERE f_status IN ('waiting', 'ready', 'running')",
  );

/** Which job is for whoever types it to say. */
const chosenJob = 'job=ID_OF_THE_JOB';

/** @see FATE v1.6.1, `fate_flow/fate_flow_client.py`; FATE Client, `flow job stop` */
export const stopJob = (plan: PartyPlan): readonly string[] => [
  chosenJob,
  plan.fate === '1.6.1'
    ? inFateFlow(plan, 'python fate_flow/fate_flow_client.py -f stop_job -j "$job"')
    : inClient(plan, 'flow job stop -j "$job"'),
];

/** By FATE Board alone in FATE 1.6.1, whose command has nothing for it. @see FATE Client, `flow job rerun` */
export const rerunJob = (plan: PartyPlan): readonly string[] =>
  plan.fate === '1.6.1' ? [] : [chosenJob, inClient(plan, 'flow job rerun -j "$job"')];

export const inFateFlow = (plan: PartyPlan, command: string): string =>
  inNamespace(
    plan,
    `exec statefulset/${services.fateflow.name} -c ${releases[plan.fate].fateflow.container} -- ${command}`,
  );

export const inClient = (plan: PartyPlan, command: string): string =>
  inNamespace(plan, `exec statefulset/${client} -- ${command}`);

/** The workload of the notebook, whose Service has the name of what it serves. */
export const client = 'client';

export const sparkWorker = 'spark-worker';

/** Where its Secret is: of cert-manager's making, or somebody's. */
export const certificateSecretOf = (plan: PartyPlan | ExchangePlan): string =>
  secrets[plan.certManager ? 'issuedCertificate' : certificateSecret(memberOf(plan))].name;

/** The release's name of whose pod FATE Board is in. */
export const boardWorkload = (fate: FateRelease): string => services[releases[fate].fateboard.pod].name;

/** Restarts that a Pulsar takes between jobs. */
export function restartPulsar(plan: PartyPlan): readonly string[] {
  if (plan.pulsar.isExternal) return [];
  const certified = certifiedPulsars(plan);
  return [
    inNamespace(plan, `rollout restart ${certified.map(asResource).join(' ')}`),
    ...certified.map((it) => isWhole(plan, it)),
  ];
}

/** What of it has the party's certificate. */
export const certifiedPulsars = (plan: PartyPlan): readonly string[] =>
  pulsarWorkloads(plan).filter((it) => it === services.pulsar.name || it === services.pulsarProxy.name);

/** Waits for all pods of one of its workloads. */
export const isWhole = (plan: PartyPlan, workload: string): string =>
  inNamespace(plan, `rollout status ${asResource(workload)} --timeout=5m`);

const asResource = (workload: string): string =>
  `${workload === services.pulsarProxy.name ? 'deployment' : 'statefulset'}/${workload}`;

/** Everything that is Pulsar's. */
export function pulsarWorkloads(plan: PartyPlan): readonly string[] {
  const { cluster } = plan.pulsar;
  const { pulsar, pulsarZookeeper, pulsarBookie, pulsarProxy } = services;
  if (cluster === undefined) return [pulsar.name];
  return [pulsar, pulsarZookeeper, pulsarBookie, ...(isJoined(plan) ? [pulsarProxy] : [])].map(({ name }) => name);
}

/** Claims of what it keeps. */
export const pulsarClaims = (plan: PartyPlan): readonly string[] => volumeClaims('pulsar', volumePods(plan));

/** What all brokers of the party's own have logged. */
export const brokerLogs = (plan: PartyPlan, options: string): string =>
  inNamespace(
    plan,
    plan.pulsar.cluster
      ? `logs ${podsOf(services.pulsar.name)} -c ${services.pulsar.name} --prefix ${options}`
      : `logs ${services.pulsar.name}-0 ${options}`,
  );

/** A command where messages are. */
export const onPulsarVolumes = (plan: PartyPlan, command: string): readonly string[] =>
  plan.pulsar.cluster
    ? inEachPod(plan, services.pulsarBookie.name, command)
    : [inNamespace(plan, `exec ${brokerPod(plan)} -- ${command}`)];

/** What tasks of a job have printed, and their errors. */
export const endOfLogs = (plan: PartyPlan): readonly string[] => [
  chosenJob,
  inFateFlow(
    plan,
    `sh -c 'find ${logsOf(plan)}/"$1" \\( -name "std*" -o -name "ERROR*" \\) -type f -size +0 -exec tail -n 20 {} +' - "$job"`,
  ),
];

/** Directory of logs in FATE Flow's pod. */
export const logsOf = ({ fate }: PartyPlan): string => releases[fate].fateflow.directories.logs;

/** What FATE Flow counts of Spark. */
export const countedCores = (plan: PartyPlan): readonly string[] =>
  ask(plan, 'SELECT f_engine_name, f_cores, f_remaining_cores FROM t_engine_registry WHERE f_cores > 0');

/** What Spark itself has. */
export const sparkState = (plan: PartyPlan): readonly string[] =>
  plan.spark.isExternal ? [] : [get(plan, services.sparkMaster.name, 'ui', '/json/')];

/** Backlog and connection of every topic that a job has now. */
export function statsOfTopics(plan: PartyPlan): readonly string[] {
  const admin = adminTool(plan);
  return [
    plan.pulsar.isExternal ? "bash <<'END'" : inNamespace(plan, `exec -i ${brokerPod(plan)} -- bash <<'END'`),
    `for namespace in $(${admin} namespaces list fl-tenant | tail -n 5); do`,
    `  for topic in $(${admin} topics list "$namespace" | head -n 20); do`,
    '    echo "$topic"',
    `    ${admin} topics stats "$topic" | grep -E "msgBacklog|replicationBacklog|connected\\""`,
    '  done',
    'done',
    'END',
  ];
}

/** Whether calls and messages come as far as the exchange or, without one, to each other party; nothing where a party stands alone. */
export const waysToOthers = (plan: PartyPlan): readonly string[] =>
  neighboursOf(plan).flatMap((each) => [
    connects(plan, `deployment/${services.nginx.name}`, each.nginx),
    ...pulsarConnects(plan, each),
  ]);

/** Whether a Pulsar of the party's own comes so far: of one that somebody else runs nobody knows from here. */
export const pulsarConnects = (plan: PartyPlan, to: ExchangeDescriptor | PartyDescriptor): readonly string[] =>
  plan.pulsar.isExternal ? [] : [connects(plan, brokerPod(plan), messagesAt(to))];

/** Where a Pulsar connects to. */
export const messagesAt = (each: ExchangeDescriptor | PartyDescriptor): PublicEndpoint =>
  each.kind === 'Exchange' ? each.trafficServer : each.pulsar;

/** A new certificate in the place of one that a person makes. */
export function renewCertificate(plan: PartyPlan | ExchangePlan, declaration?: string): readonly string[] {
  if (plan.certManager) return [];
  const member = 'id' in plan ? `--party ${plan.id}` : '--exchange';
  const issue = ['kubefate-tanzu certificates issue', ...(declaration === undefined ? [] : [declaration])].join(' ');
  return [`${issue} --renew ${member}`, `${issue} --output secrets ${member} | kubectl apply -f -`];
}
