// What a host does: goes live with the browser's camera or with an encoder, and loses the network on the way.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import dgram from "node:dgram";
import { once } from "node:events";

/** The address that `cuttable` servers tell browsers; the wire listens there and passes on to the server. */
const WIRE_ADDRESS = "127.0.0.2";
/** Settings of a server whose WebRTC can be cut: what browsers are told is the wire's address. */
export const cuttable = { env: { MINISTORE_LIVE_RTC_ANNOUNCE: WIRE_ADDRESS } };

/**
 * Between browsers and the server's WebRTC port: passes packets on, but not those of who is cut off. `callers()` are those who
 * have called so far; `cutOff(callers)` lasts until `heal()`, and whoever calls anew comes through.
 */
export async function openWire(server) {
  const { hostname, port } = new URL(server.url);
  const door = dgram.createSocket("udp4");
  const inner = new Map();
  const isCut = new Set();
  door.on("message", (packet, { address, port: from }) => {
    const who = `${address}:${from}`;
    let socket = inner.get(who);
    if (!socket) {
      socket = dgram.createSocket("udp4");
      socket.on("message", (answer) => isCut.has(who) || door.send(answer, from, address));
      inner.set(who, socket);
    }
    if (!isCut.has(who)) socket.send(packet, Number(port), hostname);
  });
  door.bind(Number(port), WIRE_ADDRESS);
  await once(door, "listening");
  return {
    callers: () => [...inner.keys()],
    cutOff: (callers) => {
      for (const who of callers) isCut.add(who);
    },
    heal: () => isCut.clear(),
    close: () => {
      door.close();
      for (const socket of inner.values()) socket.close();
    },
  };
}

/** The first of two taps: a room for now, and the studio with this device's camera on. */
export async function openStudioNow(page, handle) {
  await page.goto(`/console/${handle}/live`);
  await page.locator('form[action$="/live/now"] button').click();
  await page.waitForURL((url) => url.pathname.endsWith("/studio"));
  await page.locator("studio-camera [data-rail]").waitFor();
  return new URL(page.url()).pathname.split("/").at(-2);
}

/** The second tap; resolves when viewers can see it. */
export async function goLive(page) {
  await page.locator('[data-goes="start"] button').click();
  await page.locator('#state[data-state="live"]').waitFor({ timeout: 45_000 });
}

/** Ends the live and comes to its report. */
export async function endLive(page) {
  await page.locator('[data-goes="end"] button').click();
  await page.locator('dialog.ask button[value="yes"]').click();
  await page.waitForURL((url) => url.pathname.endsWith("/report"));
}

/** Waits until a video shows other pictures than a moment ago: its time goes on and what is drawn has changed. */
export async function moves(video) {
  await video.waitFor({ state: "attached" });
  await video.evaluate(async (element) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 32, height: 32 });
    const sheet = canvas.getContext("2d", { willReadFrequently: true });
    const look = () => {
      sheet.drawImage(element, 0, 0, 32, 32);
      return [element.currentTime, sheet.getImageData(0, 0, 32, 32).data.join()];
    };
    const [time, picture] = look();
    await new Promise((seen) => {
      const timer = setInterval(() => {
        const [now, shown] = look();
        if (now > time && shown !== picture && element.videoWidth > 0) {
          clearInterval(timer);
          seen();
        }
      }, 100);
    });
  });
}

/** How an encoder is set up: as the studio asks for it, and as OBS does it by itself. */
export const WITHOUT_B_FRAMES = ["-tune", "zerolatency", "-bf", "0", "-g", "50", "-keyint_min", "50"];
export const WITH_B_FRAMES = ["-bf", "2", "-g", "200", "-keyint_min", "200", "-sc_threshold", "0"];

/** Sends a test picture by RTMP as OBS would, until `stop`. */
export function encode(address, key, how) {
  const child = spawn(
    "ffmpeg",
    [
      ["-v", "error", "-re"],
      ["-f", "lavfi", "-i", "testsrc2=size=320x568:rate=25", "-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000"],
      ["-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "main", "-pix_fmt", "yuv420p", "-b:v", "500k", ...how],
      ["-c:a", "aac", "-b:a", "64k", "-f", "flv", `${address}/${key}`],
    ].flat(),
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let words = "";
  child.stderr.on("data", (chunk) => {
    words += chunk;
  });
  const ended = once(child, "exit");
  running.add(child);
  return {
    stop: async () => {
      running.delete(child);
      assert.equal(child.exitCode, null, `the encoder stopped by itself: ${words}`);
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Encoders must not outlive this process, whatever ends it. */
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
