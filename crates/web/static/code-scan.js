// <code-scan data-refused="The camera is not available. Type the code instead."><button type="button" hidden data-start>Scan</button><div class="scan-view" hidden></div></code-scan>
// Reads a QR code with the camera, on the phone itself, into the form's [data-code] field, and submits it.
// Where there is no BarcodeDetector or no camera the button stays hidden, and the code is typed.
import { toast } from './toast.js';

customElements.define('code-scan', class extends HTMLElement {
  async connectedCallback() {
    this.start = this.querySelector('[data-start]');
    this.view = this.querySelector('.scan-view');
    if (!('BarcodeDetector' in window) || !navigator.mediaDevices) return;
    const kinds = await BarcodeDetector.getSupportedFormats().catch(() => []);
    if (!kinds.includes('qr_code')) return;
    this.start.hidden = false;
    this.start.onclick = () => this.scan();
  }

  disconnectedCallback() { this.stop(); }

  async scan() {
    const detector = new BarcodeDetector({ formats: ['qr_code'] });
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    } catch {
      toast(this.dataset.refused, { tone: 'bad' });
      return;
    }
    const video = Object.assign(document.createElement('video'), { playsInline: true, muted: true, srcObject: this.stream });
    this.view.replaceChildren(video);
    this.view.hidden = false;
    this.start.hidden = true;
    await video.play();
    const look = async () => {
      if (!this.stream) return;
      const [found] = await detector.detect(video).catch(() => []);
      if (found) return this.found(found.rawValue);
      requestAnimationFrame(look);
    };
    look();
  }

  found(text) {
    this.stop();
    navigator.vibrate?.(60);
    const form = this.closest('form');
    form.querySelector('[data-code]').value = text;
    form.requestSubmit();
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    if (this.view) this.view.hidden = true;
    if (this.start && 'BarcodeDetector' in window) this.start.hidden = false;
  }
});
