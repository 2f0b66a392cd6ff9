export const text = { type: 'string' };

/** A map of these keys and no others. */
export const closed = (properties: Record<string, object>, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/** An object of Kubernetes. */
export const object = (kind: string, spec: object) =>
  closed({ apiVersion: text, kind: { const: kind }, metadata: { type: 'object' }, spec }, ['spec']);
