// The selling tools of a room: flash sales, coupon drops, giveaways, an auction. Each is drawn from what the room says and
// counted down by the server's clock; what a buyer does goes over HTTP and may be sent twice without harm.
import { openSheet } from './sheet.js';
import { toast, words } from './toast.js';
import { left as clock } from './countdown.js';

const OVER_FOR_MS = 8_000; // how long the end of something is still shown
const DRAWN_FOR_MS = 10 * 60_000; // and who won a giveaway
const TAP_MS = 400; // after a finger is lifted its tap may come so late

export class Tools {
  constructor(room) {
    this.room = room;
    this.state = room.room;
    this.band = room.parts.band;
    this.chips = room.parts.tools;
    this.sheet = room.querySelector('#tool');
    this.done = new Set(); // what this visitor has claimed or entered, as far as this page knows
    this.told = new Set();
    this.own = new Map(); // how this visitor stands in each auction
    this.sheet.addEventListener('submit', (event) => { event.preventDefault(); this.send(event); });
    this.sheet.addEventListener('pointerdown', ({ target }) => this.hold(target.closest('.slots')));
    for (const type of ['pointerup', 'pointercancel']) addEventListener(type, () => this.release());
  }

  /** Amounts under a finger stay what they are until it has tapped. */
  hold(slots) {
    clearTimeout(this.releasing);
    this.isHeld = Boolean(slots);
  }

  release() {
    if (!this.isHeld) return;
    clearTimeout(this.releasing);
    this.releasing = setTimeout(() => { this.isHeld = false; this.drawSheet(); }, TAP_MS);
  }

  word(key, values) { return this.room.word(key, values); }

  draw() {
    this.follow();
    this.drawBand();
    this.drawChips();
    this.drawSheet();
  }

  tick() {
    const now = this.room.now();
    for (const place of [...this.chips.querySelectorAll('[data-until]'), ...this.band.querySelectorAll('[data-until]'), ...this.sheet.querySelectorAll('[data-until]')]) {
      const ms = Number(place.dataset.until) - now;
      place.textContent = clock(ms);
      place.classList.toggle('last', ms < 10_000);
      if (ms <= 0 && !place.dataset.out) { place.dataset.out = 'yes'; this.room.draw(['flash', 'pin', 'shelf']); }
    }
    if (now >= this.chipsUntil) this.drawChips();
  }

  /** The auction, and the flash sale that the card belongs to, or that runs anyway. */
  current() {
    const now = this.room.now();
    const { auction, flash, shown } = this.state;
    const isShown = auction && (auction.state === 'open' || this.isToOrder(auction) || Math.abs(now - auction.ends_at) < OVER_FOR_MS);
    const runs = flash.filter((sale) => sale.state !== 'over' && sale.ends_at > now);
    const after = (is) => (is ? 1 : 0);
    const [sale] = runs.sort((a, b) => after(a.state !== 'open') - after(b.state !== 'open') || after(a.number !== shown) - after(b.number !== shown) || a.starts_at - b.starts_at);
    return { auction: isShown ? auction : null, sale };
  }

  hasBand() { const { auction, sale } = this.current(); return Boolean(auction ?? sale); }

  drawBand() {
    const { auction, sale } = this.current();
    this.band.hidden = !(auction || sale);
    this.band.replaceChildren(...(auction ? [this.auctionLine(auction)] : []), ...(sale ? [this.saleLine(sale)] : []));
  }

  saleLine(sale) {
    const isGone = sale.state === 'sold_out';
    const isOpen = !isGone && sale.starts_at <= this.room.now();
    const title = isGone ? 'flashGone' : !isOpen ? 'flashSoon' : sale.number === this.state.shown ? 'flashNow' : 'flashOther';
    const line = this.fill('flash', {
      title: this.word(title, { price: this.room.money(sale.price), number: sale.number }),
      when: isGone ? '' : this.word(isOpen ? 'endsIn' : 'startsIn'),
      left: isOpen ? this.word('few', { count: sale.left }) : '',
    }, isGone ? null : isOpen ? sale.ends_at : sale.starts_at);
    line.classList.toggle('gone', isGone);
    line.style.setProperty('--v', sale.quota ? Math.max(0, Math.min(1, sale.left / sale.quota)) : 1);
    line.dataset.item = sale.number;
    return line;
  }

  auctionLine(auction) {
    const isOpen = auction.state === 'open';
    const isToOrder = this.isToOrder(auction);
    const line = this.fill('auction', {
      title: this.word('auctionPrice', { price: this.room.money(auction.price) }), what: auction.title,
      when: isOpen ? this.word('endsIn') : isToOrder ? this.word('auctionPayWithin') : '',
      left: isOpen ? `${this.bids(auction)} · ${this.lead(auction)}`.replace(/ · $/, '') : this.result(auction),
    }, isOpen ? auction.ends_at : isToOrder ? auction.pay_by : null);
    const button = line.querySelector('button');
    button.hidden = !isOpen && !isToOrder;
    if (isToOrder) button.textContent = this.orderWord(auction);
    button.onclick = () => (isToOrder ? this.orderWon(auction, button) : this.open('auction', auction.id));
    return line;
  }

  /** Whether this visitor leads, or has won. */
  leads(auction) {
    const number = this.own.get(auction.id)?.number;
    return Boolean(number) && number === (auction.state === 'open' ? auction.leader_number : auction.winner_number);
  }

  /** Auctions that this visitor has won and not paid, beside the latest. */
  get wonBefore() { return this.state.auctions_won.filter((one) => one.id !== this.state.auction?.id && this.isToOrder(one)); }

  orderWord(auction) { return this.word(this.own.get(auction.id)?.order ? 'auctionToOrder' : 'auctionOrder'); }

  isToOrder(auction) { return auction.state === 'won' && this.leads(auction); }

  bids({ bids }) { return this.word(bids === 1 ? 'bid' : 'bids', { count: bids }); }

  lead(auction) {
    if (!auction.leader) return '';
    return this.leads(auction) ? this.word('auctionYouLead') : this.word('leader', { name: auction.leader });
  }

  /** What came of an auction, in words. */
  result(auction) {
    if (this.leads(auction)) return this.word('auctionYouWon');
    if (auction.winner) return this.word('auctionWon', { name: auction.winner });
    return this.word(auction.state === 'unsold' ? 'auctionUnsold' : 'auctionOver');
  }

  /** Keeps how this visitor stands in the auctions, and says so when others bid more or one is theirs. */
  follow() {
    const { auction, auctions_won: won } = this.state;
    if (!this.room.signedIn) return;
    if (auction) this.followOne(auction);
    // Of one that is over only who may be meant asks.
    for (const one of won) if (one.id !== auction?.id && (this.own.has(one.id) || this.mayBeMe(one.winner))) this.followOne(one);
  }

  followOne(auction) {
    if (!this.own.has(auction.id)) {
      this.own.set(auction.id, {});
      this.ask(`auctions/${auction.id}/mine.json`).then((said) => { if (said) this.stand(auction.id, said); });
    }
    const own = this.own.get(auction.id);
    const leads = this.leads(auction);
    if (own.led && !leads && auction.state === 'open') toast(this.word('auctionOutbid'), { tone: 'warn' });
    own.led = leads;
    if (!this.isToOrder(auction) || this.told.has(auction.id)) return;
    this.told.add(auction.id);
    this.room.hearts(12);
    // Whoever bids in the next auction meanwhile is not interrupted.
    if (auction.id === this.state.auction?.id) this.open('auction', auction.id);
    else toast(`${this.word('auctionYouWon')} ${auction.title}`, { tone: 'good' });
  }

  stand(id, { number, max, order }) {
    Object.assign(this.own.get(id), { number, max, order });
    this.draw();
    this.room.drawOffer();
  }

  /** Whether a masked name is this visitor's too. */
  mayBeMe(name) {
    const first = [...this.room.dataset.name].find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? '*';
    return name === `${first}**`;
  }

  /** The checkout of what was won, or the order that was made of it: perhaps on another phone. The sheet's entry in the
      history goes first, so that back leads to the room. */
  async orderWon(auction, button) {
    const own = await this.ask(`auctions/${auction.id}/mine.json`);
    if (own?.order) { location.href = `${this.room.dataset.address.replace(/\/live\/.*/, '')}/orders/${own.order}`; return; }
    const till = await this.room.till();
    const order = () => till.order(new URLSearchParams({ sku: auction.sku, quantity: 1, shown: auction.price }), button);
    if (!this.sheet.open) { order(); return; }
    this.sheet.addEventListener('close', () => addEventListener('popstate', order, { once: true }), { once: true });
    this.sheet.close();
  }

  /** A template's copy with its texts and its clock. */
  fill(id, texts, until) {
    const node = this.room.template(id).firstElementChild;
    for (const [name, text] of Object.entries(texts)) {
      const place = node.querySelector(`[data-text="${name}"]`);
      if (place) { place.textContent = text; place.hidden = !text; }
    }
    const face = node.querySelector('time');
    if (face) { face.hidden = !until; if (until) { face.dataset.until = until; face.textContent = clock(until - this.room.now()); } }
    return node;
  }

  drawChips() {
    const now = this.room.now();
    const drops = this.state.drops.filter((drop) => this.state.isShown('drops', drop.id) && drop.ends_at > now);
    const giveaways = this.state.giveaways.filter((one) => one.state === 'open' || now - one.drawn_at < this.drawnFor(one));
    this.chips.replaceChildren(...this.wonBefore.map((one) => this.wonChip(one)), ...drops.map((drop) => this.dropChip(drop)), ...giveaways.map((one) => this.giveawayChip(one)));
    this.chipsUntil = Math.min(...giveaways.filter((one) => one.drawn_at).map((one) => one.drawn_at + this.drawnFor(one)));
    for (const one of giveaways) this.tellWinners(one);
  }

  /** That nobody took part is no news for long. */
  drawnFor(one) { return one.winners?.length ? DRAWN_FOR_MS : OVER_FOR_MS; }

  wonChip(auction) {
    const node = this.fill('won', { title: `${this.word('auctionYouWon')} ${auction.title}` }, auction.pay_by);
    node.onclick = () => this.open('auction', auction.id);
    return node;
  }

  dropChip(drop) {
    const isMine = this.done.has(drop.id);
    const node = this.fill('drop', { title: drop.title, left: isMine ? this.word('claimed') : drop.left > 0 ? this.word('few', { count: drop.left }) : this.word('dropGone') }, drop.ends_at);
    const button = node.querySelector('button');
    button.hidden = isMine || drop.left <= 0;
    button.onclick = () => this.claim(drop, button);
    node.classList.toggle('gone', drop.left <= 0 && !isMine);
    return node;
  }

  async claim(drop, button) {
    const said = await this.post(`drops/${drop.id}/claim`, {}, button);
    if (!said) return;
    this.done.add(drop.id);
    toast(this.word('claimed'), { tone: 'good' });
    this.drawChips();
  }

  giveawayChip(one) {
    const isOpen = one.state === 'open';
    const node = this.fill('giveaway', { title: this.word(isOpen ? 'giveaway' : 'giveawayDrawn', { prize: one.prize }) }, isOpen ? one.ends_at : null);
    node.onclick = () => this.open('giveaway', one.id);
    return node;
  }

  async tellWinners(one) {
    if (one.isOld || !one.winners?.length || this.told.has(one.id)) return;
    this.told.add(one.id);
    toast(this.word('winners', { names: one.winners.map((winner) => winner.name).join(', ') }), { tone: 'good' });
    // Only who may be meant asks.
    if (!this.room.signedIn || !one.winners.some((winner) => this.mayBeMe(winner.name))) return;
    const own = await this.ask(`giveaways/${one.id}/mine.json`);
    if (own?.won) { toast(this.word('giveawayYouWon', { prize: one.prize }), { tone: 'good' }); this.room.hearts(12); }
  }

  open(kind, id) {
    this.opened = { kind, id };
    this.sheet.replaceChildren();
    this.drawSheet();
    openSheet(this.sheet);
    if (kind === 'giveaway' && this.room.signedIn && !this.done.has(id)) this.learn(id);
  }

  /** Whether this visitor takes part already: perhaps on another phone, or by a comment. */
  async learn(id) {
    if (await this.ask(`giveaways/${id}/mine.json`)) { this.done.add(id); this.drawSheet(); }
  }

  drawSheet() {
    if (!this.opened) return;
    const { kind, id } = this.opened;
    const ones = kind === 'auction' ? [this.state.auction, ...this.wonBefore] : this.state.giveaways;
    const one = ones.find((each) => each?.id === id);
    if (!one) { this.sheet.close(); return; }
    // What someone types stays as it is.
    if (!this.sheet.firstElementChild) this.sheet.replaceChildren(this.room.template(`${kind}-sheet`));
    this[kind === 'auction' ? 'tellAuction' : 'tellGiveaway'](one);
  }

  put(texts) {
    for (const [name, text] of Object.entries(texts)) {
      for (const place of this.sheet.querySelectorAll(`[data-text="${name}"]`)) { place.textContent = text; place.hidden = !text; }
    }
  }

  tellAuction(auction) {
    const isOpen = auction.state === 'open';
    const isToOrder = this.isToOrder(auction);
    const own = this.own.get(auction.id);
    this.put({
      title: auction.title, price: this.room.money(auction.price), bids: this.bids(auction),
      leader: isOpen ? this.lead(auction) : '', least: isOpen ? this.word('leastBid', { price: this.room.money(auction.least) }) : '',
      own: isOpen && own?.max ? this.word('auctionYours', { price: this.room.money(own.max) }) : '',
      reserve: isOpen && auction.bids > 0 && auction.reserve_met === false ? this.word('auctionReserve') : '',
      result: isOpen ? '' : this.result(auction),
      when: isOpen ? this.word('endsIn') : isToOrder ? this.word('auctionPayWithin') : '',
    });
    const face = this.sheet.querySelector('time');
    face.hidden = !isOpen && !isToOrder;
    face.dataset.until = isOpen ? auction.ends_at : auction.pay_by;
    if (!this.isHeld) this.sheet.querySelector('.slots').replaceChildren(...[0, 1, 4].map((steps) => this.quickBid(auction, steps)));
    this.sheet.querySelector('[data-bidding]').hidden = !isOpen;
    this.sheet.querySelector('[data-bid]').hidden = !isOpen;
    const order = this.sheet.querySelector('[data-order]');
    order.hidden = !isToOrder;
    order.textContent = this.orderWord(auction);
    order.onclick = () => this.orderWon(auction, order);
  }

  /** A bid by one tap. It is no button of the form's: Enter in its field must not press it. */
  quickBid(auction, steps) {
    const amount = auction.least + steps * auction.increment;
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'button', textContent: this.room.money(amount), disabled: this.leads(auction) });
    button.onclick = () => this.bid(auction.id, { amount }, button);
    return button;
  }

  tellGiveaway(one) {
    const isOpen = one.state === 'open';
    const isIn = this.done.has(one.id);
    this.put({
      prize: one.prize, task: isOpen ? this.word({ comment: 'taskComment', follow: 'taskFollow' }[one.task] ?? 'taskWatch', { keyword: one.keyword ?? '' }) : '',
      winners: one.winners?.length ? this.word('winners', { names: one.winners.map((winner) => winner.name).join(', ') }) : '',
      proof: one.commitment,
    });
    const face = this.sheet.querySelector('time');
    face.dataset.until = one.ends_at;
    face.closest('p').hidden = !isOpen;
    this.sheet.querySelector('[data-verify]').href = `${this.room.dataset.address}/giveaways/${one.id}`;
    const button = this.sheet.querySelector('button.primary');
    button.hidden = !isOpen;
    button.disabled = isIn;
    if (isIn) button.textContent = this.word('entered');
    else if (one.keyword) button.textContent = this.word('giveawayByWord', { keyword: one.keyword });
    else if (one.task === 'follow') button.textContent = this.word('giveawayByFollow');
  }

  /** Takes part: by a tap, or by saying the word. */
  async enter(id, button) {
    if (!this.room.signedIn) { location.href = this.room.dataset.signIn; return; }
    const one = this.state.giveaways.find((each) => each.id === id);
    if (one?.keyword) {
      await this.room.talk.say(one.keyword);
      await this.learn(id);
    } else if (await this.post(`giveaways/${id}/enter`, {}, button)) {
      this.done.add(id);
      if (one?.task === 'follow') import('./swap.js').then(({ refresh }) => refresh(['follow'], this.room.dataset.address));
    }
    if (this.done.has(id)) { toast(this.word('entered'), { tone: 'good' }); this.drawSheet(); }
  }

  async send(event) {
    const { kind, id } = this.opened;
    if (kind === 'giveaway') { this.enter(id, event.submitter); return; }
    const field = event.target.elements.amount;
    const max = this.minor(field.value);
    if (!max) { toast(this.word('bidNoAmount'), { tone: 'bad' }); field.focus(); return; }
    // A typed amount is the most one would pay: the room bids up to it, and no more than it takes.
    await this.bid(id, { amount: this.state.auction.least, max }, event.submitter);
  }

  async bid(id, offer, button) {
    const said = await this.post(`auctions/${id}/bid`, offer, button);
    if (!said) return;
    this.sheet.querySelector('form')?.reset();
    this.stand(id, said);
    toast(this.word(said.leads ? 'bidStands' : 'auctionOutbid'), { tone: said.leads ? 'good' : 'warn' });
  }

  /** What someone typed, in minor units; nothing when it is no amount. */
  minor(text) {
    const { digits } = this.state.currency;
    const found = new RegExp(`^\\s*(\\d{1,12})(?:[.,](\\d{0,${digits}}))?\\s*$`).exec(text ?? '');
    return found ? Number(found[1] + (found[2] ?? '').padEnd(digits, '0')) : null;
  }

  /** What the server knows of this visitor alone; nothing when it cannot be had. */
  async ask(path) {
    const answer = await fetch(`${this.room.dataset.address}/${path}`, { headers: { accept: 'application/json' } }).catch(() => null);
    return answer?.ok ? answer.json() : null;
  }

  /** Sends a verb; answers with what came back, or says why not. */
  async post(path, fields, button) {
    if (!this.room.signedIn) { location.href = this.room.dataset.signIn; return null; }
    button?.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(`${this.room.dataset.address}/${path}`, { method: 'POST', body: new URLSearchParams(fields), headers: { accept: 'application/json' } });
      const said = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
      if (answer.ok) return said;
      toast(said.errors?.[0]?.message ?? said.title ?? this.word('failed'), { tone: 'bad' });
    } catch {
      toast(words.offline, { tone: 'bad' });
    } finally {
      button?.removeAttribute('aria-busy');
    }
    return null;
  }
}
