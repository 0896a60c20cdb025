// What a page can do without, and is better with. No page needs this file.
'use strict';

// A summary of what is wrong takes the focus.
document.querySelector('.summary')?.focus();

// Whoever goes back comes to what stands now, not to a page from before it was signed; no passphrase
// waits there.
addEventListener('pagehide', () => {
  for (const secret of document.querySelectorAll('input[type=password]')) secret.value = '';
});
addEventListener('pageshow', ({ persisted }) => {
  if (persisted && document.querySelector('form[action^="/draft/"] input[type=password]')) location.replace(location.href);
});

// How many forms with files are on their way: while they come in, the server counts that as use.
let sending = 0;

// A session locks without use. Typing is use. A minute before it locks the page says so; when it has
// locked, the page shows nothing more. What was typed and not sent is kept by the server alone, and
// given to the same person: the answers of a record as a draft, anything else until they unlock.
{
  const patience = Number(document.body.dataset.patience);
  const token = document.querySelector('input[name=token]')?.value;
  let used = Date.now();
  let told = null;
  let typed = null;
  let locking = false;
  const use = () => {
    used = Date.now();
    told?.remove();
    told = null;
  };
  const stay = async () => {
    use();
    await fetch('/stay', { method: 'POST', body: new URLSearchParams({ token }) }).catch(() => {});
  };
  const action = (form) => form.getAttribute('action');
  const draws = (form) => /^\/(record|draft\/[^/]+\/answer)\//.test(action(form));
  const isTyped = () => typed?.isConnected && typed.method === 'post' && action(typed) !== '/lock';
  // Sends what was typed, without passphrases and files, and tells where that led; this is no use.
  const send = async (form, to, more) => {
    const fields = new URLSearchParams(more);
    for (const [name, value] of new FormData(form)) {
      const secret = form.querySelector(`[name="${CSS.escape(name)}"]`)?.type === 'password';
      if (typeof value === 'string' && !secret) fields.append(name, value);
    }
    const answer = await fetch(to, { method: 'POST', body: fields, headers: { 'probity-look': '1' } }).catch(() => null);
    if (!answer?.ok) return null;
    const { pathname, search } = new URL(answer.url);
    return pathname + search;
  };
  const draft = async () => {
    const form = typed;
    typed = null;
    const at = await send(form, action(form), { then: 'keep' });
    if (at === null) typed ??= form;
    else if (at.startsWith('/draft/')) form.setAttribute('action', at);
    return at;
  };
  const lock = async () => {
    locking = true;
    let at = null;
    if (isTyped()) at = draws(typed) ? await draft() : await send(typed, '/hold', { held: action(typed) });
    if (at?.startsWith('/unlock')) return location.assign(at);
    if (at === '/hold' || at?.startsWith('/draft/')) {
      // Another page of this browser is in use, and so is the session.
      used = Date.now() - Math.max(0, patience - 60) * 1000;
      locking = false;
      return;
    }
    const drawn = [...document.querySelectorAll('main form')].map(action).find((to) => /^\/draft\/[^/]+\/answer\//.test(to));
    location.assign('/unlock?lapsed=1&next=' + encodeURIComponent(drawn ?? location.pathname + location.search));
  };
  const look = () => {
    if (locking) return;
    if (sending > 0) return use();
    const left = patience - (Date.now() - used) / 1000;
    if (left < -2) return lock();
    if (left < Math.min(10, patience / 4) && isTyped() && draws(typed)) draft();
    if (left < 60 && patience > 60 && told === null) {
      told = document.createElement('div');
      told.className = 'told';
      told.setAttribute('role', 'status');
      const button = Object.assign(document.createElement('button'), { className: 'button', textContent: 'Stay unlocked' });
      button.addEventListener('click', stay);
      told.append('This page locks in a minute. What you have typed is kept for you; files have to be chosen again. ', button);
      document.body.append(told);
    }
  };
  if (patience > 0 && token) {
    setInterval(look, 1000);
    for (const event of ['visibilitychange', 'pageshow']) addEventListener(event, look);
    document.addEventListener('input', ({ target }) => {
      if (target.type !== 'password') typed = target.form ?? typed;
      if (Date.now() - used > Math.min(60, patience / 4) * 1000) stay();
    });
    document.addEventListener('submit', async (event) => {
      if (action(event.target) !== '/lock' || !isTyped() || !draws(typed)) return;
      event.preventDefault();
      await draft();
      event.target.submit();
    });
  }
}

// Clocks that run: <time data-until="POSIX seconds">, or data-since.
{
  const clocks = [...document.querySelectorAll('[data-until], [data-since]')];
  const words = (seconds) => {
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
    return `${h} h ${String(m).padStart(2, '0')} min ${String(s).padStart(2, '0')} s`;
  };
  const tick = () => {
    for (const clock of clocks) {
      const { until, since } = clock.dataset;
      const left = until ? Number(until) - Date.now() / 1000 : Date.now() / 1000 - Number(since);
      clock.textContent = left >= 0 ? words(left) : `passed ${words(-left)} ago`;
    }
  };
  if (clocks.length > 0) {
    tick();
    setInterval(tick, 1000);
  }
}

// A file that misses its question would be opened in place of the page, with all that was typed in it.
for (const type of ['dragover', 'drop']) {
  document.addEventListener(type, (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
}

const enhance = (root) => {
  for (const place of root.querySelectorAll('.drop')) drops(place);
  for (const form of root.querySelectorAll('form[enctype="multipart/form-data"]')) sends(form);
};

// Files can be dropped on their question.
const drops = (place) => {
  const input = place.querySelector('input[type=file]');
  const over = (on) => (event) => {
    event.preventDefault();
    place.classList.toggle('over', on);
  };
  place.addEventListener('dragover', over(true));
  place.addEventListener('dragleave', over(false));
  place.addEventListener('drop', (event) => {
    over(false)(event);
    const files = new DataTransfer();
    const kept = input.multiple ? [...input.files, ...event.dataTransfer.files] : [...event.dataTransfer.files].slice(0, 1);
    for (const file of kept) files.items.add(file);
    input.files = files.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
};

// Forms with files say how far sending is.
const sends = (form) => {
  form.addEventListener('submit', (event) => {
    const size = [...form.querySelectorAll('input[type=file]')].flatMap((input) => [...input.files]).reduce((sum, file) => sum + file.size, 0);
    if (size < 1 << 20) return;
    event.preventDefault();
    const bar = Object.assign(document.createElement('progress'), { max: 1, value: 0 });
    const said = Object.assign(document.createElement('p'), { textContent: 'Sending the files' });
    said.setAttribute('role', 'status');
    form.append(said, bar);
    const data = new FormData(form, event.submitter);
    for (const button of form.querySelectorAll('button')) button.disabled = true;
    const request = new XMLHttpRequest();
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      bar.value = loaded / total;
      if (loaded === total) said.textContent = 'Sent; being checked';
    });
    request.addEventListener('load', () => {
      const html = (request.getResponseHeader('content-type') ?? '').startsWith('text/html');
      if (!html) return failed();
      // A page that is the answer itself, such as the form with one line more, is nowhere else.
      const here = new URL(form.getAttribute('action'), location.href).href;
      if (request.status === 200 && request.responseURL !== here) return location.assign(request.responseURL);
      const page = new DOMParser().parseFromString(request.responseText, 'text/html');
      const main = page.querySelector('main');
      if (main === null) return failed();
      document.title = page.title;
      document.querySelector('main').replaceWith(main);
      enhance(main);
      main.querySelector('.summary, [autofocus]')?.focus();
    });
    const failed = () => {
      said.textContent = 'Sending failed. Look at the network, then send the form again.';
      for (const button of form.querySelectorAll('button')) button.disabled = false;
    };
    request.addEventListener('error', failed);
    request.addEventListener('loadend', () => { sending -= 1; });
    request.open('POST', form.getAttribute('action'));
    request.send(data);
    sending += 1;
  });
};
enhance(document);

// A running job's page looks again by itself.
{
  const job = document.querySelector('[data-job]');
  const look = async () => {
    const answer = await fetch(location.href, { headers: { 'probity-look': '1' } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const next = page.querySelector('[data-job]');
    if (answer.redirected || next === null) return location.reload();
    job.replaceChildren(...next.childNodes);
    setTimeout(look, 1000);
  };
  if (job) setTimeout(look, 1000);
}
