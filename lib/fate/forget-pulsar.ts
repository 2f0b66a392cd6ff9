/**
 * What makes a Pulsar forget another party's, in its own pod: FATE registers a party once, and neither changes nor removes that. The
 * tenant's list is shortened first: while it names a cluster that is not registered, Pulsar refuses every newcomer.
 *
 * @param id of the other party, or what stands for it
 * @see FATE v1.6.1, `python/fate_arch/federation/pulsar/_federation.py`
 */
export const forgetPulsar = (id: number | string): string => `sh -c '${forgetting(id).join(' && ')}'`;

const forgetting = (id: number | string): readonly string[] => [
  `known=$(bin/pulsar-admin clusters list | tr -d \\" | grep -vx ${id} | paste -sd,)`,
  'bin/pulsar-admin tenants update fl-tenant --allowed-clusters "$known"',
  `bin/pulsar-admin clusters delete ${id}`,
];
