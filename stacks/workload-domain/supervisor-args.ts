import { isDeepStrictEqual } from 'node:util';
import type * as pulumi from '@pulumi/pulumi';
import type { Cidr } from '../../lib/input/cidr';
import type { SupervisorPlan } from '../../lib/tanzu/workload-domain';
import type * as vsphere from '../vsphere';
import { type Inventory, present } from './inventory';

export const supervisorArgs = (
  { size, networks, bootstrapNamespace }: SupervisorPlan,
  storagePolicy: pulumi.Input<string>,
  contentLibrary: pulumi.Input<string>,
  found: pulumi.Output<Inventory>,
): vsphere.SupervisorArgs => {
  const { management, podCidrs, serviceCidr, ingressCidrs, egressCidrs, edgeCluster, dns, ntp, searchDomains } =
    networks;
  const { startingAddress, subnetMask, gateway, addressCount } = management;
  return {
    cluster: found.cluster,
    storagePolicy,
    contentLibrary,
    dvsUuid: found.apply(({ distributedSwitch }) => present(distributedSwitch)),
    edgeCluster,
    sizingHint: size,
    managementNetwork: {
      network: found.apply(({ managementNetwork }) => present(managementNetwork)),
      startingAddress,
      subnetMask,
      gateway,
      addressCount,
    },
    podCidrs: [...podCidrs],
    serviceCidr,
    ingressCidrs: [...ingressCidrs],
    egressCidrs: [...egressCidrs],
    mainDns: [...dns],
    workerDns: [...dns],
    mainNtps: [...ntp],
    workerNtps: [...ntp],
    searchDomains: present(searchDomains[0]),
    namespaces: bootstrapNamespace === undefined ? undefined : [{ name: bootstrapNamespace }],
  };
};

export const supervisorV2Args = (
  { name, size, networks, certificateNames }: SupervisorPlan,
  storagePolicy: pulumi.Input<string>,
  found: pulumi.Output<Inventory>,
): vsphere.SupervisorV2Args => {
  const { management, podCidrs, serviceCidr, ingressCidrs, edgeCluster, routing, t0Gateway } = networks;
  const network = found.apply(({ managementNetwork }) => present(managementNetwork));
  const services = {
    dns: { servers: [...networks.dns], searchDomains: [...networks.searchDomains] },
    ntp: { servers: [...networks.ntp] },
  };
  const nodes = [{ address: management.startingAddress, count: management.addressCount }];
  return {
    name,
    cluster: found.cluster,
    controlPlane: {
      count: 3,
      size,
      storagePolicy,
      network: {
        network: 'management',
        backing: { network },
        ipManagement: {
          dhcpEnabled: false,
          gatewayAddress: `${management.gateway}/${management.cidr.prefix}`,
          ipAssignments: [{ assignee: 'NODE', ranges: nodes }],
        },
        services,
      },
    },
    workloads: {
      network: {
        network: 'primary',
        nsx: { dvs: found.apply(({ distributedSwitch }) => present(distributedSwitch)) },
        ipManagement: {
          dhcpEnabled: false,
          ipAssignments: [
            { assignee: 'POD', ranges: podCidrs.map(range) },
            { assignee: 'SERVICE', ranges: [range(serviceCidr)] },
          ],
        },
        services,
      },
      edge: { lbAddressRanges: ingressCidrs.map(range), nsx: { edgeCluster, routingMode: routing, t0Gateway } },
      kubeApiServerOptions: { security: { certificateDnsNames: [...certificateNames] } },
    },
  };
};

const range = ({ address, prefix }: Cidr) => ({ address, count: 2 ** (32 - prefix) });

/**
 * The plugin can change the namespaces of a `Supervisor` only, and tells so in the middle of an update.
 *
 * @see terraform-provider-vsphere 2.16.1, `supervisor`
 */
export function refuseChange({ name, oldInputs = {}, newInputs = {} }: pulumi.ResourceHookArgs): void {
  const changed = Object.keys({ ...oldInputs, ...newInputs }).filter(
    (key) => key !== 'namespaces' && !key.startsWith('__') && !isDeepStrictEqual(oldInputs[key], newInputs[key]),
  );
  if (changed.length === 0) return;
  throw new Error(
    `Supervisor "${name}" cannot be changed (${changed.join(', ')}): change it in vCenter, and put the old value back into the configuration`,
  );
}
