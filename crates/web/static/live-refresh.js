// <live-refresh src="/…/events" ids="order-state order-next"></live-refresh>
// Listens to server-sent events; on each, asks for this page again and exchanges the named elements (swap.js).
// With every="20" instead of src it asks every so many seconds, and when a sheet opens: for what many look at and nobody waits for.
// With data-order-placed="A new order came in" it also says so when that is the news. It rests while the tab is hidden and
// catches up when it is seen again, because every open stream holds one of the browser's few connections.
import { refresh } from './swap.js';
import { toast } from './toast.js';

const GATHER_MS = 150;      // several events close together are one refresh
const RETRY_MAX_MS = 30_000;

customElements.define('live-refresh', class extends HTMLElement {
  connectedCallback() {
    this.seen = () => (document.hidden ? this.close() : this.open(true));
    document.addEventListener('visibilitychange', this.seen);
    this.hide = () => this.close();
    addEventListener('pagehide', this.hide);
    this.show = (event) => { if (event.persisted) this.open(true); };
    addEventListener('pageshow', this.show);
    this.wait = 1000;
    this.sheet = () => { if (this.hasAttribute('every')) this.ask(); };
    document.addEventListener('sheet-opens', this.sheet);
    if (!document.hidden) this.open(false);
  }

  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this.seen);
    removeEventListener('pagehide', this.hide);
    removeEventListener('pageshow', this.show);
    document.removeEventListener('sheet-opens', this.sheet);
    this.close();
  }

  open(catchUp) {
    if (this.source || this.timer) return;
    if (catchUp) this.ask();
    if (this.hasAttribute('every')) {
      this.timer = setInterval(() => this.ask(), Number(this.getAttribute('every')) * 1000);
      return;
    }
    let first = true;
    this.source = new EventSource(this.getAttribute('src'));
    this.source.onopen = () => {
      // After a break something may have been missed.
      if (!first) this.ask();
      first = false;
      this.wait = 1000;
    };
    this.source.addEventListener('news', ({ data }) => {
      // What is new has a name such as "order.placed"; the page has the words, if it wants it said: data-order-placed.
      const words = this.getAttribute(`data-${data.replace(/[^a-z]+/g, '-')}`);
      if (words) toast(words);
      this.ask();
    });
    this.source.onerror = () => {
      // The browser retries a dropped stream itself, but gives up on an error answer (a restart behind a proxy).
      if (this.source?.readyState !== EventSource.CLOSED) return;
      this.close();
      this.again = setTimeout(() => this.open(true), this.wait);
      this.wait = Math.min(RETRY_MAX_MS, this.wait * 2);
    };
  }

  close() {
    clearTimeout(this.again);
    clearInterval(this.timer);
    this.timer = null;
    this.source?.close();
    this.source = null;
  }

  ask() {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => refresh(this.getAttribute('ids').split(' ')).catch(() => {}), GATHER_MS);
  }
});
