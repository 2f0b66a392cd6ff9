/** The service's own account, object and roles. */
export const kubeFate = { name: 'kubefate', ports: { http: 8080 } } as const;

/** Its database, as KubeFATE names it. */
export const mariaDb = { name: 'mariadb', ports: { mysql: 3306 }, database: 'kube_fate' } as const;

export const labelsOf = ({ name }: { readonly name: string }) => ({ 'app.kubernetes.io/name': name });
