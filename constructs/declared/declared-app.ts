import { App } from '../app/app';
import { Exchange } from '../exchange/exchange';
import { FederatedLearningCluster } from '../flc/federated-learning-cluster';
import { planDeclarationFile } from './declaration-file';

/**
 * An app with the charts of what a YAML or JSON file declares: the exchange and the parties, or the one that it is of. One
 * line is a program for `cdk8s synth`:
 *
 *     declaredApp('federation.yaml').synth();
 *
 * @param path of a file with the words of `FederationProps`, or of {@link OwnPartyProps} or {@link OwnExchangeProps}
 * @throws {InvalidInput} with every problem, each at its line and column
 */
export function declaredApp(path: string): App {
  const { exchange, parties } = planDeclarationFile(path);
  const app = new App();
  if (exchange !== undefined) new Exchange(app, exchange.namespace, exchange);
  for (const party of parties) new FederatedLearningCluster(app, party.namespace, party);
  return app;
}
