// <sku-picker> inside the product's form: option axes → one SKU.
// It holds <fieldset class="sku-plain"> with a radio named "sku" for every SKU (the form's real control, and all there is
// without script), a <div class="sku-axes"></div> to draw in, and
//   <script type="application/json">{ "axes": [{ "name": "Size", "values": [{ "label": "S", "image": "…" }] }],
//     "skus": [{ "id": "sku_…", "values": [0], "price": "S$12.00", "was": "S$15.00", "stock": "3 left", "few": true, "max": 3, "image": "…" }] }</script>
// Texts are made by the server. Elements of the page marked data-sku="price|was|stock|chosen|image" follow the choice.
import { toast } from './toast.js';

customElements.define('sku-picker', class extends HTMLElement {
  connectedCallback() {
    this.plain = this.querySelector('.sku-plain');
    this.axes = this.querySelector('.sku-axes');
    this.plain.hidden = true;
    this.read();
    // A live refresh may exchange the data under us: read it again and keep the choice.
    this.watch = new MutationObserver(() => this.read());
    this.watch.observe(this, { childList: true });
    // What the browser would say stands at controls that nobody sees: this says it where one chooses.
    this.plain.querySelectorAll('input').forEach((radio) => { radio.required = false; });
    this.closest('form').addEventListener('submit', (event) => this.check(event), true);
  }

  disconnectedCallback() { this.watch?.disconnect(); }

  read() {
    const text = this.querySelector('script[type="application/json"]').textContent;
    if (text === this.text) return;
    this.text = text;
    this.data = JSON.parse(text);
    if (!this.choice) {
      const checked = this.plain.querySelector('input:checked')?.value;
      const start = this.data.skus.find((s) => s.id === checked) ?? (this.data.skus.length === 1 ? this.data.skus[0] : null);
      this.choice = start ? [...start.values] : this.data.axes.map((a) => (a.values.length === 1 ? 0 : null));
    }
    // What is chosen, and what has the focus, stays as long as there is the same to choose from.
    const axes = JSON.stringify(this.data.axes);
    if (axes !== this.drawn) {
      if (this.drawn) this.choice = this.data.axes.map((a) => (a.values.length === 1 ? 0 : null));
      this.drawn = axes;
      this.draw();
    }
    this.follow();
  }

  draw() {
    this.axes.replaceChildren(...this.data.axes.map((axis, a) => {
      const box = Object.assign(document.createElement('fieldset'), { className: 'sku-axis' });
      const legend = document.createElement('legend');
      legend.append(axis.name, document.createElement('b'));
      const slots = Object.assign(document.createElement('div'), { className: 'slots' });
      slots.append(...axis.values.map((value, v) => {
        const label = Object.assign(document.createElement('label'), { className: 'slot' });
        const radio = Object.assign(document.createElement('input'), { type: 'radio', name: `axis-${a}`, checked: this.choice[a] === v });
        radio.addEventListener('change', () => this.choose(a, v));
        label.append(radio);
        if (value.image) label.append(Object.assign(document.createElement('img'), { src: value.image, alt: '' }));
        label.append(value.label);
        return label;
      }));
      box.append(legend, slots);
      return box;
    }));
  }

  // A value that does not go with the others wins over them: they are let go, and the buyer chooses them anew.
  choose(axis, value) {
    const fits = this.possible(axis, value);
    this.choice = this.choice.map((v, a) => (a === axis ? value : fits || this.data.axes[a].values.length === 1 ? v : null));
    this.axes.querySelectorAll('input').forEach((radio) => {
      if (this.choice[Number(radio.name.slice(5))] === null) radio.checked = false;
    });
    this.follow(true);
  }

  // Is there a SKU in stock with this value and the other axes as chosen?
  possible(axis, value) {
    return this.data.skus.some((sku) => sku.max > 0 && sku.values[axis] === value
      && sku.values.every((v, a) => a === axis || this.choice[a] === null || this.choice[a] === v));
  }

  follow(byHand) {
    [...this.axes.children].forEach((box, a) => {
      box.querySelector('b').textContent = this.data.axes[a].values[this.choice[a]]?.label ?? '';
      box.querySelectorAll('.slot').forEach((slot, v) => {
        // Struck out, yet it can be tapped, see choose().
        slot.classList.toggle('struck', !this.possible(a, v));
      });
    });
    const sku = this.sku();
    const radio = sku && [...this.plain.querySelectorAll('input')].find((r) => r.value === sku.id);
    for (const other of this.plain.querySelectorAll('input')) other.checked = other === radio;
    const form = this.closest('form');
    form.querySelector('quantity-stepper')?.limit?.(sku?.max ?? 1);
    for (const button of form.querySelectorAll('[data-needs-sku]')) button.disabled = Boolean(sku) && sku.max <= 0;
    if (sku) this.tell(sku);
    if (byHand && sku?.image) document.querySelector('photo-gallery')?.showSource?.(sku.image);
  }

  sku() { return this.data.skus.find((s) => s.values.every((v, a) => v === this.choice[a])); }

  tell(sku) {
    for (const place of document.querySelectorAll('[data-sku]')) {
      const what = place.dataset.sku;
      if (what === 'image') { if (sku.image) place.src = sku.image; continue; }
      if (what === 'stock' && place.dataset.few) place.dataset.few.split(' ').forEach((name) => place.classList.toggle(name, sku.few));
      place.textContent = what === 'chosen' ? sku.values.map((v, a) => this.data.axes[a].values[v].label).join(' · ') : sku[what] ?? '';
    }
  }

  check(event) {
    if (this.plain.querySelector('input:checked')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const missing = this.axes.children[this.choice.indexOf(null)] ?? this.axes.children[0];
    missing.classList.remove('flashing');
    requestAnimationFrame(() => missing.classList.add('flashing'));
    missing.querySelector('input').focus();
    toast(this.dataset.choose.replace('{option}', missing.querySelector('legend').firstChild.textContent), { tone: 'warn' });
  }
});
