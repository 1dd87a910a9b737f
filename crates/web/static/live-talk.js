// The chat of a live room: what is said, as a list that never grows beyond a screen reader's patience, and the field to say
// something. What one says stands there at once, and is taken back with the reason when the room does not want it.
import { openSheet } from './sheet.js';
import { toast } from './toast.js';

const LINES_MAX = 80;
const NEAR_PX = 60;
const EVENT_WITHIN_MS = 10_000;

export class Talk {
  constructor(room) {
    this.room = room;
    // A replay has chapters in its place.
    this.list = room.querySelector('.talk-lines') ?? document.createElement('ol');
    this.log = this.list.parentElement ?? this.list;
    this.moreButton = room.querySelector('.talk-more') ?? document.createElement('button');
    this.pending = new Set();
    this.log.addEventListener('scroll', () => { if (this.isAtEnd()) this.moreButton.hidden = true; }, { passive: true });
    this.moreButton.addEventListener('click', () => this.toEnd());
    this.listen();
  }

  /** Takes the field into use; it comes later for who signs in within the room. */
  listen() {
    this.form = this.room.querySelector('form.say');
    if (!this.form) return;
    this.input = this.form.querySelector('input');
    const send = this.form.querySelector('button');
    this.input.addEventListener('input', () => { send.hidden = !this.input.value.trim(); });
    this.form.addEventListener('submit', (event) => { event.preventDefault(); this.say(); });
  }

  /** Everything that a page which knows nothing is told. */
  all(lines) {
    const said = new Set(lines.map((line) => line.id));
    const since = lines[0]?.at ?? 0;
    // What is there already stays as it is: a screen reader would read it all again. What is no longer told of the same
    // time was taken down meanwhile.
    for (const node of [...this.list.children]) if (Number(node.dataset.at) >= since && !said.has(node.dataset.id)) node.remove();
    for (const line of lines) this.add(line);
    this.toEnd();
  }

  take(type, d) {
    if (type === 'chat') this.add(d);
    else this.list.querySelector(`[data-id="${CSS.escape(d.id)}"]`)?.remove();
  }

  add(line) {
    if (this.list.querySelector(`[data-id="${CSS.escape(line.id)}"]`)) return;
    const mine = [...this.pending].find((node) => node.dataset.text === line.text && line.name === this.room.dataset.name);
    if (mine) { this.confirm(mine, line); return; }
    const node = this.draw(line);
    Object.assign(node.dataset, { id: line.id, at: line.at });
    this.moderated(node, line);
    this.append(node);
  }

  draw({ name, text, staff }) {
    const node = this.room.template('chat-line').firstElementChild;
    const [who, words] = node.children;
    who.textContent = name;
    words.textContent = text;
    if (staff) {
      node.classList.add('staff');
      who.before(Object.assign(document.createElement('em'), { textContent: this.room.word('staff') }), ' ');
    }
    return node;
  }

  /** The way to what can be done about it, for whoever keeps order here. */
  moderated(node, line) {
    const sheet = this.room.querySelector('#moderate');
    if (!sheet || line.staff) return;
    node.append(' ', this.room.template('moderate'));
    const button = node.lastElementChild;
    const title = sheet.querySelector('h2');
    button.setAttribute('aria-label', title.dataset.word.replace('{name}', line.name));
    button.onclick = async () => {
      await import('./quiet.js');
      title.textContent = button.getAttribute('aria-label');
      sheet.querySelector('[data-said]').textContent = line.text;
      sheet.querySelector('[name="message"]').value = line.id;
      openSheet(sheet);
    };
  }

  append(node) {
    const follow = this.isAtEnd();
    this.list.append(node);
    while (this.list.children.length > LINES_MAX) this.list.firstElementChild.remove();
    if (follow) this.toEnd(); else this.moreButton.hidden = false;
  }

  isAtEnd() { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_PX; }
  toEnd() { this.log.scrollTop = this.log.scrollHeight; this.moreButton.hidden = true; }

  /** Says `words`, or what stands in the field. */
  async say(words) {
    const text = words ?? this.input.value.trim();
    if (!text) return;
    const node = this.draw({ name: this.room.dataset.name, text });
    node.classList.add('pending');
    node.dataset.text = text;
    this.pending.add(node);
    this.append(node);
    this.toEnd();
    if (!words) { this.input.value = ''; this.input.dispatchEvent(new Event('input')); }
    try {
      const ok = await this.room.socket.say('chat', { text });
      node.classList.remove('pending');
      if (ok?.held) { this.forget(node); node.remove(); toast(this.room.word('held')); return; }
      // The event that says it to everyone comes before or after this answer; then it is this very line.
      setTimeout(() => this.forget(node), EVENT_WITHIN_MS);
      if (ok?.wish) this.offer(ok.wish);
    } catch (refusal) {
      this.forget(node);
      node.remove();
      if (!this.input.value) { this.input.value = text; this.input.dispatchEvent(new Event('input')); }
      toast(this.reason(refusal), { tone: 'bad' });
    }
  }

  /** One's own comment was a product's number: it is there to buy, and this line leads back to it. */
  offer({ number, pieces }) {
    const item = this.room.room.item(number);
    if (!item) return;
    const node = this.room.template('wish').firstElementChild;
    node.querySelector('span').textContent = this.room.word('wish', { number, title: item.title, pieces });
    node.querySelector('button').onclick = () => this.room.openItem(number, pieces);
    this.append(node);
    this.toEnd();
    this.room.openItem(number, pieces);
  }

  forget(node) { this.pending.delete(node); }

  confirm(node, { id, at }) {
    this.forget(node);
    node.classList.remove('pending');
    Object.assign(node.dataset, { id, at });
  }

  reason({ key = '', with: detail }) {
    const name = `refused-${key}`.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
    const seconds = Math.ceil((detail?.wait ?? 0) / 1000);
    return this.room.word(name, { seconds }) || this.room.word('refused');
  }

  muted() { toast(this.room.word('refusedChatMuted'), { tone: 'bad' }); }
}
