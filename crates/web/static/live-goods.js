// Buying without leaving the room: the sheet of a product's options, and the checkout in a frame over the playing video.
import { openSheet } from './sheet.js';
import { toast, words } from './toast.js';
import './quantity.js';

const QUANTITY_MAX = 99;
const REMOVED_WITHIN_MS = 800;

export class Goods {
  constructor(room) {
    this.room = room;
    this.sheet = room.querySelector('#item');
    this.till = room.querySelector('#checkout');
    this.entries = new Entries();
    Object.defineProperty(this.till, 'entries', { get: () => this.entries.count(this.iframe) });
    // Closed is left: the order, if there is one, waits among one's orders.
    this.till.addEventListener('close', () => this.leave());
    addEventListener('message', ({ origin, source, data }) => {
      if (origin === location.origin && source === this.iframe?.contentWindow) this.hear(data);
    });
  }

  get iframe() { return this.till.querySelector('iframe'); }

  /** What the page in the frame says: see in-frame.js. */
  hear({ type }) {
    if (type === 'close') this.till.close();
    if (type === 'order-placed' || type === 'order-paid') this.room.becomeSignedIn();
    if (type === 'order-paid') this.room.paid();
  }

  leave() {
    const { iframe } = this;
    // Somebody may have signed in within the frame without going on to order.
    if (iframe && !/^\/sign-in/.test(iframe.contentWindow?.location.pathname ?? '/sign-in')) this.room.becomeSignedIn();
    // It stays until the browser has gone back over its pages: with it, some browsers drop them from the history.
    const remove = () => iframe?.remove();
    addEventListener('popstate', remove, { once: true });
    setTimeout(remove, REMOVED_WITHIN_MS);
  }

  open(number, pieces) {
    const item = this.room.room.item(number);
    if (!item) return;
    this.number = number;
    this.chosen = null;
    this.sheet.replaceChildren(this.room.template('item'));
    this.form = this.sheet.querySelector('form');
    this.form.elements.quantity.value = pieces;
    this.form.addEventListener('submit', (event) => { event.preventDefault(); this.buy(); });
    this.sheet.querySelector('#item-title').textContent = item.title;
    this.sheet.querySelector('[data-product]').href = `${this.room.dataset.address.replace(/\/live\/.*/, '')}/p/${item.product}`;
    const open = item.skus.filter((sku) => sku.left > 0);
    if (item.skus.length === 1 || open.length === 1) this.chosen = (open[0] ?? item.skus[0]).sku;
    this.update();
    openSheet(this.sheet);
  }

  /** Draws what is known now; also while someone chooses. */
  update() {
    const { room } = this.room;
    const item = this.form?.isConnected && room.item(this.number);
    if (!item) return;
    const fieldset = this.form.querySelector('fieldset');
    fieldset.hidden = item.skus.length === 1 && !item.skus[0].options;
    const slots = fieldset.querySelector('.slots');
    const labels = new Map([...slots.children].map((label) => [label.dataset.sku, label]));
    slots.replaceChildren(...item.skus.map((sku) => this.slot(labels.get(sku.sku), item, sku)));
    this.tell(item);
  }

  slot(known, item, sku) {
    const label = known ?? Object.assign(document.createElement('label'), { className: 'slot' });
    if (!known) {
      label.dataset.sku = sku.sku;
      const radio = Object.assign(document.createElement('input'), { type: 'radio', name: 'sku', value: sku.sku, checked: this.chosen === sku.sku });
      radio.addEventListener('change', () => { this.chosen = sku.sku; this.update(); });
      label.append(radio, document.createElement('span'), document.createElement('small'));
    }
    const [radio, options, price] = label.children;
    options.textContent = sku.options;
    const prices = item.skus.map((one) => this.room.room.price(item, one, this.room.now()).price);
    price.textContent = new Set(prices).size > 1 ? this.room.money(this.room.room.price(item, sku, this.room.now()).price) : '';
    label.classList.toggle('struck', sku.left <= 0);
    radio.setAttribute('aria-label', [sku.options, price.textContent, sku.left <= 0 ? this.room.word('gone') : ''].filter(Boolean).join(', '));
    return label;
  }

  tell(item) {
    const { room } = this.room;
    const sku = item.skus.find((one) => one.sku === this.chosen);
    const head = this.sheet.querySelector('.sku-head');
    const image = head.querySelector('img');
    if (item.image && image.getAttribute('src') !== item.image) image.src = item.image;
    image.hidden = !item.image;
    const cost = sku ? room.price(item, sku, this.room.now()) : room.priceFrom(item, this.room.now());
    const amount = this.room.money(cost.price);
    const price = head.querySelector('.price');
    price.classList.toggle('special', cost.isSpecial);
    price.textContent = cost.isFrom ? this.room.word('from', { price: amount }) : amount;
    if (cost.was) price.append(' ', Object.assign(document.createElement('s'), { textContent: this.room.money(cost.was) }));
    const left = sku ? sku.left : item.left;
    const isGone = left <= 0 || item.sold_out;
    head.querySelector('.few').textContent = isGone ? this.room.word('gone') : room.isFew(left) ? this.room.word('few', { count: left }) : '';
    head.querySelector('.clamp-1').textContent = sku?.options ? `${item.title} · ${sku.options}` : item.title;
    this.form.querySelector('quantity-stepper').limit?.(Math.min(QUANTITY_MAX, Math.max(1, left)));
    const button = this.form.querySelector('button.primary');
    button.disabled = isGone;
    button.textContent = isGone ? this.room.word('gone') : this.room.word('buyNow');
  }

  async buy() {
    const { chosen, form } = this;
    if (!chosen) { this.askToChoose(); return; }
    const item = this.room.room.item(this.number);
    const shown = this.room.room.price(item, item.skus.find((sku) => sku.sku === chosen), this.room.now()).price;
    await this.order(new URLSearchParams({ sku: chosen, quantity: form.elements.quantity.value, shown }), form.querySelector('button.primary'));
  }

  askToChoose() {
    const axis = this.form.querySelector('fieldset');
    axis.classList.remove('flashing');
    requestAnimationFrame(() => axis.classList.add('flashing'));
    axis.querySelector('input')?.focus();
  }

  /** Begins the checkout of what is wanted, and shows it. */
  async order(wanted, button) {
    button.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(`${this.room.dataset.address}/buy`, { method: 'POST', body: wanted, headers: { accept: 'application/json' } });
      const said = await answer.json();
      if (answer.ok) this.frame(said.next); else toast(said.errors?.[0]?.message ?? said.title, { tone: 'bad' });
    } catch {
      toast(words.offline, { tone: 'bad' });
    } finally {
      button.removeAttribute('aria-busy');
    }
  }

  frame(address) {
    const place = this.till.querySelector('.frame-place');
    place.classList.add('waits');
    const frame = Object.assign(document.createElement('iframe'), { src: address, title: this.till.querySelector('h2').textContent });
    this.entries.begin();
    frame.addEventListener('load', () => { place.classList.remove('waits'); this.entries.note(frame); });
    place.replaceChildren(frame);
    if (this.sheet.open) this.swapSheets(); else openSheet(this.till);
  }

  /** The till takes the place of the options, also in the browser's history: back leads to the room. */
  swapSheets() {
    this.sheet.addEventListener('close', () => addEventListener('popstate', () => openSheet(this.till), { once: true }), { once: true });
    this.sheet.close();
  }
}

/** How many entries of the browser's history a frame's pages have made, so that closing it steps back over all of them. */
class Entries {
  begin() { Object.assign(this, { at: 0, length: history.length, isFirst: true, wasBack: false }); }

  /** A page has come up in the frame: a new one, or an earlier one that knows its place. */
  note(frame) {
    const { history: own } = frame.contentWindow;
    if (own.state?.at === undefined) {
      if (!this.isFirst && (this.wasBack || history.length > this.length)) this.at += 1;
      own.replaceState({ ...own.state, at: this.at }, '');
      this.wasBack = false;
    } else {
      this.wasBack = own.state.at !== this.at;
      this.at = own.state.at;
    }
    Object.assign(this, { length: history.length, isFirst: false });
  }

  /** Those of the frame, and the sheet's own. */
  count(frame) {
    const known = frame?.contentWindow?.history.state?.at;
    return 1 + (known ?? this.at + Math.max(0, history.length - this.length));
  }
}
