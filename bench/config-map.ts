/** The least that cdk8s can be asked for: one ConfigMap. */
import { ApiObject, App, Chart } from 'cdk8s';

const app = new App();
new ApiObject(new Chart(app, 'one'), 'config-map', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } });
app.synth();
