// What a page can do without, and is better with. No page needs this file.
'use strict';

// A summary of what is wrong takes the focus.
document.querySelector('.summary')?.focus();

// A session locks without use: the page then goes to where it is unlocked, and shows nothing more.
{
  const patience = Number(document.body.dataset.patience);
  if (patience > 0) {
    setTimeout(() => location.assign('/unlock?lapsed=1&next=' + encodeURIComponent(location.pathname)), (patience + 2) * 1000);
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

// Files can be dropped on their question.
for (const place of document.querySelectorAll('.drop')) {
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
}

// Forms with files say how far sending is.
for (const form of document.querySelectorAll('form[enctype="multipart/form-data"]')) {
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
      if (request.responseURL !== form.action) return location.assign(request.responseURL);
      document.documentElement.replaceWith(new DOMParser().parseFromString(request.responseText, 'text/html').documentElement);
      document.querySelector('.summary')?.focus();
    });
    request.addEventListener('error', () => {
      said.textContent = 'Sending failed. Look at the network, then send the form again.';
      for (const button of form.querySelectorAll('button')) button.disabled = false;
    });
    request.open('POST', form.action);
    request.send(data);
  });
}

// A running job's page looks again by itself.
{
  const job = document.querySelector('[data-job]');
  const look = async () => {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const next = page.querySelector('[data-job]');
    if (answer.redirected || next === null) return location.reload();
    job.replaceChildren(...next.childNodes);
    setTimeout(look, 1000);
  };
  if (job) setTimeout(look, 1000);
}
