// The draw of a giveaway, as the server does it (crates/live/src/giveaway/lots.rs says how and why). No page, no network.
const NUMBERS = 2 ** 48; // 12 hexadecimal digits hold numbers below this

const bytes = (text) => new TextEncoder().encode(text);
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** SHA-256 of a text or of bytes, in hexadecimal digits. */
export const hash = async (text) => hex(await crypto.subtle.digest('SHA-256', typeof text === 'string' ? bytes(text) : text));

/** The places, counted from 0, of those who win among `entries`, in the order in which they are drawn. */
export async function draw(seed, listHash, entries, winners) {
  const key = await crypto.subtle.importKey('raw', bytes(seed), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const left = Array.from({ length: entries }, (_, place) => place);
  const drawn = [];
  for (let count = 0; drawn.length < winners && left.length; count += 1) {
    const ticket = hex(await crypto.subtle.sign('HMAC', key, bytes(`${listHash}:${count}`)));
    const number = Number.parseInt(ticket.slice(0, 12), 16);
    // A number above the largest multiple would favour the first entries.
    if (number < NUMBERS - (NUMBERS % left.length)) drawn.push(left.splice(number % left.length, 1)[0]);
  }
  return drawn;
}
