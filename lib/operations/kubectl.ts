/** A line for a shell, whose `kubectl` is for the cluster of the namespace. */
export const inNamespace = ({ namespace }: { readonly namespace: string }, command: string): string =>
  `kubectl -n ${namespace} ${command}`;
