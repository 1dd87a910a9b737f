// Parts of a page, exchanged without loading it again.
// <form data-swap="basket basket-count"> posts by fetch, follows the redirect, and puts the named elements of the answer in place.
// An element with data-copies="basket-count" then says what that element says: one answer need not hold every copy.
// <a data-swap="list"> the same for a link; the address changes with it.
import { toast, words } from './toast.js';
import { busy } from './forms.js';

export async function refresh(ids, url = location.href) {
  const answer = await fetch(url, { headers: { accept: 'text/html' } });
  if (answer.ok) swap(await answer.text(), ids);
  return answer.ok;
}

export function swap(html, ids) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const focused = document.activeElement;
  const path = focused?.id ? `#${CSS.escape(focused.id)}` : focused?.name ? `[name="${CSS.escape(focused.name)}"]` : null;
  for (const box of page.querySelectorAll('.toast[data-flash]')) {
    box.remove();
    toast(box.textContent.trim(), { tone: box.dataset.tone });
  }
  let lost = false;
  for (const id of ids) {
    const now = document.getElementById(id);
    const next = page.getElementById(id);
    if (!now || !next || now.isEqualNode(next)) continue;
    // Somebody is typing here: their words are worth more than fresh ones.
    if (now.contains(focused) && focused.matches('textarea, input:not([type=number], [type=radio], [type=checkbox])')) continue;
    lost ||= now.contains(focused);
    now.replaceWith(document.importNode(next, true));
  }
  for (const copy of document.querySelectorAll('[data-copies]')) {
    const source = document.getElementById(copy.dataset.copies);
    if (source) { copy.textContent = source.textContent; copy.hidden = source.hidden; }
  }
  if (lost && path) document.querySelector(path)?.focus({ preventScroll: true });
  dispatchEvent(new Event('swapped'));
}

document.addEventListener('submit', async (event) => {
  const form = event.target;
  const ids = event.submitter?.dataset.swap ?? form.dataset.swap;
  if (!ids || event.defaultPrevented) return;
  event.preventDefault();
  const { submitter } = event;
  const multipart = form.getAttribute('enctype') === 'multipart/form-data';
  const data = new FormData(form, submitter);
  // By attribute: a field named "action" or "method" would hide the form's own property.
  const url = new URL(submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? '', location.href);
  const post = form.getAttribute('method')?.toLowerCase() === 'post';
  const options = post ? { method: 'POST', body: multipart ? data : new URLSearchParams(data) } : {};
  if (!post) url.search = new URLSearchParams(data);
  busy(form, submitter, true);
  try {
    const answer = await fetch(url, { ...options, headers: { accept: 'text/html' } });
    const html = await answer.text();
    const page = new URL(answer.url);
    // Led elsewhere (sign-in, say): go there like a plain form would.
    if (answer.redirected && page.pathname !== location.pathname && !form.hasAttribute('data-stay')) { location.href = page; return; }
    swap(html, ids.split(' '));
    if (!post) history.replaceState(history.state, '', page);
    if (answer.ok) form.dispatchEvent(new CustomEvent('swap-done', { bubbles: true }));
    if (answer.ok && form.hasAttribute('data-closes-sheet')) form.closest('dialog[open]')?.close();
  } catch {
    toast(words.offline, { tone: 'bad' });
  } finally {
    busy(form, submitter, false);
  }
});

document.addEventListener('click', async (event) => {
  const link = event.target.closest('a[data-swap]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const ids = link.dataset.swap.split(' ');
  try {
    if (!await refresh(ids, link.href)) throw new Error();
    history.pushState({ swap: ids }, '', link.href);
  } catch { location.href = link.href; }
});
addEventListener('popstate', (event) => { if (event.state?.swap) refresh(event.state.swap); });
