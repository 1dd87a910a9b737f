// The one connection of a live room: it joins, comes back by itself where it was, and says what it hears as DOM events.
//
//   const room = new LiveSocket('/s/tea/live/room_…/ws', '/s/tea/live/room_…/state.json');
//   room.addEventListener('pin', ({ detail }) => …detail.number…);   // the message's d; every type of the protocol
//   room.addEventListener('snapshot', …);                            // the whole room: at first, and when too much was missed
//   room.addEventListener('link', ({ detail }) => …);                // 'open', 'lost' (it tries again), 'over', 'refused'
//   room.open();
//   await room.say('chat', { text });                                // the reply's d; throws a Refusal with the error's key
//
// Nothing is invented here: an event is passed on once and in order, or a snapshot is. Where no socket gets through, the
// room's state is asked for every few seconds instead.

const FIRST_WAIT_MS = 400;
const WAIT_MAX_MS = 15_000;
const REPLY_WITHIN_MS = 10_000;
const SILENT_MS = 60_000;      // a way that broke without a word (a phone that changed its network) shows only by silence
const ASK_EVERY_MS = 5_000;
const FAILURES_BEFORE_ASKING = 3;

const OVER = 4000;
const NOT_ALLOWED = 4001;
const TOO_SLOW = 4002;
const RESTART = 1012;

/** What the server would not do; `key` names why, `with` is what words need. */
export class Refusal extends Error {
  constructor(key, detail = {}) {
    super(key);
    this.key = key;
    this.with = detail;
  }
}

export class LiveSocket extends EventTarget {
  #address;
  #state;
  #socket;
  #since;
  #failures = 0;
  #skew = 0;
  #link;
  #wanted = false;
  #timers = {};
  #waiting = new Map();
  #messages = 0;
  #heard = 0;

  /** @param {string} address of the socket; @param {string} [state] of the snapshot as JSON, for when there is no socket */
  constructor(address, state) {
    super();
    const url = new URL(address, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    this.#address = url;
    this.#state = state;
  }

  open() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#watch(true);
    this.#connect();
  }

  close() {
    this.#wanted = false;
    this.#watch(false);
    for (const name in this.#timers) this.#stop(name);
    this.#drop();
  }

  get isOpen() { return this.#socket?.readyState === WebSocket.OPEN; }

  /** The server's clock, in ms since 1970: what countdowns go by. */
  now() { return Date.now() + this.#skew; }

  /** Says something that is answered. */
  say(type, d) {
    if (!this.isOpen) return Promise.reject(new Refusal('offline'));
    const id = String(this.#messages += 1);
    this.#socket.send(JSON.stringify({ type, id, d }));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#answer(id, { error: 'offline' }), REPLY_WITHIN_MS);
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  /** Likes since the last call; in passing, so what is lost is lost. */
  like(times) {
    if (this.isOpen) this.#socket.send(JSON.stringify({ type: 'like', d: { times } }));
  }

  #connect() {
    this.#stop('again');
    if (!this.#wanted || this.#socket) return;
    const socket = this.#socket = new WebSocket(this.#address);
    let joined = false;
    socket.onopen = () => {
      this.#hear();
      socket.send(JSON.stringify({ type: 'join', d: this.#since ? { since: this.#since } : {} }));
    };
    socket.onmessage = ({ data }) => {
      this.#hear();
      if (!joined) {
        joined = true;
        this.#failures = 0;
        this.#stop('ask');
        this.#tell('open');
      }
      this.#read(JSON.parse(data));
    };
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return;
      this.#drop();
      this.#lost(code, joined);
    };
  }

  #read({ epoch, seq, type, d }) {
    if (seq !== undefined) {
      const isNew = type === 'snapshot' || !this.#since || epoch !== this.#since.epoch || seq > this.#since.seq;
      this.#since = { epoch, seq };
      if (!isNew && type !== 'resumed') return;
    }
    if (type === 'reply') { this.#answer(d.id, d); return; }
    if (type === 'snapshot') this.#skew = d.now - Date.now();
    this.dispatchEvent(new CustomEvent(type, { detail: d }));
  }

  #answer(id, d) {
    const waiting = this.#waiting.get(String(id));
    if (!waiting) return;
    this.#waiting.delete(String(id));
    clearTimeout(waiting.timer);
    if ('error' in d) waiting.reject(new Refusal(d.error, d.with)); else waiting.resolve(d.ok);
  }

  #lost(code, joined) {
    if (code === OVER || code === NOT_ALLOWED) {
      this.close();
      this.#tell(code === OVER ? 'over' : 'refused');
      return;
    }
    this.#tell('lost');
    if (!joined) this.#failures += 1;
    if (this.#failures >= FAILURES_BEFORE_ASKING) this.#ask();
    const soon = code === RESTART || code === TOO_SLOW;
    const most = soon ? 2_500 : Math.min(WAIT_MAX_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    // Spread: all who were cut off at once must not come back at once.
    this.#timers.again = setTimeout(() => this.#connect(), most * (.3 + .7 * Math.random()));
  }

  /** Without a socket: the room's state, every few seconds, until a socket gets through. */
  #ask() {
    if (!this.#state || this.#timers.ask) return;
    const ask = async () => {
      try {
        const answer = await fetch(this.#state, { headers: { accept: 'application/json' } });
        if (!answer.ok) return;
        const said = await answer.json();
        if (this.#timers.ask) this.#read({ ...('d' in said ? said : { d: said }), type: 'snapshot' });
      } catch { /* the next time */ }
    };
    this.#timers.ask = setInterval(ask, ASK_EVERY_MS);
    ask();
  }

  #hear() {
    this.#heard = Date.now();
    this.#stop('silence');
    this.#timers.silence = setTimeout(() => this.#renew(), SILENT_MS * (1 + .3 * Math.random()));
  }

  /** Another connection instead of one that may be dead; it goes on where the old one was. */
  #renew() {
    if (!this.#wanted) return;
    this.#drop();
    this.#connect();
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#stop('silence');
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    for (const id of [...this.#waiting.keys()]) this.#answer(id, { error: 'offline' });
  }

  #tell(link) {
    if (link === this.#link) return;
    this.#link = link;
    this.dispatchEvent(new CustomEvent('link', { detail: link }));
  }

  #stop(name) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = null;
  }

  #watch(on) {
    const change = on ? 'addEventListener' : 'removeEventListener';
    window[change]('online', this.#back);
    window[change]('offline', this.#gone);
    document[change]('visibilitychange', this.#seen);
  }

  #back = () => { this.#failures = 0; this.#renew(); };
  #gone = () => this.#tell('lost');
  // A phone that slept has lost its connections without being told.
  #seen = () => {
    if (document.hidden) return;
    if (!this.#socket) this.#connect(); else if (Date.now() - this.#heard > SILENT_MS / 3) this.#renew();
  };
}
