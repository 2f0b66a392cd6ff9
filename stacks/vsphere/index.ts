// The vSphere provider's resources and look-ups that are used here, bound by their tokens.
export * from './inventory';
export * from './lookups';
export { Provider, type ProviderArgs } from './provider';
export * from './workload-management';
