// Entry of every page. Each module adds one manner to plain HTML and leaves the page working without it.
import './toast.js';
import './sheet.js';
import './forms.js';
import './swap.js';
import './small.js';
import './gallery.js';
import './quantity.js';
import './countdown.js';
import './live-refresh.js';

// Parts that few pages use come only when their element is there.
const parts = {
  'sku-picker': './sku-picker.js',
  'file-drop': './file-drop.js',
  'drag-list': './drag-list.js',
  'code-scan': './code-scan.js',
};
const load = () => {
  for (const name in parts) {
    if (document.querySelector(name)) { import(parts[name]); delete parts[name]; }
  }
};
load();
addEventListener('swapped', load);
