// An exchange before the first party joins: complete, and routing nothing.
import { App, Exchange, exchangePlan } from 'kubefate-tanzu';

const exchange = exchangePlan({ domain: 'example.com', kubernetes: '1.25' }); // the release of your cluster

const app = new App();
new Exchange(app, exchange.namespace, exchange);
app.synth();
