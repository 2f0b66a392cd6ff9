/** Secret beside a `Cluster` whose keys are the names of certificate authorities. */
export const trustedCaSecret = (cluster: string): string => `${cluster}-user-trusted-ca-secret`;
