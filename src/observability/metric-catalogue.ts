/** The namespace of every metric of ours. */
export const METRIC_NAMESPACE = 'Sesame';

/** Every metric that the functions emit, with its unit. Dashboards and alarms use these names. */
export const metrics = {
  credentialsActivated: { name: 'CredentialsActivated', unit: 'Count' },
  credentialsChanged: { name: 'CredentialsChanged', unit: 'Count' },
  credentialsEnabled: { name: 'CredentialsEnabled', unit: 'Count' },
  credentialsDisabled: { name: 'CredentialsDisabled', unit: 'Count' },
  credentialsRecreated: { name: 'CredentialsRecreated', unit: 'Count' },
  credentialsInvalid: { name: 'CredentialsInvalid', unit: 'Count' },
  credentialsFailed: { name: 'CredentialsFailed', unit: 'Count' },
  deadLetters: { name: 'DeadLetters', unit: 'Count' },
  /** From the stream's timestamp (whole seconds) to `active`. */
  provisioningLatency: { name: 'ProvisioningLatency', unit: 'Milliseconds' },
} as const;

export type Metric = (typeof metrics)[keyof typeof metrics];
