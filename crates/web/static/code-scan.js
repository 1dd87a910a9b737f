// <code-scan data-refused="The camera is not available. Type the code instead.">
//   <button type="button" hidden data-start>Scan</button><div class="scan-view" hidden></div><button type="button" hidden data-stop>Stop</button></code-scan>
// Reads a QR code with the camera, on the phone itself, into the form's [data-code] field, and submits it. The browser's own
// reader is used where there is one; elsewhere (iPhones have none) a library is fetched when scanning begins.
// Where there is no camera, or the page is not served securely, the button stays hidden and the code is typed.
import { toast } from './toast.js';

const PAUSE_MS = 120; // between two looks: a phone must not grow hot at the counter
const LOOK_PX = 640;  // a code held before the camera is read at this width, and four times faster than at full size

/** Answers with a function from a video to the text of the code it shows, if any. */
async function reader() {
  const kinds = 'BarcodeDetector' in window ? await BarcodeDetector.getSupportedFormats().catch(() => []) : [];
  if (kinds.includes('qr_code')) {
    const detector = new BarcodeDetector({ formats: ['qr_code'] });
    return async (video) => (await detector.detect(video).catch(() => []))[0]?.rawValue;
  }
  await import('./vendor/jsqr.js'); // sets self.jsQR
  const canvas = document.createElement('canvas');
  const sheet = canvas.getContext('2d', { willReadFrequently: true });
  return (video) => {
    const scale = Math.min(1, LOOK_PX / video.videoWidth);
    const [width, height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
    if (!width || !height) return null;
    Object.assign(canvas, { width, height });
    sheet.drawImage(video, 0, 0, width, height);
    return self.jsQR(sheet.getImageData(0, 0, width, height).data, width, height, { inversionAttempts: 'dontInvert' })?.data;
  };
}

customElements.define('code-scan', class extends HTMLElement {
  connectedCallback() {
    this.start = this.querySelector('[data-start]');
    this.end = this.querySelector('[data-stop]');
    this.view = this.querySelector('.scan-view');
    if (!navigator.mediaDevices?.getUserMedia) return;
    this.start.hidden = false;
    this.start.onclick = () => this.scan();
    this.end.onclick = () => this.stop();
    // A phone in a pocket need not look through its camera.
    this.away = () => { if (document.hidden) this.stop(); };
    document.addEventListener('visibilitychange', this.away);
  }

  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this.away);
    this.stop();
  }

  async scan() {
    if (this.looking) return;
    const turn = this.looking = {};
    this.show(true);
    try {
      // Both take their time; side by side, the code is read as soon as the picture is there.
      const reading = reader();
      reading.catch(() => {}); // looked at below, unless there is no camera
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      const read = await reading;
      if (this.looking !== turn) { this.stop(); return; }
      // iOS plays a video within the page only if it is muted and told so.
      const video = Object.assign(document.createElement('video'), { playsInline: true, muted: true, srcObject: this.stream });
      this.view.replaceChildren(video);
      await video.play();
      await this.look(turn, video, read);
    } catch {
      if (this.looking !== turn) return;
      this.stop();
      toast(this.dataset.refused, { tone: 'bad' });
    }
  }

  async look(turn, video, read) {
    while (this.looking === turn) {
      const text = await read(video);
      if (text && this.looking === turn) { this.found(text); return; }
      await new Promise((go) => { setTimeout(go, PAUSE_MS); });
    }
  }

  found(text) {
    this.stop();
    navigator.vibrate?.(60);
    const form = this.closest('form');
    form.querySelector('[data-code]').value = text;
    // What else the form wants to know, the answer asks for: the code is not scanned in vain.
    form.noValidate = true;
    form.requestSubmit();
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.looking = null;
    this.view?.replaceChildren();
    this.show(false);
  }

  show(scanning) {
    if (!this.view) return;
    this.view.hidden = !scanning;
    this.end.hidden = !scanning;
    this.start.hidden = scanning || !navigator.mediaDevices?.getUserMedia;
  }
});
