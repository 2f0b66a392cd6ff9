import * as pulumi from '@pulumi/pulumi';
import type { PlannedAddresses } from '../../lib/federation/public-addresses';
import { isDnsName, isHostIpv4 } from '../../lib/input/addresses';
import type { AddressKind } from '../../lib/input/checks';
import type { Problems } from '../../lib/input/problems';
import type { PublicService } from '../../lib/kubernetes/public-services';
import { type ChartResources, serviceOf } from './chart-resources';

/** The Service of a LoadBalancer, and what its address may be. */
export interface AddressedService {
  readonly service: string;
  readonly kind: AddressKind;
}

/** Reports Services that get no address, where none is declared. */
export function checkPublicAddresses(
  problems: Problems,
  {
    addresses,
    services,
  }: Pick<PlannedAddresses<string>, 'addresses'> & {
    readonly services: Readonly<Record<string, PublicService>>;
  },
): void {
  const names = Object.keys(services).filter((name) => services[name]?.type === 'NodePort');
  if (addresses !== undefined || names.length === 0) return;
  const what = `are missing, and nobody gives one to a NodePort, as ${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'}`;
  problems.add('addresses', what, 'give the addresses under which others reach the nodes');
}

/**
 * Addresses of a plan's LoadBalancers: as declared, or what they got. The provider waits until they have one, and fails
 * when none comes.
 *
 * @throws when it is not the reserved one, or one that nobody can connect to
 */
export function publicAddresses<Service extends string>(
  plan: PlannedAddresses<Service> & { readonly namespace: string },
  resources: ChartResources,
  services: Readonly<Record<Service, AddressedService>>,
): pulumi.Output<Readonly<Record<Service, string>>> {
  const addresses = (Object.keys(services) as Service[]).map((key) => {
    const { service, kind } = services[key];
    const reserved = plan.reserved[key];
    if (plan.addresses && reserved === undefined) return pulumi.output(plan.addresses[key]);
    const name = `${plan.namespace}/${service}`;
    return loadBalancerIngress(resources, name).apply(({ ip, hostname }) =>
      checked(name, kind, reserved, ip, hostname),
    );
  });
  return pulumi
    .all(addresses)
    .apply(
      (addresses) =>
        Object.fromEntries(Object.keys(services).map((key, i) => [key, addresses[i]])) as Record<Service, string>,
    );
}

/**
 * What the platform gave a LoadBalancer. The provider waits for it, and fails when nothing comes; the preview of the next
 * update, which waits again, does not know it yet.
 *
 * @param name `<namespace>/<name>`
 */
export const loadBalancerIngress = (
  resources: ChartResources,
  name: string,
): pulumi.Output<{ readonly ip?: string; readonly hostname?: string }> =>
  serviceOf(resources, name).status.apply(
    (status) => status?.loadBalancer?.ingress?.[0] ?? (pulumi.runtime.isDryRun() ? pulumi.unknown : {}),
  );

function checked(name: string, kind: AddressKind, reserved?: string, ip?: string, hostname?: string): string {
  const given = ip ?? (hostname === undefined ? 'no address' : `only the host name ${hostname}`);
  if (reserved !== undefined && ip !== reserved) {
    throw new pulumi.RunError(
      `LoadBalancer ${name} has ${given} in the place of ${reserved}: the platform does not follow \`loadBalancerIP\`; declare the address that it gives`,
    );
  }
  if (ip !== undefined && isHostIpv4(ip)) return ip;
  if (kind === 'ipv4 or name' && hostname !== undefined && isDnsName(hostname)) return hostname;
  throw new pulumi.RunError(
    `LoadBalancer ${name} has ${given}, and nginx connects to IPv4 addresses only: declare in \`addresses\` the one that others reach it by`,
  );
}
