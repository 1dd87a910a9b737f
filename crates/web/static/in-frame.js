// Only for pages in a frame on a page of ours, such as the checkout over a live room's video. Tells the page around it:
//   { type: 'order-placed' | 'order-paid', order: 'ord_…' }   an element data-tells="order-paid" data-order="ord_…" says so
//   { type: 'close' }                                         [data-leaves-frame] was pressed, or Escape
// The message goes to our own origin alone; the page around must look at event.origin and event.source all the same.
const say = (message) => parent.postMessage(message, location.origin);
const told = new Set();

const tell = () => {
  for (const { dataset: { tells, order } } of document.querySelectorAll('[data-tells]:not([data-tells=""])')) {
    // An order's page refreshes itself; each thing is said once.
    if (told.has(tells + order)) continue;
    told.add(tells + order);
    say({ type: tells, order });
  }
};

if (parent !== window) {
  tell();
  addEventListener('swapped', tell);
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-leaves-frame]')) say({ type: 'close' });
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open]')) say({ type: 'close' });
  });
}
