// Low-latency HLS by hls.js, with a rate controller of our own: hls.js speeds up only above a second of delay, this one
// keeps about half a second, and gives way a little each time the network cannot keep up.
import Hls from './vendor/hls.light.js';

const LOOK_MS = 100;
const TARGET_S = .5;
const TARGET_MAX_S = 4;
const GIVE_WAY_S = .35;       // the delay that each stall adds
const WIN_BACK_S = .1;        // what is tried again after so long without one
const WIN_BACK_AFTER_MS = 20_000;
const JUMP_S = 3;             // further behind the target than this, speeding up would take too long
const DRY_S = .12;            // so little ahead is nearly nothing
const LOST_S = .3;            // more than a part and a half is listed, and not asked for:
const LOST_AFTER_MS = 600;    // hls.js has lost its place

export function hlsWay(video, src, isLive, trouble) {
  if (!Hls.isSupported()) throw new Error('no HLS here');
  const hls = new Hls({
    enableWorker: false, // fMP4 passes through as it is; a worker would need leave to run from a blob
    lowLatencyMode: isLive,
    backBufferLength: isLive ? 10 : 60,
    maxBufferLength: isLive ? 10 : 40,
    maxLiveSyncPlaybackRate: 1,
    liveSyncDuration: 1, // where it begins; from there the controller takes over
    liveMaxLatencyDuration: 12,
    // The host's connection breaks more often than ours: ask again soon, and for long.
    manifestLoadPolicy: policy(6, 8_000), playlistLoadPolicy: policy(12, 12_000), fragLoadPolicy: policy(8, 10_000),
  });
  const pace = isLive ? controller(video, hls) : null;
  let healed = 0;
  hls.on(Hls.Events.ERROR, (_, { fatal, type, details }) => {
    if (!fatal) return;
    // A picture that cannot be decoded is skipped once or twice; what is still wrong then is begun anew.
    if (type === Hls.ErrorTypes.MEDIA_ERROR && healed < 2) { healed += 1; hls.recoverMediaError(); return; }
    trouble(details);
  });
  hls.loadSource(src);
  hls.attachMedia(video);
  return {
    name: 'hls',
    programme: () => hls.playingDate?.getTime() ?? null,
    latency: () => (isLive ? hls.latency : null),
    target: () => pace?.target(),
    catchUp: () => { if (hls.liveSyncPosition) video.currentTime = hls.liveSyncPosition; },
    pause: () => hls.stopLoad(),
    resume: () => hls.startLoad(-1),
    isHealed: () => { healed = 0; },
    stop: () => { pace?.stop(); hls.destroy(); video.playbackRate = 1; },
  };
}

function policy(tries, within) {
  const retry = { maxNumRetry: tries, retryDelayMs: 400, maxRetryDelayMs: 3_000 };
  return { default: { maxTimeToFirstByteMs: within, maxLoadTimeMs: within * 2, timeoutRetry: retry, errorRetry: retry } };
}

function controller(video, hls) {
  let target = TARGET_S;
  let calm = performance.now();
  const stalled = () => {
    // A wait right after beginning or jumping says nothing about the network.
    if (video.seeking || video.currentTime < 1) return;
    target = Math.min(TARGET_MAX_S, target + GIVE_WAY_S);
    calm = performance.now();
  };
  video.addEventListener('waiting', stalled);
  const asked = asking(hls);
  const timer = setInterval(() => {
    const { buffered, currentTime } = video;
    if (video.paused || !buffered.length) return;
    const now = performance.now();
    if (now - calm > WIN_BACK_AFTER_MS) { target = Math.max(TARGET_S, target - WIN_BACK_S); calm = now; }
    const end = buffered.end(buffered.length - 1);
    const ahead = end - currentTime;
    const late = hls.latency - target;
    // A part under way while the playlist changes may be dropped and not asked for again, until seconds later hls.js
    // sees that nothing moves. A jump past what it has makes it look at once.
    if (ahead < DRY_S && hls.latestLevelDetails?.edge - end > LOST_S && asked.quietFor(now) > LOST_AFTER_MS) {
      asked.heard();
      video.currentTime = end + .05;
      return;
    }
    if (late > JUMP_S && hls.liveSyncPosition > currentTime) { video.currentTime = hls.liveSyncPosition; return; }
    video.playbackRate = rate(ahead, late);
  }, LOOK_MS);
  return {
    target: () => target,
    stop: () => { clearInterval(timer); video.removeEventListener('waiting', stalled); },
  };
}

/** For how long nothing of the video has been asked for or come. */
function asking(hls) {
  const { FRAG_LOADING, FRAG_LOADED, FRAG_BUFFERED, FRAG_LOAD_EMERGENCY_ABORTED, ERROR } = Hls.Events;
  let asked = null;
  let last = performance.now();
  const heard = () => { last = performance.now(); };
  hls.on(FRAG_LOADING, (_, { frag }) => { asked = frag; heard(); });
  for (const event of [FRAG_LOADED, FRAG_BUFFERED, FRAG_LOAD_EMERGENCY_ABORTED, ERROR]) hls.on(event, heard);
  // A segment has a loader as long as one of its parts is under way, also one for which no event tells so.
  return { quietFor: (now) => (asked?.loader ? 0 : now - last), heard };
}

/** Slower before the buffer runs dry, faster while there is more of it than the delay that is wanted. */
function rate(ahead, late) {
  if (ahead < DRY_S) return .9;
  if (late > .15 && ahead > .3) return 1.15;
  if (late > .05 && ahead > .25) return 1.05;
  return 1;
}
