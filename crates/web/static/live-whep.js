// WebRTC from the server (WHEP): some tenths of a second behind the host, for as many as the server lets. Whoever is not let,
// or gets no picture soon, watches by HLS instead.

const PICTURE_WITHIN_MS = 5_000;
const GATHER_MS = 1_500;

/** Resolves when there is a picture; rejects when this way does not work here. */
export async function whepWay(video, address, trouble, ways) {
  const link = new RTCPeerConnection();
  let resource;
  const stop = () => {
    link.onconnectionstatechange = null;
    link.close();
    video.srcObject = null;
    if (resource) fetch(resource, { method: 'DELETE', keepalive: true }).catch(() => {});
  };
  try {
    const stream = new MediaStream();
    for (const kind of ['video', 'audio']) link.addTransceiver(kind, { direction: 'recvonly' });
    link.ontrack = ({ track, receiver }) => {
      // As little delay as the way allows; where the network is uneven the browser takes more by itself.
      if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = track.kind === 'video' ? 0 : 40;
      stream.addTrack(track);
    };
    await link.setLocalDescription(await link.createOffer());
    await gathered(link);
    // Meanwhile the host may have gone.
    if (!(await ways()).whep) throw Object.assign(new Error('WHEP: not now'), { isNotNow: true });
    const answer = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: link.localDescription.sdp });
    if (answer.status !== 201) throw new Error(`WHEP: ${answer.status}`);
    resource = answer.headers.get('location') && new URL(answer.headers.get('location'), new URL(address, location.href)).href;
    await link.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
    video.srcObject = stream;
    await pictured(video, link);
  } catch (reason) {
    stop();
    throw reason;
  }
  link.onconnectionstatechange = () => { if (['failed', 'closed'].includes(link.connectionState)) trouble('whep'); };
  return {
    name: 'whep',
    // Nothing on this way says when a picture was taken; it was just now.
    programme: () => null,
    // The time of a connection runs on whether or not something comes; pictures are counted only when they do.
    progress: () => video.getVideoPlaybackQuality().totalVideoFrames,
    latency: () => 0,
    stop,
  };
}

function gathered(link) {
  return new Promise((resolve) => {
    const look = () => { if (link.iceGatheringState === 'complete') resolve(); };
    link.onicegatheringstatechange = look;
    setTimeout(resolve, GATHER_MS);
    look();
  });
}

function pictured(video, link) {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('WHEP: no picture')), PICTURE_WITHIN_MS);
    video.addEventListener('loadeddata', () => { clearTimeout(limit); resolve(); }, { once: true });
    link.onconnectionstatechange = () => { if (link.connectionState === 'failed') { clearTimeout(limit); reject(new Error('WHEP: failed')); } };
    // Some browsers load nothing of a stream before it is to be played.
    video.muted = true;
    video.play().catch(() => {});
  });
}
