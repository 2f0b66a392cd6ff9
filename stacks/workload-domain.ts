import { isDeepStrictEqual } from 'node:util';
import * as pulumi from '@pulumi/pulumi';
import {
  type Cidr,
  checkNamespaceState,
  type LoadBalancerBudget,
  type PreflightItem,
  type Supervisor,
  type WorkloadDomainPlan,
  type WorkloadDomainProps,
  workloadDomainPlan,
} from '../lib/workload-domain';
import * as vsphere from './vsphere';

export interface WorkloadDomainConfig {
  /** Whose it is: the last part of the stack's name. */
  readonly name: string;
  readonly domain: WorkloadDomainProps;
  /** @default the stack's configuration `vsphere:…`, or the environment variables `VSPHERE_…` */
  readonly provider?: pulumi.ProviderResource;
}

export interface WorkloadDomainOutputs {
  readonly supervisor: {
    /** From vSphere 8.0.0.1 on. */
    readonly id: pulumi.Output<string | undefined>;
    /** As declared. */
    readonly endpoint?: string;
  };
  readonly namespace: pulumi.Output<string>;
  readonly storageClasses: readonly string[];
  readonly vmClasses: readonly string[];
  readonly loadBalancers: LoadBalancerBudget;
  readonly preflight: readonly PreflightItem[];
}

/**
 * The vSphere side of one organisation.
 *
 * @throws {InvalidInput} with every problem of the declaration
 */
export async function workloadDomainStack(config: WorkloadDomainConfig): Promise<WorkloadDomainOutputs> {
  const { name, provider } = config;
  const plan = workloadDomainPlan(config.domain);
  const inventory = await lookUp(plan, { provider });
  const domain = new WorkloadDomain(name, { plan, inventory }, { providers: provider && [provider] });
  return {
    supervisor: { id: domain.supervisorId, endpoint: plan.endpoint },
    namespace: domain.namespace,
    storageClasses: plan.storagePolicies.map(({ storageClass }) => storageClass),
    vmClasses: plan.vmClasses.names,
    loadBalancers: plan.loadBalancers,
    preflight: plan.preflight,
  };
}

export interface WorkloadDomainArgs {
  readonly plan: WorkloadDomainPlan;
  /** Ids of what exists. @default looked up by {@link lookUp}; awaited before, its errors are the program's own */
  readonly inventory?: pulumi.Input<Inventory>;
}

/**
 * A workload domain for Tanzu Kubernetes clusters: looks up what exists by its name, and makes what the plan says.
 *
 * A Supervisor and a vSphere Namespace hold clusters and their data, and so are protected: `pulumi state unprotect` comes
 * before their destruction. A changed Supervisor of vSphere 7 or 8 is refused in the preview; one of vSphere 9 would be
 * replaced, which its protection refuses.
 */
export class WorkloadDomain extends pulumi.ComponentResource {
  /** The Supervisor's own id; none on vSphere 7. */
  readonly supervisorId: pulumi.Output<string | undefined>;
  /** Name of the vSphere Namespace, once it can be used. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, { plan, inventory }: WorkloadDomainArgs, options?: pulumi.ComponentResourceOptions) {
    super('kubefate-tanzu:index:WorkloadDomain', name, {}, options);
    const found = pulumi.output(inventory ?? lookUp(plan, { parent: this }));
    const offer: Offer = {
      storagePolicies: this.storagePolicies(name, plan, found),
      vmClasses: this.vmClasses(name, plan),
      contentLibrary: this.contentLibrary(name, plan, found),
    };
    this.supervisorId =
      'create' in plan.supervisor
        ? this.supervisor(name, plan, plan.supervisor.create, offer, found)
        : found.apply(({ supervisor }) => supervisor);
    this.namespace = plan.namespace.create
      ? this.vsphereNamespace(name, plan, offer)
      : found.apply(() => plan.namespace.name);
    this.registerOutputs({ supervisorId: this.supervisorId, namespace: this.namespace });
  }

  /** Ids, in the plan's order. */
  private storagePolicies(name: string, plan: WorkloadDomainPlan, found: pulumi.Output<Inventory>) {
    return plan.storagePolicies.map(({ name: policy, create }): pulumi.Input<string> => {
      if (create === undefined) return found.apply(({ storagePolicies }) => present(storagePolicies[policy]));
      const { tagCategory, tags } = create;
      const args = { name: policy, tagRules: [{ tagCategory, tags: [...tags] }] };
      return new vsphere.VmStoragePolicy(`${name}-${policy}`, args, { parent: this }).id;
    });
  }

  /** Names; those of classes that are made depend on them. */
  private vmClasses(name: string, { vmClasses: { names, create } }: WorkloadDomainPlan) {
    const made = new Map(
      create.map(({ name: vmClass, cpu, memoryGiB, guaranteed }) => {
        const reservation = guaranteed ? { cpuReservation: 100, memoryReservation: 100 } : {};
        const args = { name: vmClass, cpus: cpu, memory: memoryGiB * 1024, ...reservation };
        return [vmClass, new vsphere.VirtualMachineClass(`${name}-${vmClass}`, args, { parent: this }).id];
      }),
    );
    return names.map((vmClass): pulumi.Input<string> => made.get(vmClass) ?? vmClass);
  }

  private contentLibrary(name: string, { contentLibrary }: WorkloadDomainPlan, found: pulumi.Output<Inventory>) {
    if (contentLibrary === undefined) return undefined;
    const { name: library, create } = contentLibrary;
    if (create === undefined) return found.apply(({ contentLibrary }) => present(contentLibrary));
    const args = {
      name: library,
      storageBackings: [found.apply(({ datastore }) => present(datastore))],
      subscription: { subscriptionUrl: create.subscriptionUrl, automaticSync: true, onDemand: true },
    };
    return new vsphere.ContentLibrary(`${name}-content-library`, args, { parent: this }).id;
  }

  /** The id of a Supervisor that is made. */
  private supervisor(
    name: string,
    plan: WorkloadDomainPlan,
    create: Supervisor,
    offer: Offer,
    found: pulumi.Output<Inventory>,
  ): pulumi.Output<string | undefined> {
    const options = { parent: this, protect: true };
    const storagePolicy = present(
      offer.storagePolicies[plan.storagePolicies.findIndex(({ name }) => name === create.storagePolicy)],
    );
    if (create.api === 'v2') {
      return new vsphere.SupervisorV2(`${name}-supervisor`, supervisorV2Args(create, storagePolicy, found), options).id;
    }
    const unchanged = new pulumi.ResourceHook(`${name}-supervisor-unchanged`, refuseChange, { onDryRun: true });
    const args = supervisorArgs(create, storagePolicy, present(offer.contentLibrary), found);
    const supervisor = new vsphere.Supervisor(`${name}-supervisor`, args, {
      ...options,
      hooks: { beforeUpdate: [unchanged] },
    });
    if (create.bootstrapNamespace === undefined) return pulumi.output(undefined);
    const bootstrap = { name: create.bootstrapNamespace };
    return vsphere.getNamespaceOutput(bootstrap, { parent: this, dependsOn: [supervisor] }).supervisor;
  }

  private vsphereNamespace(name: string, { namespace }: WorkloadDomainPlan, offer: Offer): pulumi.Output<string> {
    const { storagePolicies, vmClasses, contentLibrary } = offer;
    const contentLibraries = contentLibrary === undefined ? undefined : [contentLibrary];
    const args = {
      name: namespace.name,
      supervisor: this.supervisorId.apply(present),
      storagePolicies: [...storagePolicies],
      vmServices: [{ vmClasses: [...vmClasses], contentLibraries }],
    };
    return new vsphere.Namespace(`${name}-namespace`, args, { parent: this, protect: true }).id;
  }
}

/** What the vSphere Namespace gets. */
interface Offer {
  /** Ids. */
  readonly storagePolicies: readonly pulumi.Input<string>[];
  /** Names. */
  readonly vmClasses: readonly pulumi.Input<string>[];
  /** Id. */
  readonly contentLibrary?: pulumi.Output<string>;
}

const supervisorArgs = (
  { size, networks, bootstrapNamespace }: Supervisor,
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
    ...(bootstrapNamespace !== undefined && { namespaces: [{ name: bootstrapNamespace }] }),
  };
};

const supervisorV2Args = (
  { name, size, networks, certificateNames }: Supervisor,
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
function refuseChange({ name, oldInputs = {}, newInputs = {} }: pulumi.ResourceHookArgs): void {
  const changed = Object.keys({ ...oldInputs, ...newInputs }).filter(
    (key) => key !== 'namespaces' && !key.startsWith('__') && !isDeepStrictEqual(oldInputs[key], newInputs[key]),
  );
  if (changed.length === 0) return;
  throw new Error(
    `Supervisor "${name}" cannot be changed (${changed.join(', ')}): change it in vCenter, and put the old value back into the configuration`,
  );
}

/** What a checked plan always has, and the types cannot tell. */
function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the plan is incomplete');
  return value;
}

/** Ids of what exists. */
export interface Inventory {
  readonly cluster: string;
  readonly storagePolicies: Readonly<Record<string, string>>;
  readonly contentLibrary?: string;
  readonly datastore?: string;
  readonly distributedSwitch?: string;
  readonly managementNetwork?: string;
  readonly supervisor?: string;
}

/**
 * Names in, ids out: every name that the plan expects to exist is looked up, also where nothing takes the id.
 *
 * @throws {InvalidInput} when the vSphere Namespace exists and lacks what the plan asks of it
 * @throws {Error} for a name that vCenter does not know, or a vCenter that does not answer
 */
export async function lookUp(plan: WorkloadDomainPlan, options: pulumi.InvokeOptions): Promise<Inventory> {
  const { datacenter, hosts, contentLibrary, supervisor } = plan;
  const { id: datacenterId } = await exists(
    'datacenter',
    datacenter,
    vsphere.getDatacenter({ name: datacenter }, options),
  );
  const inDatacenter = (name: string) => ({ name, datacenterId });
  const cluster = await exists('cluster', plan.cluster, vsphere.getComputeCluster(inDatacenter(plan.cluster), options));
  for (const host of hosts) await exists('host', host, vsphere.getHost(inDatacenter(host), options));
  const storagePolicies = plan.storagePolicies.filter(({ create }) => create === undefined);
  const policies = await Promise.all(
    storagePolicies.map(({ name }) => exists('storage policy', name, vsphere.getPolicy({ name }, options))),
  );
  const inventory: Inventory = {
    cluster: cluster.id,
    storagePolicies: Object.fromEntries(policies.map(({ id }, i) => [storagePolicies[i]?.name, id])),
    ...(contentLibrary && (await lookUpLibrary(contentLibrary, inDatacenter, options))),
    ...('create' in supervisor && (await lookUpNetworks(supervisor.create, inDatacenter, options))),
  };
  return { ...inventory, ...(await lookUpSupervisor(plan, inventory, options)) };
}

type InDatacenter = (name: string) => { readonly name: string; readonly datacenterId: string };

async function lookUpLibrary(
  { name, create }: NonNullable<WorkloadDomainPlan['contentLibrary']>,
  inDatacenter: InDatacenter,
  options: pulumi.InvokeOptions,
): Promise<Partial<Inventory>> {
  if (create === undefined) {
    return { contentLibrary: (await exists('content library', name, vsphere.getContentLibrary({ name }, options))).id };
  }
  const { datastore } = create;
  return {
    datastore: (await exists('datastore', datastore, vsphere.getDatastore(inDatacenter(datastore), options))).id,
  };
}

async function lookUpNetworks(
  { networks }: Supervisor,
  inDatacenter: InDatacenter,
  options: pulumi.InvokeOptions,
): Promise<Partial<Inventory>> {
  const { switch: distributedSwitch, management } = networks;
  const { id } = await exists(
    'distributed switch',
    distributedSwitch,
    vsphere.getDistributedVirtualSwitch(inDatacenter(distributedSwitch), options),
  );
  const network = await exists(
    'port group',
    management.portGroup,
    vsphere.getNetwork(inDatacenter(management.portGroup), options),
  );
  return { distributedSwitch: id, managementNetwork: network.id };
}

/** Also makes sure that a namespace which exists offers what the plan asks of it. */
async function lookUpSupervisor(
  plan: WorkloadDomainPlan,
  inventory: Inventory,
  options: pulumi.InvokeOptions,
): Promise<Partial<Inventory>> {
  const { supervisor, namespace } = plan;
  if ('create' in supervisor || !namespace.readable) return {};
  const read = (name: string) => exists('vSphere Namespace', name, vsphere.getNamespace({ name }, options));
  if (namespace.create) {
    return { supervisor: supervisor.id ?? (await read(present(supervisor.ofNamespace))).supervisor };
  }
  const state = await read(namespace.name);
  const { configStatus, storagePolicies, vmServices } = state;
  checkNamespaceState(
    plan,
    {
      configStatus,
      storagePolicies,
      vmClasses: vmServices.flatMap(({ vmClasses }) => vmClasses),
      contentLibraries: vmServices.flatMap(({ contentLibraries }) => contentLibraries),
    },
    {
      storagePolicies: plan.storagePolicies.map(({ name }) => present(inventory.storagePolicies[name])),
      contentLibrary: inventory.contentLibrary,
    },
  );
  return { supervisor: state.supervisor };
}

/** The answer, or an error that tells a wrong name from a vCenter that cannot be reached. */
async function exists<Found>(kind: string, name: string, answer: Promise<Found>): Promise<Found> {
  try {
    return await answer;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const remedy = noConnection.test(text)
      ? 'vCenter did not answer: check vsphere:vsphereServer, vsphere:user and vsphere:password, its certificate, and the way there'
      : `use the name of a ${kind} that exists, as vCenter spells it`;
    throw new Error(`${kind} "${name}" cannot be looked up; ${remedy} (${text})`);
  }
}

/** As Go's network and TLS packages and the vCenter login put it. */
const noConnection =
  /dial tcp|connection (refused|reset)|no such host|timeout|deadline exceeded|x509|tls:|incorrect user name or password|cannot complete login/i;
