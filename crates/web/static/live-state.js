// What a viewer knows of a live room, and how each message of the room protocol changes it. No page, no network, no clock
// of its own: who calls says what time it is. Prices, stock, what is sold out and what is pinned are decided here alone.

const FEW = 10;          // so few pieces that a buyer should know
const HOLD_MAX_MS = 12_000; // a video further behind than this, or standing still, must not keep news back
const EARLY_MS = 250;    // the picture that shows it is on its way through the host's encoder when the host presses

/** An amount of minor units as people write it, as kernel's Money does: S$1,234.50. */
export function money(minor, { symbol, digits }) {
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${minor < 0 ? '−' : ''}${symbol}${whole}${digits ? `.${text.slice(-digits)}` : ''}`;
}

/** "{count} left" with its places filled in. */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

const byId = (list, one) => [...list.filter((old) => old.id !== one.id), one];

export class RoomState {
  constructor() {
    Object.assign(this, {
      state: 'scheduled', currency: { symbol: '', digits: 2 }, shelf: [], pinned: null, announcement: null, comment: null,
      chat: [], slow: 0, viewers: 0, likes: 0, flash: [], drops: [], giveaways: [], auction: null, auctions_won: [],
    });
    this.waiting = []; // what is true already, and shown when the video gets there
    this.shown = null; // the product a viewer sees pinned
  }

  /** Takes a message in; answers with the parts of the room that changed, or nothing. `video` says whether one plays. */
  take(type, d, now, video) {
    const change = changes[type];
    if (!change) return [];
    // A page that opens shows what is pinned at once; who comes back from a break catches up at once.
    const parts = change.call(this, d, now) ?? [];
    if (type === 'snapshot' || !video) return [...parts, ...this.hurry()];
    return parts;
  }

  /** Shows what the video has reached: `programme` is the time of the picture on the screen, if that is known. */
  reach(programme, now) {
    const due = this.waiting.filter((one) => programme === null || programme >= one.at - EARLY_MS || now - one.since > HOLD_MAX_MS);
    if (!due.length) return [];
    this.waiting = this.waiting.filter((one) => !due.includes(one));
    return due.flatMap((one) => this.reveal(one));
  }

  hurry() {
    const all = this.waiting;
    this.waiting = [];
    return all.flatMap((one) => this.reveal(one));
  }

  reveal(one) {
    if (one.part === 'pin') this.shown = one.pinned;
    return [one.part];
  }

  /** Says of a drop whether the video has come to it. */
  isShown(part, id) { return !this.waiting.some((one) => one.part === part && one.id === id); }

  item(number) { return this.shelf.find((item) => item.number === number); }

  /** The product whose card is on the screen. */
  get pinnedItem() { return this.shown === null ? undefined : this.item(this.shown); }

  /** What a SKU costs now and what it cost before; for a flash sale that runs, its price. */
  price(item, sku, now) {
    const runs = (sale) => sale.sku === sku.sku && sale.state === 'open' && sale.starts_at <= now && now < sale.ends_at && sale.left > 0;
    const special = [sku.live_price, this.flash.find(runs)?.price].filter((price) => price !== null && price !== undefined);
    const price = Math.min(sku.price, ...special);
    const was = Math.max(item.list_price ?? 0, sku.price);
    return { price, was: was > price ? was : null, isSpecial: price < sku.price };
  }

  /** The least any SKU that can be bought costs, and whether others cost more. */
  priceFrom(item, now) {
    const open = item.skus.filter((sku) => sku.left > 0);
    const prices = (open.length ? open : item.skus).map((sku) => this.price(item, sku, now));
    if (!prices.length) return { price: item.live_price ?? item.price, was: item.list_price, isFrom: false, isSpecial: false };
    const least = prices.reduce((one, other) => (other.price < one.price ? other : one));
    return { ...least, isFrom: prices.some((other) => other.price > least.price) };
  }

  isFew(left) { return left > 0 && left <= FEW; }
}

// What an event or a snapshot says is gone stays gone until one says otherwise: see `stock`.
const settle = (item) => ({
  ...item, sold_out: Boolean(item.sold_out) || item.left <= 0,
  skus: (item.skus ?? []).map((sku) => ({ ...sku, gone: sku.left <= 0 })),
});

function put(room, number, change) {
  const item = room.item(number);
  if (!item) return [];
  change(item);
  if (item.skus.length) item.left = item.skus.reduce((sum, sku) => sum + Math.max(0, sku.left), 0);
  return ['shelf', 'pin'];
}

/** By type of message; `this` is the room. */
const changes = {
  snapshot(d) {
    Object.assign(this, d, {
      shelf: (d.shelf ?? []).map(settle), flash: d.flash ?? [], drops: d.drops ?? [],
      // Who won what was drawn before was announced then.
      giveaways: (d.giveaways ?? []).map((one) => ({ ...one, isOld: one.state !== 'open' })),
      chat: d.chat ?? [], auction: d.auction ?? null, auctions_won: d.auctions_won ?? [], comment: d.comment ?? null,
    });
    const at = d.pinned?.at ?? 0;
    this.waiting = [{ part: 'pin', pinned: d.pinned?.number ?? null, at, since: 0 }];
    return ['all'];
  },
  shelf(d) { this.shelf = d.shelf.map(settle); return ['shelf', 'pin']; },
  price(d) {
    const item = settle(d.item);
    this.shelf = this.shelf.map((old) => (old.number === d.number ? item : old));
    return ['shelf', 'pin'];
  },
  pin(d, now) {
    this.pinned = d;
    this.waiting.push({ part: 'pin', pinned: d.number, at: d.at, since: now });
  },
  unpin(d, now) {
    this.pinned = null;
    this.waiting.push({ part: 'pin', pinned: null, at: now, since: now });
  },
  // How many are left is said in passing and may come late; that something is sold out, or there again, is an event.
  stock(d) {
    return put(this, d.number, (item) => {
      const sku = item.skus.find((one) => one.sku === d.sku);
      if (sku && !sku.gone) sku.left = d.left;
    });
  },
  sold_out(d) {
    return put(this, d.number, (item) => {
      for (const sku of item.skus) if (!d.sku || sku.sku === d.sku) Object.assign(sku, { left: 0, gone: true });
      item.sold_out = !d.sku || item.skus.every((sku) => sku.left <= 0);
      if (item.sold_out) item.left = 0;
    });
  },
  restock(d) {
    return put(this, d.number, (item) => {
      const sku = item.skus.find((one) => one.sku === d.sku);
      if (sku) Object.assign(sku, { left: d.left, gone: false });
      item.sold_out = item.skus.every((one) => one.left <= 0);
    });
  },
  chat(d) { this.chat = [...this.chat.slice(-29), d]; return ['chat']; },
  chat_delete(d) { this.chat = this.chat.filter((line) => line.id !== d.id); return ['chat_delete']; },
  pin_comment(d) { this.comment = d.id ? d : null; return ['comment']; },
  announce(d) { this.announcement = d.text || null; return ['announcement']; },
  live_state(d) { this.state = d.state; return ['state']; },
  viewers(d) { this.viewers = d.count; return ['viewers']; },
  likes(d) { this.likes += d.more; return ['likes']; },
  flash_sale(d) { this.flash = byId(this.flash, d); return ['flash', 'pin', 'shelf']; },
  // As with stock: that nothing is left, or something again, is an event.
  left({ id, left }) {
    const put = (list) => list.map((one) => (one.id === id && one.left > 0 && left > 0 ? { ...one, left } : one));
    Object.assign(this, { flash: put(this.flash), drops: put(this.drops) });
    return ['flash', 'drops'];
  },
  coupon_drop(d, now) {
    this.drops = byId(this.drops, d);
    this.waiting.push({ part: 'drops', id: d.id, at: d.opens_at ?? d.at ?? now, since: now });
  },
  coupon_gone(d) { this.drops = this.drops.map((drop) => (drop.id === d.id ? { ...drop, left: 0 } : drop)); return ['drops']; },
  giveaway(d) { this.giveaways = byId(this.giveaways, d); return ['giveaways']; },
  auction(d) {
    // Those that wait to be paid stay known beside the latest: whose it is needs the way to the order.
    this.auctions_won = this.auctions_won.filter((one) => one.id !== d.id);
    if (d.state === 'won') this.auctions_won = [...this.auctions_won, d];
    // What comes of an earlier one does not take the place of the one that is open.
    if (this.auction?.state === 'open' && this.auction.id !== d.id && d.state !== 'open') return ['auction'];
    this.auction = d;
    return ['auction', 'pin'];
  },
};
