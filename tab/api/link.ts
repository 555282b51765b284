/** Whether an address may be opened: web pages and mails alone, whatever the service sends. */
export function isLink(url: string): boolean {
  try {
    return ['https:', 'http:', 'mailto:'].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}
