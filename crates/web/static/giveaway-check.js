// <giveaway-check seed commitment list list-hash count drawn> does a giveaway's draw again in the visitor's own browser, from
// the seed and the list alone, and says whether it comes to what was announced.
import { draw, hash } from './giveaway-lots.js';

customElements.define('giveaway-check', class extends HTMLElement {
  async connectedCallback() {
    try {
      await this.check();
    } catch {
      // Browsers calculate hashes only on pages that come over https.
      this.say(this.dataset.failed, 'warn');
    }
  }

  async check() {
    const of = (name) => this.getAttribute(name);
    this.mark('seed', await hash(of('seed')) === of('commitment'));
    const list = await this.list(of('list'));
    // What could not be looked at says nothing of the draw.
    if (!list) { this.say(this.dataset.unavailable, 'warn'); return; }
    this.mark('list', await hash(list) === of('list-hash'));
    const numbers = new TextDecoder().decode(list).split('\n').filter(Boolean).map((line) => line.split(' ')[0]);
    const drawn = await draw(of('seed'), await hash(list), numbers.length, Number(of('count')));
    this.mark('draw', drawn.map((place) => numbers[place]).join(' ') === of('drawn'));
    const fits = this.querySelectorAll('[data-check]').length === this.querySelectorAll('[data-check].good').length;
    this.say(fits ? this.dataset.fits : this.dataset.fitsNot, fits ? 'good' : 'bad');
  }

  /** The list as it was published; nothing when it cannot be had. */
  list(address) {
    return fetch(address).then((answer) => (answer.ok ? answer.arrayBuffer() : null)).catch(() => null);
  }

  mark(name, fits) {
    const line = this.querySelector(`[data-check="${name}"]`);
    line.classList.add(fits ? 'good' : 'bad');
    line.append(fits ? ' ✓' : ' ✗');
  }

  say(words, tone) {
    const verdict = this.querySelector('[data-verdict]');
    verdict.dataset.tone = tone;
    verdict.querySelector('.grow').textContent = words;
  }
});
