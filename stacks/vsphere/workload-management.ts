import type { Input } from '@pulumi/pulumi';
import { type Resource, resource } from './resource';

/** A CIDR range in two parts. */
export interface CidrArgs {
  /** The network's own: all bits of hosts are 0. */
  readonly address: Input<string>;
  /** Bits of the network's part: 0 to 32. */
  readonly prefix: Input<number>;
}

/** Size of each control plane VM. */
export type SupervisorSize = 'TINY' | 'SMALL' | 'MEDIUM' | 'LARGE';

/** Properties of a {@link Supervisor}. */
export interface SupervisorArgs {
  /** Managed object id of the cluster. */
  readonly cluster: Input<string>;
  /** Id of the storage policy (the provider's documentation says name) for control plane, ephemeral disks and images. */
  readonly storagePolicy: Input<string>;
  /** Id of the library with the Kubernetes releases. */
  readonly contentLibrary: Input<string>;
  /** UUID of the distributed switch that carries the overlay. */
  readonly dvsUuid: Input<string>;
  /** Id that NSX gave the edge cluster; this provider cannot find it. */
  readonly edgeCluster: Input<string>;
  /** Size of each of the three control plane VMs. */
  readonly sizingHint: Input<SupervisorSize>;
  /** Network that the control plane shares with vCenter and the hosts. */
  readonly managementNetwork: Input<{
    /** Managed object id. */
    network: Input<string>;
    startingAddress: Input<string>;
    subnetMask: Input<string>;
    gateway: Input<string>;
    /** 5. */
    addressCount: Input<number>;
  }>;
  /** Of nodes and pods in vSphere Namespaces; /23 or larger. */
  readonly podCidrs: Input<Input<CidrArgs>[]>;
  /** Of Services inside the Supervisor. */
  readonly serviceCidr: Input<CidrArgs>;
  /** Of LoadBalancers. */
  readonly ingressCidrs: Input<Input<CidrArgs>[]>;
  /** That outgoing connections come from. */
  readonly egressCidrs: Input<Input<CidrArgs>[]>;
  /** Addresses of DNS servers, on the management network. */
  readonly mainDns: Input<Input<string>[]>;
  /** Addresses of DNS servers, on the networks of workloads. */
  readonly workerDns: Input<Input<string>[]>;
  /** Time servers, on the management network. */
  readonly mainNtps: Input<Input<string>[]>;
  /** Time servers, on the networks of workloads. */
  readonly workerNtps: Input<Input<string>[]>;
  /** DNS domain to complete short names with: one only. */
  readonly searchDomains: Input<string>;
  /**
   * vSphere Namespaces that are made along with it; the only input that can be changed. One made here has no storage policy,
   * and so takes no Kubernetes cluster.
   * @default none
   */
  readonly namespaces?: Input<
    Input<{ name: Input<string>; vmClasses?: Input<Input<string>[]>; contentLibraries?: Input<Input<string>[]> }>[]
  >;
}

/**
 * Workload management of a vSphere 7 or 8 cluster on NSX-T; its id is the cluster's managed object id.
 *
 * The plugin (terraform-provider-vsphere 2.16.1) can change `namespaces` and fails on any other change; it cannot read what
 * exists, and sees no drift. It waits without limit until the Supervisor runs, and takes a Supervisor that has vanished for
 * an error. Destroying the resource disables workload management, with all clusters and data in it: protect it.
 */
export const Supervisor = resource<SupervisorArgs>('vsphere:index/supervisor:Supervisor', {
  cluster: 'input',
  storagePolicy: 'input',
  contentLibrary: 'input',
  dvsUuid: 'input',
  edgeCluster: 'input',
  sizingHint: 'input',
  managementNetwork: 'input',
  podCidrs: 'input',
  serviceCidr: 'input',
  ingressCidrs: 'input',
  egressCidrs: 'input',
  mainDns: 'input',
  workerDns: 'input',
  mainNtps: 'input',
  workerNtps: 'input',
  searchDomains: 'input',
  namespaces: 'input',
});
export type Supervisor = Resource<SupervisorArgs>;

interface NetworkServices {
  readonly dns?: Input<{ servers: Input<Input<string>[]>; searchDomains: Input<Input<string>[]> }>;
  readonly ntp?: Input<{ servers: Input<Input<string>[]> }>;
}

/** Addresses from the first one on. */
export interface AddressRangeArgs {
  /** The first one. */
  readonly address: Input<string>;
  /** How many: 256 for a /24. */
  readonly count: Input<number>;
}

interface IpManagement {
  readonly dhcpEnabled?: Input<boolean>;
  /** With prefix: `198.51.100.1/24`. */
  readonly gatewayAddress?: Input<string>;
  readonly ipAssignments?: Input<
    Input<{ assignee: Input<'POD' | 'NODE' | 'SERVICE'>; ranges: Input<Input<AddressRangeArgs>[]> }>[]
  >;
}

/** Properties of a {@link SupervisorV2}. */
export interface SupervisorV2Args {
  /** Unique in vCenter. */
  readonly name: Input<string>;
  /** Managed object id of the only cluster. Excludes `zones`, and cannot become them. @default none: `zones` are given */
  readonly cluster?: Input<string>;
  /** Names of three zones. @default none: `cluster` is given */
  readonly zones?: Input<Input<string>[]>;
  /** Its VMs, and the network that they share with vCenter and the hosts. */
  readonly controlPlane: Input<{
    count?: Input<number>;
    size?: Input<SupervisorSize>;
    /** Id. */
    storagePolicy?: Input<string>;
    network: Input<{
      backing: Input<{ network?: Input<string> }>;
      network?: Input<string>;
      floatingIp?: Input<string>;
      ipManagement?: Input<IpManagement>;
      services?: Input<NetworkServices>;
    }>;
  }>;
  /** Networks of pods and Services, what leads into them, and the certificate of the API. */
  readonly workloads: Input<{
    network: Input<{
      network?: Input<string>;
      /** One of the two. */
      nsx?: Input<{ dvs: Input<string>; namespaceSubnetPrefix?: Input<number> }>;
      vsphere?: Input<{ dvpg: Input<string> }>;
      ipManagement?: Input<IpManagement>;
      services?: Input<NetworkServices>;
    }>;
    edge: Input<{
      id?: Input<string>;
      lbAddressRanges?: Input<Input<AddressRangeArgs>[]>;
      /** One of the four. */
      nsx?: Input<{
        edgeCluster?: Input<string>;
        t0Gateway?: Input<string>;
        loadBalancerSize?: Input<'SMALL' | 'MEDIUM' | 'LARGE'>;
        routingMode?: Input<'ROUTED' | 'NAT'>;
        defaultIngressTlsCertificate?: Input<string>;
      }>;
      nsxAdvanced?: Input<{
        host: Input<string>;
        port: Input<number>;
        username: Input<string>;
        password: Input<string>;
        caChain: Input<string>;
        cloudName?: Input<string>;
      }>;
      haproxy?: Input<{
        servers: Input<Input<{ host: Input<string>; port: Input<number> }>[]>;
        username: Input<string>;
        password: Input<string>;
        caChain: Input<string>;
      }>;
      /** vSphere 9. Left empty, it would end the plugin: something has to be in it. */
      foundation?: Input<{
        deploymentTarget: Input<{
          availability?: Input<'ACTIVE_PASSIVE' | 'SINGLE_NODE'>;
          deploymentSize?: Input<'SMALL' | 'MEDIUM' | 'LARGE' | 'X_LARGE'>;
          /** Id. */
          storagePolicy?: Input<string>;
          zones?: Input<Input<string>[]>;
        }>;
      }>;
    }>;
    kubeApiServerOptions: Input<{ security: Input<{ certificateDnsNames: Input<Input<string>[]> }> }>;
  }>;
}

/**
 * A Supervisor of vSphere 8.0.0.1 or later, some values of 9 only; its id is the Supervisor's own. Every change replaces
 * it, that is, destroys it with all clusters and data in it: protect it. It cannot be read by its id, and shows no drift.
 *
 * Some inputs of the provider are left out here. The plugin (terraform-provider-vsphere 2.16.1) takes `workloads.images` (the
 * library with the Kubernetes releases), `workloads.storage` and `workloads.edge.nsx.egressIpRanges`, and drops them without a
 * word. `workloads.network.nsxVpc` goes with an edge that it has no word for: without one, there is no load balancer. And of
 * `workloads.edge.foundation` the interfaces: without them it is on the Supervisor's own two networks.
 */
export const SupervisorV2 = resource<SupervisorV2Args>('vsphere:index/supervisorV2:SupervisorV2', {
  name: 'input',
  cluster: 'input',
  zones: 'input',
  controlPlane: 'input',
  workloads: ['edge.nsxAdvanced.password', 'edge.haproxy.password'],
});
export type SupervisorV2 = Resource<SupervisorV2Args>;

/** Properties of a {@link Namespace}. */
export interface NamespaceArgs {
  /** DNS label; also the Kubernetes namespace on the Supervisor. */
  readonly name: Input<string>;
  /** The Supervisor's own id, not that of the cluster: {@link SupervisorV2} has it, {@link Supervisor} does not. */
  readonly supervisor: Input<string>;
  /** Ids. The plugin does not send an empty list: to take the last policy away, use vCenter. @default none */
  readonly storagePolicies?: Input<Input<string>[]>;
  /**
   * Names of VM classes and ids of content libraries. One entry: the plugin ignores more. It does not send an empty list
   * either.
   * @default none
   */
  readonly vmServices?: Input<
    Input<{ vmClasses?: Input<Input<string>[]>; contentLibraries?: Input<Input<string>[]> }>[]
  >;
}

/**
 * A vSphere Namespace, from vSphere 8.0.0.1 on; its id is the name. The plugin waits two minutes until it runs. Permissions,
 * limits, zones and networks are not covered, and stay as vCenter has them.
 *
 * A new name or Supervisor replaces the namespace, with all clusters and data in it: the plugin would fail on the one and
 * ignore the other.
 */
export const Namespace = resource<NamespaceArgs>('vsphere:index/namespace:Namespace', {
  name: 'identity',
  supervisor: 'identity',
  storagePolicies: 'input',
  vmServices: 'input',
});
export type Namespace = Resource<NamespaceArgs>;

/** Properties of a {@link Zone}. */
export interface ZoneArgs {
  /** A change replaces the zone. */
  readonly name: Input<string>;
  /** For people. A change replaces the zone. @default none */
  readonly description?: Input<string>;
  /** Managed object ids of its clusters. @default none */
  readonly clusterIds?: Input<Input<string>[]>;
}

/** A vSphere Zone; its id is the name. */
export const Zone = resource<ZoneArgs>('vsphere:index/zone:Zone', {
  name: 'input',
  description: 'input',
  clusterIds: 'input',
});
export type Zone = Resource<ZoneArgs>;

/** Properties of a {@link VirtualMachineClass}. */
export interface VirtualMachineClassArgs {
  /** DNS label, unique in vCenter. A change replaces the class. */
  readonly name: Input<string>;
  /** vCPUs. */
  readonly cpus: Input<number>;
  /** In MB. */
  readonly memory: Input<number>;
  /**
   * Reserved part of the CPUs, in percent. The plugin does not send 0: a reservation once made is taken back in vCenter.
   * @default nothing is reserved
   */
  readonly cpuReservation?: Input<number>;
  /** As `cpuReservation`, of the memory; 100 with vGPU devices. @default nothing is reserved */
  readonly memoryReservation?: Input<number>;
  /** Names of vGPU profiles. @default none */
  readonly vgpuDevices?: Input<Input<string>[]>;
}

/** A VM class of one's own; its id is the name. The 16 default ones exist already. The plugin sees no drift. */
export const VirtualMachineClass = resource<VirtualMachineClassArgs>(
  'vsphere:index/virtualMachineClass:VirtualMachineClass',
  {
    name: 'identity',
    cpus: 'input',
    memory: 'input',
    cpuReservation: 'input',
    memoryReservation: 'input',
    vgpuDevices: 'input',
  },
);
export type VirtualMachineClass = Resource<VirtualMachineClassArgs>;
