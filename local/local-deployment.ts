/** The names that distinguish the deployments of one account. */
export interface DeploymentNames {
  region: string;
  table: string;
  /** Prefix of all resource names, like Terraform's `name_prefix`: names of roles and policies are unique in the account. */
  namePrefix: string;
  /** The domain that it sends for. Each needs its own: an SES identity has only one default configuration set. */
  identity: string;
  /** Names that the table had before it was restored from a backup, like Terraform's `previous_table_names`. */
  previousTableNames?: readonly string[] | undefined;
  /** The alias of the key that encrypts passwords. The default is named after the table; a restored table keeps its old key. */
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
    table,
    previousTableNames,
    /** The table's TTL attribute. */
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
    /** Log groups of EventBridge: what SES tells of mails, and what happened to credentials. */
    eventLogGroup: `/aws/events/${namePrefix}smtp-mails`,
    historyLogGroup: `/aws/events/${namePrefix}smtp-credentials`,
    historyRule: `${namePrefix}sesame-credentials`,
    configurationSet: `${namePrefix}smtp`,
    identity,
    permissionsBoundary: `${namePrefix}sesame-smtp-user-boundary`,
  };
}
