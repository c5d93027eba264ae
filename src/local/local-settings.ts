/** Names and values that every local stack has. */
export const localSettings = {
  region: 'us-east-1',
  partition: 'aws',
  accountId: '000000000000',
  /** The emulator's root user: it may do everything, as an account's administrator may. */
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  table: 'sesame-local',
  /** What the table's TTL looks at. */
  expiryAttribute: 'expires_at',
  keyAlias: 'alias/sesame-local',
  queues: {
    deadLetters: 'smtp-dead-letters',
    parking: 'smtp-parking',
    verifications: 'smtp-verifications',
    sendingEvents: 'smtp-sending-events',
    feedback: 'smtp-feedback',
  },
  eventBus: 'default',
  verificationRule: 'sesame-verifications',
  topics: {
    sends: 'smtp-sends',
    deliveries: 'smtp-deliveries',
    bounces: 'smtp-bounces',
    complaints: 'smtp-complaints',
    alerts: 'smtp-alerts',
  },
  configurationSet: 'smtp',
  identity: 'example.com',
  permissionsBoundary: 'sesame-smtp-user-boundary',
} as const;
