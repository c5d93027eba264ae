/** Events as SES writes them: every documented field, with our own values. Each test changes the fields that it is about. */
export const iamUserName = 'ses-smtp-user-jane-1764000000000';
export const sentAt = '2026-03-01T10:15:00.123Z';

type Json = Record<string, unknown>;

/** The object `mail` of an event of a configuration set. */
export function sesMail(changes: Json = {}): Json {
  return {
    timestamp: sentAt,
    source: 'jane@example.com',
    sourceArn: 'arn:aws:ses:eu-west-1:123456789012:identity/example.com',
    sendingAccountId: '123456789012',
    messageId: '0102019aexample1-11111111-2222-3333-4444-555555555555-000000',
    destination: ['kim@example.org'],
    headersTruncated: false,
    headers: [
      { name: 'Received', value: 'from laptop (client.example.net [192.0.2.7]) by email-smtp.amazonaws.com' },
      { name: 'From', value: 'Jane Roe <jane@example.com>' },
      { name: 'To', value: 'kim@example.org' },
      { name: 'Subject', value: 'Numbers of this week' },
      { name: 'MIME-Version', value: '1.0' },
      { name: 'Content-Type', value: 'text/plain; charset=utf-8' },
    ],
    commonHeaders: {
      from: ['Jane Roe <jane@example.com>'],
      to: ['kim@example.org'],
      messageId: '0102019aexample1-11111111-2222-3333-4444-555555555555-000000',
      subject: 'Numbers of this week',
    },
    tags: {
      'ses:source-tls-version': ['TLSv1.3'],
      'ses:operation': ['SendSmtpEmail'],
      'ses:configuration-set': ['mail'],
      'ses:source-ip': ['192.0.2.7'],
      'ses:from-domain': ['example.com'],
      'ses:caller-identity': [iamUserName],
    },
    ...changes,
  };
}

/** An event of every type, by SES's name for the type. */
export function sesEvents(mail: Json = sesMail()): Record<string, Json> {
  const timestamp = '2026-03-01T10:16:02.000Z';
  const feedbackId = '0102019aexample2-66666666-7777-8888-9999-000000000000-000000';
  const bounced = {
    emailAddress: 'kim@example.org',
    action: 'failed',
    status: '5.1.1',
    diagnosticCode: 'smtp; 550 nobody',
  };
  const client = { ipAddress: '192.0.2.9', timestamp, userAgent: 'Reader/1.0' };
  return {
    Send: { eventType: 'Send', mail, send: {} },
    Reject: { eventType: 'Reject', mail, reject: { reason: 'Bad content' } },
    Delivery: {
      eventType: 'Delivery',
      mail,
      delivery: {
        timestamp,
        processingTimeMillis: 912,
        recipients: ['kim@example.org'],
        smtpResponse: '250 2.6.0 Message received',
        reportingMTA: 'mta.example.org',
      },
    },
    Bounce: {
      eventType: 'Bounce',
      bounce: {
        bounceType: 'Permanent',
        bounceSubType: 'General',
        bouncedRecipients: [bounced],
        timestamp,
        feedbackId,
        reportingMTA: 'dsn; mta.example.org',
      },
      mail,
    },
    Complaint: {
      eventType: 'Complaint',
      complaint: {
        complainedRecipients: [{ emailAddress: 'kim@example.org' }],
        timestamp,
        feedbackId,
        userAgent: 'Loop/1.0',
        complaintFeedbackType: 'abuse',
        arrivalDate: timestamp,
      },
      mail,
    },
    DeliveryDelay: {
      eventType: 'DeliveryDelay',
      mail,
      deliveryDelay: {
        timestamp,
        delayType: 'TransientCommunicationFailure',
        expirationTime: '2026-03-01T22:16:02.000Z',
        delayedRecipients: [{ emailAddress: 'kim@example.org', status: '4.4.1', diagnosticCode: 'smtp; 421 later' }],
      },
    },
    // No headers here: SES may omit them.
    'Rendering Failure': {
      eventType: 'Rendering Failure',
      mail: {
        timestamp: sentAt,
        source: 'jane@example.com',
        messageId: 'm-1',
        destination: ['kim@example.org'],
        tags: {},
      },
      failure: { errorMessage: 'Attribute missing', templateName: 'letter' },
    },
    Open: { eventType: 'Open', mail, open: client },
    Click: { eventType: 'Click', mail, click: { ...client, link: 'https://example.com/', linkTags: null } },
    Subscription: {
      eventType: 'Subscription',
      mail,
      subscription: { contactList: 'list', timestamp, source: 'UnsubscribeHeader', newTopicPreferences: {} },
    },
  };
}

/** SNS's envelope, as in the body of an SQS message. */
export function inSns(message: unknown): Json {
  return {
    Type: 'Notification',
    MessageId: '3a1f0000-0000-5000-8000-00000000abcd',
    TopicArn: 'arn:aws:sns:eu-west-1:123456789012:mail-events',
    Subject: 'Amazon SES Email Event Notification',
    Message: typeof message === 'string' ? message : JSON.stringify(message),
    Timestamp: '2026-03-01T10:16:03.000Z',
    SignatureVersion: '1',
    Signature: 'EXAMPLE',
    SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/example.pem',
    UnsubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe',
  };
}

/** An event on EventBridge's default bus. */
export function onEventBridge(detailType: string, detail: unknown): Json {
  return {
    version: '0',
    id: '11111111-2222-3333-4444-555555555555',
    'detail-type': detailType,
    source: 'aws.ses',
    account: '123456789012',
    time: '2026-03-01T10:16:03Z',
    region: 'eu-west-1',
    resources: ['arn:aws:ses:eu-west-1:123456789012:configuration-set/mail'],
    detail,
  };
}
