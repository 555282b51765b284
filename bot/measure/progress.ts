const CELLS = 30;
const MEGABYTE = 1_000_000;

/** One line on a terminal while a large mailbox is read; nothing where there is no terminal. */
export function progressBar(stream: { write(text: string): unknown; readonly isTTY?: boolean }) {
  let shown = -1;
  return {
    show(bytes: number, total: number): void {
      const percent = total > 0 ? Math.min(100, Math.floor((bytes / total) * 100)) : 100;
      if (!stream.isTTY || percent === shown) return;
      shown = percent;
      const full = Math.round((percent / 100) * CELLS);
      const size = `${Math.round(bytes / MEGABYTE)} of ${Math.round(total / MEGABYTE)} MB`;
      stream.write(`\r\u001b[2KReading mail  ${'█'.repeat(full)}${'░'.repeat(CELLS - full)}  ${percent} %  ${size}`);
    },
    clear(): void {
      if (shown >= 0) stream.write('\r\u001b[2K');
      shown = -1;
    },
  };
}
