// <quantity-stepper data-less="One less" data-more="One more"><input type="number" name="quantity" min="1" max="9" value="1"></quantity-stepper>
// The number field stays the control; this adds the two buttons a thumb likes.
customElements.define('quantity-stepper', class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector('input');
    if (this.querySelector('button')) return;
    this.less = this.button('−', -1, this.dataset.less);
    this.more = this.button('+', 1, this.dataset.more);
    this.prepend(this.less);
    this.append(this.more);
    this.input.inputMode = 'numeric';
    this.input.addEventListener('change', () => this.mark());
    this.mark();
  }

  button(sign, step, label) {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: sign });
    button.setAttribute('aria-label', label ?? sign);
    button.onclick = () => {
      this.input.value = this.clamp(Number(this.input.value) + step);
      this.input.dispatchEvent(new Event('change', { bubbles: true }));
    };
    return button;
  }

  clamp(n) { return Math.max(Number(this.input.min || 1), Math.min(Number(this.input.max || 9999), Math.floor(n) || 1)); }

  mark() {
    this.input.value = this.clamp(Number(this.input.value));
    this.less.disabled = Number(this.input.value) <= Number(this.input.min || 1);
    this.more.disabled = Number(this.input.value) >= Number(this.input.max || 9999);
  }

  limit(max) {
    this.input.max = Math.max(1, max);
    this.mark();
  }
});
