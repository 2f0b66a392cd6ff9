import type { ContainerStatus, Event, Pod } from 'kubernetes-types/core/v1';
import type { Member } from '../../federation/certificates';
import { counted } from '../../input/counted';
import { oneLine } from '../answers';
import { isSeen, type Seen } from '../asks';
import { type FailureId, fails, holds, type Judgement, unseen, warns } from '../finding';
import type { Observed, Step } from '../ladder';

/** Pods of one workload, all of one label. */
export interface Workload {
  readonly name: string;
  readonly pods: number;
  /** With how many of them the rest works. @default with all */
  readonly least?: number;
  /** Of the catalogue, where none is ready for no other reason. */
  readonly failure: FailureId;
}

export const clusterStep = 'cluster';
export const podsStep = (workload: string): string => `pods ${workload}`;

/** That the namespace can be read, and its workloads. */
export const podSteps = (member: Member, namespace: string, workloads: readonly Workload[]): readonly Step[] => [
  {
    id: clusterStep,
    layer: 'cluster',
    what: `Kubernetes shows the pods of namespace ${namespace}`,
    needs: [],
    asks: [],
    judge: ({ pods }) => judgeNamespace(member, namespace, pods),
  },
  ...workloads.map(
    (workload): Step => ({
      id: podsStep(workload.name),
      layer: 'pods',
      what: `${workload.name} is ready`,
      needs: [clusterStep],
      asks: [],
      judge: (observed) => judgeWorkload(member, workload, observed),
    }),
  ),
];

/** That all pods there are ready, whatever they are; those that have ended well want nothing. */
export const everyPod = (member: Member): Step => ({
  id: 'pods',
  layer: 'pods',
  what: 'all pods are ready',
  needs: [clusterStep],
  asks: [],
  judge: ({ pods, events }) => {
    if (!isSeen(pods)) return unseen(pods.unseen);
    const wanted = pods.value.filter(({ status }) => status?.phase !== 'Succeeded');
    const waiting = wanted.filter((pod) => !isReady(pod));
    const saw = `${wanted.length - waiting.length} of ${wanted.length} ready`;
    const [first] = waiting;
    if (first === undefined) return holds(saw);
    const remarks = isSeen(events) ? events.value : [];
    const { saw: why, ...fault } = faultOf(first, remarks, { name: '', pods: wanted.length, failure: 'pod-restarts' });
    const told = [saw, oneLine(podName(first)), why].filter((each) => each !== '').join(': ');
    return fails(told, { ...fault, acts: { member } });
  },
});

function judgeNamespace(member: Member, namespace: string, pods: Seen<readonly Pod[]>): Judgement {
  const acts = { member };
  if (!isSeen(pods)) {
    if (pods.kind === 'right') return unseen(pods.unseen);
    return fails(pods.unseen, {
      failure: 'cluster-unreachable',
      acts,
      meaning: 'nothing can be said of what runs there',
    });
  }
  if (pods.value.length > 0) return holds(counted(pods.value.length, 'pod'));
  return fails('no pod', {
    failure: 'not-deployed',
    acts,
    meaning: `namespace ${namespace} is empty: another namespace or context is meant, or nothing was deployed`,
  });
}

/** Ready pods of a workload, as KubeFATE labels them too. */
export const podsOf = (pods: readonly Pod[], workload: string): readonly Pod[] =>
  pods.filter(({ metadata }) => metadata?.labels?.['app.kubernetes.io/name'] === workload);

export const podName = ({ metadata }: Pod): string => metadata?.name ?? '';

/** Whether a command can be run in one of its containers. */
export const isRunning = (pod: Pod, container: string): boolean =>
  pod.metadata?.deletionTimestamp === undefined &&
  pod.status?.containerStatuses?.some(({ name, state }) => name === container && state?.running !== undefined) === true;

const isReady = ({ metadata, status }: Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

function judgeWorkload(member: Member, workload: Workload, { pods, events }: Observed): Judgement {
  if (!isSeen(pods)) return unseen(pods.unseen);
  const own = podsOf(pods.value, workload.name);
  const ready = own.filter(isReady);
  const saw = `${ready.length} of ${workload.pods} ready`;
  if (ready.length >= workload.pods) return holds(saw);
  const remarks = isSeen(events) ? events.value : [];
  const [first] = own.filter((pod) => !isReady(pod)).map((pod) => faultOf(pod, remarks, workload));
  const { saw: why, ...fault } = first ?? absent(workload, remarks);
  const judged = ready.length >= (workload.least ?? workload.pods) ? warns : fails;
  return judged(`${saw}${why === '' ? '' : `: ${why}`}`, { ...fault, acts: { member } });
}

/** Letters and digits of what Kubernetes names by itself. @see Kubernetes, `apimachinery/pkg/util/rand` */
const generated = 'bcdfghjklmnpqrstvwxz2456789';

interface PodFault {
  readonly saw: string;
  readonly failure: FailureId;
  readonly meaning: string;
}

/** No pod at all: whoever makes them has said why, if there is one. */
function absent({ name, failure }: Workload, events: readonly Event[]): PodFault {
  const isMaker = new RegExp(`^${name}(-[${generated}]+)?$`); // a StatefulSet, or the ReplicaSet of a Deployment
  const said = latest(
    events,
    ({ involvedObject, reason }) => reason === 'FailedCreate' && isMaker.test(`${involvedObject.name}`),
  );
  const meaning = said === '' ? 'it is not deployed, or scaled to none' : 'the cluster refuses its pods';
  return { saw: said, failure: said === '' ? failure : 'pod-refused', meaning };
}

function faultOf(pod: Pod, events: readonly Event[], { failure }: Workload): PodFault {
  const ofPod = (...reasons: readonly string[]) =>
    latest(
      events,
      ({ involvedObject, reason = '' }) => involvedObject.name === podName(pod) && reasons.includes(reason),
    );
  const unscheduled = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unscheduled)
    return {
      saw: oneLine(unscheduled.message ?? 'not scheduled'),
      failure: 'pod-pending',
      meaning: 'no node has room for it, or its volume',
    };
  const waiting = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
    .map((status) => waitingFault(status, failure))
    .find((fault) => fault !== undefined);
  const mount = ofPod('FailedMount', 'FailedAttachVolume');
  if (mount !== '' && (waiting === undefined || waiting.saw === ''))
    return {
      saw: mount,
      failure: /secret/i.test(mount) ? 'pod-without-secret' : 'volume-not-attached',
      meaning: 'what it mounts is not there, and it waits for that',
    };
  if (waiting) return waiting;
  if (pod.metadata?.deletionTimestamp !== undefined) return { saw: 'ends', failure, meaning: 'it is on its way out' };
  return {
    saw: ofPod('Unhealthy', 'BackOff') || `phase ${oneLine(pod.status?.phase ?? 'unknown')}`,
    failure,
    meaning: 'it runs, and does not answer its probes',
  };
}

/** `undefined` of a container that waits for nothing. */
function waitingFault({ name, state, lastState }: ContainerStatus, failure: FailureId): PodFault | undefined {
  const { reason, message } = state?.waiting ?? {};
  const wanted = state?.running && awaited.get(name);
  if (wanted) return wanted;
  if (reason === undefined) return undefined;
  const saw = oneLine(`${reason}${message === undefined ? '' : `: ${message}`}`);
  if (/Image/.test(reason)) return { saw, failure: 'image-not-pulled', meaning: 'its image cannot be had' };
  if (reason === 'CreateContainerConfigError')
    return { saw, failure: 'pod-without-secret', meaning: 'a Secret or a key of one is not there' };
  if (reason === 'CrashLoopBackOff') {
    const { exitCode, reason: ended } = lastState?.terminated ?? {};
    const memory = ended === 'OOMKilled';
    return {
      saw: oneLine(
        `${reason}: ${name} ended with ${ended ?? 'an error'}${exitCode === undefined ? '' : `, ${exitCode}`}`,
      ),
      failure: 'pod-restarts',
      meaning: memory ? 'it takes more memory than its limit' : 'it ends soon after each start; its log says why',
    };
  }
  return {
    saw: reason === 'ContainerCreating' || reason === 'PodInitializing' ? '' : saw,
    failure,
    meaning: 'it is being made',
  };
}

/** Containers that end once there is what the pod needs. */
const awaited: ReadonlyMap<string, PodFault> = new Map([
  ['ping-mysql', { saw: 'it waits for MySQL', failure: 'mysql-lost', meaning: 'it starts once MySQL answers' }],
  [
    'wait-for-bookie',
    {
      saw: 'it waits for a bookie',
      failure: 'pulsar-lost',
      meaning: 'a broker starts once one of the bookies listens',
    },
  ],
  [
    'metadata',
    {
      saw: 'it waits for ZooKeeper',
      failure: 'pulsar-lost',
      meaning:
        'bookies start once two ZooKeepers have found each other, and the first bookie has told them of the cluster',
    },
  ],
]);

/** Message of the latest event of a kind. */
function latest(events: readonly Event[], is: (event: Event) => boolean): string {
  const [last] = events.filter(is).sort((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
  return last === undefined ? '' : oneLine(last.message ?? last.reason ?? '');
}

const timeOf = ({ lastTimestamp, eventTime, metadata }: Event): string =>
  `${lastTimestamp ?? eventTime ?? metadata?.creationTimestamp ?? ''}`;
