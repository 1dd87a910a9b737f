// Small manners that need only an attribute: copy, share, theme, print, and "go where the form's value says".
import { toast, words } from './toast.js';

async function copy(text) {
  try { await navigator.clipboard.writeText(text); }
  catch {
    // Plain http on a shop's own network has no clipboard API; the old way still works there.
    const area = Object.assign(document.createElement('textarea'), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  toast(words.copied, { tone: 'good' });
}

const deeds = {
  // <button data-copy="text"> or <button data-copy data-from="id">
  copy: (button) => copy(button.dataset.copy || document.getElementById(button.dataset.from).textContent.trim()),
  // <button data-share="address" data-title="…">
  share: async (button) => {
    const url = new URL(button.dataset.share || location.href, location.href).href;
    if (!navigator.share) return copy(url);
    try { await navigator.share({ title: button.dataset.title || document.title, url }); } catch { /* closed by the visitor */ }
  },
  print: () => print(),
};

// <a data-back href="…">: the page before, with what was typed in it; the address is for browsers that cannot.
document.addEventListener('click', (event) => {
  if (!event.target.closest('a[data-back]') || history.length < 2) return;
  event.preventDefault();
  history.back();
});

document.addEventListener('click', (event) => {
  for (const deed in deeds) {
    const button = event.target.closest(`button[data-${deed}]`);
    if (button) deeds[deed](button);
  }
});

// Theme: as the device, light, dark, and round again.
const root = document.documentElement;
const setters = document.querySelectorAll('[data-theme-set]');
function setTheme(theme) {
  if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
  try { if (theme) localStorage.setItem('theme', theme); else localStorage.removeItem('theme'); } catch { /* for this page only */ }
  press();
}
function press() {
  for (const button of setters) button.setAttribute('aria-pressed', button.dataset.themeSet === (root.dataset.theme ?? ''));
}
for (const button of document.querySelectorAll('[data-theme-switch]')) {
  button.hidden = false;
  button.onclick = () => {
    const next = { undefined: 'light', light: 'dark', dark: undefined }[root.dataset.theme];
    setTheme(next);
    toast(button.dataset[next ?? 'auto']);
  };
}
// <button data-theme-set="dark"> chooses one of them ("" is the device's).
for (const button of setters) {
  button.hidden = false;
  button.onclick = () => setTheme(button.dataset.themeSet);
}
press();
// <button data-share data-only-native hidden>: only where the device has its own way of sharing.
// Buttons that need script are marked hidden, so that they are not dead where there is none.
for (const button of document.querySelectorAll('button:is([data-copy], [data-share], [data-print])[hidden]')) {
  button.hidden = 'onlyNative' in button.dataset && !navigator.share;
}
