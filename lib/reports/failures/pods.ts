import { inNamespace } from '../../operations/kubectl';
import { atBoth, type Failure } from './failure';
import { here, paper, read } from './source';

/** What any pod of a member can meet. */
export const podFailures = {
  'pod-restarts': {
    title: 'A pod restarts, or keeps crashing',
    component: 'pod',
    layer: 'pods',
    sign: 'RESTARTS counts up; CrashLoopBackOff.',
    acts: ['member'],
    effects: [
      {
        says: 'New jobs, history, models and data are there again without anybody doing anything. What becomes of jobs at work is said for each component.',
        source: paper('KubeFATE Component Failures'),
      },
      {
        says: 'One that crashes again and again is started after 10, 20, 40 … and at most 300 seconds.',
        source: read('Kubernetes, “Pod Lifecycle”'),
      },
    ],
    time: { says: 'Less than 30 s for a pod of an FLC.', source: paper('KubeFATE Component Failures') },
    ...atBoth(({ plan }) => ({
      check: [
        inNamespace(plan, 'get pods -o wide'),
        'pod=NAME_OF_THE_POD',
        inNamespace(plan, 'describe pod "$pod"'),
        inNamespace(plan, 'logs "$pod" --all-containers --previous --tail=50'),
      ],
      shows:
        'under Last State why it ended: OOMKilled (its limit of memory), Error (its log), or a liveness probe that failed.',
      remedy:
        'Mend what the log says. OOMKilled: declare more memory for it, under resources. Otherwise it starts by itself.',
      commands: [],
    })),
  },
  'pod-pending': {
    title: 'A pod finds no node',
    component: 'pod',
    layer: 'pods',
    sign: 'Pending, with FailedScheduling.',
    acts: ['member', 'platform'],
    effects: [
      {
        says: 'The scheduler moves no pod to make room for another: a Spark worker that comes last may wait for ever.',
        source: here('README.md'),
      },
      {
        says: "The paper's own sizes do not fit on the nodes that it draws.",
        source: here('README.md'),
      },
    ],
    ...atBoth(({ plan }) => ({
      check: [
        inNamespace(plan, 'get pods --field-selector=status.phase=Pending'),
        inNamespace(plan, 'get events --field-selector reason=FailedScheduling'),
        'kubectl describe nodes | grep -A 8 "Allocated resources"',
      ],
      shows: 'what no node has: CPU, memory, a label, or a node without another Spark worker.',
      remedy:
        'Bring back the node that is lost, add one, or make room: delete a small pod of a node that has room but for it. `kubefate-tanzu check --nodes` says what would fit.',
      commands: [],
    })),
  },
  'pod-without-secret': {
    title: 'A pod waits for a Secret',
    component: 'pod',
    layer: 'pods',
    sign: 'ContainerCreating with FailedMount, or CreateContainerConfigError: a secret is not found.',
    acts: ['member'],
    effects: [
      {
        says: 'It starts by itself when the Secret is there. MySQL keeps the password of its first start in its volume: another one locks FATE Flow out.',
        source: here('docs/certificates.md'),
      },
    ],
    ...atBoth(({ plan }) => ({
      check: [
        inNamespace(plan, 'get events --field-selector type=Warning --sort-by=.lastTimestamp'),
        inNamespace(plan, 'get secrets'),
      ],
      shows: 'the name of the Secret that is missing, or a key that it lacks.',
      remedy:
        'Make it as it was, from where your organisation keeps it; only what was never there may be made anew. `kubefate-tanzu secrets` prints what is missing.',
      commands: [],
    })),
  },
  'image-not-pulled': {
    title: 'An image cannot be pulled',
    component: 'pod',
    layer: 'pods',
    sign: 'ErrImagePull or ImagePullBackOff.',
    acts: ['member'],
    effects: [
      {
        says: 'Running pods notice nothing; one that moves to a node without the image stays away.',
        source: read('Kubernetes, “Images”'),
      },
    ],
    ...atBoth(({ plan }) => ({
      check: [
        inNamespace(plan, 'get events --field-selector reason=Failed'),
        inNamespace(plan, 'get pods -o jsonpath=\'{range .items[*].spec.containers[*]}{.image}{"\\n"}{end}\''),
      ],
      shows: 'not found, unauthorized, too many requests (the limit of Docker Hub), or no way to the registry.',
      remedy:
        'Put the image into your own registry and declare `registry`, or give the namespace a login: `imagePullSecrets`. The kubelet tries again by itself.',
      commands: [],
    })),
  },
  'pod-refused': {
    title: 'Pods are refused by the cluster',
    component: 'pod',
    layer: 'pods',
    sign: 'A workload has no pods at all; FailedCreate: “violates PodSecurity” or “unable to validate against any pod security policy”.',
    acts: ['member', 'platform'],
    effects: [
      {
        says: 'Up to Kubernetes 1.24 a RoleBinding to a PodSecurityPolicy of Tanzu admits pods, from 1.25 on labels of the namespace. After an upgrade of the cluster pods that run stay, and the next one is refused.',
        source: here('docs/decisions.md'),
      },
    ],
    ...atBoth(({ plan }) => ({
      check: [
        inNamespace(plan, 'get events --field-selector reason=FailedCreate'),
        `kubectl get namespace ${plan.namespace} --show-labels`,
        'kubectl version',
      ],
      shows: `FailedCreate, and a server of another release than the declared ${plan.kubernetes}, or a namespace that lost its labels.`,
      remedy:
        'Declare the release of the cluster (`kubernetes`), and deploy again: it draws what that release asks for.',
      commands: [],
    })),
  },
} as const satisfies Record<string, Failure>;
