/** The lines of a stream of bytes as they become whole; what stands after the last line end when it closes is dropped as cut off. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const parts = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      yield* parts.filter((line) => line.trim() !== '');
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
