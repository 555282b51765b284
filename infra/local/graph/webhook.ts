import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** Posts to the address of a subscription. @throws when nothing answers within `withinMs` */
export function post(
  url: URL,
  type: string,
  body: string,
  withinMs: number,
  caPem: string,
): Promise<{ status: number; type: string; body: string }> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { 'content-type': type, 'content-length': Buffer.byteLength(body) }, timeout: withinMs };
    const sent = (url.protocol === 'https:' ? httpsRequest(url, { ...options, ca: caPem }) : httpRequest(url, options)).on(
      'response',
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', reject);
    sent.end(body);
  });
}
