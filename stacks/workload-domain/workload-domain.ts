import * as pulumi from '@pulumi/pulumi';
import { checkKeys, type Keys, readConfig, readMap, readText } from '../../lib/input/checks';
import { Problems } from '../../lib/input/problems';
import type { NamespaceOffer } from '../../lib/tanzu/cluster';
import type {
  LoadBalancerBudget,
  PreflightItem,
  SupervisorPlan,
  WorkloadDomainPlan,
  WorkloadDomainProps,
} from '../../lib/tanzu/workload-domain';
import { hasPassword } from '../../lib/tanzu/workload-domain/vds';
import { planWorkloadDomain } from '../../lib/tanzu/workload-domain/workload-domain';
import { beforeUpdate } from '../engine/before-update';
import { readArgs } from '../engine/component-args';
import { refuse, refuseIfAny } from '../engine/refuse';
import type { Told } from '../references/stack-outputs';
import * as vsphere from '../vsphere';
import { type Inventory, lookUp, present } from './inventory';
import { refuseChange, supervisorArgs, supervisorV2Args } from './supervisor-args';

/** One organisation's workload domain, as its stack is configured. */
export interface WorkloadDomainConfig {
  /** Whose it is: the last part of the stack's name. */
  readonly name: string;
  /** What exists, and what is to be made. */
  readonly domain: WorkloadDomainProps;
  /** What no declaration has. @default required with a load balancer whose API asks for a password */
  readonly secrets?: WorkloadDomainSecrets;
  /** Access to vCenter. @default the stack's configuration `vsphere:…`, or the environment variables `VSPHERE_…` */
  readonly provider?: pulumi.ProviderResource;
}

/** Secrets of a workload domain. */
export interface WorkloadDomainSecrets {
  /** Of the user of HAProxy's Data Plane API, or of NSX Advanced Load Balancer. */
  readonly loadBalancer?: { readonly password: pulumi.Input<string> };
}

/** What the stacks of clusters and people take of a workload domain's. */
export interface WorkloadDomainOutputs extends Told<keyof NamespaceOffer> {
  /** For `kubectl vsphere login`, and for the next namespace. */
  readonly supervisor: {
    /** From vSphere 8.0.0.1 on. */
    readonly id: pulumi.Output<string | undefined>;
    /** As declared. */
    readonly endpoint?: string;
  };
  /** Name of the vSphere Namespace, once it can be used. */
  readonly namespace: pulumi.Output<string>;
  /** Names of the StorageClasses that its policies become. */
  readonly storageClasses: readonly string[];
  /** Names of its VM classes; empty where they are not known. */
  readonly vmClasses: readonly string[];
  /** How many addresses are needed, and how many there are. */
  readonly loadBalancers: LoadBalancerBudget;
  /** What somebody has to look at, beside what was checked. */
  readonly preflight: readonly PreflightItem[];
}

/**
 * The vSphere side of one organisation.
 *
 * @throws {pulumi.RunError} with every problem of the declaration, or the first name that vCenter does not know
 */
export function workloadDomainStack(config: WorkloadDomainConfig): Promise<WorkloadDomainOutputs> {
  const problems = Problems.none();
  const { name, ...rest } = readConfig(problems, config, configKeys);
  const paths = { domain: '', secrets: 'secrets' };
  return deployWorkloadDomain(problems, { name: readText(problems, 'name', name), ...rest }, paths).catch(refuse);
}

const configKeys: Keys<WorkloadDomainConfig> = { name: true, domain: true, secrets: true, provider: true };

/** As {@link workloadDomainStack}. @param problems that were found before @param paths where their author wrote both */
export async function deployWorkloadDomain(
  problems: Problems,
  { name, domain: declared, secrets, provider }: WorkloadDomainConfig,
  paths: { readonly domain: string; readonly secrets: string },
): Promise<WorkloadDomainOutputs> {
  const plan = planWorkloadDomain(problems.at(paths.domain), declared);
  checkPassword(problems.at(paths.secrets), plan, secrets);
  problems.throwIfAny(`workload domain ${name}`);
  const inventory = await lookUp(plan, { provider });
  const domain = new WorkloadDomain(name, { plan, inventory, secrets }, { providers: provider && [provider] });
  return {
    supervisor: { id: domain.supervisorId, endpoint: plan.endpoint },
    namespace: domain.namespace,
    storageClasses: plan.storagePolicies.map(({ storageClass }) => storageClass),
    vmClasses: plan.vmClasses.names,
    loadBalancers: plan.loadBalancers,
    preflight: plan.preflight,
  };
}

/** Reports a password that is missing, or that nothing asks for; shows none. */
function checkPassword(problems: Problems, { supervisor }: WorkloadDomainPlan, secrets: unknown): void {
  const declared = readMap<WorkloadDomainSecrets>(problems, '', secrets as WorkloadDomainSecrets | undefined);
  checkKeys<WorkloadDomainSecrets>(problems, declared, { loadBalancer: true });
  const at = problems.at('loadBalancer');
  const { password } = readMap<{ password: unknown }>(
    at,
    '',
    declared.loadBalancer as { password: unknown } | undefined,
  );
  const networks = 'create' in supervisor ? supervisor.create.networks : undefined;
  const isAsked = networks?.type === 'vds' && hasPassword(networks.loadBalancer);
  if (declared.loadBalancer !== undefined) {
    checkKeys<{ password: string }>(at, declared.loadBalancer, { password: true });
  }
  if (isAsked && (password === undefined || password === '')) {
    at.add('password', 'is missing', "set that of the load balancer's user, as a secret of the stack's configuration");
  } else if (isAsked && typeof password !== 'string' && !pulumi.Output.isInstance(password)) {
    at.add('password', 'is no text', "use that of the load balancer's user");
  }
  if (!isAsked && declared.loadBalancer !== undefined)
    problems.add('loadBalancer', 'is asked by nothing', 'leave it out');
}

/** What a {@link WorkloadDomain} is made from. */
export interface WorkloadDomainArgs {
  /** Made by `workloadDomainPlan()`. */
  readonly plan: WorkloadDomainPlan;
  /** Ids of what exists. @default looked up by {@link lookUp}; awaited before, its errors are the program's own */
  readonly inventory?: pulumi.Input<Inventory>;
  /** What no plan has. @default required with a load balancer whose API asks for a password */
  readonly secrets?: WorkloadDomainSecrets;
}

const argKeys: Keys<WorkloadDomainArgs> = { plan: true, inventory: true, secrets: true };

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

  /** @throws {pulumi.RunError} when there is no plan */
  constructor(name: string, args: WorkloadDomainArgs, options?: pulumi.ComponentResourceOptions) {
    const { plan, inventory, secrets } = readArgs(`workload domain ${name}`, args, argKeys, 'workloadDomainPlan()');
    const problems = Problems.none();
    checkPassword(problems.at('secrets'), plan, secrets);
    refuseIfAny(problems, `workload domain ${name}`);
    super('kubefate-tanzu:index:WorkloadDomain', name, {}, options);
    const found = pulumi.output(inventory ?? lookUp(plan, { parent: this }).catch(refuse));
    const offer: Offer = {
      storagePolicies: this.storagePolicies(name, plan, found),
      vmClasses: this.vmClasses(name, plan),
      contentLibrary: this.contentLibrary(name, plan, found),
    };
    this.supervisorId =
      'create' in plan.supervisor
        ? this.supervisor(name, plan, plan.supervisor.create, { ...offer, ...secrets?.loadBalancer }, found)
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
    create: SupervisorPlan,
    offer: Offer & { readonly password?: pulumi.Input<string> },
    found: pulumi.Output<Inventory>,
  ): pulumi.Output<string | undefined> {
    const options = { parent: this, protect: true };
    const storagePolicy = present(
      offer.storagePolicies[plan.storagePolicies.findIndex(({ name }) => name === create.storagePolicy)],
    );
    if (create.api === 'v2') {
      const args = supervisorV2Args(create, storagePolicy, found, offer.password);
      return new vsphere.SupervisorV2(`${name}-supervisor`, args, options).id;
    }
    const args = supervisorArgs(create, storagePolicy, present(offer.contentLibrary), found);
    const supervisor = new vsphere.Supervisor(`${name}-supervisor`, args, {
      ...options,
      hooks: beforeUpdate(`${name}-supervisor-unchanged`, refuseChange),
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
