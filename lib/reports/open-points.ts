import { fateDirectory } from '../fate/hdfs';
import { type Release, releases } from '../fate/releases';
import { pulsarForJobs } from '../fate/releases/pulsar-for-jobs';
import { isGiven, type SecretName, secrets } from '../fate/secrets';
import { services } from '../fate/services';
import { nameForJobs } from '../fate/spark';
import { memberName } from '../federation/certificates';
import type { DeclaredPlans } from '../federation/declaration';
import type { ExchangePlan } from '../federation/exchange';
import { flowsOf, portText } from '../federation/flows';
import { isJoined } from '../federation/neighbours';
import { type PartyPlan, unpublishedImages, unpublishedRemedy } from '../federation/party';
import { hasCertificate, publicServices, pulsarHosts } from '../federation/pulsar';
import { exchangeSecretNeeds, partySecretNeeds, type SecretNeeds } from '../federation/secret-needs';
import { isHostIpv4 } from '../input/addresses';
import { shown } from '../input/checks';
import { counted } from '../input/counted';
import { certificatesIn, ends } from '../input/pem';
import { type ClusterFile, limitText, refuseFatalLimits } from '../kubefate/write/cluster-file';
import { exchangeFile } from '../kubefate/write/exchange-file';
import { clusterFile } from '../kubefate/write/party-file';
import { asksCertManager, ingressNginxNamespace, isOfIngressNginx } from '../kubernetes/ingresses';
import { taintText } from '../kubernetes/taints';

/** Something that a sound declaration leaves to somebody, or that whoever deploys it should know. */
export interface OpenPoint {
  /** Namespace of whom it concerns. */
  readonly member: string;
  readonly what: string;
  /** What to do, or what follows. */
  readonly remedy: string;
}

/** Everything that plans leave open, member by member: what has to be there, what is not known yet, what is not for good. */
export const openPoints = ({ exchange, parties }: DeclaredPlans): readonly OpenPoint[] => [
  ...(exchange ? openOfExchange(exchange, parties).map(of(exchange)) : []),
  ...parties.flatMap((party) => openOfParty(party).map(of(party))),
];

/**
 * Refuses what KubeFATE could not install, where it is the driver.
 *
 * @throws {InvalidInput} with every fatal limit of a member
 */
export function refuseFatalPlans({ exchange, parties }: DeclaredPlans): void {
  const files = [
    ...(exchange ? [{ plan: exchange, file: () => exchangeFile(exchange) }] : []),
    ...parties.map((plan) => ({ plan, file: () => clusterFile(plan) })),
  ];
  for (const { plan, file } of files) {
    if (plan.driver === 'kubefate') refuseFatalLimits(`${plan.namespace} with KubeFATE`, file());
  }
}

type Point = readonly [what: string, remedy: string];

const of =
  ({ namespace }: { readonly namespace: string }) =>
  ([what, remedy]: Point): OpenPoint => ({ member: namespace, what, remedy });

const openOfExchange = (plan: ExchangePlan, declared: readonly PartyPlan[]): readonly Point[] => [
  ...openTransport(plan),
  ...openToAll(plan),
  ...missingSecrets(exchangeSecretNeeds(plan)),
  ...missingIssuer(plan),
  ...addressesOfExchange(plan),
  ...(plan.parties.length === 0 && declared.length === 0
    ? [['routes to nobody yet', 'add parties by their descriptors'] as const]
    : []),
  ...(plan.driver === 'kubefate' ? limits(exchangeFile(plan)) : []),
];

const openOfParty = (plan: PartyPlan): readonly Point[] => [
  ...(isJoined(plan) ? openTransport(plan) : []),
  ...openToAll(plan),
  ...missingSecrets(partySecretNeeds(plan)),
  ...(hasCertificate(plan) ? [...missingIssuer(plan), ...unnoticedRenewal(plan)] : []),
  ...missingImages(plan),
  ...missingNodes(plan),
  ...missingTls(plan),
  ...openMysql(plan),
  ...openHdfs(plan),
  ...openSpark(plan),
  ...openPulsar(plan),
  ...openBackup(plan),
  ...openTrust(plan),
  ...missingClaims(plan),
  ...(isJoined(plan)
    ? [...addressesOfParty(plan), ...missingPeers(plan)]
    : [['stands alone', aloneRemedy(plan)] as const]),
  ...hostNames(plan),
  ...unusualController(plan),
  ...(plan.driver === 'kubefate' ? limits(clusterFile(plan)) : []),
];

const aloneRemedy = ({ certManager }: PartyPlan): string =>
  `name the descriptor of an exchange, or without one those of peers, to join others${certManager ? ', and to have a certificate of cert-manager' : ''}`;

const openTransport = ({ transport }: ExchangePlan | PartyPlan): readonly Point[] =>
  transport === 'open'
    ? [
        [
          'takes calls and messages of anybody who reaches its public ports',
          "keep all but the federation's members from them, or let all agree on transport: mutual-tls",
        ],
      ]
    : [];

/** Ranges that callers have declared, and that keep nobody out: not where pods do not see addresses, nor where another has declared none. */
function openToAll(plan: ExchangePlan | PartyPlan): readonly Point[] {
  const unkept = flowsOf(plan).flatMap(({ from, to }) =>
    from.kind === 'member' && from.ranges?.length && !from.isKeptTo && to.kind === 'workload'
      ? [{ caller: memberName(from.member), called: to.workload }]
      : [],
  );
  if (unkept.length === 0) return [];
  const named = (names: readonly string[]) => [...new Set(names)].join(' and ');
  const called = named(unkept.map(({ called }) => called));
  return [
    [
      `takes connections from any address at ${called}, although ${named(unkept.map(({ caller }) => caller))} declared where theirs come from`,
      "keep others out by a firewall in front; or by externalTrafficPolicy: 'Local' of its services, once all who may call have declared theirs, behind a load balancer that keeps the addresses of callers: docs/network.md",
    ],
  ];
}

const missingSecrets = ({ names, basicAuth, imagePullSecrets }: SecretNeeds): readonly Point[] => [
  ...(names.some(isMade)
    ? [
        [
          `reads ${names.filter(isMade).map(secretText).join(', ')}`,
          'make these Secrets before the pods, which wait for them: kubefate-tanzu secrets prints what is missing',
        ] as const,
      ]
    : []),
  ...(basicAuth === undefined
    ? []
    : [[`asks for users of Secret ${basicAuth}`, 'make it with a file `auth`, as htpasswd writes it'] as const]),
  ...imagePullSecrets.map(
    (name): Point => [`pulls images with Secret ${name}`, 'make it of type kubernetes.io/dockerconfigjson'],
  ),
];

/** What is somebody else's to give is told of with what it opens. */
const isMade = (name: SecretName): boolean => !isGiven(name);

const secretText = (name: SecretName): string =>
  `${secrets[name].name} (${Object.values(secrets[name].keys).join(', ')})`;

const missingIssuer = ({ certManager }: ExchangePlan | PartyPlan): readonly Point[] =>
  certManager === undefined
    ? []
    : [
        [
          `reads ${secretText('issuedCertificate')} of ${certManager.issuer.kind} ${certManager.issuer.name}`,
          "have cert-manager and that issuer, of the federation's authority, before the pods, which wait for what it makes",
        ],
      ];

/** @see docs/certificates.md, "What reads a new certificate" */
const unnoticedRenewal = ({ namespace, certManager, pulsar }: PartyPlan): readonly Point[] =>
  certManager === undefined || pulsar.isExternal
    ? []
    : [
        [
          'has its certificate renewed by nobody who is there, and part of its Pulsar keeps the one that it started with',
          `restart Pulsar between jobs within ${certManager.renewedDays} days after each renewal, which kubectl -n ${namespace} get certificate ${secrets.issuedCertificate.name} -o jsonpath='{.status.renewalTime}' tells`,
        ],
      ];

function missingImages(plan: PartyPlan): readonly Point[] {
  const images = unpublishedImages(plan);
  return images.length === 0 ? [] : [[`pulls ${images.join(', ')}, which nobody has published`, unpublishedRemedy]];
}

function missingNodes({ sparkNodes }: PartyPlan): readonly Point[] {
  if (sparkNodes === undefined) return [];
  const labels = Object.entries(sparkNodes.labels).map((label) => label.join('='));
  const taints = sparkNodes.taints.map(taintText);
  return [
    [
      `runs Spark workers on nodes with ${labels.join(' and ')} alone`,
      `have a pool of the cluster with sparkNodes: true and these, or mark nodes: kubectl label node NAME ${labels.join(' ')}; kubectl taint node NAME ${taints.join(' ')}`,
    ],
  ];
}

function missingTls({ ingress: { tlsSecrets, hosts, annotations } }: PartyPlan): readonly Point[] {
  if (asksCertManager({ annotations })) return [];
  const names = [...new Set(Object.values(tlsSecrets))];
  return names.map((name) => {
    const served = Object.entries(tlsSecrets).flatMap(([ui, of]) =>
      of === name ? (hosts[ui as keyof typeof hosts] ?? []) : [],
    );
    return [`reads Secret ${name}`, `make it of type kubernetes.io/tls, for ${served.join(', ')}`];
  });
}

/** What is the part of whoever runs a MySQL. */
function openMysql({ namespace, mysql }: PartyPlan): readonly Point[] {
  if (!mysql.isExternal) return [];
  const { name, keys } = secrets.externalMysql;
  return [
    [
      `reads ${secretText('externalMysql')}, and has database ${mysql.name} of ${mysql.host} by user ${mysql.user}`,
      `have whoever runs it make both, empty and for this party alone, let it in on port ${mysql.port} without TLS, and make copies; make the Secret of the user's password: kubectl -n ${namespace} create secret generic ${name} --from-file=${keys.password}`,
    ],
  ];
}

/** What is the part of whoever runs an HDFS. */
function openHdfs({ hdfs }: PartyPlan): readonly Point[] {
  if (!hdfs.isExternal) return [];
  const { namenodes, datanodes, user } = hdfs;
  const at = namenodes.map(({ host, port }) => `${host} on port ${port}`).join(', ');
  return [
    [
      `has its tables in ${fateDirectory(hdfs)}, as user ${user}`,
      `have whoever runs that HDFS make the directory, of this user and for this party alone, and let the party's nodes in without Kerberos: to ${at}, and to all datanodes in ${datanodes.ranges.join(', ')} on port ${datanodes.port}`,
    ],
  ];
}

/** What is the part of whoever runs a Spark. */
function openSpark(plan: PartyPlan): readonly Point[] {
  const { spark, hdfs, fate } = plan;
  if (!spark.isExternal) return [];
  const { sparkHome, container } = releases[fate].fateflow;
  const { sparkWorker }: Release = releases[fate];
  const { network, masters, ports } = spark;
  const sparkRelease = /spark-([\d.]+)/.exec(sparkHome)?.[1];
  const conf = sparkWorker ? `, its service_conf.yaml in ${sparkWorker.configuration}` : '';
  const namenodes = hdfs.isExternal ? hdfs.namenodes.map(({ host }) => host) : [nameForJobs(services.namenode, plan)];
  const names = [pulsarForJobs(plan), ...namenodes].join(' and ');
  const at = 'namespace' in network ? `pods of namespace ${network.namespace}` : network.ranges.join(' and ');
  return [
    [
      `computes on the Spark of ${masters.map(({ host }) => host).join(' and ')}`,
      `have whoever runs it give this party ${counted(spark.workers.count, 'worker')} of ${counted(spark.workers.cores, 'core')}, of Spark ${sparkRelease} without spark.authenticate, with the code of FATE ${fate}${conf}, and the Python and packages of container ${container}`,
    ],
    [
      `has executors at ${at} call its drivers at ${spark.driverHost ?? "the address of FATE Flow's pod"}, ports ${portText(ports.drivers)} and ${portText(ports.blocks)}`,
      `have workers reach these and ${names} by these names, and FATE Flow reach the workers at ports ${portText(ports.executors)}: kubefate-tanzu firewall lists what firewalls let through`,
    ],
    ...openDrivers(plan),
  ];
}

/** A driver does what executors tell it, and asks none who it is. */
function openDrivers(plan: PartyPlan): readonly Point[] {
  const isOpen = flowsOf(plan).some(({ from }) => from.kind === 'workers' && 'isKeptTo' in from && !from.isKeptTo);
  return isOpen
    ? [
        [
          'takes connections of anybody who reaches the Service spark-driver, and drivers ask nobody who they are',
          "keep all but the workers out by a firewall in front; or by externalTrafficPolicy: 'Local' of spark.external.network.driver.service, behind a load balancer that keeps the addresses of callers: docs/network.md",
        ],
      ]
    : [];
}

/** What is the part of whoever runs a Pulsar. */
function openPulsar(plan: PartyPlan): readonly Point[] {
  const { id, pulsar, fqdn, egress } = plan;
  if (!pulsar.isExternal) return [];
  const { host, port, adminPort } = pulsar;
  return [
    [
      `has the Pulsar at ${pulsarHosts(pulsar).join(', ')} send and keep its messages`,
      `have whoever runs it tell it what kubefate-tanzu pulsar --party ${id} prints, for this party alone, and let in its nodes on ports ${port} and ${adminPort} without TLS and credentials, and nobody else: they may do anything there`,
    ],
    ...(isJoined(plan)
      ? [
          [
            `has a certificate of ${fqdn} at ${host}`,
            `give whoever runs it certificate, key and authorities, each time that they are renewed, by a way that nobody reads${egress === undefined ? '' : '; name in egress where its connections come from, too'}`,
          ] as const,
        ]
      : []),
  ];
}

function openBackup({ namespace, backup }: PartyPlan): readonly Point[] {
  if (backup === undefined) return [];
  if ('claimGiB' in backup.to)
    return [
      [
        'keeps its backups in its own namespace',
        'they end with it, or with their datastore: a bucket, or a storageClass elsewhere, outlives more',
      ],
    ];
  const { name, keys } = secrets.backupBucket;
  const { bucket, folder } = backup.to;
  return [
    [
      `reads ${secretText('backupBucket')}`,
      `make it of the keys of a user who may list, read, write and delete in ${folder} of bucket ${bucket}: kubectl -n ${namespace} create secret generic ${name} --from-file=${keys.accessKey} --from-file=${keys.secretKey}`,
    ],
  ];
}

function missingClaims({ namespace, existingClaims }: PartyPlan): readonly Point[] {
  const claims = Object.values(existingClaims);
  if (claims.length === 0) return [];
  const of = Object.entries(existingClaims).map(([volume, claim]) => `${claim} for ${volume}`);
  return [
    [
      `has ${counted(claims.length, 'claim')} of somebody's making, ${of.join(', ')}`,
      `have them in the namespace before the pods, which wait for them: kubectl -n ${namespace} get pvc ${claims.join(' ')}`,
    ],
  ];
}

/** Whoever calls a server of such an authority is refused from one day to the next. */
function openTrust({ trust }: PartyPlan): readonly Point[] {
  return trust.map(({ name, certificate }) => {
    const ending = (certificatesIn(certificate) ?? []).map((it) => ends(it).getTime());
    return [
      `trusts authority ${name} until ${new Date(Math.min(...ending)).toISOString().slice(0, 10)}`,
      'name its successor in trust beside it before that day: the notebook starts again then',
    ];
  });
}

function addressesOfExchange({ namespace, addresses, reserved }: ExchangePlan): readonly Point[] {
  if (addresses === undefined)
    return [unknown(namespace, [services.trafficServer.name, services.nginx.name], 'no party can join')];
  return unreserved("Traffic Server's", addresses.trafficServer, reserved.trafficServer);
}

function addressesOfParty(plan: PartyPlan): readonly Point[] {
  const { namespace, addresses, reserved, exchange } = plan;
  const consequence = `${exchange ? 'the exchange has' : 'other parties have'} no route to it`;
  if (addresses === undefined) return [unknown(namespace, publicServices(plan), consequence)];
  return exchange || plan.pulsar.isExternal ? [] : unreserved("Pulsar's", addresses.pulsar, reserved.pulsar);
}

/** What every other party remembers. */
const unreserved = (whose: string, address: string, reserved: string | undefined): readonly Point[] =>
  reserved !== undefined || !isHostIpv4(address)
    ? []
    : [
        [
          `${whose} address ${address} is not reserved`,
          `write { reserved: ${address} } or a DNS name: every party remembers it for good`,
        ],
      ];

const missingPeers = ({ peers }: PartyPlan): readonly Point[] =>
  peers?.length === 0 ? [['knows no other party yet', 'add others to its peers by their descriptors']] : [];

const unknown = (namespace: string, names: readonly string[], consequence: string): Point => [
  'has no addresses yet',
  `read them when it is deployed, with kubectl -n ${namespace} get service ${names.join(' ')}; until then ${consequence}`,
];

const hostNames = ({ ingress: { hosts } }: PartyPlan): readonly Point[] => {
  const names = Object.values(hosts);
  return names.length === 0 ? [] : [[`publishes ${names.join(', ')}`, 'lead them to the ingress controller in DNS']];
};

/** One that stays in the namespace of another is let in by nobody. */
function unusualController({ ingress, networkPolicies, driver }: PartyPlan): readonly Point[] {
  const { hosts, ingressClassName, controllerNamespace } = ingress;
  const isUsual = isOfIngressNginx(ingressClassName) || controllerNamespace !== ingressNginxNamespace;
  if (isUsual || !networkPolicies || driver !== 'native' || Object.keys(hosts).length === 0) return [];
  return [
    [
      `lets in controllers of namespace ${ingressNginxNamespace} alone, where one of class ${shown(ingressClassName)} may not be`,
      "name the namespace of its pods, ingress.controllerNamespace: Tanzu's Contour is in tanzu-system-ingress",
    ],
  ];
}

const limits = (file: ClusterFile): readonly Point[] =>
  file.limits.map((limit) => [`KubeFATE: ${limitText(limit)}`, 'accept it, or leave out driver: kubefate']);
