/** Mail files (mbox, .eml, folders of them) as a stream of messages. Reads headers; bodies on request. */
export { type Address, parseAddresses } from './addresses.ts';
export { parseMailDate, parseReceivedDate } from './dates.ts';
export { MailFileError, type MailFileProblem } from './errors.ts';
export { parseHeaders, parseMessageIds } from './headers.ts';
export { decodeText, type MailFileMessage, readMessage } from './message.ts';
export { type MailFileWarning, mailFileBytes, type ReadMailOptions, readMail } from './read.ts';
export { MboxSplitter, type RawMessage } from './splitting.ts';
