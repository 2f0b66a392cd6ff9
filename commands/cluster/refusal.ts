import { printable, short } from '../../lib/input/shown';
import { type Rule, ruleText } from '../../lib/kubernetes/access-rules';
import { Mistake } from '../mistake';

/** What kept somebody from an answer of a cluster. */
export type RefusalKind =
  /** The kubeconfig cannot be read, or is none. */
  | 'no-kubeconfig'
  /** The kubeconfig has no such context, or the context leads nowhere. */
  | 'no-context'
  /** The login of the context cannot be had, as from a plug-in that fails. */
  | 'no-login'
  /** Nobody answers for the cluster, or not in time. */
  | 'unreachable'
  /** Who answers is nobody whom the kubeconfig trusts. */
  | 'untrusted'
  /** The cluster does not know the login, or not any more. */
  | 'unauthorized'
  /** The login lacks a right. */
  | 'forbidden'
  /** There is no such pod, container or kind. */
  | 'not-found'
  /** The cluster, or a node of it, cannot do what was asked. */
  | 'failed';

/** Why there is no answer of a cluster: a printable sentence of what it is, and what would work. Nothing was changed. */
export class ClusterRefusal extends Mistake {
  constructor(
    readonly kind: RefusalKind,
    what: string,
    remedy: string,
    /** What a Role has to allow, where a right is missing. */
    readonly rule?: Rule,
  ) {
    super(printable(short(`${what}; ${remedy}`, longest)));
  }
}

/** Characters: a cluster that refuses something may say much. */
const longest = 2000;

/** What messages call a cluster. */
interface Named {
  readonly name: string;
}

export const forbidden = ({ name }: Named, namespace: string, rule: Rule): ClusterRefusal =>
  new ClusterRefusal(
    'forbidden',
    `${name} does not let you ${rule.verbs[0]} ${rule.resources[0]} in namespace ${namespace}`,
    `have a Role there with the rule ${ruleText(rule)}, or a whole one of \`kubefate-tanzu roles${levelFor(rule)}\``,
    rule,
  );

/** Of the least Roles that have a rule. */
function levelFor({ resources: [resource] }: Rule): string {
  if (resource === 'pods/exec') return ' --for ask';
  return resource === 'pods/portforward' ? ' --for submit' : '';
}

export const unauthorized = ({ name }: Named): ClusterRefusal =>
  new ClusterRefusal(
    'unauthorized',
    `${name} does not know your login, or not any more`,
    'log in again, as by `kubectl vsphere login` or `tanzu cluster kubeconfig get`',
  );

/** Of an error of the connection. */
export function unreachable({ name }: Named, error: Error): ClusterRefusal {
  const { code = '', name: kind, message } = error as NodeJS.ErrnoException;
  if (kind === 'AbortError' || /timed out/.test(message))
    return new ClusterRefusal('unreachable', `${name} does not answer in time`, network);
  if (code in trust) {
    const remedy = 'have the kubeconfig made anew, or mend `certificate-authority-data` in it';
    return new ClusterRefusal('untrusted', `${name} shows ${trust[code]}`, remedy);
  }
  if (code in plain)
    return new ClusterRefusal(
      'unreachable',
      `who answers for ${name} speaks ${plain[code]}`,
      'mend its address in the kubeconfig: an API server speaks TLS, mostly on port 6443, and is named https://',
    );
  return new ClusterRefusal(
    'unreachable',
    `${name} cannot be reached: ${connection[code] ?? (code || 'the connection failed')}`,
    network,
  );
}

const network =
  'look whether its address is right, the VPN is up, and a firewall is between; a proxy is named by `proxy-url` in the kubeconfig';

const connection: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  EAI_AGAIN: 'no DNS server answers for its name',
  ENOTFOUND: 'there is no such name',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ETIMEDOUT: 'nobody answers there',
};

/** Who answers with something else than what is spoken to it. */
const plain: Readonly<Record<string, string>> = {
  EPROTO: 'no TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'no TLS',
  HPE_INVALID_CONSTANT: 'no HTTP',
  HPE_INVALID_VERSION: 'no HTTP',
};

const unknownAuthority = 'a certificate of an authority that its kubeconfig does not trust';
const trust: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'a certificate that has ended',
  CERT_NOT_YET_VALID: 'a certificate that does not hold yet: look at the clocks',
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  ERR_TLS_CERT_ALTNAME_INVALID: 'a certificate in another name',
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
};
