// <form method="post" action="…/pin" data-quiet data-done="Pinned">: posts without leaving the page, and the answer is nothing
// (204), or what is wrong: by its field where the form has one, else as a toast. The event quiet-done says that it went well.
// data-refresh="ids" then asks for these parts of this page anew; data-resets empties the form; data-closes-sheet closes its sheet;
// data-back="address" makes that the page's address first, where the present one is that of the form itself.
// Without script the same form leads to the page again (303).
import { toast, words } from './toast.js';
import { busy } from './forms.js';
import { refresh } from './swap.js';

/** Posts the fields; true when it was done, else what is wrong as problem details. */
export async function post(url, fields) {
  try {
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers: { accept: 'application/json' } });
    if (answer.ok) return true;
    // Signed out meanwhile: the page itself knows the way.
    if (answer.status === 401) location.reload();
    return await answer.json();
  } catch {
    return { title: words.offline };
  }
}

/** Sends the form; true when it was done. */
export async function send(form, submitter) {
  busy(form, submitter, true);
  const answer = await post(submitter?.getAttribute('formaction') ?? form.getAttribute('action'), new FormData(form, submitter));
  busy(form, submitter, false);
  if (answer === true) done(form, submitter); else show(form, answer);
  return answer === true;
}

function done(form, submitter) {
  clear(form);
  const { done: said, refresh: ids } = { ...form.dataset, ...submitter?.dataset };
  if (said) toast(said, { tone: 'good' });
  if (form.hasAttribute('data-resets')) form.reset();
  if (form.hasAttribute('data-closes-sheet')) form.closest('dialog[open]')?.close();
  // What was sent is no longer being typed: its part may be drawn anew.
  if (ids && !form.hasAttribute('data-resets') && form.contains(document.activeElement)) document.activeElement.blur();
  if (form.dataset.back) history.replaceState(history.state, '', form.dataset.back);
  if (ids) refresh(ids.split(' ')).catch(() => {});
  form.dispatchEvent(new CustomEvent('quiet-done', { bubbles: true, detail: { submitter } }));
}

function clear(form) {
  for (const box of form.querySelectorAll('.error[data-quiet-error]')) box.remove();
  for (const field of form.querySelectorAll('[aria-invalid]')) { field.removeAttribute('aria-invalid'); field.removeAttribute('aria-describedby'); }
}

function show(form, { title, errors = [] }) {
  clear(form);
  const loose = [];
  for (const { field, message } of errors) {
    // "price.1" is the second of the fields that are called price.
    const [name, place] = field.split('.');
    const input = form.elements[field] ?? form.elements[name]?.[place] ?? form.elements[name];
    const box = input?.closest?.('.field');
    if (!box) { loose.push(message); continue; }
    const id = `${input.id || field}-error`;
    box.append(Object.assign(document.createElement('span'), { className: 'error', id, textContent: message }));
    box.lastChild.dataset.quietError = '';
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', id);
  }
  if (loose.length > 0 || errors.length === 0) toast(loose[0] ?? title, { tone: 'bad' });
  form.querySelector('[aria-invalid]')?.focus();
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.hasAttribute('data-quiet') || event.defaultPrevented) return;
  if (event.submitter && 'loud' in event.submitter.dataset) return;
  event.preventDefault();
  send(form, event.submitter);
});
