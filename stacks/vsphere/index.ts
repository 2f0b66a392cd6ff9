export * from './inventory';
export * from './lookups';
export { Provider, type ProviderArgs } from './provider';
export * from './workload-management';
