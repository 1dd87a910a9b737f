// <file-drop data-max="10485760" data-too-big="Larger than 10 MB"><label class="drop"><input type="file" …>…</label><div class="photos"></div></file-drop>
// Shows what was chosen or dropped before it is sent, and says at once when a file is too big.
import { toast } from './toast.js';

customElements.define('file-drop', class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector('input[type=file]');
    this.label = this.querySelector('.drop');
    this.preview = this.querySelector('[data-preview]') ?? this.insertAdjacentElement('beforeend', Object.assign(document.createElement('div'), { className: 'photos' }));
    this.input.addEventListener('change', () => this.show());
    for (const name of ['dragenter', 'dragover']) this.label.addEventListener(name, () => this.label.classList.add('over'));
    for (const name of ['dragleave', 'drop']) this.label.addEventListener(name, () => this.label.classList.remove('over'));
  }

  show() {
    const most = Number(this.dataset.max || Infinity);
    const files = [...this.input.files];
    const kept = files.filter((file) => file.size <= most);
    if (kept.length < files.length) {
      toast(this.dataset.tooBig, { tone: 'bad' });
      const transfer = new DataTransfer();
      for (const file of kept) transfer.items.add(file);
      this.input.files = transfer.files;
    }
    for (const old of this.preview.querySelectorAll('[data-fresh]')) { URL.revokeObjectURL(old.querySelector('img').src); old.remove(); }
    const fresh = kept.map((file) => {
      const box = document.createElement('figure');
      box.dataset.fresh = '';
      box.append(Object.assign(document.createElement('img'), { src: URL.createObjectURL(file), alt: file.name }));
      return box;
    });
    // Where the drop is itself a cell among photos, the new ones go before it.
    if (this.preview.contains(this.label)) this.label.before(...fresh); else this.preview.append(...fresh);
    if (this.hasAttribute('data-auto') && kept.length) this.input.form.requestSubmit();
  }
});
