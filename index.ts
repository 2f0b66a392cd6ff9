// All of the package but its Pulumi half, which is `kubefate-tanzu/stacks`.
export * from './constructs';
export * from './lib';
