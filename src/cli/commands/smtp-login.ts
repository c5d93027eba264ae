/** What a mail client needs to log in. Holds a secret. */
export interface SmtpLogin {
  readonly username: string;
  readonly smtp_username: string;
  readonly smtp_password: string;
  readonly smtp_host: string;
  readonly ports: { readonly starttls: number; readonly tls: number };
}
