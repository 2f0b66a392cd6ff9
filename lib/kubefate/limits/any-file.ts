import type { Agreement } from '../../federation/agreement';
import type { CertManager } from '../../federation/cert-manager';
import type { Monitoring } from '../../federation/monitoring';
import { type ChartLimit, fatal, limit } from './limit';

/** What KubeFATE and its charts do with any file. @see KubeFATE v1.6.1, `k8s-deploy/pkg/job/job.go` */
export const anyFile: readonly ChartLimit[] = [
  limit(
    'failed updates',
    'is rolled back too far: from the second update on, to what ran before the last one that succeeded',
    'update again with the file that worked: of an exchange, a party that was added last is cut off, with its first routes every party',
  ),
  limit(
    'checksums of configuration',
    'restarts no pod for a file that changed',
    'programs go on with what they read at their start: restart their Deployments after an update',
  ),
  limit('keepalive', 'has nginx make a connection for every call', 'a call takes the way between parties once more'),
  limit('client_max_body_size', "leaves nginx's 1 MiB for a call in the place of 64 MiB", 'large jobs end in 413'),
  limit(
    'X-Forwarded-For',
    'passes on a call however often it came round',
    'one call of a route whose address leads back takes all connections of nginx',
  ),
  limit(
    'access_log',
    'has its servers log to files in their containers',
    'they grow for as long as the pod lives, on the disk of its node',
  ),
  limit(
    'service account tokens, service links',
    "gives every pod its account's token and the addresses of all Services as variables",
    'a program that somebody broke into asks the Kubernetes API in the name of the release',
  ),
  limit(
    'preStop, terminationGracePeriodSeconds',
    'stops pods without a word before, and kills them after 30 s',
    'open calls are cut, and a program that needs longer repairs its files at the next start',
  ),
];

/** A member that proves nothing, and asks for no proof, in a federation that agreed on it. */
export const transportLimit = ({ transport }: Agreement): ChartLimit[] =>
  transport === 'open'
    ? []
    : [fatal('transport', 'has no mutual TLS', 'no other member takes its calls, and it takes those of anybody')];

export const certManagerLimit = ({ certManager }: { readonly certManager?: CertManager }): ChartLimit[] =>
  certManager === undefined
    ? []
    : [fatal('certManager', 'reads a certificate under other keys than cert-manager writes', 'its pods do not start')];

/** Monitors find pods by their labels and ports by their names, of which the charts give none, and nginx counts nothing there. */
export const monitoringLimit = ({ monitoring }: { readonly monitoring?: Monitoring }): ChartLimit[] =>
  monitoring === undefined
    ? []
    : [
        limit(
          'monitoring',
          'has neither ports with names that a monitor could scrape, nor exporters, nor an nginx that counts its calls',
          'no monitor, rule or dashboard is drawn: alerts have to come from what the cluster itself tells of its pods',
        ),
      ];

/** Its pods have labels of the chart's own, and the objects are Helm's. */
export const policiesLimit = ({ networkPolicies }: { readonly networkPolicies: boolean }): ChartLimit[] =>
  networkPolicies
    ? [
        limit(
          'networkPolicies',
          'draws none',
          'every pod of the cluster reaches MySQL, HDFS, Spark and the notebook: write some for its labels fateMoudle, or use false',
        ),
      ]
    : [];

/** Names that are not themselves any more once the chart has written them without quotes: `123`, `1e3`, `yes`, `2021-08-01`. */
export const mangledNames = (names: Readonly<Record<string, string | undefined>>): ChartLimit[] =>
  Object.entries(names).flatMap(([path, name]) =>
    name === undefined || staysText(name)
      ? []
      : [fatal(path, `writes ${JSON.stringify(name)} without quotes`, 'YAML takes it for something else than text')],
  );

const staysText = (text: string): boolean => !otherThanText.some((other) => other.test(text));

/** What YAML 1.1 takes for a null, a truth value, a number or a date. */
const otherThanText: readonly RegExp[] = [
  /^(~|null|y|n|yes|no|on|off|true|false)?$/i,
  /^[-+]?(0x[\da-f_]+|0b[01_]+|\d[\d_]*(:[0-5]?\d)*(\.[\d_]*)?(e[-+]?\d+)?|\.\d[\d_]*(e[-+]?\d+)?|\.inf|\.nan)$/i,
  /^\d{4}-\d\d?-\d\d?$/,
];

/** Helm refuses a longer name of a release, which is that of the namespace. */
const longestRelease = 53;

export const longName = (namespace: string): ChartLimit[] =>
  namespace.length <= longestRelease
    ? []
    : [
        fatal(
          'namespace',
          `is installed as a Helm release of this name, of ${namespace.length} characters`,
          `Helm refuses more than ${longestRelease}`,
        ),
      ];
