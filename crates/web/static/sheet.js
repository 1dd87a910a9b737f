// Bottom sheets: native <dialog class="sheet" id="x">, opened by <a href="#x" data-opens="x">, closed by data-closes.
// Without script the link's #x shows the dialog by :target. The back button closes a sheet instead of leaving the page.
import { placeToasts } from './toast.js';

const wide = matchMedia('(min-width: 900px)');

export function openSheet(dialog) {
  if (dialog.open) return;
  // An inline-wide sheet is already on the page when there is room: go there instead of covering it.
  if (wide.matches && dialog.classList.contains('inline-wide')) {
    dialog.scrollIntoView({ block: 'center', behavior: 'smooth' });
    return;
  }
  dialog.showModal();
  placeToasts();
  document.dispatchEvent(new Event('sheet-opens'));
  history.pushState({ sheet: dialog.id }, '');
}

document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-opens]');
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (!dialog) return;
    event.preventDefault();
    dialog.dataset.with = opener.dataset.with ?? '';
    openSheet(dialog);
    return;
  }
  const closer = event.target.closest('[data-closes]');
  if (closer) { closer.closest('dialog').close(); return; }
  // A tap on the veil lands on the dialog itself, outside its box.
  if (event.target.matches('dialog.sheet[open]') && !within(event.target, event)) event.target.close();
  for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
});

const within = (box, { clientX: x, clientY: y }) => {
  const r = box.getBoundingClientRect();
  return x >= r.left && x <= r.right && y >= r.top && y <= r.bottom;
};

document.addEventListener('close', (event) => {
  placeToasts();
  // A page in a frame within it makes entries of its own: such a sheet says how many there are.
  if (event.target.id && history.state?.sheet === event.target.id) history.go(-(event.target.entries ?? 1));
}, true);

// Only what lies above where the history now is: below a closed sheet may be another one.
addEventListener('popstate', ({ state }) => {
  for (const dialog of document.querySelectorAll('dialog.sheet[open]')) if (dialog.id !== state?.sheet) dialog.close();
});

// Coming back from another page to the entry a sheet had pushed: step over it.
addEventListener('pageshow', () => {
  const open = history.state?.sheet && document.getElementById(history.state.sheet)?.open;
  if (history.state?.sheet && !open) history.back();
});

wide.addEventListener('change', () => {
  for (const dialog of document.querySelectorAll('dialog.inline-wide[open]')) dialog.close();
});

document.addEventListener('keydown', (event) => {
  const menu = event.key === 'Escape' && event.target.closest('details.menu[open]');
  if (menu) { menu.open = false; menu.querySelector('summary').focus(); }
});
