// Entry of a live room's page. <live-room> keeps what the room says (live-state.js, over live-socket.js), shows it when the
// video gets there (live-player.js), and fetches the rest of its manners when they are needed: buying, tools, the replay.
import { toast } from './toast.js';
import './small.js';
import './live-player.js';
import { openSheet } from './sheet.js';
import { LiveSocket } from './live-socket.js';
import { RoomState, fill, money } from './live-state.js';
import { Talk } from './live-talk.js';

const TICK_MS = 250;
const LIKES_EVERY_MS = 600;
const SEEN_EVERY_MS = 15_000;
const TICKER_MS = 3_500;
const PASSED_ON = ['snapshot', 'shelf', 'price', 'pin', 'unpin', 'stock', 'sold_out', 'restock', 'chat', 'chat_delete', 'pin_comment', 'announce',
  'live_state', 'viewers', 'likes', 'flash_sale', 'left', 'coupon_drop', 'coupon_gone', 'giveaway', 'auction', 'orders', 'mute'];
const wide = matchMedia('(min-width: 900px)');
const nothingSeen = () => ({ impressions: {}, clicks: {}, shares: 0 });

customElements.define('live-room', class extends HTMLElement {
  connectedCallback() {
    this.room = new RoomState();
    this.player = this.querySelector('live-player');
    this.parts = Object.fromEntries([...this.querySelectorAll('[data-part]')].map((part) => [part.dataset.part, part]));
    this.offer = this.querySelector('.offer');
    this.lines = this.querySelector('.shelf-lines');
    this.dirty = new Set();
    this.mine = 0;
    this.seen = nothingSeen();
    this.talk = new Talk(this);
    this.socket = new LiveSocket(`${this.dataset.address}/ws`, `${this.dataset.address}/state.json`);
    this.listen();
    const { d } = this.told();
    this.skew = (d.now ?? Date.now()) - Date.now();
    this.take('snapshot', d);
    if (this.dataset.state !== 'cancelled') this.socket.open();
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    this.telling = setInterval(() => this.tellSeen(), SEEN_EVERY_MS);
    if ('replay' in this.dataset) this.more('replay').then(({ Replay }) => { this.replay = new Replay(this); });
    if (this.querySelector('count-down')) import('./countdown.js');
    this.addEventListener('done', ({ target }) => { if (target.dataset.soon) target.textContent = target.dataset.soon; });
  }

  /** The room as the page was made. */
  told() {
    const said = JSON.parse(this.querySelector('#room-state').textContent);
    return 'd' in said ? said : { d: said };
  }

  listen() {
    for (const type of PASSED_ON) this.socket.addEventListener(type, ({ detail }) => this.take(type, detail));
    this.socket.addEventListener('link', ({ detail }) => this.link(detail));
    this.player.addEventListener('state', () => this.say());
    this.player.addEventListener('sound', () => this.drawSound());
    this.addEventListener('click', (event) => this.tap(event));
    this.addEventListener('submit', (event) => this.submit(event));
    this.player.addEventListener('dblclick', () => this.like());
    // What was planned is not always what the camera sends.
    this.player.video.addEventListener('resize', ({ target }) => {
      if (target.videoWidth) this.dataset.shape = target.videoWidth > target.videoHeight ? 'landscape' : 'portrait';
    });
    // A frame that is shown again is alive; one that is left has nothing more to say.
    addEventListener('pagehide', () => { this.tellSeen(); this.socket.close(); });
    addEventListener('pageshow', (event) => { if (event.persisted) this.socket.open(); });
    // The keyboard of a phone covers the foot of the page, and nothing else tells how much of it.
    const view = window.visualViewport;
    view?.addEventListener('resize', () => {
      this.style.setProperty('--keyboard', `${Math.max(0, Math.round(innerHeight - view.height - view.offsetTop))}px`);
    });
    wide.addEventListener('change', () => this.draw(['shelf']));
  }

  now() { return this.skew === undefined ? Date.now() : Date.now() + this.skew; }
  /** Words of the page: data-w-sold-out is word('soldOut'). */
  word(key, values = {}) { return fill(this.dataset[`w${key[0].toUpperCase()}${key.slice(1)}`] ?? '', values); }
  money(minor) { return money(minor, this.room.currency); }
  /** A part of the room that is fetched when it is needed. */
  more(name) { return import(`./live-${name}.js`); }
  template(id) { return document.getElementById(`part-${id}`).content.cloneNode(true); }
  get signedIn() { return 'signedIn' in this.dataset; }

  take(type, d) {
    if (type === 'snapshot' && d.now) this.skew = d.now - Date.now();
    if (type === 'orders') { this.ticker(d); return; }
    if (type === 'likes') this.mine = Math.max(0, this.mine - d.more);
    if (type === 'mute') { this.talk.muted(); return; }
    if (type.startsWith('chat')) this.talk.take(type, d);
    if (type === 'snapshot') this.talk.all(d.chat ?? []);
    const before = this.room.pinnedItem;
    this.draw(this.room.take(type, d, this.now(), this.player.hasPicture));
    if (type === 'sold_out' && !d.sku && before?.number === d.number) toast(this.word('soldOutNow', { title: before.title }));
    if (type === 'likes') this.hearts(Math.min(6, d.more));
  }

  tick() {
    // In a replay the card follows the chapters instead.
    if (!this.replay) this.draw(this.room.reach(this.player.programme(), this.now()));
    if (this.tools) this.tools.tick();
  }

  /** Draws what changed, once for all that comes before the next frame. */
  draw(parts) {
    if (!parts.length) return;
    if (!this.dirty.size) (document.hidden ? setTimeout : requestAnimationFrame)(() => this.drawNow());
    for (const part of parts) this.dirty.add(part);
  }

  drawNow() {
    const dirty = this.dirty;
    this.dirty = new Set();
    const has = (...parts) => dirty.has('all') || parts.some((part) => dirty.has(part));
    if (has('state')) this.drawState();
    if (has('viewers', 'likes')) this.drawCounts();
    if (has('announcement', 'comment')) this.drawNotes();
    if (has('pin')) this.drawOffer();
    if (has('shelf')) { this.drawShelf(); this.goods?.update(); }
    if (has('flash', 'drops', 'giveaways', 'auction')) this.drawTools();
  }

  drawState() {
    const { state } = this.room;
    const was = this.dataset.state;
    const isOver = ['ended', 'cancelled'].includes(state) && !['ended', 'cancelled'].includes(was);
    this.dataset.state = state === 'rehearsal' ? 'scheduled' : state;
    const isOn = ['live', 'lost'].includes(state);
    if (isOn) {
      this.parts.curtain?.remove();
      this.parts.state.textContent = this.word(state);
      // It is said again when the first pictures come.
      if (was !== 'live' || this.player.state === 'away') this.player.retry(); else this.player.start();
    }
    if (isOver) {
      this.parts.state.textContent = this.word(state);
      this.player.finish();
      this.socket.close();
      this.parts.curtain?.remove();
      this.parts.curtain = this.curtain();
    }
    this.drawCounts();
    this.say();
  }

  /** The end: what there is to see now. */
  curtain() {
    const curtain = this.template('over').firstElementChild;
    this.querySelector('.stage').append(curtain);
    return curtain;
  }

  /** What the stage says over the video, if anything is to be said. */
  say() {
    const { state } = this.dataset;
    const player = this.player.state;
    let word = '';
    if (state === 'lost' && player !== 'playing') word = this.word('wordLost');
    else if (this.replay && player === 'away') word = this.word('wordAway');
    else if (state === 'live' && ['loading', 'stalled'].includes(player)) word = this.word('wordLoading');
    else if (state === 'live' && player === 'away') word = this.word(this.player.hasPicture ? 'wordAway' : 'wordStarting');
    this.dataset.player = player;
    this.parts.word.hidden = !word;
    if (word) this.parts.word.firstElementChild.textContent = word;
  }

  drawCounts() {
    const { viewers, likes } = this.room;
    const compact = (n) => new Intl.NumberFormat(document.documentElement.lang, { notation: 'compact', maximumFractionDigits: 1 }).format(n);
    this.parts.viewers.hidden = viewers <= 0 || !['live', 'lost'].includes(this.dataset.state);
    // The words for the number are read out, and stand there where there is room.
    const [number, unit] = this.parts.viewers.querySelectorAll('span');
    [number.textContent, unit.textContent] = [compact(viewers), this.word('viewers')];
    if (this.parts.likes) this.parts.likes.textContent = likes + this.mine > 0 ? compact(likes + this.mine) : '';
  }

  drawNotes() {
    const { announcement, comment } = this.room;
    this.parts.announcement.hidden = !announcement;
    this.parts.announcement.lastElementChild.textContent = announcement ?? '';
    this.parts.comment.hidden = !comment;
    const [name, text] = this.parts.comment.querySelectorAll('b, span span');
    [name.textContent, text.textContent] = [comment?.name ?? '', comment?.text ?? ''];
  }

  drawOffer() {
    const item = this.replay ? this.replay.item() : this.room.pinnedItem;
    const { offer } = this;
    offer.hidden = !item && !this.tools?.hasBand();
    const card = offer.querySelector('.offer-card');
    card.hidden = !item;
    if (!item) { offer.dataset.number = ''; return; }
    if (offer.dataset.number !== String(item.number)) {
      offer.dataset.number = item.number;
      card.classList.remove('arrives');
      requestAnimationFrame(() => card.classList.add('arrives'));
      this.saw('impressions', item.number);
    }
    this.fillItem(card, item);
    const buy = offer.querySelector('[data-buy]');
    buy.disabled = item.sold_out;
    buy.textContent = this.word(item.sold_out ? 'gone' : 'buy');
  }

  /** Writes an item's picture, words and price where `box` has places for them. */
  fillItem(box, item) {
    const price = this.room.priceFrom(item, this.now());
    const image = box.querySelector('img');
    if (item.image && image.getAttribute('src') !== item.image) image.src = item.image;
    image.hidden = !item.image;
    box.querySelector('.number').textContent = item.number;
    box.querySelector('strong').textContent = item.title;
    const amount = this.money(price.price);
    const place = box.querySelector('.price');
    place.classList.toggle('special', price.isSpecial);
    place.textContent = price.isFrom ? this.word('from', { price: amount }) : amount;
    if (price.was) place.append(' ', Object.assign(document.createElement('s'), { textContent: this.money(price.was) }));
    box.querySelector('.few').textContent = item.sold_out ? this.word('gone') : this.room.isFew(item.left) ? this.word('few', { count: item.left }) : '';
    box.classList.toggle('gone', item.sold_out);
  }

  drawShelf() {
    const { shelf } = this.room;
    for (const count of this.querySelectorAll('.bag b, #shelf-title .num')) count.textContent = shelf.length;
    // A hundred products that nobody sees are drawn when somebody does.
    if (!wide.matches && !this.querySelector('#shelf').open) return;
    const old = new Map([...this.lines.children].map((line) => [line.dataset.number, line]));
    const lines = shelf.map((item) => {
      const known = old.get(String(item.number));
      const line = known ?? this.template('shelf-line').firstElementChild;
      line.dataset.number = item.number;
      const button = line.firstElementChild;
      button.dataset.item = item.number;
      this.fillItem(button, item);
      button.classList.toggle('now', item.number === this.room.shown);
      return line;
    });
    // Only what is new or moved is touched, so that who reads or tabs through the shelf keeps the place.
    lines.forEach((line, place) => { if (this.lines.children[place] !== line) this.lines.insertBefore(line, this.lines.children[place] ?? null); });
    while (this.lines.children.length > lines.length) this.lines.lastElementChild.remove();
    this.querySelector('.empty-line').hidden = shelf.length > 0;
  }

  drawTools() {
    const { flash, drops, giveaways, auction } = this.room;
    if (!this.tools && !(flash.length || drops.length || giveaways.length || auction)) return;
    this.more('tools').then(({ Tools }) => { this.tools ??= new Tools(this); this.tools.draw(); this.drawOffer(); });
  }

  drawSound() {
    const button = this.querySelector('[data-sound-switch]');
    button.hidden = ['idle', 'ended', 'tap'].includes(this.player.state) && !this.replay;
    button.setAttribute('aria-pressed', !this.player.isMuted);
    const whole = this.querySelector('[data-whole]');
    whole.hidden = button.hidden || this.dataset.shape !== 'landscape' || !(this.requestFullscreen || this.player.video.webkitEnterFullscreen);
  }

  tap(event) {
    const target = event.target.closest('[data-item], [data-buy], [data-like], [data-shelf], [data-sound-switch], [data-whole], [data-leave], [data-share], [data-copy]');
    if (!target) return;
    const { item, buy, like, shelf, soundSwitch, whole } = target.dataset;
    if (item !== undefined || buy !== undefined) this.openItem(Number(item || this.offer.dataset.number));
    else if (like !== undefined) this.like();
    else if (shelf !== undefined) this.openShelf();
    else if (soundSwitch !== undefined) this.player.setSound(this.player.isMuted);
    else if (whole !== undefined) this.wholeScreen();
    else if ('share' in target.dataset || 'copy' in target.dataset) this.seen.shares += 1;
    else if (history.length > 1 && document.referrer.startsWith(location.origin)) { event.preventDefault(); history.back(); }
  }

  /** A form that is to stay on this page is sent once there is what can do so. */
  async submit(event) {
    const { target, submitter } = event;
    if (!target.dataset.swap || this.canSwap) return;
    event.preventDefault();
    await import('./swap.js');
    this.canSwap = true;
    target.requestSubmit(submitter);
  }

  openShelf() {
    openSheet(this.querySelector('#shelf'));
    this.drawShelf();
    for (const item of this.room.shelf.slice(0, 8)) this.saw('impressions', item.number);
  }

  async till() {
    const { Goods } = await this.more('goods');
    return this.goods ??= new Goods(this);
  }

  async openItem(number, pieces = 1) {
    this.saw('clicks', number);
    (await this.till()).open(number, pieces);
  }

  /** Who signed in within the room may talk from now on, and the room knows who it is. */
  async becomeSignedIn() {
    if (this.signedIn) return;
    const answer = await fetch(this.dataset.address, { headers: { accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const next = page.querySelector('live-room');
    if (!next || !('signedIn' in next.dataset)) return;
    Object.assign(this.dataset, { signedIn: '', name: next.dataset.name });
    this.querySelector('#follow').hidden = next.querySelector('#follow').hidden;
    const field = next.querySelector('.say');
    if (field) this.querySelector('.say')?.replaceWith(document.importNode(field, true));
    this.talk.listen();
    this.socket.close();
    this.socket.open();
  }

  paid() {
    toast(this.word('paid'), { tone: 'good' });
    this.hearts(12);
  }

  wholeScreen() {
    const { video } = this.player;
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.requestFullscreen) this.requestFullscreen().catch(() => {});
    else video.webkitEnterFullscreen?.();
  }

  /** Likes are counted here at once and sent together. */
  like() {
    if (!this.parts.likes) return;
    this.mine += 1;
    this.unsent = (this.unsent ?? 0) + 1;
    this.sending ??= setTimeout(() => { this.socket.like(this.unsent); this.unsent = 0; this.sending = null; }, LIKES_EVERY_MS);
    this.draw(['likes']);
    this.hearts(1);
  }

  hearts(count) { if (!document.hidden) this.more('hearts').then(({ rise }) => rise(this.querySelector('.hearts'), count)); }

  ticker(d) {
    const { ticker } = this.parts;
    ticker.textContent = this.word('bought', { name: d.name, title: d.title });
    ticker.classList.add('on');
    clearTimeout(this.tickerTimer);
    this.tickerTimer = setTimeout(() => ticker.classList.remove('on'), TICKER_MS);
  }

  link(state) {
    if (state === 'lost') this.wasLost ??= Date.now();
    this.toggleAttribute('data-cut', state === 'lost');
    if (state === 'refused') toast(this.word('linkRefused'), { tone: 'bad' });
    if (state === 'open' && this.wasLost) { if (Date.now() - this.wasLost > 5_000) toast(this.word('linkBack')); this.wasLost = null; }
  }

  saw(what, number) { this.seen[what][number] = (this.seen[what][number] ?? 0) + 1; }

  tellSeen() {
    const { impressions, clicks, shares } = this.seen;
    if (!shares && !Object.keys(impressions).length && !Object.keys(clicks).length) return;
    navigator.sendBeacon(`${this.dataset.address}/seen`, new Blob([JSON.stringify(this.seen)], { type: 'application/json' }));
    this.seen = nothingSeen();
  }
});
