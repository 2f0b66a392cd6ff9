import { isDnsLabel } from '../input/addresses';

/** Where a party of KubeFATE's becomes native: beside it, as objects and even claims of the two have the same names. */
export function nativeNamespace(party: { readonly id: number; readonly namespace: string }): string {
  const beside = `${party.namespace}-native`;
  return isDnsLabel(beside) ? beside : `fate-${party.id}-native`;
}
