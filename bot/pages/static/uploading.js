// Photos and voice notes on their way: photos made smaller on the phone, which also leaves the
// place they were taken behind; how far they are is told, and they can be called back.

const LARGEST = 10 * 1024 * 1024;
const SMALL_ENOUGH = 1024 * 1024;
const LONGEST_SIDE = 2048;
const TAKEN = ["image/jpeg", "image/png", "image/webp"];

export class TooLarge extends Error {}

// The service said in a sentence why it does not take it.
export class Refused extends Error {}

// The person thought better of it.
export class Cancelled extends Error {}

async function smaller(file) {
  if (!file.type.startsWith("image/") || (file.size <= SMALL_ENOUGH && TAKEN.includes(file.type))) return file;
  try {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
    return blob ?? file;
  } catch {
    // The browser cannot read it; the service says whether it can.
    return file;
  }
}

// Gives what the service calls it. `onProgress` gets a share of 1; `signal` calls it back.
export async function upload(address, file, onProgress, signal) {
  const sent = await smaller(file);
  if (signal.aborted) throw new Cancelled();
  if (sent.size > LARGEST) throw new TooLarge();
  const form = new FormData();
  form.append("photo", sent, "photo");
  // Only the older way of asking tells how much of a form has gone out.
  const asking = new XMLHttpRequest();
  asking.responseType = "json";
  asking.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
  const stop = () => asking.abort();
  signal.addEventListener("abort", stop);
  try {
    await new Promise((done, failed) => {
      asking.addEventListener("load", done);
      asking.addEventListener("error", () => failed(new Error("network")));
      asking.addEventListener("abort", () => failed(new Cancelled()));
      asking.open("POST", address);
      asking.send(form);
    });
  } finally {
    signal.removeEventListener("abort", stop);
  }
  if (asking.status !== 200) throw asking.response?.error ? new Refused(asking.response.error) : new Error("refused");
  return asking.response;
}
