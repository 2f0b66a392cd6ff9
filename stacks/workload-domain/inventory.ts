import * as pulumi from '@pulumi/pulumi';
import { checkNamespaceState, type SupervisorPlan, type WorkloadDomainPlan } from '../../lib/tanzu/workload-domain';
import * as vsphere from '../vsphere';

/** Ids of what exists. */
export interface Inventory {
  readonly cluster: string;
  readonly storagePolicies: Readonly<Record<string, string>>;
  readonly contentLibrary?: string;
  readonly datastore?: string;
  readonly distributedSwitch?: string;
  /** By name. */
  readonly portGroups?: Readonly<Record<string, string>>;
  readonly supervisor?: string;
}

/**
 * Names in, ids out: every name that the plan expects to exist is looked up, also where nothing takes the id.
 *
 * @throws {InvalidInput} when the vSphere Namespace exists and lacks what the plan asks of it
 * @throws {pulumi.RunError} for a name that vCenter does not know, or a vCenter that does not answer
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
  { networks }: SupervisorPlan,
  inDatacenter: InDatacenter,
  options: pulumi.InvokeOptions,
): Promise<Partial<Inventory>> {
  const names = [networks.management.portGroup, ...(networks.type === 'vds' ? [networks.workload.portGroup] : [])];
  const portGroups = await Promise.all(
    names.map((name) => exists('port group', name, vsphere.getNetwork(inDatacenter(name), options))),
  );
  const found = { portGroups: Object.fromEntries(portGroups.map(({ id }, i) => [names[i], id])) };
  if (networks.type === 'vds') return found;
  const answer = vsphere.getDistributedVirtualSwitch(inDatacenter(networks.switch), options);
  return { ...found, distributedSwitch: (await exists('distributed switch', networks.switch, answer)).id };
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
    throw new pulumi.RunError(`${kind} "${name}" cannot be looked up; ${remedy} (${text})`);
  }
}

/** As Go's network and TLS packages and the vCenter login put it. */
const noConnection =
  /dial tcp|connection (refused|reset)|no such host|timeout|deadline exceeded|x509|tls:|incorrect user name or password|cannot complete login/i;

/** What a checked plan always has, and the types cannot tell. */
export function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the plan is incomplete');
  return value;
}
