// Sends a camera to its room by WHIP (RFC 9725), and keeps sending it: a way that breaks is made anew until the show could
// not be continued any more. Knows nothing of pages.
//
//   const link = new WhipLink({ address: '/media/room_…/whip', token: async () => '…' });
//   link.addEventListener('state', ({ detail }) => …);   // 'connecting', 'on', 'lost', 'off'; and for good 'refused', 'over'
//   link.addEventListener('stats', ({ detail }) => …);   // every two seconds: { kbps, fps, width, height, rtt, rung, limited }
//   link.start(stream);  link.replace(track);  link.stop();

import { Ladder } from './studio-ladder.js';

/** The server holds a show that lost its host for 60 s; the last seconds are for the answer to come back. */
const RESUME_WITHIN_MS = 65_000;
const WAITS_MS = [0, 400, 800, 1_500, 2_500, 3_000];
/** A connection that says "disconnected" often recovers in a moment; longer, and a new one is sooner there. */
const DISCONNECTED_MS = 2_000;
const CONNECT_WITHIN_MS = 8_000;
const GATHER_MS = 300;
const STATS_EVERY_MS = 2_000;

/** This browser cannot send what rooms take. */
export class NoEncoder extends Error {}

export class WhipLink extends EventTarget {
  #address;
  #token;
  #stream;
  #pc;
  #resource;
  #state = 'off';
  #lostAt = 0;
  #tries = 0;
  #timers = {};
  #ladder = new Ladder();
  #before;

  constructor({ address, token }) {
    super();
    this.#address = address;
    this.#token = token;
  }

  get state() { return this.#state; }
  get isWanted() { return !['off', 'refused', 'over'].includes(this.#state); }

  /** Begins to send; settles once it is known whether that works. */
  async start(stream) {
    if (this.isWanted) return;
    this.#stream = stream;
    this.#tries = 0;
    this.#lostAt = Date.now();
    this.#turn('connecting');
    addEventListener('online', this.#online);
    const settled = new Promise((resolve, reject) => {
      const hear = ({ detail }) => {
        if (detail === 'connecting' || detail === 'lost') return;
        this.removeEventListener('state', hear);
        if (detail === 'on') resolve(); else reject(this.why ?? new Error(detail));
      };
      this.addEventListener('state', hear);
    });
    this.#connect();
    await settled;
  }

  /** Ends it, and lets the server know. */
  stop(state = 'off') {
    removeEventListener('online', this.#online);
    for (const name in this.#timers) clearTimeout(this.#timers[name]);
    const resource = this.#resource;
    this.#close();
    if (resource) fetch(resource, { method: 'DELETE', keepalive: true, headers: this.#bearer }).catch(() => {});
    this.#turn(state);
  }

  /** Another camera or microphone, without a break. */
  async replace(track) {
    this.#stream?.getTracks().filter(({ kind }) => kind === track.kind).forEach((old) => this.#stream.removeTrack(old));
    this.#stream?.addTrack(track);
    await this.#sender(track.kind)?.replaceTrack(track);
    this.#shape();
  }

  /** The best quality to try for: the short side of the picture, such as 720. */
  limit(shortSide) {
    this.#ladder.limit(shortSide);
    this.#shape();
  }

  async #connect() {
    this.#close();
    const pc = this.#pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    this.#timers.connect = setTimeout(() => this.#lose(pc), CONNECT_WITHIN_MS);
    pc.onconnectionstatechange = () => this.#changed(pc);
    try {
      this.#offerTracks(pc);
      await pc.setLocalDescription();
      await gathered(pc);
      const answer = await this.#post(pc.localDescription.sdp);
      if (this.#pc === pc) await pc.setRemoteDescription({ type: 'answer', sdp: answer });
    } catch (error) {
      if (this.#pc !== pc) return;
      if (error.isFinal || error instanceof NoEncoder) { this.why = error; this.stop('refused'); } else this.#lose(pc);
    }
  }

  #offerTracks(pc) {
    for (const track of this.#stream.getTracks()) {
      const sendEncodings = track.kind === 'video' ? [this.#ladder.encoding(shortSide(track))] : undefined;
      const transceiver = pc.addTransceiver(track, { direction: 'sendonly', streams: [this.#stream], sendEncodings });
      if (track.kind === 'video') preferH264(transceiver);
    }
  }

  async #post(sdp) {
    this.#bearer = { authorization: `Bearer ${await this.#token()}` };
    const answer = await fetch(this.#address, { method: 'POST', headers: { 'content-type': 'application/sdp', ...this.#bearer }, body: sdp });
    // A server that is busy or starting says 5xx or 429, and is asked again; other refusals are meant.
    if (!answer.ok) throw Object.assign(new Error(`WHIP: ${answer.status}`), { status: answer.status, isFinal: answer.status < 500 && answer.status !== 429 });
    const place = answer.headers.get('location');
    this.#resource = place && new URL(place, answer.url).href;
    return answer.text();
  }

  #bearer = {};

  #changed(pc) {
    if (this.#pc !== pc) return;
    clearTimeout(this.#timers.wait);
    if (pc.connectionState === 'connected') {
      clearTimeout(this.#timers.connect);
      this.#tries = 0;
      this.#before = null;
      this.#ladder.begin();
      this.#turn('on');
      this.#shape();
      this.#measure(pc);
    } else if (pc.connectionState === 'disconnected') {
      this.#timers.wait = setTimeout(() => this.#lose(pc), DISCONNECTED_MS);
    } else if (pc.connectionState === 'failed') {
      this.#lose(pc);
    }
  }

  /** The way is broken: another one, sooner or later. */
  #lose(pc) {
    if (this.#pc !== pc || !this.isWanted) return;
    this.#close();
    if (this.#state === 'on') { this.#lostAt = Date.now(); this.#turn('lost'); }
    if (Date.now() - this.#lostAt > RESUME_WITHIN_MS) { this.stop('over'); return; }
    const wait = WAITS_MS[Math.min(this.#tries, WAITS_MS.length - 1)];
    this.#tries += 1;
    this.#timers.again = setTimeout(() => this.#connect(), wait);
  }

  #online = () => {
    if (this.#state === 'on' && this.#pc?.connectionState === 'connected') return;
    this.#tries = 0;
    clearTimeout(this.#timers.again);
    this.#connect();
  };

  #close() {
    for (const name of ['connect', 'wait', 'again', 'stats']) clearTimeout(this.#timers[name]);
    if (this.#pc) { this.#pc.onconnectionstatechange = null; this.#pc.close(); }
    this.#pc = null;
    this.#resource = null;
  }

  #turn(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new CustomEvent('state', { detail: state }));
  }

  #sender(kind) { return this.#pc?.getSenders().find(({ track }) => track?.kind === kind); }

  /** Sets what the ladder says. A change of size makes players begin a new stretch, so the encoder must not change it
      whenever it likes: it may drop frames for a moment, and the ladder decides. */
  async #shape() {
    const sender = this.#sender('video');
    if (!sender) return;
    const asked = sender.getParameters();
    if (!asked.encodings?.length) return;
    Object.assign(asked.encodings[0], this.#ladder.encoding(shortSide(sender.track)));
    asked.degradationPreference = 'maintain-resolution';
    await sender.setParameters(asked).catch(() => { /* an older browser; its own ways are good enough */ });
  }

  #measure(pc) {
    this.#timers.stats = setTimeout(async () => {
      const stats = await pc.getStats().catch(() => null);
      if (!stats || this.#pc !== pc) return;
      const now = this.#read(stats);
      if (this.#ladder.judge(now)) this.#shape();
      this.dispatchEvent(new CustomEvent('stats', { detail: { ...now, rung: this.#ladder.short } }));
      this.#measure(pc);
    }, STATS_EVERY_MS);
  }

  #read(stats) {
    const all = [...stats.values()];
    const video = all.find((s) => s.type === 'outbound-rtp' && s.kind === 'video') ?? {};
    const pair = all.find((s) => s.type === 'candidate-pair' && s.nominated && s.state === 'succeeded') ?? {};
    const sent = all.filter((s) => s.type === 'outbound-rtp').reduce((sum, s) => sum + (s.bytesSent ?? 0), 0);
    const before = this.#before ?? { sent, at: video.timestamp };
    this.#before = { sent, at: video.timestamp };
    const ms = video.timestamp - before.at;
    return {
      kbps: ms > 0 ? Math.round((sent - before.sent) * 8 / ms) : 0,
      fps: Math.round(video.framesPerSecond ?? 0),
      width: video.frameWidth ?? 0,
      height: video.frameHeight ?? 0,
      rtt: Math.round((pair.currentRoundTripTime ?? 0) * 1000),
      available: Math.round((pair.availableOutgoingBitrate ?? 0) / 1000),
      limited: video.qualityLimitationReason ?? 'none',
    };
  }
}

/** The camera's own short side; what it is asked for is not always what it gives. */
function shortSide(track) {
  const { width, height } = track?.getSettings?.() ?? {};
  return width && height ? Math.min(width, height) : 720;
}

/** Rooms are H.264: every phone decodes it in hardware, and it is packed for players as it comes. */
function preferH264(transceiver) {
  const { codecs } = RTCRtpSender.getCapabilities('video');
  const grade = ({ sdpFmtpLine = '' }) => (sdpFmtpLine.includes('packetization-mode=1') ? 2 : 0) + (sdpFmtpLine.includes('profile-level-id=42e0') ? 1 : 0);
  const h264 = codecs.filter(({ mimeType }) => mimeType === 'video/H264').sort((a, b) => grade(b) - grade(a));
  if (h264.length === 0) throw new NoEncoder();
  transceiver.setCodecPreferences([...h264, ...codecs.filter(({ mimeType }) => mimeType === 'video/rtx')]);
}

/** The offer goes out with the addresses that are known soon; the server learns the others when they are used. */
function gathered(pc) {
  if (pc.iceGatheringState === 'complete') return null;
  return new Promise((done) => {
    const timer = setTimeout(done, GATHER_MS);
    pc.onicegatheringstatechange = () => {
      if (pc.iceGatheringState === 'complete') { clearTimeout(timer); done(); }
    };
  });
}
