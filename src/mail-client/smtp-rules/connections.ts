import { guide, type SmtpRule } from './smtp-rule.ts';

const connect = guide('smtp-connect');
const troubleshooting = guide('troubleshoot-smtp');

/** Messages of TLS libraries and of the network. They hold no reply: the dialogue did not get that far. */
export const connections: readonly SmtpRule[] = [
  {
    code: 'tls-too-old',
    sample: 'SSL routines:ssl3_read_bytes:tlsv1 alert protocol version',
    words:
      /tlsv1_?[12]? ?_?alert[ _]protocol[ _]version|(?:fatal alert: ?|alert[ _])protocol[_ ]version|unsupported[ _]protocol|no protocols available|no appropriate protocol|inappropriate[_ ]fallback|version too low|protocol version not supported/i,
    cause: 'The device or program speaks TLS 1.0, 1.1 or SSL. SES takes TLS 1.2 and later.',
    remedy:
      'Update the device or program and switch TLS 1.2 on, or let it send to a relay of your own that speaks TLS 1.2 to SES.',
    link: guide('security-protocols'),
  },
  {
    code: 'tls-too-old',
    sample: 'no shared cipher; sslv3 alert handshake failure',
    words:
      /no[_ ]shared[_ ]cipher|handshake[_ ]failure|no cipher(?:s available| match|s in common)|no ciphers|dh key too small|cipher mismatch/i,
    cause: 'Client and server have no cipher in common. Old devices know none of those that SES takes.',
    remedy: 'Update the device or program, remove old cipher settings, or let it send to a relay of your own.',
    link: guide('security-protocols'),
    certainty: 'likely',
  },
  {
    code: 'tls-wrong-port',
    sample: 'SSL routines:ssl3_get_record:wrong version number',
    words:
      /wrong[_ ]version[_ ]number|:unknown protocol|plaintext connection\?|packet length too long|does not look like a TLS handshake|unexpected packet format|http request|record too long/i,
    cause: 'The client starts TLS at once on a port that begins without it.',
    remedy: 'Use port 465 or 2465 where the client says SSL, TLS or "secure: true"; use STARTTLS on 587, 2587 or 25.',
    link: connect,
  },
  {
    code: 'certificate-untrusted',
    sample: 'certificate verify failed: unable to get local issuer certificate',
    words:
      /self[- ]?signed certificate|unable to (?:get|verify).{0,20}(?:issuer|certificate|first)|certificate[_ ]verify[_ ]failed|PKIX path building|certificate has expired|certificate is not yet valid|altname|unknown (?:certificate )?authority|unknown ca\b|remote certificate is invalid|certificate (?:not trusted|verification failed|does(?:n't| not) match)|not verified: |UNABLE_TO_(?:GET|VERIFY)_|hostname mismatch|server certificate (?:is )?not (?:verified|trusted)/i,
    cause:
      'The client does not accept the certificate: its list of authorities is old, its clock is wrong, the host name differs, or a proxy or virus scanner stands in between.',
    remedy:
      'Use the host name email-smtp.REGION.amazonaws.com, update the list of authorities (Amazon Root CA 1) and the clock. Do not switch the check off.',
    link: 'https://www.amazontrust.com/repository/',
  },
  {
    code: 'starttls-unavailable',
    sample: 'STARTTLS extension not supported by server.',
    words:
      /starttls (?:extension )?(?:is )?not (?:supported|available|offered)|does(?:n't| not) support starttls|could not convert socket to TLS|server does not offer TLS/i,
    cause:
      'The client sees no STARTTLS. The endpoint of SES offers it, so another server or a firewall or virus scanner answers, or the port is one that starts with TLS.',
    remedy:
      'Check host and port. Switch the inspection of mail in firewall and virus scanner off for this host, or use TLS on port 465.',
    link: connect,
    certainty: 'likely',
  },
  {
    code: 'host-unknown',
    sample: 'getaddrinfo ENOTFOUND email-smtp.example.amazonaws.com',
    words:
      /ENOTFOUND|EAI_AGAIN|getaddrinfo|name or service not known|no such host|nodename nor servname|could not resolve|can(?:no|')t (?:find|resolve) host|UnknownHostException|host (?:or domain )?name (?:not found|lookup)|name resolution|0x800CCC0D/i,
    cause:
      'The host name was not found: it has a typing error, SES has no SMTP endpoint in this Region, or name resolution does not work here.',
    remedy: 'Use email-smtp.REGION.amazonaws.com with a Region that has an SMTP endpoint, and check DNS.',
    link: 'https://docs.aws.amazon.com/general/latest/gr/ses.html',
  },
  {
    code: 'connection-refused',
    sample: 'connect ECONNREFUSED 127.0.0.1:587',
    words: /ECONNREFUSED|connection refused|actively refused|WSAECONNREFUSED|\b10061\b/i,
    cause: 'Nothing answers on this host and port.',
    remedy:
      'Check host and port (587, 2587, 465 or 2465), and a firewall in between. SES does not refuse connections: 127.0.0.1 or another host is probably set.',
    link: connect,
  },
  {
    code: 'connection-timeout',
    sample: 'connect to email-smtp.eu-west-1.amazonaws.com[203.0.113.7]:25: Connection timed out',
    words:
      /ETIMEDOUT|ECONNECTION_TIMEOUT|connection[ _-]timed?[ _-]?out|connect(?:ion)? timeout|\btimed out\b|TimeoutError|failed to respond after a period|network (?:is )?unreachable|no route to host|EHOSTUNREACH|ENETUNREACH|could not connect to SMTP host|0x800CCC19|greeting never received/i,
    cause:
      'No answer from the endpoint: a firewall, a security group or a missing way out of the network drops the connection. On EC2 and with many providers port 25 is blocked.',
    remedy:
      'Use port 587 or 2587 (STARTTLS), or 465 or 2465 (TLS). Let the security group and the subnet reach the internet, or a VPC endpoint of SES.',
    link: troubleshooting,
    certainty: 'likely',
  },
  {
    code: 'connection-lost',
    sample: 'smtplib.SMTPServerDisconnected: Connection unexpectedly closed',
    words:
      /ECONNRESET|EPIPE\b|connection reset|broken pipe|connection (?:was )?(?:unexpectedly )?(?:closed|lost|dropped|aborted)|server (?:unexpectedly )?(?:closed|disconnected|dropped)|lost connection|please run connect\(\) first|unexpected EOF|unexpected end of file|socket hang up|0x800CCC0F|premature close/i,
    cause:
      'The connection closed in the middle. SES closes after about 10 seconds of silence and now and then replaces its servers; a plain connection to a TLS port ends like this, too.',
    remedy:
      'Open a new connection and try again. If it is so each time, check that the port fits: 465 and 2465 need TLS at once, 587 and 2587 STARTTLS.',
    link: troubleshooting,
    isTemporary: true,
    certainty: 'possible',
  },
];
