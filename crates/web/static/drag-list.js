// <drag-list data-up="Move up" data-down="Move down"><ol><li><input type="hidden" name="order" value="id"><span class="grip"></span>…</li></ol></drag-list>
// The order of the hidden inputs is what the form sends. The grip drags with a finger or a mouse; with the keyboard, focus
// the grip and press the up or down arrow. Without script the page offers its own up and down buttons (.no-script).
customElements.define('drag-list', class extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector('ol, ul');
    for (const plain of this.querySelectorAll('.no-script')) plain.remove();
    for (const grip of this.querySelectorAll('.grip')) {
      grip.tabIndex = 0;
      grip.setAttribute('role', 'button');
      grip.setAttribute('aria-label', `${this.dataset.up} / ${this.dataset.down}`);
      grip.onpointerdown = (event) => this.drag(event, grip.closest('li'), grip);
      grip.onkeydown = (event) => this.key(event, grip);
    }
  }

  drag(event, row, grip) {
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    row.classList.add('dragged');
    const before = [...this.list.children];
    grip.onpointermove = (move) => {
      for (const other of this.list.children) {
        if (other === row) continue;
        const box = other.getBoundingClientRect();
        const inside = move.clientX >= box.left && move.clientX <= box.right;
        const middle = box.top + box.height / 2;
        if (!inside || move.clientY < box.top || move.clientY > box.bottom) continue;
        if (move.clientY < middle) other.before(row); else other.after(row);
        break;
      }
    };
    grip.onpointerup = grip.onpointercancel = () => {
      row.classList.remove('dragged');
      grip.onpointermove = grip.onpointerup = grip.onpointercancel = null;
      if (before.some((li, i) => li !== this.list.children[i])) this.moved();
    };
  }

  key(event, grip) {
    const row = grip.closest('li');
    const other = { ArrowUp: row.previousElementSibling, ArrowDown: row.nextElementSibling }[event.key];
    if (!other) return;
    event.preventDefault();
    if (event.key === 'ArrowUp') other.before(row); else other.after(row);
    grip.focus();
    this.moved();
  }

  // Forms with data-auto save at once; the others when their button is pressed.
  moved() { this.list.querySelector('input')?.dispatchEvent(new Event('change', { bubbles: true })); }
});
