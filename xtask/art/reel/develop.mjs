// From pictures and notes to a film that can be broadcast over and over: H.264 without B-frames, AAC that is cut where
// it meets itself, both in one FLV file.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { FPS, KEY_SECONDS, SECONDS } from "./film.mjs";
import { RATE, wav } from "./music.mjs";

/** What the film may weigh: it travels inside the binary, which has a limit of its own. */
const VIDEO_KBPS = 262, AUDIO_KBPS = 40;

const PACKET_SAMPLES = 1024;

/** Runs ffmpeg, with what `feed` writes as its input. */
async function ffmpeg(words, feed) {
  const child = spawn("ffmpeg", ["-nostdin", "-v", "error", "-y", ...words], { stdio: [feed ? "pipe" : "ignore", "inherit", "inherit"] });
  const done = new Promise((well, badly) => {
    child.once("error", badly);
    child.once("close", code => code === 0 ? well() : badly(new Error(`ffmpeg gave up (${code}): ${words.join(" ")}`)));
  });
  if (feed) {
    await feed(async bytes => { if (!child.stdin.write(bytes)) await Promise.race([done, new Promise(go => child.stdin.once("drain", go))]); });
    child.stdin.end();
  }
  await done;
}

export async function develop(camera, scratch, out) {
  const at = name => path.join(scratch, name);
  await ffmpeg(["-f", "image2pipe", "-framerate", String(FPS), "-i", "-", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "2", "-pix_fmt", "yuv420p", at("all.mkv")], async write => {
    for (let frame = 0; frame < SECONDS * FPS; frame++) {
      await write(await camera.shoot(frame / FPS));
      if (frame % (FPS * KEY_SECONDS) === 0) console.log(`${frame / FPS} of ${SECONDS} s`);
    }
  });
  const keys = FPS * KEY_SECONDS;
  for (const pass of [1, 2]) {
    await ffmpeg(["-i", at("all.mkv"), "-an", "-c:v", "libx264", "-profile:v", "main", "-preset", "veryslow", "-tune", "animation", "-threads", "1",
      "-b:v", `${VIDEO_KBPS}k`, "-pass", String(pass), "-passlogfile", at("pass"), "-bf", "0",
      "-x264-params", `keyint=${keys}:min-keyint=${keys}:scenecut=0:bframes=0:ref=4:aq-mode=3`, "-pix_fmt", "yuv420p",
      ...(pass === 1 ? ["-f", "null", "-"] : [at("picture.mp4")])]);
  }
  await music(at);
  // The encoder's name need not be in each film, nor the length of a film that never ends.
  await ffmpeg(["-i", at("picture.mp4"), "-i", at("round.aac"), "-c", "copy", "-bsf:v", "filter_units=remove_types=6", "-bsf:a", "aac_adtstoasc",
    "-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact", "-flvflags", "no_duration_filesize+no_sequence_end", "-f", "flv", out]);
}

/** Encodes three rounds and takes the packets of the second: they follow themselves as they follow the first. */
async function music(at) {
  fs.writeFileSync(at("music.wav"), wav(3));
  await ffmpeg(["-i", at("music.wav"), "-c:a", "aac", "-b:a", `${AUDIO_KBPS}k`, "-fflags", "+bitexact", "-flags", "+bitexact", at("rounds.aac")]);
  const bytes = fs.readFileSync(at("rounds.aac")), packets = [];
  for (let from = 0; from + 7 <= bytes.length;) { // ADTS: each packet says how long it is.
    const length = (bytes[from + 3] & 3) << 11 | bytes[from + 4] << 3 | bytes[from + 5] >> 5;
    packets.push(bytes.subarray(from, from + length));
    from += length;
  }
  const round = SECONDS * RATE / PACKET_SAMPLES;
  if (!Number.isInteger(round)) throw new Error("the film does not hold a whole number of packets of sound");
  // The encoder is one packet behind what it was given.
  fs.writeFileSync(at("round.aac"), Buffer.concat(packets.slice(round + 1, 2 * round + 1)));
}
