import { forgetPulsar } from '../fate/forget-pulsar';
import { fateDirectory } from '../fate/hdfs';
import { secrets } from '../fate/secrets';
import { services } from '../fate/services';
import { backupName } from '../federation/backup';
import type { DeclaredPlans } from '../federation/declaration';
import { ownVolumes } from '../federation/engines';
import type { ExchangePlan } from '../federation/exchange';
import { isJoined } from '../federation/neighbours';
import type { PartyPlan } from '../federation/party';
import { forgetParty } from '../federation/pulsar';
import { chartWorkload } from '../kubefate/charts/workloads';
import { partyClaims } from './claims';
import { inNamespace } from './kubectl';
import type { ManualStep } from './step';

/** How something goes, and what is done for it. */
export interface Removal {
  readonly what: string;
  readonly steps: readonly ManualStep[];
}

/** A party that leaves the others, who go on. Nobody calls it any more before it is gone, and its data go last. */
export const leaving = (plan: PartyPlan, { exchange, parties }: DeclaredPlans): Removal => ({
  what: `${plan.namespace} leaves`,
  steps: [
    endJobs(`party ${plan.id}`),
    ...(isJoined(plan)
      ? [plan.exchange ? takeRoute(plan, exchange) : takePeer(plan, parties), forget(plan, parties)]
      : []),
    ...lastBackup(plan),
    takeAway(plan),
    takeData(plan),
    ...(isJoined(plan) ? [endCertificate(plan)] : []),
    outside(plan),
  ],
});

/** All of a federation: parties, then the exchange that they name, then what they are on. */
export const tearingDown = ({ exchange, parties }: DeclaredPlans): readonly Removal[] => [
  ...parties.map((plan) => ({
    what: `${plan.namespace} ends`,
    steps: [endJobs('anybody'), ...lastBackup(plan), takeAway(plan), takeData(plan), outside(plan)],
  })),
  ...(exchange ? [ending(exchange)] : []),
  clusters,
];

/** An exchange, once no party needs it. */
export const ending = (plan: ExchangePlan): Removal => ({
  what: `${plan.namespace} ends`,
  steps: [takeExchange(plan), ...(plan.driver === 'native' ? [takeAuthority(plan)] : [])],
});

const endJobs = (whose: string): ManualStep => ({
  what: `All members agree on a day, submit nothing more with ${whose}, and let all jobs end: a job that still runs is lost to all who take part in it.`,
  commands: [],
});

const exchangeStack = 'exchange';
const partyStack = ({ id }: PartyPlan): string => `party-${id}`;

const takeRoute = (plan: PartyPlan, exchange: ExchangePlan | undefined): ManualStep => ({
  what: `Whoever runs the exchange takes the party out of its \`parties\`, before anything else goes: from then on it can call nobody, and calls to it are refused at once, where a route to nobody would have callers wait. Two ConfigMaps and two NetworkPolicies change and nothing restarts; all pods have it within about 90 seconds.`,
  commands: [
    `pulumi config get --stack ${exchangeStack} kubefate-tanzu:parties  # and set it without party ${plan.id}`,
    `pulumi up --stack ${exchangeStack}`,
  ],
  withFiles: exchange ? applying(exchange) : ['kubectl apply -f manifests/fate-exchange.k8s.yaml'],
});

const takePeer = (plan: PartyPlan, parties: readonly PartyPlan[]): ManualStep => {
  const others = parties.filter((each) => each.id !== plan.id && isJoined(each));
  return {
    what: `Every other party takes it out of its \`peers\`, before anything else goes: from then on calls of it and to it are refused at once, where a route to nobody would have callers wait. Tables and NetworkPolicies change and nothing restarts; nginx has it within about 90 seconds.`,
    commands: [
      `pulumi config get --stack party-<id> kubefate-tanzu:peers  # of each, and set it without party ${plan.id}`,
      'pulumi up --stack party-<id>',
    ],
    withFiles: others.length === 0 ? ['kubectl apply -f manifests/fate-<id>.k8s.yaml'] : others.flatMap(applying),
  };
};

const applying = ({ namespace, driver }: PartyPlan | ExchangePlan): readonly string[] =>
  driver === 'kubefate'
    ? [`kubefate cluster update -f manifests/${namespace}.cluster.yaml`]
    : [`kubectl apply -f manifests/${namespace}.k8s.yaml`];

const forget = (plan: PartyPlan, parties: readonly PartyPlan[]): ManualStep => {
  const others = parties.filter((each) => each.id !== plan.id && isJoined(each));
  return {
    what: `Every other party that had a job with it has its Pulsar forget it: FATE registers another Pulsar once, and neither changes nor removes that. A party that comes back by this id and another ${plan.exchange ? 'exchange' : 'address'} would be called at the old ${plan.exchange ? 'address' : 'one'}. The tenant's list is shortened first: while it names a Pulsar that is not registered, Pulsar refuses every newcomer.`,
    commands:
      others.length === 0
        ? [
            inNamespace(
              { namespace: '<namespace of each>' },
              `exec ${services.pulsar.name}-0 -- ${forgetPulsar(plan.id)}`,
            ),
          ]
        : others.map((other) => forgetting(other, plan.id)),
  };
};

const forgetting = (plan: PartyPlan, id: number): string =>
  plan.driver === 'kubefate'
    ? inNamespace(plan, `exec ${chartWorkload(plan.fate, 'pulsar')} -- ${forgetPulsar(id)}`)
    : forgetParty(plan, id);

const lastBackup = (plan: PartyPlan): readonly ManualStep[] =>
  plan.backup === undefined
    ? []
    : [
        {
          what: `Make a last backup, while FATE Flow runs. ${'bucket' in plan.backup.to ? 'It stays in its bucket, whatever goes.' : `Claim ${backupName} goes with the namespace: copy it elsewhere, if anybody may want it.`}`,
          commands: [
            inNamespace(plan, `create job ${backupName}-last --from=cronjob/${backupName}`),
            inNamespace(plan, `wait --for=condition=complete --timeout=2h job/${backupName}-last`),
          ],
        },
      ];

const takeAway = (plan: PartyPlan): ManualStep => {
  const { namespace, driver } = plan;
  if (driver === 'kubefate')
    return {
      what: `KubeFATE deletes it, and of ${volumesGoneWith(plan).length > 0 ? `its claims ${volumesGoneWith(plan).join(', ')}` : 'its claims none'}.`,
      commands: ['kubefate cluster list', 'kubefate cluster delete <uuid>'],
    };
  return {
    what: 'Take away what runs. Its Namespace, claims and Secrets stay: the same declaration goes on with them. (Not by `kubectl delete -f`: the file has the Namespace, with which all of them go.)',
    commands: [`pulumi destroy --stack ${partyStack(plan)} --exclude-protected`],
    withFiles: [
      inNamespace(plan, `delete ${drawnKindsOf(plan).join()} --selector=app.kubernetes.io/instance=${namespace}`),
      ...issuedSecret(plan),
    ],
  };
};

/** cert-manager leaves its Secret, with a key that others still trust, when the Certificate goes. */
const issuedSecret = (plan: PartyPlan): readonly string[] =>
  plan.certManager ? [inNamespace(plan, `delete secret ${secrets.issuedCertificate.name}`)] : [];

/** Of a party, all but its Namespace and claims; kinds that only an add-on brings, where it is there. */
const drawnKindsOf = ({ certManager, monitoring, pulsar }: PartyPlan): readonly string[] => [
  ...['cronjobs', 'jobs', 'statefulsets', 'deployments', 'services', 'ingresses', 'configmaps'],
  ...['networkpolicies', 'rolebindings'],
  ...(pulsar.cluster ? ['poddisruptionbudgets'] : []),
  ...(monitoring ? ['podmonitors.monitoring.coreos.com', 'prometheusrules.monitoring.coreos.com'] : []),
  ...(certManager ? ['certificates.cert-manager.io'] : []),
];

/** Of the chart whose claims are objects of its own; those that StatefulSets make stay. */
const volumesGoneWith = (plan: PartyPlan): readonly string[] =>
  claimsOf(plan).filter((claim) => plan.driver === 'kubefate' && !/-\d+$/.test(claim));

const claimsOf = (plan: PartyPlan): readonly string[] => [
  ...ownVolumes(plan).flatMap((volume) => partyClaims(plan, volume)),
  ...(plan.backup && 'claimGiB' in plan.backup.to ? [backupName] : []),
];

const takeData = (plan: PartyPlan): ManualStep => {
  const { namespace, driver, existingClaims } = plan;
  const gone = volumesGoneWith(plan);
  const claims = claimsOf(plan).filter((claim) => !gone.includes(claim));
  const removeNamespace = `kubectl delete namespace ${namespace}`;
  return {
    what: `When nobody wants to go back, take away what was kept, for good: ${[...claims.map((claim) => `claim ${claim}`), 'the Secrets'].join(', ')}. A volume whose class says \`Retain\` stays: \`kubectl get pv\` shows it as Released.${Object.keys(existingClaims).length === 0 ? '' : ` Of these ${Object.values(existingClaims).join(', ')} were there before the party: keep the namespace where anybody needs them.`}`,
    commands:
      driver === 'kubefate'
        ? [removeNamespace]
        : [
            `pulumi state unprotect --all --yes --stack ${partyStack(plan)}`,
            `pulumi destroy --stack ${partyStack(plan)}`,
            removeNamespace,
            `pulumi stack rm ${partyStack(plan)}`,
          ],
    withFiles: driver === 'kubefate' ? [] : [removeNamespace],
  };
};

const endCertificate = ({ fqdn, exchange }: PartyPlan): ManualStep => ({
  what: `Nothing asks for revoked certificates: with that of ${fqdn} the Pulsar of every other party can be read and written, by whoever has it and reaches one, until it ends. Firewalls that let in ${exchange ? 'the exchange' : 'members'} alone keep it out. Where that is not enough, replace the authority, with a round of all members after each of these ("Another authority" in docs/certificates.md).`,
  commands: [
    'kubefate-tanzu certificates ca --next',
    'kubefate-tanzu certificates ca --switch',
    'kubefate-tanzu certificates ca --retire',
  ],
});

const outside = ({ ingress: { hosts }, addresses, egress = [], mysql, hdfs, pulsar }: PartyPlan): ManualStep => {
  const names = Object.values(hosts);
  const given = addresses && [addresses.nginx, ...(pulsar.isExternal ? [] : [addresses.pulsar])];
  return {
    what: [
      ...(names.length > 0 ? [`Take ${names.join(', ')} out of DNS.`] : []),
      given
        ? `Give back the address${given.length > 1 ? 'es' : ''} ${given.join(' and ')}, and close the firewalls to and from ${given.length > 1 ? 'them' : 'it'}.`
        : 'Give back the addresses of its LoadBalancers, and close the firewalls to and from them.',
      ...(mysql.isExternal
        ? [
            `Have whoever runs ${mysql.host} drop database ${mysql.name} and user ${mysql.user}, when nobody wants to go back.`,
          ]
        : []),
      ...(hdfs.isExternal
        ? [`Have whoever runs the HDFS delete ${fateDirectory(hdfs)}, when nobody wants to go back.`]
        : []),
      ...(pulsar.isExternal
        ? [
            `Have whoever runs ${pulsar.host} end that Pulsar, or delete tenant fl-tenant and the clusters of other parties there, and delete the party's certificate and key.`,
          ]
        : []),
      ...(egress.length > 0 ? [`So with ${egress.join(', ')}, from where it called.`] : []),
    ].join(' '),
    commands: [],
  };
};

const takeExchange = (plan: ExchangePlan): ManualStep => {
  const { namespace, driver } = plan;
  return {
    what: `When the last party has gone: parties read the exchange's outputs, and without it no stack of theirs is updated any more. It keeps no data.`,
    commands:
      driver === 'kubefate'
        ? ['kubefate cluster list', 'kubefate cluster delete <uuid>', `kubectl delete namespace ${namespace}`]
        : [`pulumi destroy --stack ${exchangeStack} --exclude-protected`],
    withFiles: driver === 'kubefate' ? [] : [`kubectl delete -f manifests/${namespace}.k8s.yaml`],
  };
};

const takeAuthority = ({ domain }: ExchangePlan): ManualStep => ({
  what: `The authority goes last: its key is what ca.${domain} was, and whoever has it can be any member of a federation that still trusts it. With files it is the folder \`certificates/ca\`.`,
  commands: [
    `pulumi state unprotect --all --yes --stack ${exchangeStack}`,
    `pulumi destroy --stack ${exchangeStack}`,
    `pulumi stack rm ${exchangeStack}`,
  ],
  withFiles: ['rm -r certificates'],
});

const clusters: Removal = {
  what: 'Clusters and the workload domain end',
  steps: [
    {
      what: 'A cluster, when no member is on it any more: with it go its nodes and whatever is on them. A stack whose cluster is gone ends only with PULUMI_K8S_DELETE_UNREACHABLE=true, so that comes before.',
      commands: [
        'pulumi state unprotect --all --yes --stack cluster-<name>',
        'pulumi destroy --stack cluster-<name>',
        'pulumi stack rm cluster-<name>',
      ],
      withFiles: [
        'kubectl delete -f manifests/image-disk-mount.k8s.yaml -f manifests/ingress-nginx.k8s.yaml',
        'kubectl --context <supervisor> -n <vSphere Namespace> delete -f manifests/<name>.k8s.yaml',
      ],
    },
    {
      what: 'The workload domain, when no cluster is in it any more: the vSphere Namespace takes all clusters and volumes in it along. What was looked up, and not made, stays.',
      commands: [
        'pulumi state unprotect --all --yes --stack workload-domain-<name>',
        'pulumi destroy --stack workload-domain-<name>',
        'pulumi stack rm workload-domain-<name>',
      ],
    },
  ],
};
