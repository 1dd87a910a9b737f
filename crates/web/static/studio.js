// <studio-room base="/console/…" socket="…" snapshot="…">: the host's page of a live room. What the room says comes by its socket;
// what the server measures comes with the pulse, every two seconds. Lists are not drawn here: they are asked for anew, so that
// they are right; only what must be there at once (a pin, a message, a number) is shown before.
import './quiet.js';
import './studio-camera.js';
import './live-player.js';
import { LiveSocket } from './live-socket.js';
import { post } from './quiet.js';
import { swap } from './swap.js';
import { toast } from './toast.js';
import { openSheet } from './sheet.js';

const PULSE_MS = 2_000;
const PULSE = ['state', 'numbers', 'health-word', 'health', 'advice', 'ticker', 'held'];
const GATHER_MS = 150;        // several changes close together are one question
const CHAT_MAX = 300;
const PEEK_MAX = 4;

const byId = (id) => document.getElementById(id);
const say = (words) => { if (words) toast(words, { tone: 'bad' }); };

customElements.define('studio-room', class extends HTMLElement {
  connectedCallback() {
    this.base = this.getAttribute('base');
    this.camera = byId('camera');
    this.state = this.getAttribute('state');
    this.pinned = this.numberPinned();
    this.asked = new Set();
    this.addEventListener('submit', (event) => this.submitted(event));
    this.addEventListener('quiet-done', (event) => this.done(event));
    // A clock has run down: what it counted to has begun, or is over.
    this.addEventListener('done', () => this.renew('running'));
    this.addEventListener('camera-ready', () => this.sendAgain());
    this.addEventListener('camera-state', () => this.offer());
    this.send = this.querySelector('[data-send]');
    this.send.onclick = () => this.publish();
    document.addEventListener('keydown', (event) => this.key(event));
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.pulse(); });
    this.startChat();
    this.follow();
    this.beat();
  }

  // What the room says.

  follow() {
    const room = this.room = new LiveSocket(this.getAttribute('socket'), this.getAttribute('snapshot'));
    const on = (types, hear) => { for (const type of types.split(' ')) room.addEventListener(type, ({ detail }) => hear(detail, type)); };
    on('link', (link) => this.linked(link));
    on('snapshot', (d) => this.taken(d));
    // A page that was open before the start stays backstage, where only the staff are counted: its pulse knows the crowd.
    if (this.getAttribute('state') === 'live') on('viewers', ({ count }) => this.number('viewers', count));
    on('likes', ({ more }) => this.number('likes', Number(this.querySelector('[data-live="likes"]').textContent) + more));
    on('chat', (d) => this.said(d));
    on('chat_delete', ({ id }) => this.unsaid(id));
    // What this page pins itself it shows already, and perhaps the next one by now.
    on('pin', ({ number }) => { if (!this.isPinning) this.mark(number); });
    on('unpin', () => { if (!this.isPinning) this.mark(null); });
    on('shelf price sold_out restock stock', () => this.renew('shelf', 'pinned'));
    on('announce pin_comment', () => this.renew('on-top'));
    on('left', () => this.renew('running'));
    on('flash_sale coupon_drop coupon_gone giveaway auction', () => this.renew('running', 'shelf', 'pinned'));
    on('orders', (d) => { this.ordered(d); this.pulse(); });
    on('live_state', () => this.pulse());
    room.open();
  }

  linked(link) {
    byId('offline').hidden = link === 'open';
    if (link === 'over') this.pulse();
  }

  /** The whole room: at first, and after a break so long that something was missed. */
  taken(d) {
    for (const one of d.chat) this.said(one);
    this.mark(d.pinned?.number ?? null);
    this.number('viewers', d.viewers);
    this.number('likes', d.likes);
    if (this.hasSnapshot) this.renew('shelf', 'pinned', 'on-top', 'running');
    this.hasSnapshot = true;
  }

  number(name, value) {
    const box = this.querySelector(`[data-live="${name}"]`);
    if (box && box.textContent !== String(value)) box.textContent = value;
  }

  // Parts of this page, asked for anew.

  renew(...ids) {
    for (const id of ids) this.asked.add(id);
    this.gathering ??= setTimeout(async () => {
      const wanted = [...this.asked];
      this.asked.clear();
      await this.fetch(location.href, () => wanted);
      this.gathering = null;
      if (this.asked.size > 0) this.renew();
    }, GATHER_MS);
  }

  async fetch(url, choose) {
    const answer = await fetch(url, { headers: { accept: 'text/html' } }).catch(() => null);
    if (!answer?.ok) return;
    const ids = choose();
    swap(await answer.text(), ids);
    if (!ids.includes('shelf')) return;
    if (this.isPinning) this.mark(this.pinned); else this.pinned = this.numberPinned();
  }

  beat() {
    clearTimeout(this.beating);
    this.beating = setTimeout(() => { if (document.hidden) this.beat(); else this.pulse(); }, PULSE_MS);
  }

  async pulse() {
    clearTimeout(this.beating);
    // A form that is being sent must not be exchanged under its own feet.
    await this.fetch(`${this.base}/pulse`, () => (this.querySelector('#moves [data-busy]') ? PULSE : [...PULSE, 'moves']));
    const state = byId('state');
    this.camera.arrives?.(state.hasAttribute('data-arrives'));
    if (this.state !== state.dataset.step) this.turned(state.dataset.step);
    this.offer();
    this.beat();
  }

  turned(state) {
    this.state = state;
    this.setAttribute('state', state);
    if (state !== 'ended' && state !== 'cancelled') return;
    this.camera.stop();
    this.room.close();
    location.href = this.dataset.report;
  }

  // What the host does.

  submitted(event) {
    const form = event.target;
    if (form.id === 'pin') {
      event.preventDefault();
      const { submitter } = event;
      const number = submitter?.hasAttribute('formaction') ? null : Number(submitter?.value);
      this.pin(number === this.pinned ? null : number);
    } else if (['start', 'rehearse'].includes(form.dataset.goes) && this.camera.isSource && !this.camera.hasCamera) {
      event.preventDefault();
      event.stopPropagation();
      say(this.dataset.cameraFailed);
      this.camera.open();
    }
  }

  async done({ target: form }) {
    const goes = form.dataset.goes;
    if (!goes) return;
    // The start is another show than the rehearsal: the picture goes out anew.
    this.camera.stop();
    await this.pulse();
    if (goes !== 'end') this.publish();
  }

  publish() { return this.camera.publish().catch(({ message }) => say(message)); }

  /** A page that was loaded again goes on sending. Another device's does not: it would take the picture away from the host. */
  sendAgain() {
    if (this.isOn && this.camera.wasSending) this.publish();
    this.offer();
  }

  get isOn() { return this.state === 'live' || this.state === 'rehearsal'; }

  /** Offers to send this camera into a room that is on already. */
  offer() { this.send.hidden = !(this.isOn && this.camera.isSource && this.camera.hasCamera && !this.camera.isSending); }

  /** Shown at once, and taken back when it is refused. Of several in haste the last one counts. */
  async pin(number) {
    const before = this.pinned;
    this.wanted = number;
    this.mark(number);
    if (this.isPinning) return;
    this.isPinning = true;
    let answer = true;
    while (this.wanted !== undefined) {
      const next = this.wanted;
      this.wanted = undefined;
      answer = await post(`${this.base}/${next === null ? 'unpin' : 'pin'}`, next === null ? {} : { number: next });
    }
    this.isPinning = false;
    if (answer !== true) { say(answer.title); this.mark(before); }
    this.renew('pinned', 'shelf');
  }

  numberPinned() {
    const line = document.querySelector('.pinned-line');
    return line ? Number(line.dataset.number) : null;
  }

  mark(number) {
    const isOther = number !== this.pinned;
    this.pinned = number;
    for (const line of document.querySelectorAll('.shelf-line')) {
      const on = Number(line.dataset.number) === number;
      line.classList.toggle('pinned-line', on);
      line.querySelector('.pin-button').setAttribute('aria-pressed', on);
    }
    if (isOther && !this.isPinning) this.renew('pinned');
  }

  // Chat.

  startChat() {
    this.chat = byId('chat');
    this.chat.addEventListener('scroll', () => { if (this.isAtEnd()) byId('chat-newest').hidden = true; });
    byId('chat-newest').onclick = () => this.toEnd();
    for (const line of this.chat.children) this.peek(line.querySelector('.chat-name').textContent, line.querySelector('.chat-text').textContent);
    this.toEnd();
    // A list that was hidden in its sheet knows no size to scroll by.
    document.addEventListener('sheet-opens', () => this.toEnd());
  }

  isAtEnd() { return this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < 48; }

  toEnd() {
    this.chat.scrollTop = this.chat.scrollHeight;
    byId('chat-newest').hidden = true;
  }

  said({ id, name, text, staff }) {
    if (this.chat.querySelector(`[data-id="${CSS.escape(id)}"]`)) return;
    const line = byId('chat-line').content.cloneNode(true);
    const li = line.querySelector('li');
    li.dataset.id = id;
    li.querySelector('.chat-name').textContent = name;
    li.querySelector('.chat-text').textContent = text;
    li.querySelector('.chat-name + .badge').hidden = !staff;
    li.querySelector('[name="message"]').value = id;
    const stays = this.isAtEnd();
    this.chat.append(line);
    while (this.chat.children.length > CHAT_MAX) this.chat.firstElementChild.remove();
    if (stays) this.toEnd(); else byId('chat-newest').hidden = false;
    this.peek(name, text, id);
  }

  unsaid(id) {
    for (const line of this.querySelectorAll(`[data-id="${CSS.escape(id)}"]`)) line.remove();
  }

  ordered({ name, title }) { this.peek(name, this.dataset.bought.replace('{title}', title)).classList.add('order'); }

  /** The last words, over the picture of a phone. */
  peek(name, text, id) {
    const list = byId('peek');
    const line = byId('peek-line').content.cloneNode(true).firstElementChild;
    line.querySelector('strong').textContent = name;
    line.querySelector('span').textContent = text;
    if (id) line.dataset.id = id;
    list.append(line);
    while (list.children.length > PEEK_MAX) list.firstElementChild.remove();
    return line;
  }

  // Keys.

  key(event) {
    const isTyping = event.target.closest?.('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]');
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog:modal')) return;
    const lines = [...document.querySelectorAll('.shelf-line')];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (event.target.closest('.grip, #chat') || lines.length === 0) return;
      event.preventDefault();
      const at = lines.indexOf(document.activeElement.closest('.shelf-line'));
      const next = at < 0 ? 0 : at + (event.key === 'ArrowDown' ? 1 : -1);
      lines[Math.max(0, Math.min(lines.length - 1, next))].querySelector('.pin-button').focus();
      return;
    }
    if (!byId('keys-pin').checked) return;
    const line = /^[1-9]$/.test(event.key)
      ? lines.find((one) => one.dataset.number === event.key)
      : event.key.toLowerCase() === 'p' && document.activeElement.closest('.shelf-line');
    if (line) { event.preventDefault(); line.querySelector('.pin-button').click(); return; }
    if (event.key.toLowerCase() === 'm' && this.camera.hasCamera) this.camera.mute();
    if (event.key === '?') openSheet(byId('keys'));
    if (event.key === '/') { event.preventDefault(); byId('say-text').focus(); }
  }
});

// <count-up since="RFC 3339" now="RFC 3339">12:31</count-up>: how long something has lasted, by the server's clock.
customElements.define('count-up', class extends HTMLElement {
  connectedCallback() {
    const skew = Date.parse(this.getAttribute('now')) - Date.now();
    const since = Date.parse(this.getAttribute('since')) - skew;
    const two = (n) => String(n).padStart(2, '0');
    const tick = () => {
      const s = Math.max(0, Math.floor((Date.now() - since) / 1000));
      this.textContent = `${s >= 3600 ? `${Math.floor(s / 3600)}:` : ''}${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
    };
    this.timer = setInterval(tick, 1000);
    tick();
  }

  disconnectedCallback() { clearInterval(this.timer); }
});
