import { releases } from '../../fate/releases';
import { services } from '../../fate/services';
import type { PartyVolume } from '../../fate/sizes';
import { ownVolumes } from '../../federation/engines';
import type { PartyPlan } from '../../federation/party';
import { retentionName } from '../../federation/retention';
import { inNamespace } from '../../operations/kubectl';
import { atBoth, type Failure } from './failure';
import { inEachPod, inFateFlow, onPulsarVolumes } from './lines';
import { here, measured, paper, read } from './source';

/** What is below Kubernetes, and the volumes that it gives. */
export const platformFailures = {
  'cluster-unreachable': {
    title: 'The cluster does not answer',
    component: 'node',
    layer: 'platform',
    sign: '`kubectl` ends in a time-out, “connection refused”, or asks for a login, whatever it is asked.',
    acts: ['member', 'platform'],
    effects: [
      {
        says: 'What runs goes on; no pod is started anew or moved until it answers again.',
        source: read('Kubernetes, “Cluster Architecture”'),
      },
    ],
    ...atBoth(({ plan }) => ({
      check: ['kubectl version', inNamespace(plan, 'get pods')],
      shows: 'another context than you meant, a login that has ended, or no answer of the address that is named.',
      remedy:
        'Log in again (`kubectl vsphere login`), or name the context. Where nobody answers: the VPN, the firewall, then the nodes of the control plane in vCenter.',
      commands: [],
    })),
  },
  'not-deployed': {
    title: 'A member is not there, or not all of it',
    component: 'pod',
    layer: 'platform',
    sign: 'The namespace has nothing of the member, only some of its objects, or something else.',
    acts: ['member'],
    effects: [
      {
        says: 'What was taken away is drawn again by the same declaration, and goes on with the volumes that are still there.',
        source: here('docs/removal.md'),
      },
    ],
    ...atBoth(({ plan }) => ({
      check: [
        `kubectl get namespace ${plan.namespace}`,
        inNamespace(plan, 'get deployments,statefulsets,services,configmaps,pvc'),
      ],
      shows: 'another cluster than you meant, or a namespace in which something is missing.',
      remedy: 'Name the context in which it is. If this is the one, deploy it again: `pulumi up`, or its manifests.',
      commands: [],
    })),
  },
  'clock-wrong': {
    title: 'A clock is wrong',
    component: 'node',
    layer: 'platform',
    sign: '“certificate is not yet valid”; logs of two members tell the same call at two times.',
    acts: ['party', 'platform'],
    effects: [
      {
        says: 'A certificate holds from its first to its last second by the clock of whoever reads it.',
        source: read('RFC 5280, “Validity”'),
      },
    ],
    ...atBoth(({ plan }) => ({
      check: ['date -u', inNamespace(plan, `exec deployment/${services.nginx.name} -- date -u`)],
      shows: 'two times that differ by more than a minute.',
      remedy:
        'Have NTP mended on the hosts of vSphere and on the nodes, whose clocks pods have. What failed meanwhile is tried again by itself; jobs that timed out are run again.',
      commands: [],
    })),
  },
  'host-lost': {
    title: 'A host is lost',
    component: 'host',
    layer: 'platform',
    sign: 'Several nodes are NotReady at once; vCenter shows a host that does not respond.',
    acts: ['platform'],
    effects: [
      {
        says: 'vSphere HA starts its VMs on other hosts, and pods start again on the same nodes. Jobs may hang meanwhile; history and new jobs are not to be had.',
        source: paper('Host and VM Failures'),
      },
    ],
    time: {
      says: 'Less than 3 minutes for the pods of an FLC, once the VMs are back.',
      source: paper('Host and VM Failures'),
    },
    ...atBoth(({ plan }) => ({
      check: ['kubectl get nodes -o wide', inNamespace(plan, 'get pods -o wide')],
      shows: 'nodes that are NotReady, all on one host in vCenter.',
      remedy:
        'Nothing is typed: vSphere HA restarts the VMs where it is on and other hosts have room. Look in vCenter that it does; then go through what the pods that were lost mean for jobs.',
      commands: [],
    })),
  },
  'node-lost': {
    title: 'A node is lost',
    component: 'node',
    layer: 'platform',
    sign: 'A node is NotReady; its pods stop answering, and after five minutes are Terminating.',
    acts: ['platform', 'party'],
    effects: [
      {
        says: 'Its pods start again on it when its VM does. Jobs may hang meanwhile, and go on as their components do.',
        source: paper('Host and VM Failures'),
      },
      {
        says: 'Where it stays away for more than five minutes its pods are deleted. Those of Deployments start elsewhere; those of StatefulSets, which hold data, wait until it is back or its Node is deleted, and their volumes follow up to six minutes later.',
        source: read('Kubernetes, “Taints and Tolerations” and “Force storage detach on timeout”'),
      },
    ],
    time: {
      says: 'The VM: less than 1 minute after a crash is detected, less than 5 after it was shut down or powered off. Then less than 3 for the pods of an FLC.',
      source: paper('Host and VM Failures'),
    },
    ...atBoth(({ plan }) => ({
      check: ['kubectl get nodes -o wide', inNamespace(plan, 'get pods -o wide')],
      shows: 'one node that is NotReady, with the pods that do not answer.',
      remedy:
        'Give its VM five minutes. If it does not come back, see in vCenter that it is off for good; only then let its pods go to other nodes, since two pods on one volume destroy it.',
      commands: ['node=NAME_OF_THE_NODE', 'kubectl delete node "$node"'],
    })),
  },
  'image-disk-not-mounted': {
    title: 'A node came back without its disk for images',
    component: 'node',
    layer: 'platform',
    sign: 'After a restart of its VM a node pulls all images again, has DiskPressure, and evicts pods.',
    acts: ['platform', 'party'],
    effects: [
      {
        says: 'A node with a separate disk needs an extra step to mount it when it starts again.',
        source: paper('Host and VM Failures'),
      },
      {
        says: 'The directory is an empty one on the small root disk. The add-on records the disk for the next start, and mounts nothing itself.',
        source: here('constructs/addons/image-disk-mount.ts'),
      },
    ],
    ...atBoth(() => ({
      check: [
        'kubectl describe nodes | grep -E "^Name:|DiskPressure"',
        'kubectl -n image-disk-mount get pods -o wide',
        'kubectl -n image-disk-mount logs daemonset/image-disk-mount --tail=20',
      ],
      shows:
        "a node with DiskPressure, and the add-on's pod there not ready: its log says that the disk is not mounted.",
      remedy:
        'A restart helps where the add-on had recorded the disk before. Else mount it again on the node, or have the node made anew; and have the add-on on the cluster from then on.',
      commands: [],
    })),
  },
  'disk-lost': {
    title: 'A disk of a host is lost',
    component: 'disk',
    layer: 'platform',
    sign: 'vSAN reports a failed disk, or objects with reduced redundancy. The cluster notices nothing.',
    acts: ['platform'],
    effects: [
      {
        says: 'Nothing: jobs go on, new ones start, and the history is there. vSAN keeps another copy of every volume.',
        source: paper('Disk Failure'),
      },
    ],
    ...atBoth(({ plan }) => ({
      check: [inNamespace(plan, 'get pvc')],
      shows: 'claims that are Bound, as before.',
      remedy:
        'Replace the disk. Until vSAN has resynchronised a second one may cost data: see Cluster → Monitor → vSAN → Skyline Health.',
      commands: [],
    })),
  },
  'volume-not-attached': {
    title: 'A volume does not come to its pod',
    component: 'volume',
    layer: 'platform',
    sign: 'A pod is ContainerCreating for minutes, with FailedAttachVolume or FailedMount; or its claim is Pending.',
    acts: ['party', 'platform'],
    effects: [
      {
        says: 'After a node is lost Kubernetes waits up to six minutes before it takes a volume from it.',
        source: read('Kubernetes, “Force storage detach on timeout”'),
      },
    ],
    party: ({ plan }) => ({
      check: [
        inNamespace(plan, 'get pvc'),
        inNamespace(plan, 'get events --field-selector type=Warning --sort-by=.lastTimestamp'),
        'kubectl get storageclass',
      ],
      shows: 'which volume, and why: still at another node, no such StorageClass, or no room in the datastore.',
      remedy:
        'Wait six minutes after the loss of a node. A claim that is Pending has a class that is not there, or a namespace without quota for it: the Supervisor gives it both.',
      commands: [],
    }),
  },
  'volume-full': {
    title: 'A volume is filling up',
    component: 'volume',
    layer: 'platform',
    sign: '“No space left on device”; uploads and jobs fail; Pulsar or MySQL refuses to write.',
    acts: ['party'],
    effects: [
      {
        says: 'Pulsar refuses new messages with half a GiB left, and takes them again by itself after the job.',
        source: measured(
          'Pulsar 2.7.0 and 2.10.1',
          'pulsar/pulsar.engine.ts',
          'on a volume of 1 GiB Pulsar takes messages until half of it is left',
        ),
      },
      {
        says: 'Models of FATE Flow grow without limit, and so do files and logs of jobs where no `retention` is declared.',
        source: read('KubeFATE v1.6.1, `helm-charts/FATE`'),
      },
      {
        says: 'FATE Flow and datanodes want twice the size of the dataset.',
        source: paper('Sizing Guidelines'),
      },
    ],
    party: ({ plan }) => ({
      check: ownVolumes(plan).flatMap((volume) => inEachPodOf(plan, volume, `df -h ${directoryOf(plan, volume)}`)),
      shows: 'a volume of which more than 85 % is used.',
      remedy: `${filesOfJobs(plan)} Else grow the claims of that volume, whose class must allow it, and update with the new size declared; pods go on.`,
      commands: [
        inFateFlow(
          plan,
          `find ${directoryOf(plan, 'fateflow')} -mindepth 1 -maxdepth 1 -name '2*' -mtime +90 -exec rm -r '{}' +`,
        ),
        ...growth(plan),
      ],
    }),
  },
} as const satisfies Record<string, Failure>;

/** Of a volume that its name is to be filled in of; where claims were there before, of one of those, or of another. */
function growth(plan: PartyPlan): readonly string[] {
  const existing = Object.values(plan.existingClaims);
  const grow = `patch "$claim" -p '{"spec":{"resources":{"requests":{"storage":"'"$size"'"}}}}'`;
  return [
    ...(existing.length === 0
      ? []
      : [
          `claim=pvc/${existing[0]} size=80Gi${existing.length > 1 ? `  # or ${existing.slice(1).join(', ')}` : ''}`,
          inNamespace(plan, grow),
        ]),
    ...(ownVolumes(plan).every((volume) => plan.existingClaims[volume] !== undefined)
      ? []
      : [
          'volume=datanode size=80Gi',
          `for claim in $(${inNamespace(plan, 'get pvc -o name')} | grep "/data-$volume-"); do`,
          `  ${inNamespace(plan, grow)}`,
          'done',
          inNamespace(plan, 'delete statefulset "$volume" --cascade=orphan'),
        ]),
  ];
}

/** What the remedy is on FATE Flow's volume. */
const filesOfJobs = ({ retention }: PartyPlan): string =>
  retention
    ? `Files and logs of jobs go by CronJob ${retentionName}: look whether it runs, and declare fewer days of \`retention\`.`
    : 'Files of jobs older than 90 days may go, which `retention` in the declaration does by itself.';

/** A line where there is one pod, as for all but datanodes. */
const inEachPodOf = (plan: PartyPlan, volume: PartyVolume, command: string): readonly string[] => {
  if (volume === 'datanode') return inEachPod(plan, volume, command);
  if (volume === 'pulsar') return onPulsarVolumes(plan, command);
  return [volume === 'fateflow' ? inFateFlow(plan, command) : inNamespace(plan, `exec ${volume}-0 -- ${command}`)];
};

/** Where a volume is in the pods. */
const directoryOf = ({ fate }: PartyPlan, volume: PartyVolume): string =>
  ({
    mysql: '/var/lib/mysql',
    fateflow: releases[fate].fateflow.directories.logs,
    client: `${releases[fate].client.notebooks}/persistence`,
    namenode: '/hadoop/dfs/name',
    datanode: '/hadoop/dfs/data',
    pulsar: '/pulsar/data',
  })[volume];
