import { Exchange } from '../../../constructs';
import { type Federation, secrets } from '../../../lib';
import { type AnyObject, objectsOf } from '../../support/objects';
import { startNginx } from '../nginx/pod';
import type { CertifiedKey } from '../support/certified-key';
import type { Pod } from '../support/pod';

export const exchangeOf = ({ exchange }: Federation): AnyObject[] =>
  objectsOf((app) => new Exchange(app, exchange.namespace, exchange));

/** nginx of an exchange, with this certificate. */
export function exchangeNginx(
  objects: readonly AnyObject[],
  { cert, key, ca }: CertifiedKey,
  address: string,
): Promise<Pod> {
  const { name, keys } = secrets.trafficServerCertificate;
  const files = { [keys.certificate]: cert, [keys.key]: key, [keys.ca]: ca };
  return startNginx(address, objects, { secrets: { [name]: files } });
}
