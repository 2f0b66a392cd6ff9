// Draws what federation.yaml declares, and what every Tanzu Kubernetes cluster gets once.
const {
  declaredApp,
  ImageDiskMount,
  IngressController,
  imageDiskMountPlan,
  ingressControllerPlan,
} = require('kubefate-tanzu');

const kubernetes = '1.25';
const app = declaredApp('federation.yaml');
new ImageDiskMount(app, 'image-disk-mount', imageDiskMountPlan({ kubernetes }));
new IngressController(app, 'ingress-nginx', ingressControllerPlan({ kubernetes }));
app.synth();
