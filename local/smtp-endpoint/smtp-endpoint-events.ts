/** Something that happened at the SMTP endpoint, for the log. Holds no secret. */
export type SmtpEndpointEvent =
  | { readonly kind: 'login'; readonly accessKeyId: string; readonly userName: string }
  | { readonly kind: 'login-refused'; readonly accessKeyId: string; readonly reply: string }
  | { readonly kind: 'accepted'; readonly id: string; readonly userName: string; readonly from: string }
  | {
      readonly kind: 'refused';
      readonly accessKeyId: string;
      readonly from: string;
      readonly reply: string;
      /** Which address was refused, where the reply doesn't say it. */
      readonly explanation?: string;
    }
  | { readonly kind: 'error'; readonly message: string };
