// A recording of a live room: play, seek, speed, and a chapter for each product that was shown. The product's card follows
// the video, and a chapter's address is the page's with #t=95 (seconds).
const SPEEDS = [1, 1.25, 1.5, 2];

const clock = (seconds) => {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, '0');
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
};

export class Replay {
  constructor(room) {
    this.room = room;
    this.player = room.player;
    this.video = room.player.video;
    this.chapters = JSON.parse(room.querySelector('#room-chapters').textContent);
    this.bar = room.template('replay').firstElementChild;
    [this.button, this.seek, this.time, this.speed] = ['[data-play]', 'input', '[data-time]', '[data-speed]'].map((one) => this.bar.querySelector(one));
    room.querySelector('.room-foot').append(this.bar);
    this.list = room.querySelector('.chapters');
    this.marks = this.chapters.map((chapter) => this.draw(chapter));
    this.list.replaceChildren(...this.marks);
    this.listen();
    this.begin();
  }

  listen() {
    const { video } = this;
    video.addEventListener('timeupdate', () => this.follow());
    video.addEventListener('durationchange', () => this.measure());
    video.addEventListener('play', () => this.press());
    video.addEventListener('pause', () => this.press());
    this.button.addEventListener('click', () => this.toggle());
    video.addEventListener('click', () => this.toggle());
    this.seek.addEventListener('input', () => this.jump(Number(this.seek.value)));
    this.speed.addEventListener('click', () => {
      const next = SPEEDS[(SPEEDS.indexOf(video.playbackRate) + 1) % SPEEDS.length];
      video.playbackRate = next;
      this.speed.lastElementChild.textContent = `${next}×`;
    });
    addEventListener('hashchange', () => { const at = this.asked(); if (at !== null) this.jump(at); });
  }

  async begin() {
    const at = this.asked();
    this.player.start();
    if (at === null) return;
    // Nothing can be jumped to before it is known how long it is.
    if (!this.video.duration) await new Promise((known) => this.video.addEventListener('loadedmetadata', known, { once: true }));
    this.jump(at);
  }

  /** The second that the page's address names. */
  asked() {
    const found = /^#t=(\d+)$/.exec(location.hash);
    return found ? Number(found[1]) : null;
  }

  draw(chapter) {
    const line = this.room.template('chapter').firstElementChild;
    const button = line.firstElementChild;
    const image = line.querySelector('img');
    if (chapter.image) image.src = chapter.image; else image.hidden = true;
    line.querySelector('strong').textContent = chapter.title;
    line.querySelector('.num').textContent = clock(chapter.ms / 1000);
    button.addEventListener('click', () => {
      history.replaceState(history.state, '', `#t=${Math.floor(chapter.ms / 1000)}`);
      // What plays is not built anew: it would lose its place.
      const isThere = this.player.wanted && this.player.state !== 'away';
      if (!isThere) { this.player.retry(); this.begin(); return; }
      this.jump(chapter.ms / 1000);
      this.video.play().catch(() => {});
    });
    return line;
  }

  measure() {
    const { duration } = this.video;
    if (!Number.isFinite(duration) || duration <= 0) return;
    this.seek.max = duration;
    const places = this.chapters.map((chapter) => `${Math.min(100, chapter.ms / 10 / duration).toFixed(2)}%`);
    const mark = (place) => `linear-gradient(90deg, #0000 calc(${place} - 1px), #fff 0 calc(${place} + 1px), #0000 0)`;
    this.seek.style.setProperty('--marks', places.length ? places.map(mark).join(', ') : 'none');
    this.follow();
  }

  jump(seconds) {
    this.video.currentTime = Math.max(0, seconds);
    this.follow();
  }

  toggle() {
    if (!this.player.wanted) { this.video.currentTime = 0; this.player.start(); }
    else if (this.video.paused) this.player.begin(); else this.video.pause();
  }

  press() {
    this.button.dataset.play = this.video.paused ? 'play' : 'pause';
    this.button.setAttribute('aria-label', this.room.word(this.video.paused ? 'play' : 'pause'));
  }

  follow() {
    const { currentTime, duration } = this.video;
    this.seek.value = currentTime;
    this.seek.style.setProperty('--done', `${duration ? (currentTime / duration * 100).toFixed(2) : 0}%`);
    this.time.textContent = `${clock(currentTime)} / ${clock(duration || 0)}`;
    this.seek.setAttribute('aria-valuetext', clock(currentTime));
    // What was shown in the very last moment may have come to an end before its pictures did.
    const last = duration ? duration * 1000 - 250 : Infinity;
    const now = this.chapters.findLastIndex((chapter) => Math.min(chapter.ms, last) <= currentTime * 1000 + 250);
    if (now === this.now) return;
    this.now = now;
    this.marks.forEach((line, place) => {
      const button = line.firstElementChild;
      if (place === now) button.setAttribute('aria-current', 'true'); else button.removeAttribute('aria-current');
    });
    // Only within the list: the page stays where it is.
    const mark = this.marks[now];
    if (mark) this.list.scrollTo({ left: mark.offsetLeft - this.list.offsetLeft - 16, top: mark.offsetTop - this.list.offsetTop - 60, behavior: 'smooth' });
    this.room.draw(['pin']);
  }

  /** The product that is being explained. */
  item() { return this.now >= 0 ? this.room.room.item(this.chapters[this.now].number) : undefined; }
}
