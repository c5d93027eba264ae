import { guide, type SmtpRule } from './smtp-rule.ts';

const credentials = guide('smtp-credentials');

/** What mail clients show instead of the reply. All are vague: what the client logs says more. */
export const clientSummaries: readonly SmtpRule[] = [
  {
    code: 'credentials-wrong',
    sample: 'Authentication failed. Please check your username/password.',
    words:
      /check your username\/password|could not authenticate|authentication (?:failed|unsuccessful)|SMTPAuthenticationError|AuthenticationFailedException|AuthenticationException|\bEAUTH\b|invalid login|failed to authenticate|0x800CCC(?:18|92|81)\b|authenticator failed/i,
    isVague: true,
    cause: 'The server does not accept this username and password.',
    remedy: 'Check the causes in their order.',
    link: credentials,
    certainty: 'likely',
  },
  {
    code: 'login-missing',
    sample: '0x800CCC80: None of the authentication methods supported by this client are supported by your server.',
    words: /0x800CCC80|none of the authentication methods|no (?:supported|suitable) authentication|no worthy mechs/i,
    isVague: true,
    cause: 'Client and server found no login method in common. SES offers LOGIN and PLAIN, and only after TLS.',
    remedy:
      'Switch STARTTLS or TLS on, and choose LOGIN or PLAIN. Postfix needs the package with the SASL modules (libsasl2-modules).',
    link: guide('smtp-connect'),
    certainty: 'likely',
  },
  {
    code: 'login-missing',
    sample: 'The SMTP server requires a secure connection or the client was not authenticated.',
    words: /client was not authenticated|\bauthentication required\b/i,
    isVague: true,
    cause: 'The client did not log in.',
    remedy:
      'Give the client the SMTP username and password, and let it use TLS: without TLS many clients do not log in.',
    link: credentials,
    certainty: 'likely',
  },
  {
    code: 'sender-denied',
    sample: '0x800CCC78: The sender was rejected by the server.',
    words: /0x800CCC78/i,
    isVague: true,
    cause:
      'The server does not take the sender: the client does not log in for outgoing mail, or the address is not one that the credential may use.',
    remedy: 'Switch the login for the outgoing server on, and send as an address that allowed_from_addresses covers.',
    link: guide('control-user-access'),
    certainty: 'possible',
  },
  {
    code: 'starttls-missing',
    sample: '0x800CCC7D: The outgoing server does not support SSL/TLS.',
    words: /0x800CCC7D/i,
    isVague: true,
    cause: 'The encryption that the client is set to does not fit the port.',
    remedy: 'Choose STARTTLS with port 587, or SSL/TLS with port 465.',
    link: guide('smtp-connect'),
    certainty: 'likely',
  },
  {
    code: 'tls-wrong-port',
    sample: '0x800CCC1A: The server does not support the connection encryption type.',
    words:
      /0x800CCC1A|TLS negotiation failed|connection encryption type|secure connect(?:ion)? failed|ERR_SSL|ERR_TLS/i,
    isVague: true,
    cause:
      'The client could not start TLS: most often the encryption does not fit the port, or the client is too old for TLS 1.2.',
    remedy: 'Choose STARTTLS with port 587, or SSL/TLS with port 465, and update the client.',
    link: guide('smtp-connect'),
    certainty: 'likely',
  },
  {
    code: 'connection-timeout',
    sample: "0x800CCC0E: Outlook can't connect to your outgoing (SMTP) e-mail server.",
    words:
      /0x800CCC0E|SMTP connect\(\) failed|couldn't reach server|unable to connect to (?:the )?(?:SMTP|remote|outgoing)|cannot connect to\b|failed to connect|\bECONNECTION\b/i,
    isVague: true,
    cause: 'The client cannot reach the server.',
    remedy:
      'Check host and port (587 with STARTTLS, 465 with TLS), and a firewall in between. Port 25 is blocked on EC2 and with many providers.',
    link: guide('troubleshoot-smtp'),
    certainty: 'possible',
  },
  {
    code: 'transaction-failed',
    sample: '0x800CCC6F: The message could not be sent; the server refused it.',
    words: /0x800CCC6F|SMTPDataError|could not send message|data not accepted/i,
    isVague: true,
    cause: 'The server refused the message; its reply says why.',
    remedy: 'Look for the reply of the server in the dialog or the log: it begins with 554.',
    link: guide('troubleshoot-smtp'),
    certainty: 'possible',
  },
];
