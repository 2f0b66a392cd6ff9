/**
 * Tables by which calls and messages are led, and what their containers call them. Each is in a directory of its own, below that
 * of the program's configuration, which is mounted: so changes arrive.
 */
export const routeTables = {
  nginx: {
    configuration: '/data/projects/fate/proxy/nginx/conf',
    directory: 'modifiable',
    table: 'route_table.yaml',
    /** Who may call through the exchange, or a party where there is none. */
    callers: 'callers.conf',
  },
  trafficServer: {
    /** The one directory that Traffic Server reads its configuration from; the image has it under `/etc/trafficserver`, too. */
    configuration: '/opt/trafficserver/etc/trafficserver',
    directory: 'sni',
    table: 'sni.yaml',
    /** Where certificate, key and authorities are. */
    certificates: '/opt/proxy',
  },
  /** Its directory is the release's. */
  fateflow: { table: 'pulsar_route_table.yaml' },
} as const;
