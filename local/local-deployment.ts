/** What tells one deployment of an account from another. */
export interface DeploymentNames {
  region: string;
  table: string;
  /** In front of the names of all resources, as Terraform's `name_prefix`: roles and policies are the whole account's. */
  namePrefix: string;
  /** The domain that it sends for: an identity of SES has one default configuration set. */
  identity: string;
  /** Names that the table had before it was restored from a backup, as Terraform's `previous_table_names`. */
  previousTableNames?: readonly string[] | undefined;
  /** The alias of the key that encrypts passwords. By default the table's own; a restored table keeps the key that it had. */
  keyAlias?: string | undefined;
}

/** Names and values of one deployment on the emulator. */
export type LocalDeployment = ReturnType<typeof nameDeployment>;

/** Names the resources of a deployment as Terraform does. */
export function nameDeployment(names: DeploymentNames) {
  const { region, table, namePrefix, identity, previousTableNames = [], keyAlias = `alias/${table}` } = names;
  return {
    region,
    partition: 'aws',
    accountId: '000000000000',
    /** The emulator's root user: it may do everything, as an account's administrator may. */
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    table,
    previousTableNames,
    /** What the table's TTL looks at. */
    expiryAttribute: 'expires_at',
    namePrefix,
    keyAlias,
    queues: {
      deadLetters: `${namePrefix}smtp-dead-letters`,
      parking: `${namePrefix}smtp-parking`,
      verifications: `${namePrefix}smtp-verifications`,
      sendingEvents: `${namePrefix}smtp-sending-events`,
      feedback: `${namePrefix}smtp-feedback`,
    },
    eventBus: 'default',
    verificationRule: `${namePrefix}sesame-verifications`,
    topics: {
      sends: `${namePrefix}smtp-sends`,
      deliveries: `${namePrefix}smtp-deliveries`,
      bounces: `${namePrefix}smtp-bounces`,
      complaints: `${namePrefix}smtp-complaints`,
      alerts: `${namePrefix}smtp-alerts`,
    },
    configurationSet: `${namePrefix}smtp`,
    identity,
    permissionsBoundary: `${namePrefix}sesame-smtp-user-boundary`,
  };
}
