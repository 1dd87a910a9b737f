// The things in the film that are photographed before it is drawn: emoji, whole or in parts so that they can move, and
// what the studio makes. Everything is lit as in the pictures of the goods.

/** Where a skin shows, it is the same everywhere. */
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, k) => from + k);

/** An emoji: its name, how large its 32 units are drawn at most, and which of its shapes, if not all. */
const icon = (name, icon, px, { parts, tint, plain } = {}) => ({ name, icon, px, parts, tint, plain });

const COOK = "woman-cook-light";
const WARM = "sepia(.16) brightness(1.12) saturate(1.2)"; // White linen under lanterns.
const CELADON = "hue-rotate(172deg) saturate(.34) brightness(1.3)";

export const icons = [
  // The host: a body, a head that turns on it, eyes that look, and a hand with a spoon.
  icon("cook-hair", COOK, 540, { parts: range(0, 4) }),
  icon("cook-body", COOK, 540, { parts: [...range(5, 24), ...range(27, 34)], tint: WARM }),
  icon("cook-spoon", COOK, 540, { parts: range(35, 36) }),
  icon("cook-fist", COOK, 540, { parts: [25, 26, ...range(37, 41)] }),
  icon("cook-face", COOK, 540, { parts: [...range(42, 45), 46, 47] }),
  icon("cook-brows", COOK, 540, { parts: range(49, 52), plain: true }),
  icon("cook-hat", COOK, 540, { parts: range(53, 58), tint: WARM }),
  icon("cook-eyes", COOK, 540, { parts: [59, 60, 61, 66], plain: true }),
  icon("cook-gaze", COOK, 540, { parts: [62, 63, 64, 65, 67, 68, 69, 70], plain: true }),
  icon("cook-mouth", COOK, 540, { parts: [48], plain: true }),
  icon("hand-open", "palm-up-hand-light", 150),
  icon("hand-rest", "palm-down-hand-light", 150),
  icon("hand-ok", "ok-hand-light", 150),
  icon("hand-thumb", "thumbs-up-light", 150),

  // The goods.
  icon("cup", "bubble-tea", 330, { parts: range(1, 12) }),
  icon("cup-straw", "bubble-tea", 330, { parts: [0, 23, 24, 25, 26, 27, 28, 29] }),
  icon("cup-pearl", "bubble-tea", 330, { parts: [15, 16] }),
  icon("cup-shine", "bubble-tea", 330, { parts: [30] }),
  icon("cup-taro", "bubble-tea", 240, { tint: "hue-rotate(-118deg) saturate(.55) brightness(1.02)" }),
  icon("cup-matcha", "bubble-tea", 240, { tint: "hue-rotate(58deg) saturate(.7)" }),
  icon("dumpling", "dumpling", 170),
  icon("teapot", "teapot", 330, { parts: [...range(0, 2), ...range(6, 22)], tint: "hue-rotate(14deg) saturate(.88)" }),
  icon("teapot-lid", "teapot", 330, { parts: range(3, 5), tint: "hue-rotate(14deg) saturate(.88)" }),
  icon("teacup", "teacup-without-handle", 150, { parts: [...range(0, 8), ...range(18, 24)] }),
  icon("cup-white", "teacup-without-handle", 170, { parts: range(0, 8) }),
  icon("moon-cake", "moon-cake", 210),
  icon("moon", "full-moon", 300, { plain: true }),
  icon("rabbit", "rabbit", 130),
  icon("bowl", "steaming-bowl", 330, { parts: range(12, 17) }),
  icon("noodle-sticks", "steaming-bowl", 330, { parts: range(0, 7) }),
  icon("fish-cake", "fish-cake-with-swirl", 90),
  icon("egg", "egg", 90),
  icon("herb", "herb", 110),
  icon("dango", "dango", 300),
  icon("petal", "cherry-blossom", 60),
  icon("ice", "shaved-ice", 330, { parts: [...range(0, 8), ...range(13, 19)] }),
  icon("ice-mango", "shaved-ice", 330, { parts: [...range(0, 8), ...range(13, 19)], tint: "hue-rotate(84deg) saturate(1.25) brightness(1.08)" }),
  icon("ice-matcha", "shaved-ice", 330, { parts: [...range(0, 8), ...range(13, 19)], tint: "hue-rotate(150deg) saturate(.62) brightness(1.04)" }),
  icon("ice-cone", "shaved-ice", 330, { parts: [11, 12] }),
  icon("ice-spoon", "shaved-ice", 330, { parts: [9, 10, 20] }),
  icon("snowflake", "snowflake", 60),
  icon("strawberry", "strawberry", 100),
  icon("mango", "mango", 110),
  icon("chopsticks", "chopsticks", 330),
  icon("honeybee", "honeybee", 80),
  icon("heart", "red-heart", 60),
  icon("tag", "label", 110, { tint: "hue-rotate(-14deg) saturate(1.05)" }),

  // What stands and hangs around.
  icon("lantern", "red-paper-lantern", 190),
  icon("teapot-green", "teapot", 120, { tint: CELADON }),
  icon("teapot-red", "teapot", 120),
  icon("honey-pot", "honey-pot", 120),
  icon("jar", "jar", 110, { tint: "sepia(.55) saturate(.9)" }),
  icon("jar-green", "jar", 110, { tint: "hue-rotate(-60deg) saturate(.7)" }),
  icon("sake", "sake", 110),
  icon("bamboo", "pine-decoration", 150),
  icon("plant", "potted-plant", 130),
  icon("tangerine", "tangerine", 130),
  icon("chime", "wind-chime", 120),
  icon("fan", "folding-hand-fan", 130),
  icon("cat", "cat", 130, { parts: [...range(0, 9), ...range(14, 38)] }),
  icon("cat-tail", "cat", 130, { parts: [10, 11, 12, 13, 39] }),
];

/** What the studio makes: a stage of 1000 units, drawn so wide at most. */
export const sets = [
  { name: "wood-top", px: 760, size: [1000, 260], things: [{ p: "block", x: 0, y: 0, w: 1000, h: 260, c: "#b6794a", wood: true, flush: true, radius: 0 }] },
  { name: "wood-front", px: 760, size: [1000, 480], things: [{ p: "block", x: 0, y: 0, w: 1000, h: 480, c: "#7d3f2a", wood: true, flush: true, radius: 0 }] },
  { name: "steamer-back", px: 480, size: [1000, 600], things: [{ p: "steamer", part: "back", x: 500, y: 250, w: 860, h: 150 }] },
  { name: "steamer-front", px: 480, size: [1000, 600], things: [{ p: "steamer", part: "front", x: 500, y: 250, w: 860, h: 150 }] },
  { name: "plate", px: 460, size: [1000, 400], things: [{ p: "plate", x: 500, y: 170, w: 860, c: "#f6efe2", rim: "#7fa58d" }] },
  { name: "board", px: 460, size: [1000, 460], things: [{ p: "board", x: 500, y: 190, w: 880, h: 220, c: "#d9a978" }] },
];
