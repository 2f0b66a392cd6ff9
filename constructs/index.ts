// What to draw: charts that make Kubernetes objects of plans, and an app that writes them.

// Types for one's own `Manifest`s. `kubernetes-types` itself cannot be imported by ES modules.
export type * as apps from 'kubernetes-types/apps/v1';
export type * as autoscaling from 'kubernetes-types/autoscaling/v2';
export type * as batch from 'kubernetes-types/batch/v1';
export type * as core from 'kubernetes-types/core/v1';
export type * as meta from 'kubernetes-types/meta/v1';
export type * as networking from 'kubernetes-types/networking/v1';
export type * as policy from 'kubernetes-types/policy/v1';
export type * as rbac from 'kubernetes-types/rbac/v1';
export type * as storage from 'kubernetes-types/storage/v1';
export { ImageDiskMount } from './addons/image-disk-mount';
export { IngressController } from './addons/ingress-controller';
export { App } from './app/app';
export { type KubernetesObject, Manifest } from './app/manifest';
export { TextFile, type TextFileProps } from './app/text-file';
export { declaredApp } from './declared/declared-app';
export { Exchange } from './exchange/exchange';
export { FederatedLearningCluster } from './flc/federated-learning-cluster';
export { ToyExample, type ToyExampleProps } from './flc/toy-example';
export { KubeFateService } from './kubefate/kubefate-service';
export { TanzuKubernetesCluster } from './tanzu/tanzu-kubernetes-cluster';
