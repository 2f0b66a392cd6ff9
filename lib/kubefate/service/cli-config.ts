import { secrets } from '../../fate/secrets';
import { yaml } from '../../formats/yaml';
import {
  checkHostName,
  checkKeys,
  checkObjectName,
  checkPort,
  isMap,
  type Keys,
  readDeclaration,
  shown,
} from '../../input/checks';
import { Problems } from '../../input/problems';
import { checkNamespace } from '../../kubernetes/namespaces';
import { type KubeFatePlan, kubeFatePlanKeys } from './service';

/** What KubeFATE's CLI has to know of a service. */
export interface CliConfigProps {
  /** Host name of the service's Ingress. */
  readonly host: string;
  /**
   * Port of the ingress controller, where it is not the usual one.
   * @default that of HTTP, or of HTTPS
   */
  readonly port?: number;
  /**
   * Name of the user, as the Secret `kubefate-secret` has it.
   * @default 'admin'
   */
  readonly user?: string;
  /**
   * Secret of the Ingress for TLS, as the service has it: with one the CLI speaks HTTPS. That of KubeFATE 1.6.1 cannot, that
   * of 1.11.2 can.
   * @default plain HTTP
   */
  readonly tlsSecret?: string;
  /** Namespace of the service, for the hint on its password. @default 'kube-fate' */
  readonly namespace?: string;
}

/**
 * `config.yaml` of KubeFATE's CLI, which looks for it in the directory that it is run in. It holds no password: the CLI
 * takes that from the variable `FATECLOUD_USER_PASSWORD`.
 *
 * @param props or the plan of the service, for a CLI that uses the usual port and user
 * @throws {InvalidInput} with every problem of the properties
 * @see White paper, "Step 1: Deploying the KubeFATE service"
 * @see KubeFATE v1.6.1, `k8s-deploy/config.yaml`
 */
export function cliConfig(props: CliConfigProps | KubeFatePlan): string {
  const problems = Problems.none();
  const given = readDeclaration(problems, props);
  if (isPlan(given)) checkKeys<KubeFatePlan>(problems, given, kubeFatePlanKeys);
  else checkKeys<CliConfigProps>(problems, given, cliConfigKeys);
  const { host, port, user = 'admin', tlsSecret, namespace = 'kube-fate' } = isPlan(given) ? ofPlan(given) : given;
  checkHostName(problems, 'host', host, 'kubefate.example.com');
  if (port !== undefined) checkPort(problems, 'port', port);
  checkUser(problems, user);
  if (tlsSecret !== undefined) checkObjectName(problems, 'tlsSecret', tlsSecret, 'kubefate-tls');
  checkNamespace(problems, 'namespace', namespace, 'kube-fate');
  problems.throwIfAny("configuration of KubeFATE's CLI");
  return [
    '# The password is in no file. Give it to the CLI in its environment:\n',
    `# export FATECLOUD_USER_PASSWORD="$(${readPassword(namespace)})"\n`,
    yaml({
      log: { level: 'info' },
      user: { username: user },
      serviceurl: port === undefined ? host : `${host}:${port}`,
      safeconnect: tlsSecret === undefined ? undefined : true,
    }),
  ].join('');
}

const ofPlan = ({ host, namespace, ingress: { tlsSecret } }: KubeFatePlan): CliConfigProps => ({
  host,
  namespace,
  tlsSecret,
});

const isPlan = (props: CliConfigProps | KubeFatePlan): props is KubeFatePlan =>
  isMap(props) && 'rights' in props && isMap(props.ingress);

const cliConfigKeys: Keys<CliConfigProps> = {
  host: true,
  port: true,
  user: true,
  tlsSecret: true,
  namespace: true,
};

/** Every job is recorded with it, in a column of this width. */
const longestUser = 16;

function checkUser(problems: Problems, user: unknown): void {
  if (typeof user !== 'string' || user.length > longestUser || !/^[\w.@-]+$/.test(user)) {
    problems.add(
      'user',
      `${shown(user)} is no user of the service`,
      `use at most ${longestUser} letters, digits and . _ @ -`,
    );
  }
}

const readPassword = (namespace: string): string =>
  `kubectl --namespace ${namespace} get secret ${secret.name} --output jsonpath='{.data.${secret.keys.password}}' | base64 --decode`;

const secret = secrets.kubeFate;
