// <studio-camera whip="/media/…/whip" ticket="/console/…/ticket" data-portrait>: the host's camera and microphone, what they
// see on the screen, and the way to the room (studio-whip.js). Markup and words are in studio/_screen.html and _source.html.
//   await camera.publish(); camera.stop();     // both may be called at any time
//   the event camera-state says in detail: 'off', 'connecting', 'on', 'lost', 'refused', 'over'
import { toast } from './toast.js';
import { NoEncoder, WhipLink } from './studio-whip.js';

const HOLD_S = 60;             // how long the server keeps a show without pictures
const SILENT_MS = 12_000;      // a microphone that hears nothing for so long may be the wrong one
const KEPT = 'studio';         // what this device chose last

const isPhone = matchMedia('(pointer: coarse)').matches;
const all = (box, name) => box.querySelector(`[data-${name}]`);

function kept() { try { return JSON.parse(localStorage.getItem(KEPT)) ?? {}; } catch { return {}; } }
function keep(more) { try { localStorage.setItem(KEPT, JSON.stringify({ ...kept(), ...more })); } catch { /* for this page only */ } }

customElements.define('studio-camera', class extends HTMLElement {
  connectedCallback() {
    this.preview = all(this, 'preview');
    this.programme = all(this, 'programme');
    this.cameras = document.getElementById('camera-choice');
    this.microphones = document.getElementById('microphone-choice');
    this.quality = document.getElementById('quality');
    this.note = document.getElementById('camera-note');
    this.link = new WhipLink({ address: this.getAttribute('whip'), token: () => this.ticket() });
    this.link.addEventListener('state', ({ detail }) => this.turned(detail));
    this.link.addEventListener('stats', ({ detail }) => this.measured(detail));
    this.wire();
    const mayCamera = !document.querySelector('[data-source="camera"]').disabled;
    this.choose(mayCamera ? kept().source ?? 'camera' : 'encoder');
  }

  disconnectedCallback() { this.link.stop(); this.shut(); }

  wire() {
    const press = (name, deed) => { all(this, name).onclick = deed; };
    press('open', () => this.open());
    press('switch', () => this.turnAround());
    press('mute', () => this.mute());
    press('dark', () => this.darken());
    press('mirror', (event) => this.mirror(event.currentTarget.getAttribute('aria-pressed') !== 'true'));
    for (const button of document.querySelectorAll('[data-source]')) button.onclick = () => this.choose(button.dataset.source);
    this.cameras.onchange = () => { keep({ camera: this.cameras.value, facing: null }); this.open(); };
    this.microphones.onchange = () => { keep({ microphone: this.microphones.value }); this.open(); };
    this.quality.value = kept().quality ?? this.quality.value;
    this.quality.onchange = () => { keep({ quality: this.quality.value }); this.link.limit(Number(this.quality.value)); this.open(); };
    this.link.limit(Number(this.quality.value));
    navigator.mediaDevices?.addEventListener('devicechange', () => this.list());
    document.addEventListener('visibilitychange', () => this.seen());
    screen.orientation?.addEventListener('change', () => this.fit());
    this.preview.addEventListener('resize', () => this.fit());
    addEventListener('beforeunload', (event) => { if (this.link.isWanted) event.preventDefault(); });
    addEventListener('pagehide', () => { if (this.link.isWanted) this.link.stop(); });
  }

  /** Whether this page itself sends the picture; else an encoder does. */
  get isSource() { return this.source === 'camera'; }
  get isSending() { return this.link.isWanted; }
  get hasCamera() { return Boolean(this.stream); }

  choose(source) {
    this.source = source;
    keep({ source });
    for (const button of document.querySelectorAll('[data-source]')) button.setAttribute('aria-pressed', button.dataset.source === source);
    for (const box of document.querySelectorAll('[data-of]')) box.hidden = box.dataset.of !== source;
    if (this.isSource) { this.showProgramme(false); this.open(); } else { this.stop(); this.shut(); this.watch(); }
  }

  // Camera and microphone.

  async open() {
    if (!this.isSource) return;
    if (!navigator.mediaDevices?.getUserMedia) { this.say(this.dataset.insecure, false); return; }
    const turn = this.opening = {};
    try {
      // A phone lends its camera to one at a time: the old one goes first.
      if (isPhone) this.tracks('video').forEach((track) => track.stop());
      const stream = await navigator.mediaDevices.getUserMedia(this.wishes());
      if (this.opening !== turn) { stream.getTracks().forEach((track) => track.stop()); return; }
      await this.take(stream);
    } catch (error) {
      if (this.opening === turn) this.say(this.why(error), true);
    }
  }

  why({ name }) {
    if (name === 'NotAllowedError' || name === 'SecurityError') return this.dataset.denied;
    return name === 'NotFoundError' || name === 'OverconstrainedError' ? this.dataset.missing : this.dataset.taken;
  }

  wishes() {
    const { camera, microphone, facing = 'environment' } = kept();
    // Phones give their picture as they are held, whatever side is asked to be the longer one.
    const short = Number(this.quality.value);
    const video = { width: { ideal: Math.round(short * 16 / 9) }, height: { ideal: short }, frameRate: { ideal: 30, max: 30 } };
    if (camera) video.deviceId = { ideal: camera }; else video.facingMode = { ideal: facing };
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    if (microphone) audio.deviceId = { ideal: microphone };
    return { video, audio };
  }

  async take(stream) {
    this.shut();
    this.stream = stream;
    const [video] = stream.getVideoTracks();
    const [audio] = stream.getAudioTracks();
    if (this.isMuted) audio.enabled = false;
    if (this.isDark) video.enabled = false;
    await this.crop(video);
    for (const track of [video, audio]) track.onended = () => this.ended();
    this.preview.srcObject = stream;
    this.preview.hidden = false;
    all(this, 'off').hidden = true;
    all(this, 'rail').hidden = false;
    await this.preview.play().catch(() => {});
    this.mirror(video.getSettings().facingMode === 'user', false);
    this.listen(stream);
    await this.list();
    if (this.link.isWanted) { await this.link.replace(video); await this.link.replace(audio); }
    this.fit();
    this.dispatchEvent(new CustomEvent('camera-ready', { bubbles: true }));
  }

  /** A laptop's camera lies on its side. For an upright room its middle is cut out, where the browser can. */
  async crop(track) {
    const { width, height } = track.getSettings();
    if (isPhone || !this.hasAttribute('data-portrait') || !(width > height)) return;
    const narrow = Math.round(height * 9 / 16 / 2) * 2;
    await track.applyConstraints({ width: { exact: narrow }, height: { exact: height }, frameRate: { max: 30 } }).catch(() => {});
  }

  /** The camera went away: a cable, or a call on the phone. It is taken again as soon as it can be. */
  ended() {
    if (!document.hidden) setTimeout(() => this.open(), 500);
  }

  seen() {
    if (document.hidden || !this.isSource) return;
    if (this.stream && this.tracks('video').some((track) => track.readyState === 'ended')) this.open();
    if (this.link.isWanted) this.stayAwake(true);
    this.preview.play().catch(() => {});
  }

  tracks(kind) { return this.stream?.getTracks().filter((track) => track.kind === kind) ?? []; }

  shut() {
    for (const track of this.stream?.getTracks() ?? []) { track.onended = null; track.stop(); }
    this.stream = null;
    this.preview.srcObject = null;
    this.hear?.close();
    this.hear = null;
    cancelAnimationFrame(this.meter);
  }

  async list() {
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    const fill = (select, kind, name) => {
      const found = devices.filter((device) => device.kind === kind && device.deviceId);
      const track = this.tracks(kind === 'videoinput' ? 'video' : 'audio')[0];
      const now = track?.getSettings().deviceId;
      select.replaceChildren(...found.map((device, i) => new Option(device.label || `${name} ${i + 1}`, device.deviceId, false, device.deviceId === now)));
      select.disabled = found.length === 0;
      return found.length;
    };
    const cameras = fill(this.cameras, 'videoinput', this.dataset.camera);
    fill(this.microphones, 'audioinput', this.dataset.microphone);
    all(this, 'switch').hidden = cameras < 2;
  }

  /** The other side of a phone; at a desk, the next camera. */
  turnAround() {
    const facing = this.tracks('video')[0]?.getSettings().facingMode;
    if (facing) {
      keep({ facing: facing === 'user' ? 'environment' : 'user', camera: null });
    } else {
      const next = (this.cameras.selectedIndex + 1) % this.cameras.options.length;
      keep({ camera: this.cameras.options[next].value, facing: null });
    }
    this.open();
  }

  mute() {
    this.isMuted = !this.isMuted;
    this.tracks('audio').forEach((track) => { track.enabled = !this.isMuted; });
    all(this, 'mute').setAttribute('aria-pressed', this.isMuted);
    toast(this.isMuted ? this.dataset.muted : this.dataset.unmuted);
  }

  darken() {
    this.isDark = !this.isDark;
    this.tracks('video').forEach((track) => { track.enabled = !this.isDark; });
    all(this, 'dark').setAttribute('aria-pressed', this.isDark);
  }

  /** Only what the host sees: in the room, writing on a box must be readable. */
  mirror(on) {
    this.preview.classList.toggle('mirrored', on);
    all(this, 'mirror').setAttribute('aria-pressed', on);
  }

  /** Shows how loud it is, and notices a microphone that hears nothing. */
  listen(stream) {
    const level = all(this, 'level');
    this.hear = new AudioContext();
    const meter = this.hear.createAnalyser();
    meter.fftSize = 512;
    this.hear.createMediaStreamSource(stream).connect(meter);
    const wave = new Float32Array(meter.fftSize);
    let heard = performance.now();
    const look = () => {
      meter.getFloatTimeDomainData(wave);
      const loud = Math.sqrt(wave.reduce((sum, x) => sum + x * x, 0) / wave.length);
      level.style.setProperty('--v', Math.min(1, loud * 4).toFixed(2));
      const now = performance.now();
      if (loud > .002 || this.isMuted || this.hear?.state !== 'running') heard = now;
      this.isSilent = now - heard > SILENT_MS;
      this.meter = requestAnimationFrame(look);
    };
    look();
  }

  // What stands on the screen.

  say(words, again) {
    this.shut();
    this.preview.hidden = true;
    all(this, 'rail').hidden = true;
    all(this, 'off').hidden = false;
    all(this, 'why').textContent = words;
    all(this, 'open').hidden = !again;
    this.dispatchEvent(new CustomEvent('camera-failed', { bubbles: true, detail: words }));
  }

  fit() {
    const { videoWidth: width, videoHeight: height } = this.preview;
    const isPortrait = this.hasAttribute('data-portrait');
    const isWrong = this.isSource && isPhone && width > 0 && (height > width) !== isPortrait;
    all(this, 'turn').hidden = !isWrong;
  }

  /** What an encoder sends, as the room gets it. */
  watch() {
    this.preview.hidden = true;
    all(this, 'rail').hidden = true;
    all(this, 'off').hidden = this.isArriving;
    all(this, 'open').hidden = true;
    if (this.isArriving) this.showProgramme(true);
  }

  /** The page learned whether pictures come to the server. */
  arrives(on) {
    const before = this.isArriving;
    this.isArriving = on;
    if (this.isSource || before === on) return;
    this.showProgramme(on);
    all(this, 'off').hidden = on;
  }

  async showProgramme(on) {
    this.programme.hidden = !on;
    if (!on) { this.programme.stop?.(); return; }
    await customElements.whenDefined('live-player');
    this.programme.start();
  }

  // The way to the room.

  async ticket() {
    const answer = await fetch(this.getAttribute('ticket'), { method: 'POST', headers: { accept: 'application/json' } });
    if (!answer.ok) throw Object.assign(new Error(`ticket: ${answer.status}`), { isFinal: answer.status < 500 && answer.status !== 429 });
    return (await answer.json()).token;
  }

  /** Sends the picture; settles when it arrives, or throws why not, in words. */
  async publish() {
    if (!this.isSource || this.link.isWanted) return;
    if (!this.stream) await this.open();
    if (!this.stream) throw new Error(all(this, 'why').textContent);
    this.remember(true);
    try {
      await this.link.start(new MediaStream(this.stream.getTracks()));
    } catch (error) {
      throw new Error(error instanceof NoEncoder ? this.dataset.noEncoder : this.dataset.refused);
    }
  }

  stop() {
    this.remember(false);
    if (this.link.isWanted) this.link.stop();
  }

  /** Whether this tab was sending into this room before it was loaded again. */
  get wasSending() { return sessionStorage.getItem('studio-sends') === this.getAttribute('whip'); }

  remember(on) { if (on) sessionStorage.setItem('studio-sends', this.getAttribute('whip')); else sessionStorage.removeItem('studio-sends'); }

  turned(state) {
    this.stayAwake(['connecting', 'on', 'lost'].includes(state));
    all(this, 'lost').hidden = state !== 'lost';
    all(this, 'over').hidden = state !== 'over';
    clearInterval(this.counting);
    if (state === 'lost') this.count();
    this.dispatchEvent(new CustomEvent('camera-state', { bubbles: true, detail: state }));
  }

  count() {
    const until = performance.now() + HOLD_S * 1000;
    const tick = () => { all(this, 'left').textContent = Math.max(0, Math.ceil((until - performance.now()) / 1000)); };
    this.counting = setInterval(tick, 500);
    tick();
  }

  measured({ limited, rung }) {
    const wanted = Number(this.quality.value);
    const words = limited === 'cpu' ? this.dataset.limitedCpu : rung < wanted ? this.dataset.limitedBandwidth : this.isSilent ? this.dataset.silent : '';
    this.note.hidden = !words;
    if (this.note.textContent !== words) this.note.textContent = words;
  }

  /** A phone that dims its screen stops its camera. */
  async stayAwake(on) {
    if (!on) { this.awake?.release(); this.awake = null; return; }
    if (!('wakeLock' in navigator) || document.hidden || (this.awake && !this.awake.released)) return;
    this.awake = await navigator.wakeLock.request('screen').catch(() => null);
  }
});
