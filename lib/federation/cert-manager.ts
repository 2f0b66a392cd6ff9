import { checkHostName, checkKeys, type Keys, readMap, readObjectName, readOneOf, shown } from '../input/checks';
import type { Problems } from '../input/problems';
import { type Lifetime, readMemberLifetime } from './certificates';

/**
 * An issuer of cert-manager on the member's cluster, which makes the member's key and certificate and renews them, in the place
 * of a Secret that somebody else makes.
 */
export interface CertManagerProps {
  /**
   * Name of an issuer of the federation's authority, or of one below it, that says so in `ca.crt` of what it makes: as issuers
   * by CA and Vault do. Those by ACME know no authority to trust, and the pods wait for ever. Whoever may make Certificates
   * that name the issuer can be any member.
   */
  readonly issuer: string;
  /**
   * `ClusterIssuer` for one outside of namespaces; another kind for one of another group.
   * @default 'Issuer', in the namespace of the pods
   */
  readonly kind?: string;
  /** API group of the issuer, where it comes with another program. @default 'cert-manager.io' */
  readonly group?: string;
  /**
   * Days that a certificate holds, as far as the issuer agrees. In the last third of them, and at most for a month, it is
   * renewed, with a new key.
   * @default 396
   */
  readonly days?: number;
}

/** The issuer of a plan's certificate. */
export interface CertManager extends Lifetime {
  readonly issuer: { readonly name: string; readonly kind: string; readonly group: string };
}

export function planCertManager(problems: Problems, declared: CertManagerProps | undefined): CertManager | undefined {
  if (declared === undefined) return undefined;
  const props = readMap(problems, '', declared, 'use one such as { issuer: "federation-ca" }, or leave it out');
  checkKeys(problems, props, certManagerKeys);
  const { group = ownGroup } = props;
  checkHostName(problems, 'group', group, 'awspca.cert-manager.io');
  const kind =
    group === ownGroup ? readOneOf(problems, 'kind', props.kind, ownKinds, 'Issuer') : readKind(problems, props);
  return {
    issuer: { name: readObjectName(problems, 'issuer', props.issuer, 'federation-ca'), kind, group },
    ...readMemberLifetime(problems, props.days),
  };
}

function readKind(problems: Problems, { kind }: Partial<CertManagerProps>): string {
  if (typeof kind === 'string' && /^[A-Z][A-Za-z0-9]{0,62}$/.test(kind)) return kind;
  problems.add('kind', `${shown(kind)} is no kind`, 'use one such as "AWSPCAClusterIssuer"');
  return 'Issuer';
}

const certManagerKeys: Keys<CertManagerProps> = { issuer: true, kind: true, group: true, days: true };

const ownGroup = 'cert-manager.io';
const ownKinds: readonly string[] = ['Issuer', 'ClusterIssuer'];
