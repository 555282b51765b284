// Draws the icons of the app package: node appPackage/icons.mjs
//   color.png    192 x 192, the mark on its ground
//   outline.png  32 x 32, white on nothing, as Teams asks for
// The mark: two rings that hold each other, one for each side of a partnership.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

const here = import.meta.dirname;
const GROUND = [0x2b, 0x57, 0x97, 255];
const WHITE = [255, 255, 255, 255];
/** Points looked at in each pixel, per direction: edges are soft. */
const FINE = 6;

/** Whether a point of the unit square lies in the mark. */
const inMark = (x, y) => ring(x, y, 0.38, 0.42) || ring(x, y, 0.62, 0.58);
const ring = (x, y, cx, cy) => Math.abs(Math.hypot(x - cx, y - cy) - 0.22) <= 0.05;

function picture(size, colourOf) {
  const rows = [];
  for (let y = 0; y < size; y += 1) {
    const row = [0]; // no filter
    for (let x = 0; x < size; x += 1) {
      let covered = 0;
      for (let i = 0; i < FINE; i += 1)
        for (let j = 0; j < FINE; j += 1) if (inMark((x + (i + 0.5) / FINE) / size, (y + (j + 0.5) / FINE) / size)) covered += 1;
      row.push(...colourOf(covered / FINE ** 2));
    }
    rows.push(Buffer.from(row));
  }
  return png(size, Buffer.concat(rows));
}

function png(size, data) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8); // eight bits each of red, green, blue and alpha
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(data, { level: 9 })), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

const mixed = (share) => GROUND.map((part, n) => Math.round(part + (WHITE[n] - part) * share));
writeFileSync(path.join(here, 'color.png'), picture(192, mixed));
writeFileSync(
  path.join(here, 'outline.png'),
  picture(32, (share) => [255, 255, 255, Math.round(share * 255)]),
);
