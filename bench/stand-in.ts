import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Container, Namespace, Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { Manifest } from '../constructs/manifest';

/** 35 objects of the size and shape of a party's. */
export class Party extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: `fate-${id}`, labels: { 'app.kubernetes.io/part-of': `fate-${id}` } });
    new Manifest<Namespace>(this, 'namespace', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: `fate-${id}`, labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
    });
    for (const name of components) {
      this.configMap(name, id);
      this.service(name);
      this.statefulSet(name);
    }
    new Manifest<Ingress>(this, 'ingress', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'client', annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': '0' } },
      spec: {
        ingressClassName: 'nginx',
        rules: [
          {
            host: `party${id}.notebook.example.com`,
            http: {
              paths: [
                { path: '/', pathType: 'Prefix', backend: { service: { name: 'client', port: { number: 20000 } } } },
              ],
            },
          },
        ],
      },
    });
  }

  private configMap(name: string, id: string) {
    new Manifest<ConfigMap>(this, `${name}-config`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${name}-config` },
      data: { 'start.sh': script, 'application.properties': settings(name, id), mode: '0755' },
    });
  }

  private service(name: string) {
    new Manifest<Service>(this, `${name}-service`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: { 'app.kubernetes.io/name': name }, ports: [{ name: 'http', port: 9380, targetPort: 'http' }] },
    });
  }

  private statefulSet(name: string) {
    const labels = { 'app.kubernetes.io/name': name };
    new Manifest<StatefulSet>(this, `${name}-stateful-set`, {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: 60,
            initContainers: [container(`${name}-init`)],
            containers: [container(name)],
            volumes: [{ name: 'config', configMap: { name: `${name}-config`, defaultMode: 0o444 } }],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: {
              accessModes: ['ReadWriteOnce'],
              storageClassName: 'vsan-default-storage-policy',
              resources: { requests: { storage: '50Gi' } },
            },
          },
        ],
      },
    });
  }
}

const components =
  'mysql fateflow fateboard client spark-master spark-worker namenode datanode nginx pulsar exporter'.split(' ');

const container = (name: string): Container => ({
  name,
  image: 'federatedai/python-spark:1.6.1-release',
  command: ['/bin/sh', '-c', 'until mysqladmin ping --silent --host="$MYSQL_HOST"; do sleep 2; done'],
  ports: [{ name: 'http', containerPort: 9380 }],
  env: [
    { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'MYSQL_PASSWORD', valueFrom: { secretKeyRef: { name: 'mysql', key: 'password' } } },
    { name: 'MYSQL_HOST', value: 'mysql' },
    { name: 'MYSQL_PORT', value: '3306' },
  ],
  resources: { requests: { cpu: '500m', memory: '2Gi' }, limits: { cpu: '2', memory: '4Gi' } },
  readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 10, timeoutSeconds: 3 },
  livenessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 10, timeoutSeconds: 5 },
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  volumeMounts: [
    { name: 'config', mountPath: '/etc/fate' },
    { name: 'data', mountPath: '/data/projects/fate', subPath: name },
  ],
});

const script = `#!/bin/sh
set -eu
# Fill the template: the password is known only here.
sed "s|@PASSWORD@|$MYSQL_PASSWORD|" /etc/fate/application.properties > /tmp/application.properties

until nc -z "$MYSQL_HOST" "$MYSQL_PORT"; do
  sleep 2
done
exec python /data/projects/fate/fate_flow/fate_flow_server.py
`;

const settings = (name: string, id: string) =>
  [
    `server.name=${name}.fate-${id}`,
    'server.port=8080',
    `fateflow.url=http://fateflow.fate-${id}:9380`,
    'spring.datasource.driver-Class-Name=com.mysql.cj.jdbc.Driver',
    'fateboard.datasource.jdbc-url=jdbc:mysql://mysql:3306/fate_flow?characterEncoding=utf8&autoReconnect=true',
    'server.tomcat.max-threads=1000',
    'spring.servlet.multipart.max-file-size=10MB',
    'server.compression.mime-types=application/json,application/xml,text/html,text/xml,text/plain',
    '',
  ].join('\n');
