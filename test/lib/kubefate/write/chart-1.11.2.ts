import * as chart161 from './chart-1.6.1';

/**
 * What KubeFATE's chart `fate` 1.11.2 has of what native objects have, with this library's files: as of 1.6.1.
 *
 * @see `helm-charts/FATE` at v1.11.2, as Helm 3.16 renders it
 */
export const partyChart: Readonly<Record<string, string>> = {
  ...chart161.partyChart,
  workload: 'replicas selector serviceName strategy template volumeClaimTemplates',
  fateflow: 'command env image name ports resources volumeMounts livenessProbe readinessProbe startupProbe',
  'fateflow env': 'FATE_PROJECT_BASE HUGGINGFACE_HUB_CACHE POD_IP',
  mysql: 'env image name ports securityContext volumeMounts livenessProbe readinessProbe startupProbe',
  fateboard: 'image name ports volumeMounts livenessProbe readinessProbe startupProbe',
  client: 'command env image name ports volumeMounts livenessProbe readinessProbe startupProbe',
  'client env': 'FATE_FLOW_PORT partyId',
  'spark-master': 'image name ports resources livenessProbe readinessProbe startupProbe',
  'spark-worker': 'image name ports resources volumeMounts livenessProbe readinessProbe startupProbe',
  namenode: 'env image name ports volumeMounts livenessProbe readinessProbe startupProbe',
  'namenode env': `MULTIHOMED_NETWORK ${chart161.partyChart['namenode env']}`,
  datanode: 'env image name ports volumeMounts livenessProbe readinessProbe startupProbe',
  'datanode env': `MULTIHOMED_NETWORK ${chart161.partyChart['datanode env']}`,
  nginx: 'command image name ports volumeMounts livenessProbe readinessProbe startupProbe',
  pulsar: 'command env image name ports resources volumeMounts livenessProbe readinessProbe startupProbe',
  'pulsar env': 'PULSAR_MEM',
};
