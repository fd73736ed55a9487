// The one script of the public pages. It solves ALTCHA's puzzle when the form is sent; without it the page says what to do.

export const APPEAL_SCRIPT = `(() => {
  'use strict';
  const form = document.querySelector('form[data-puzzle]');
  const proof = form && form.elements.namedItem('proof');
  const status = document.getElementById('working');
  const subtle = globalThis.crypto && crypto.subtle;
  if (!form || !subtle) return;
  document.getElementById('unscripted').hidden = true;
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
  async function derive({ nonce, salt, cost, keyLength }, counter) {
    const password = new Uint8Array(nonce.length + 4);
    password.set(nonce);
    new DataView(password.buffer).setUint32(nonce.length, counter);
    const key = await subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
    const options = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: cost };
    return hex(await subtle.deriveBits(options, key, keyLength * 8));
  }
  async function solve() {
    const answer = await fetch('/appeal/challenge', { headers: { accept: 'application/json' } });
    if (!answer.ok) throw new Error(String(answer.status));
    const challenge = await answer.json();
    const p = challenge.parameters;
    const puzzle = { nonce: bytes(p.nonce), salt: bytes(p.salt), cost: p.cost, keyLength: p.keyLength };
    for (let counter = 0; ; counter += 4) {
      const keys = await Promise.all([0, 1, 2, 3].map((i) => derive(puzzle, counter + i)));
      const hit = keys.findIndex((key) => key.startsWith(p.keyPrefix));
      if (hit >= 0) return btoa(JSON.stringify({ challenge, solution: { counter: counter + hit, derivedKey: keys[hit] } }));
    }
  }
  form.addEventListener('submit', (event) => {
    if (proof.value !== '') return;
    event.preventDefault();
    const button = form.querySelector('button');
    if (button.disabled) return;
    button.disabled = true;
    status.hidden = false;
    solve().then(
      (solved) => {
        proof.value = solved;
        form.submit();
      },
      () => {
        button.disabled = false;
        status.textContent = status.dataset.failed;
      },
    );
  });
  addEventListener('pageshow', () => {
    proof.value = '';
    form.querySelector('button').disabled = false;
    status.hidden = true;
  });
})();
`;
