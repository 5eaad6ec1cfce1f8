// Photos: made smaller on the phone, which also leaves the place they were taken behind, then sent.

const LARGEST = 10 * 1024 * 1024;
const SMALL_ENOUGH = 1024 * 1024;
const LONGEST_SIDE = 2048;
const TAKEN = ["image/jpeg", "image/png", "image/webp"];

export class TooLarge extends Error {}

// The service said in a sentence why it does not take the photo.
export class Refused extends Error {}

async function smaller(file) {
  if (file.size <= SMALL_ENOUGH && TAKEN.includes(file.type)) return file;
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

export async function upload(address, file) {
  const photo = await smaller(file);
  if (photo.size > LARGEST) throw new TooLarge();
  const form = new FormData();
  form.append("photo", photo, "photo");
  const answer = await fetch(address, { method: "POST", body: form });
  const said = await answer.json();
  if (!answer.ok) throw new Refused(said.error);
  return said.ref;
}
