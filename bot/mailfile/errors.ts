/** Why a mail file cannot be read to its end. */
export type MailFileProblem = 'mail.missing' | 'mail.unreadable' | 'mail.unknown' | 'mail.empty_folder' | 'mail.torn';

/** The file is at fault, not the reader. The message is one or two sentences for people: what is wrong and what to do. */
export class MailFileError extends Error {
  override readonly name = 'MailFileError';
  readonly code: MailFileProblem;
  readonly path: string;
  /** Byte offset of the message that the problem is in, where there is one. */
  readonly offset: number | undefined;

  constructor(code: MailFileProblem, path: string, message: string, offset?: number) {
    super(message);
    this.code = code;
    this.path = path;
    this.offset = offset;
  }
}
