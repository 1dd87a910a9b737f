// <live-player src="/media/…/index.m3u8" whep="/media/…/whep" ways="/media/…/ways" mode="live|replay" rests>
//   <video playsinline poster="…"></video>
//   <button type="button" data-sound hidden>Tap for sound</button><button type="button" data-begin hidden aria-label="Play"></button>
// </live-player>
// Plays a live room or its recording. It asks which ways there are now, and chooses (WHEP where it is offered, low-latency HLS, the browser's own HLS
// on iPhones), begins with sound where the browser lets it and quietly where not, keeps up with the programme, and comes
// back by itself from whatever breaks. The way's code is fetched when a video begins. With `rests` a muted video is not
// loaded while nobody can see it. Says what it does in its attribute `state` and as the event `state`:
//   idle · loading · playing · stalled · away (nothing comes; it tries again) · tap (a tap must start it) · ended
// `programme()` is the time of the picture on the screen, in ms since 1970, or null when that is not known.

const LOOK_MS = 500;
const STALL_MS = 1_500;       // a shorter gap is not worth a word
const REBUILD_MS = 8_000;     // a stall this long is not healed by waiting
const AGAIN_MAX_MS = 5_000;
const REST_AFTER_MS = 10_000;

const hasMediaSource = () => 'MediaSource' in window;

customElements.define('live-player', class extends HTMLElement {
  connectedCallback() {
    this.video = this.querySelector('video');
    this.soundButton = this.querySelector('[data-sound]');
    this.beginButton = this.querySelector('[data-begin]');
    this.soundButton?.addEventListener('click', () => this.setSound(true));
    this.beginButton?.addEventListener('click', () => this.begin());
    this.video.addEventListener('ended', () => { if (this.engine) this.finish(); });
    this.video.addEventListener('volumechange', () => this.tellSound());
    this.seen = () => this.rest();
    document.addEventListener('visibilitychange', this.seen);
    this.set('idle');
  }

  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this.seen);
    this.stop();
  }

  get state() { return this.getAttribute('state'); }
  get isLive() { return this.getAttribute('mode') !== 'replay'; }
  get isMuted() { return this.video.muted; }
  get hasPicture() { return this.video.readyState >= 2 && this.video.videoWidth > 0; }

  /** Begins, or begins again after an end. */
  async start() {
    if (this.wanted) return;
    this.wanted = true;
    this.tries = 0;
    this.set('loading');
    this.looking = setInterval(() => this.look(), LOOK_MS);
    await this.build();
  }

  stop() {
    this.wanted = false;
    clearInterval(this.looking);
    clearTimeout(this.again);
    this.drop();
    if (this.video) this.video.pause();
    this.set('idle');
  }

  /** The programme is over; the last picture stays. */
  finish() {
    this.wanted = false;
    clearInterval(this.looking);
    clearTimeout(this.again);
    if (this.isLive) this.drop();
    this.set('ended');
  }

  /** What is known elsewhere, that the host came back for one, is worth a try at once. */
  retry() {
    if (!this.wanted) { this.start(); return; }
    if (this.state === 'playing') return;
    this.tries = 0;
    this.build();
  }

  /** Grows while the picture moves. */
  progress() { return this.engine.progress?.() ?? this.video.currentTime; }
  programme() { return this.hasPicture ? this.engine?.programme() ?? null : null; }
  latency() { return this.engine?.latency?.() ?? null; }

  async build() {
    clearTimeout(this.again);
    this.drop();
    const turn = this.turn = {};
    try {
      const engine = await this.choose();
      if (this.turn !== turn || !this.wanted) { engine.stop(); return; }
      this.engine = engine;
      this.dataset.way = engine.name;
      this.moved = performance.now();
      this.at = this.progress();
      await this.begin();
    } catch (reason) {
      if (this.turn === turn) this.trouble(reason);
    }
  }

  /** The fastest way that works here. One that failed is not tried again before the page is. */
  async choose() {
    const told = (reason) => this.trouble(reason);
    const whep = this.getAttribute('whep');
    const ways = await this.ways();
    if (!ways.hls && !ways.whep) throw new Error('nothing yet');
    if (whep && ways.whep && this.isLive && !this.noWhep && 'RTCPeerConnection' in window) {
      const { whepWay } = await import('./live-whep.js');
      try { return await whepWay(this.video, whep, told, () => this.ways()); } catch (reason) {
        if (reason.isNotNow) throw reason;
        this.noWhep = true;
      }
    }
    const src = this.getAttribute('src');
    // Only iPhones have no MediaSource, and there the system plays HLS better than any script.
    if (!hasMediaSource() && this.video.canPlayType('application/vnd.apple.mpegurl')) return this.native(src);
    const { hlsWay } = await import('./live-hls.js');
    return hlsWay(this.video, src, this.isLive, told);
  }

  /** Nobody may be sending yet, or something that not every way can carry. */
  async ways() {
    const address = this.getAttribute('ways');
    if (!address) return { hls: true, whep: true };
    const answer = await fetch(address);
    return answer.ok ? answer.json() : {};
  }

  native(src) {
    const { video } = this;
    const fault = () => this.trouble('native');
    video.addEventListener('error', fault);
    video.src = src;
    return {
      name: 'native',
      // Apple's own property: the date of the time line's zero.
      programme: () => { const start = video.getStartDate?.().getTime(); return start ? start + video.currentTime * 1000 : null; },
      catchUp: () => { if (video.seekable.length) video.currentTime = video.seekable.end(0) - 1; },
      stop: () => { video.removeEventListener('error', fault); video.removeAttribute('src'); video.load(); },
    };
  }

  /** Plays: with sound, else without, else when someone taps. */
  async begin() {
    const { video } = this;
    const attempt = async (muted) => { video.muted = muted; await video.play(); };
    try {
      try { await attempt(this.isQuiet); } catch (refusal) {
        if (refusal.name !== 'NotAllowedError') throw refusal;
        await attempt(true);
      }
      if (this.beginButton) this.beginButton.hidden = true;
    } catch (refusal) {
      // An AbortError only says that something newer came.
      if (refusal.name === 'NotAllowedError') this.set('tap');
    }
    this.tellSound();
  }

  /** Whether this visitor chose silence before. */
  get isQuiet() { try { return sessionStorage.getItem('live-quiet') === 'yes'; } catch { return false; } }

  setSound(on) {
    this.video.muted = !on;
    if (on && this.video.volume === 0) this.video.volume = 1;
    try { sessionStorage.setItem('live-quiet', on ? 'no' : 'yes'); } catch { /* for this page only */ }
    if (on && this.video.paused && this.wanted) this.begin();
    this.tellSound();
  }

  tellSound() {
    // The words stand there only while nobody has chosen: later the button on the rail says it.
    if (this.soundButton) this.soundButton.hidden = !(this.video.muted && !this.isQuiet) || ['idle', 'tap', 'ended'].includes(this.state);
    this.dispatchEvent(new Event('sound'));
  }

  /** Looks whether the picture moves, and does something about it when it does not. */
  look() {
    const { video } = this;
    if (!this.engine || this.state === 'tap' || this.resting) return;
    const now = performance.now();
    // What nobody sees is not drawn.
    if (document.hidden) { this.moved = now; return; }
    const at = this.progress();
    if (at !== this.at) {
      this.at = at;
      this.moved = now;
      this.tries = 0;
      this.engine.isHealed?.();
      if (this.state !== 'playing') this.set('playing');
      return;
    }
    if (video.paused && !this.isLive) { if (this.state === 'playing') this.set('paused'); this.moved = now; return; }
    if (video.paused && this.hasPicture) { video.play().catch(() => {}); }
    const still = now - this.moved;
    if (still > STALL_MS && this.state === 'playing') this.set('stalled');
    if (still > REBUILD_MS) this.trouble('stall');
  }

  /** Something broke: once more, later each time. */
  trouble(reason) {
    if (!this.wanted) return;
    this.drop();
    this.dispatchEvent(new CustomEvent('trouble', { detail: String(reason?.message ?? reason) }));
    this.set('away');
    clearTimeout(this.again);
    const most = Math.min(AGAIN_MAX_MS, 500 * 2 ** this.tries);
    this.tries += 1;
    this.again = setTimeout(() => this.build(), most * (.5 + .5 * Math.random()));
  }

  drop() {
    this.turn = null;
    const { engine } = this;
    this.engine = null;
    engine?.stop();
  }

  rest() {
    clearTimeout(this.resting);
    if (document.hidden) {
      if (!this.hasAttribute('rests') || !this.video.muted || !this.engine) return;
      this.resting = setTimeout(() => { this.video.pause(); this.engine?.pause?.(); }, REST_AFTER_MS);
      return;
    }
    if (!this.resting) return;
    this.resting = null;
    if (!this.engine) return;
    this.moved = performance.now();
    this.engine.resume?.();
    if (this.isLive) this.engine.catchUp?.();
    this.video.play().catch(() => {});
  }

  set(state) {
    if (this.state === state) return;
    this.setAttribute('state', state);
    if (this.beginButton) this.beginButton.hidden = state !== 'tap';
    this.tellSound();
    this.dispatchEvent(new CustomEvent('state', { detail: state }));
  }
});
