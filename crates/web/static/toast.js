// A short message at the bottom of the screen, read out by screen readers.
// toast('Saved'), toast('Gone', { tone: 'bad' }), toast('Removed', { action: 'Undo', onAction })
// A page may also carry <div class="toast" data-flash data-tone="good">…</div>, for a message after a redirect.

const region = document.getElementById('toasts');
const SHOWN_MS = 4500;

export function toast(text, { tone, action, onAction } = {}) {
  const box = document.createElement('div');
  box.className = 'toast';
  if (tone) box.dataset.tone = tone;
  box.append(Object.assign(document.createElement('span'), { textContent: text }));
  if (action) {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: action });
    button.onclick = () => { box.remove(); onAction(); };
    box.append(button);
  }
  show(box);
}

function show(box) {
  region.append(box);
  let timer;
  const start = () => { timer = setTimeout(() => box.remove(), SHOWN_MS); };
  // A reader who points at it, or tabs into it, keeps it.
  box.onpointerenter = box.onfocusin = () => clearTimeout(timer);
  box.onpointerleave = box.onfocusout = start;
  start();
  while (region.children.length > 3) region.firstChild.remove();
}

// An open modal makes the rest of the page inert, so the region must live inside it to be seen and heard.
export function placeToasts() {
  const top = [...document.querySelectorAll('dialog:modal')].pop();
  (top ?? document.body).append(region);
}

for (const box of document.querySelectorAll('.toast[data-flash]')) show(box);

addEventListener('offline', () => toast(region.dataset.offline, { tone: 'bad' }));

export const words = region.dataset;
