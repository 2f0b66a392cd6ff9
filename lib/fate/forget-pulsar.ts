/**
 * What makes a Pulsar forget another party's, in its own pod: FATE registers a party once, and neither changes nor removes that. The
 * tenant's list is shortened first: while it names a cluster that is not registered, Pulsar refuses every newcomer.
 *
 * @param id of the other party, or what stands for it
 * @param admin Pulsar's tool, and which Pulsar it is for @default that of the pod
 * @see FATE v1.6.1, `python/fate_arch/federation/pulsar/_federation.py`
 */
export const forgetPulsar = (id: number | string, admin = 'bin/pulsar-admin'): string =>
  `sh -c '${forgetting(id, admin).join(' && ')}'`;

const forgetting = (id: number | string, admin: string): readonly string[] => [
  `known=$(${admin} clusters list | tr -d \\" | grep -vx ${id} | paste -sd,)`,
  `${admin} tenants update fl-tenant --allowed-clusters "$known"`,
  `${admin} clusters delete ${id}`,
];
