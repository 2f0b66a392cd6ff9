/**
 * Every Secret that the pods of a federation read, one value per key. This library names them and never holds their
 * values: creating them is the caller's act.
 */
export const secrets = {
  /**
   * No quote and no backslash: the image takes both passwords into SQL as they are. FATE Board reads `password`, as its own,
   * through Spring, which would fill in `${…}`, and from an environment in which Java knows ASCII only.
   */
  mysql: { name: 'mysql', keys: { rootPassword: 'root-password', password: 'password' } },
  fateboard: { name: 'fateboard', keys: { password: 'password' } },
  notebook: { name: 'notebook', keys: { token: 'token' } },
  /**
   * TLS of a party's Pulsar and of its nginx, for both ends of their connections: common name `<id>.<domain>`; a certificate
   * that is limited to servers by its extended key usage is refused where members prove who they are. The key is an RSA key as
   * PKCS#8, with another one Pulsar does not start. Names and keys as KubeFATE has them.
   */
  pulsarCertificate: {
    name: 'pulsar-cert',
    keys: { certificate: 'broker.cert.pem', key: 'broker.key-pk8.pem', ca: 'ca.cert.pem' },
  },
  /**
   * Users of the KubeFATE service and of its database. The service has the user of `username` whenever it starts; a name of
   * more than 16 characters would fail every job. All but the root password as KubeFATE has them.
   */
  kubeFate: {
    name: 'kubefate-secret',
    keys: {
      username: 'kubefateUsername',
      password: 'kubefatePassword',
      databaseUsername: 'mariadbUsername',
      databasePassword: 'mariadbPassword',
      databaseRootPassword: 'mariadbRootPassword',
    },
  },
  /** TLS of the exchange's Traffic Server and of its nginx: common name `proxy.<domain>`. */
  trafficServerCertificate: {
    name: 'traffic-server-cert',
    keys: { certificate: 'proxy.cert.pem', key: 'proxy.key.pem', ca: 'ca.cert.pem' },
  },
  /** Of a user who may list, read, write and delete in the bucket of a party's backups. */
  backupBucket: { name: 'backup-bucket', keys: { accessKey: 'access-key', secretKey: 'secret-key' } },
  /** Of the user by whom FATE Flow and FATE Board have the database of a MySQL that somebody else runs. */
  externalMysql: { name: 'external-mysql', keys: { password: 'password' } },
  /** What cert-manager makes in the place of one of these two, where it does; keys as it has them. */
  issuedCertificate: { name: 'issued-certificate', keys: { certificate: 'tls.crt', key: 'tls.key', ca: 'ca.crt' } },
} as const satisfies Record<string, { name: string; keys: Readonly<Record<string, string>> }>;

export type SecretName = keyof typeof secrets;

/** Those of whose values others decide, who run what they open; nothing can be made in their place. */
export const givenSecrets = {
  backupBucket: 'the keys of a bucket',
  externalMysql: 'the password of a user of MySQL',
} as const satisfies Readonly<Partial<Record<SecretName, string>>>;

export const isGiven = (name: SecretName): name is keyof typeof givenSecrets => name in givenSecrets;
