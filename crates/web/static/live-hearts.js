// Hearts that rise over the video. Many taps are a few hearts, and none where motion is not wanted.
const AT_ONCE_MAX = 18;
const RISE_MS = 2_200;
const calm = matchMedia('(prefers-reduced-motion: reduce)');

export function rise(place, count) {
  if (calm.matches) return;
  for (let n = 0; n < count && place.children.length < AT_ONCE_MAX; n += 1) {
    const heart = document.createElement('i');
    heart.style.setProperty('--drift', `${Math.round((Math.random() - .5) * 70)}px`);
    heart.style.setProperty('--turn', `${Math.round((Math.random() - .5) * 50)}deg`);
    heart.style.setProperty('--hue', Math.round(Math.random() * 50 - 30));
    heart.style.setProperty('--wait', `${Math.round(n * 90 + Math.random() * 60)}ms`);
    place.append(heart);
    setTimeout(() => heart.remove(), RISE_MS + n * 150 + 100);
  }
}
