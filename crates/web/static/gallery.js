// <photo-gallery><div class="gallery-track">images…</div><span class="gallery-count"></span><div class="gallery-thumbs"></div></photo-gallery>
// Swiping is plain scroll-snap; this adds the counter, the thumbnails and the arrow keys.
customElements.define('photo-gallery', class extends HTMLElement {
  connectedCallback() {
    this.track = this.querySelector('.gallery-track');
    this.images = [...this.track.querySelectorAll('img')];
    this.count = this.querySelector('.gallery-count');
    this.thumbs = this.querySelector('.gallery-thumbs');
    this.track.tabIndex = 0;
    this.track.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) { event.preventDefault(); this.go(this.at + step); }
    };
    if (this.thumbs && this.images.length > 1) {
      this.thumbs.replaceChildren(...this.images.map((image, i) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.setAttribute('aria-label', image.alt || `${i + 1}`);
        button.append(Object.assign(document.createElement('img'), { src: image.dataset.thumb || image.src, alt: '' }));
        button.onclick = () => this.go(i);
        return button;
      }));
    }
    this.at = 0;
    this.track.onscroll = () => this.mark(Math.round(this.track.scrollLeft / this.track.clientWidth));
    this.mark(0);
  }

  mark(i) {
    this.at = i;
    if (this.count) this.count.textContent = `${i + 1} / ${this.images.length}`;
    this.thumbs?.querySelectorAll('button').forEach((b, k) => b.setAttribute('aria-current', String(k === i)));
  }

  go(i) {
    const k = Math.max(0, Math.min(this.images.length - 1, i));
    this.track.scrollTo({ left: k * this.track.clientWidth, behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  }

  // The picture of a chosen option: shown if the gallery has it.
  showSource(src) {
    const i = this.images.findIndex((image) => image.getAttribute('src') === src);
    if (i >= 0) this.go(i);
  }
});
