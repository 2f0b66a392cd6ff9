/** Pulsar's administration, as JSON over HTTP. What Pulsar refuses is thrown. */
export function adminApi(server: string) {
  async function call(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${server}/admin/v2/${path}`, {
      method,
      signal: AbortSignal.timeout(120_000),
      ...(body !== undefined && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (response.ok || (method === 'GET' && response.status === 404)) return response;
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }
  return {
    /** `undefined` when there is no such thing. */
    get: async <T>(path: string): Promise<T | undefined> => {
      const response = await call('GET', path);
      return response.ok ? ((await response.json()) as T) : undefined;
    },
    put: (path: string, body?: unknown) => call('PUT', path, body),
    delete: (path: string) => call('DELETE', path),
    post: (path: string, body?: unknown) => call('POST', path, body),
  };
}
