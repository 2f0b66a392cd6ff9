import type { AnyObject } from '../../support/objects';
import type { Answer, Client } from './client';

/** Objects of a collection. */
export async function itemsOf(server: Client, path: string): Promise<readonly AnyObject[]> {
  const { status, body } = await server.call('GET', path);
  if (status !== 200) throw new Error(`${path}: ${JSON.stringify(body)}`);
  return body.items;
}

/** @throws {Error} when the server does not serve its kind */
export async function pathOf(server: Client, object: AnyObject): Promise<string> {
  const collection = await server.collectionOf(object);
  if (collection === undefined) throw new Error(`no ${object.kind} of ${object.apiVersion} here`);
  return `${collection}/${object.metadata.name}`;
}

/** The object of this kind and name, as it is now. */
export const read = async (server: Client, object: AnyObject): Promise<Answer> =>
  server.call('GET', await pathOf(server, object));

/** @throws {Error} of the first object that is refused */
export async function createAll(server: Client, objects: readonly AnyObject[]): Promise<void> {
  for (const object of objects) {
    const collection = `${await server.collectionOf(object)}?fieldValidation=Strict`;
    accepted(object, await server.call('POST', collection, object));
  }
}

/** As `kubectl apply --server-side`. @throws {Error} when it is refused */
export async function apply(server: Client, object: AnyObject): Promise<AnyObject> {
  const path = `${await pathOf(server, object)}?fieldManager=test&force=true&fieldValidation=Strict`;
  const contentType = 'application/apply-patch+yaml';
  return accepted(object, await server.call('PATCH', path, object, { contentType }));
}

/** With what belongs to it. */
export async function remove(server: Client, object: AnyObject): Promise<void> {
  accepted(object, await server.call('DELETE', `${await pathOf(server, object)}?propagationPolicy=Background`));
}

function accepted({ kind, metadata }: AnyObject, { status, body }: Answer): AnyObject {
  if (status >= 400) throw new Error(`${kind} ${metadata.name}: ${JSON.stringify(body)}`);
  return body;
}
