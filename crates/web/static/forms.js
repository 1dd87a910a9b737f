// Forms: one submit a tap, a question before what cannot be undone, and data-auto that submits on change.
import { words } from './toast.js';

const sending = new WeakSet();

document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (sending.has(form)) { event.preventDefault(); return; }
  const { submitter } = event;
  const question = submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && !form.dataset.sure) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await ask(question, submitter?.textContent.trim())) {
      form.dataset.sure = '1';
      form.requestSubmit(submitter);
      delete form.dataset.sure;
    }
    return;
  }
  // By attribute: a field named "method" would hide the form's own property.
  if (form.getAttribute('method')?.toLowerCase() !== 'post') return;
  busy(form, submitter, true);
  addEventListener('pageshow', () => busy(form, submitter, false), { once: true });
});

// The button is not disabled: a disabled submitter would not send its own name and value.
export function busy(form, submitter, on) {
  if (on) sending.add(form); else sending.delete(form);
  submitter?.toggleAttribute('data-busy', on);
  if (on) submitter?.setAttribute('aria-busy', 'true'); else submitter?.removeAttribute('aria-busy');
}

function ask(question, yes) {
  const dialog = document.createElement('dialog');
  dialog.className = 'ask';
  dialog.setAttribute('role', 'alertdialog');
  const text = Object.assign(document.createElement('p'), { textContent: question, className: 'large', id: 'ask-text' });
  dialog.setAttribute('aria-labelledby', text.id);
  const form = Object.assign(document.createElement('form'), { method: 'dialog', className: 'row' });
  const no = Object.assign(document.createElement('button'), { value: '', textContent: words.cancel, className: 'button grow', autofocus: true });
  const go = Object.assign(document.createElement('button'), { value: 'yes', textContent: yes || words.confirm, className: 'button danger primary grow' });
  form.append(no, go);
  const stack = Object.assign(document.createElement('div'), { className: 'stack loose' });
  stack.append(text, form);
  dialog.append(stack);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((answer) => {
    dialog.onclose = () => { answer(dialog.returnValue === 'yes'); dialog.remove(); };
  });
}

let timer;
document.addEventListener('change', (event) => {
  const form = event.target.form;
  if (!form?.hasAttribute('data-auto')) return;
  clearTimeout(timer);
  timer = setTimeout(() => form.requestSubmit(), Number(form.dataset.auto || 0));
});
