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
    readonly id?: pulumi.Output<string>;
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
  const plan = workloadDomainPlan(config.domain);
  const domain = new WorkloadDomain(config.name, { plan }, { providers: config.provider && [config.provider] });
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
}

/**
 * A workload domain for Tanzu Kubernetes clusters: looks up what exists by its name, and makes what the plan says.
 *
 * A Supervisor and a vSphere Namespace hold clusters and their data, and so are protected: `pulumi state unprotect` comes
 * before they can be destroyed. A changed Supervisor is refused in the preview.
 */
export class WorkloadDomain extends pulumi.ComponentResource {
  /** The Supervisor's own id; none on vSphere 7. */
  readonly supervisorId?: pulumi.Output<string>;
  /** Name of the vSphere Namespace, once it can be used. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, { plan }: WorkloadDomainArgs, options?: pulumi.ComponentResourceOptions) {
    super('kubefate-tanzu:index:WorkloadDomain', name, {}, options);
    const found = pulumi.output(lookUp(plan, { parent: this }));
    const ids = new Ids(this, name, plan, found);
    const supervisor = 'create' in plan.supervisor ? this.supervisor(name, plan.supervisor.create, ids) : undefined;
    this.supervisorId = supervisor ?? this.existingSupervisor(plan, found);
    this.namespace = this.vsphereNamespace(name, plan, ids, found);
    this.registerOutputs({ supervisorId: this.supervisorId, namespace: this.namespace });
  }
}
