// Waiting for facts, and asking for them over HTTP. Nothing here sleeps for a guessed time.
import {setTimeout as pause} from "node:timers/promises";

// Asks until `fact` gives something true and returns it. An error counts as "not yet" and is told when time is up.
export async function until(what, seconds, fact, {signal, every = 200} = {}) {
  const end = Date.now() + seconds * 1000;
  let last;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const value = await fact();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain for ${what}${last ? `: ${explain(last)}` : ""}`);
    await pause(every);
  }
}

export async function get(url, {timeout = 2000} = {}) {
  const answer = await fetch(url, {signal: AbortSignal.timeout(timeout)});
  if (!answer.ok) throw new HttpError(url, answer.status, await answer.text());
  return answer.json();
}

export async function post(url, body, {timeout = 2000} = {}) {
  const answer = await fetch(url, {
    method: "POST",
    headers: body === undefined ? {} : {"content-type": "application/json"},
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(timeout),
  });
  if (!answer.ok) throw new HttpError(url, answer.status, await answer.text());
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

export class HttpError extends Error {
  constructor(url, status, body) {
    super(`${url} answered ${status}: ${body.slice(0, 200)}`);
    this.status = status;
  }
}

// fetch hides the reason of a failed connection in the cause.
export const explain = (error) => [error.message, error.cause?.code ?? error.cause?.message].filter(Boolean).join(": ");
