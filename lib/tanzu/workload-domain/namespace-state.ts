import { Problems } from '../../input/problems';
import type { WorkloadDomainPlan } from './workload-domain';

/** A vSphere Namespace as vCenter has it, and the ids of what the plan asks of it. */
export interface NamespaceState {
  /** `RUNNING` when it can be used. */
  readonly configStatus: string;
  /** Ids. */
  readonly storagePolicies: readonly string[];
  /** Names, which are their ids. */
  readonly vmClasses: readonly string[];
  /** Ids. */
  readonly contentLibraries: readonly string[];
}

/** Ids of what the plan names. */
export interface NamespaceNeeds {
  /** In the plan's order. */
  readonly storagePolicies: readonly string[];
  /** None: the plan asks for none. */
  readonly contentLibrary?: string;
}

/**
 * Makes sure that a vSphere Namespace which exists offers what the plan asks of it.
 *
 * @throws {InvalidInput} with everything that is missing, and where vCenter adds it
 */
export function checkNamespaceState(plan: WorkloadDomainPlan, state: NamespaceState, needs: NamespaceNeeds): void {
  const problems = Problems.none();
  const page = `in vCenter, Workload Management > Namespaces > ${plan.namespace.name}`;
  if (state.configStatus !== 'RUNNING') {
    problems.add('namespace', `is in the state ${state.configStatus}`, `wait until it runs, or see why ${page}`);
  }
  for (const [i, id] of needs.storagePolicies.entries()) {
    if (!state.storagePolicies.includes(id)) {
      const { name = id } = plan.storagePolicies[i] ?? {};
      problems.add(`storagePolicies[${i}]`, `"${name}" is not assigned to it`, `assign it ${page} > Storage`);
    }
  }
  for (const [i, name] of plan.vmClasses.names.entries()) {
    if (!state.vmClasses.includes(name)) {
      problems.add(`vmClasses[${i}]`, `"${name}" is not bound to it`, `bind it ${page} > VM Service`);
    }
  }
  if (needs.contentLibrary !== undefined && !state.contentLibraries.includes(needs.contentLibrary)) {
    problems.add(
      'contentLibrary',
      `"${plan.contentLibrary?.name}" is not attached to it`,
      `attach it ${page} > VM Service`,
    );
  }
  problems.throwIfAny(`vSphere Namespace "${plan.namespace.name}"`);
}
