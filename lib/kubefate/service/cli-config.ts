import { secrets } from '../../fate/secrets';
import { yaml } from '../../formats/yaml';

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
 * @see White paper, "Step 1: Deploying the KubeFATE service"
 * @see KubeFATE v1.6.1, `k8s-deploy/config.yaml`
 */
export const cliConfig = ({ host, port, user = 'admin', tlsSecret, namespace = 'kube-fate' }: CliConfigProps): string =>
  [
    '# The password is in no file. Give it to the CLI in its environment:\n',
    `# export FATECLOUD_USER_PASSWORD="$(${readPassword(namespace)})"\n`,
    yaml({
      log: { level: 'info' },
      user: { username: user },
      serviceurl: port === undefined ? host : `${host}:${port}`,
      ...(tlsSecret !== undefined && { safeconnect: true }),
    }),
  ].join('');

const readPassword = (namespace: string): string =>
  `kubectl --namespace ${namespace} get secret ${secret.name} --output jsonpath='{.data.${secret.keys.password}}' | base64 --decode`;

const secret = secrets.kubeFate;
