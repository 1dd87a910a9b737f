// What is put into pages that are measured. Each function goes into its page as its text, so it may use nothing of this file.

/**
 * Before anything of the page: watches the first video that appears, and notes for each picture that is shown when that was
 * and how bright the clock's bars are (bench/src/live/clock.rs reads them).
 */
export function watchClock({ bars, rows, without }) {
  // A browser that lacks what is named here takes the way that is left.
  for (const name of without) delete window[name];
  const seen = { first: null, pictures: [], waits: 0 };
  window.benchSeen = seen;
  const canvas = document.createElement("canvas");
  canvas.width = bars * 8;
  canvas.height = 1;
  const sheet = canvas.getContext("2d", { willReadFrequently: true });
  const follow = (video) => {
    const note = (now, { expectedDisplayTime }) => {
      // The screen shows it a little later than this is called.
      const at = Date.now() + Math.max(0, Math.round(expectedDisplayTime - performance.now()));
      seen.first ??= Math.round(performance.now());
      const height = video.videoHeight;
      // One line through the middle of the bars.
      sheet.drawImage(video, 0, (height * rows) / 2, video.videoWidth, 1, 0, 0, canvas.width, 1);
      const { data } = sheet.getImageData(0, 0, canvas.width, 1);
      seen.pictures.push([at, Array.from({ length: bars }, (_, bar) => data[(bar * 8 + 4) * 4])]);
      video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
    video.addEventListener("waiting", () => {
      seen.waits += 1;
    });
  };
  const look = () => {
    const video = document.querySelector("video");
    if (!video) return;
    looking.disconnect();
    follow(video);
  };
  const looking = new MutationObserver(look);
  looking.observe(document, { childList: true, subtree: true });
}

/** Draws the clock and sends it with the studio's own sender; resolves when the server has it. */
export async function sendClock({ bars, rows, width, height, sender, whip, token }) {
  const { WhipLink } = await import(sender);
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const sheet = canvas.getContext("2d", { alpha: false });
  const turn = 2 ** 24;
  let number = 0;
  const draw = () => {
    const shown = Date.now() % turn;
    const [high, middle, low] = [shown >> 16, (shown >> 8) & 255, shown & 255];
    const turned = (byte, by) => ((byte << by) | (byte >> (8 - by))) & 255;
    const check = high ^ turned(middle, 1) ^ turned(low, 2) ^ 0x5a;
    sheet.fillStyle = "#456";
    sheet.fillRect(0, 0, width, height);
    sheet.fillStyle = "#fc3";
    sheet.fillRect((number * 5) % width, height / 2, 40, 60);
    const wide = width / bars;
    for (let bar = 0; bar < bars; bar += 1) {
      const isWhite = bar < 24 ? (shown >> (23 - bar)) & 1 : (check >> (31 - bar)) & 1;
      sheet.fillStyle = isWhite ? "#fff" : "#000";
      sheet.fillRect(bar * wide, 0, wide, height * rows);
    }
    number += 1;
  };
  draw();
  setInterval(draw, 1000 / 30);
  const stream = canvas.captureStream(30);
  const context = new AudioContext();
  const sound = context.createMediaStreamDestination();
  const tone = context.createOscillator();
  tone.connect(sound);
  tone.start();
  stream.addTrack(sound.stream.getAudioTracks()[0]);
  const link = new WhipLink({ address: whip, token: async () => token });
  link.limit(height);
  window.benchBreaks = 0;
  link.addEventListener("state", ({ detail }) => {
    if (detail === "lost") window.benchBreaks += 1;
  });
  await link.start(stream);
}
