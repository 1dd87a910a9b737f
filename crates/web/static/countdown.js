// <count-down until="2026-11-24T03:00:00Z" now="2026-11-24T02:47:29Z" reload>Pay within <b>12:31</b></count-down>
// The server's words are right when the page is made; this keeps the <b> right afterwards. `now` is the server's clock,
// so that a phone with a wrong one still counts correctly. With `reload` the page is asked again shortly after zero.
const two = (n) => String(n).padStart(2, '0');

export function left(ms) {
  const s = Math.max(0, Math.ceil(ms / 1000));
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${two(m)}:${two(s % 60)}`;
}

customElements.define('count-down', class extends HTMLElement {
  connectedCallback() {
    const skew = this.hasAttribute('now') ? Date.parse(this.getAttribute('now')) - Date.now() : 0;
    const until = Date.parse(this.getAttribute('until')) - skew;
    const face = this.querySelector('b') ?? this;
    const tick = () => {
      const ms = until - Date.now();
      face.textContent = left(ms);
      if (ms > 0) return;
      clearInterval(this.timer);
      this.dispatchEvent(new Event('done', { bubbles: true }));
      if (this.hasAttribute('reload')) this.timer = setTimeout(() => location.reload(), 2500);
    };
    // More than a day away it is said in words by the server, and need not tick.
    if (until - Date.now() > 86_400_000) return;
    this.timer = setInterval(tick, 1000);
    tick();
  }

  disconnectedCallback() { clearInterval(this.timer); clearTimeout(this.timer); }
});
