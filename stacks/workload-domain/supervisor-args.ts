import { isDeepStrictEqual } from 'node:util';
import type * as pulumi from '@pulumi/pulumi';
import type { Cidr } from '../../lib/input/cidr';
import type {
  NsxNetworking,
  SupervisorLoadBalancer,
  SupervisorV1Plan,
  SupervisorV2Plan,
  VdsNetworking,
} from '../../lib/tanzu/workload-domain';
import type * as vsphere from '../vsphere';
import { type Inventory, present } from './inventory';

export const supervisorArgs = (
  { size, networks, bootstrapNamespace }: SupervisorV1Plan,
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
      network: portGroup(found, management),
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

/** @param password of the load balancer, where its API asks for one */
export const supervisorV2Args = (
  { name, size, networks, certificateNames, controlPlaneVms }: SupervisorV2Plan,
  storagePolicy: pulumi.Input<string>,
  found: pulumi.Output<Inventory>,
  password: pulumi.Input<string> | undefined,
): vsphere.SupervisorV2Args => {
  const { management } = networks;
  const services = {
    dns: { servers: [...networks.dns], searchDomains: [...networks.searchDomains] },
    ntp: { servers: [...networks.ntp] },
  };
  return {
    name,
    cluster: found.cluster,
    controlPlane: {
      count: controlPlaneVms,
      size,
      storagePolicy,
      network: {
        network: 'management',
        backing: { network: portGroup(found, management) },
        ipManagement: {
          dhcpEnabled: false,
          gatewayAddress: `${management.gateway}/${management.cidr.prefix}`,
          ipAssignments: [
            { assignee: 'NODE', ranges: [{ address: management.startingAddress, count: management.addressCount }] },
          ],
        },
        services,
      },
    },
    workloads: {
      network: {
        network: 'primary',
        ...(networks.type === 'vds' ? vdsNetwork(networks, found) : nsxNetwork(networks, found)),
        services,
      },
      edge:
        networks.type === 'vds' ? loadBalancerEdge(networks.loadBalancer, storagePolicy, password) : nsxEdge(networks),
      kubeApiServerOptions: { security: { certificateDnsNames: [...certificateNames] } },
    },
  };
};

const portGroup = (found: pulumi.Output<Inventory>, { portGroup: name }: { readonly portGroup: string }) =>
  found.apply(({ portGroups }) => present(portGroups?.[name]));

const nsxNetwork = ({ podCidrs, serviceCidr }: NsxNetworking, found: pulumi.Output<Inventory>) => ({
  nsx: {
    dvs: found.apply(({ distributedSwitch }) => present(distributedSwitch)),
    namespaceSubnetPrefix: 28, // vCenter's default, for which the plugin would send 0
  },
  ipManagement: {
    dhcpEnabled: false,
    ipAssignments: [
      { assignee: 'POD' as const, ranges: podCidrs.map(range) },
      { assignee: 'SERVICE' as const, ranges: [range(serviceCidr)] },
    ],
  },
});

const nsxEdge = ({ ingressCidrs, edgeCluster, routing, t0Gateway }: NsxNetworking) => ({
  lbAddressRanges: ingressCidrs.map(range),
  nsx: { edgeCluster, routingMode: routing, t0Gateway },
});

const vdsNetwork = ({ workload, serviceCidr }: VdsNetworking, found: pulumi.Output<Inventory>) => ({
  vsphere: { dvpg: portGroup(found, workload) },
  ipManagement: {
    dhcpEnabled: false,
    gatewayAddress: `${workload.gateway}/${workload.cidr.prefix}`,
    ipAssignments: [
      { assignee: 'SERVICE' as const, ranges: [range(serviceCidr)] },
      { assignee: 'NODE' as const, ranges: [...workload.addresses] },
    ],
  },
});

function loadBalancerEdge(
  balancer: SupervisorLoadBalancer,
  storagePolicy: pulumi.Input<string>,
  password: pulumi.Input<string> | undefined,
) {
  const id = 'load-balancer';
  const lbAddressRanges = [...balancer.addresses];
  switch (balancer.type) {
    case 'haproxy': {
      const { servers, username, certificateAuthority: caChain } = balancer;
      return {
        id,
        lbAddressRanges,
        haproxy: { servers: [...servers], username, password: present(password), caChain },
      };
    }
    case 'nsx-advanced': {
      // Its addresses are those of its IPAM profile, and none that vCenter would be told.
      const { host, port, username, certificateAuthority: caChain, cloud: cloudName } = balancer;
      return { id, nsxAdvanced: { host, port, username, password: present(password), caChain, cloudName } };
    }
    case 'foundation': {
      const { availability, size: deploymentSize } = balancer;
      return {
        id,
        lbAddressRanges,
        foundation: { deploymentTarget: { availability, deploymentSize, storagePolicy } },
      };
    }
  }
}

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
