export { App } from './app/app';
export { Exchange } from './exchange/exchange';
export { FederatedLearningCluster } from './flc/federated-learning-cluster';
export { ImageDiskMount, type ImageDiskMountProps } from './image-disk/image-disk-mount';
export { IngressController, type IngressControllerProps } from './ingress-controller/ingress-controller';
export { type KubernetesObject, Manifest } from './manifest';
