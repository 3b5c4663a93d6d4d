"""The address of a model of the user's choice: what is asked there, and an answer of the shape asked for, or none.

OpenAI-compatible (``AI_FIGURES_MODEL_URL`` + ``/chat/completions``). Nobody answering, an error and nonsense are one
warning each document, never more; the key is in none of them.
"""

import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import lru_cache
from http.client import HTTPException
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import Any

import yaml

from orchestration.settings import ModelSettings

_FENCE = re.compile(r"\s*```(?:json)?\s*(.*?)\s*```\s*", re.S)


class _NoAnswer(Exception):
    """Nothing usable came; ``silent`` when nobody answered at all."""

    def __init__(self, message: str, silent: bool = False) -> None:
        super().__init__(message)
        self.silent = silent


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    loaded = yaml.safe_load((Path(__file__).parent / "data" / "proposals.yml").read_text(encoding="utf-8"))
    return dict(loaded)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Another address would get the key and the text."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Address:
    """One address; after it was silent it has peace for a while, so that a folder of documents is not held up."""

    def __init__(self, model: ModelSettings) -> None:
        self._model = model
        self._open = urllib.request.build_opener(_NoRedirects).open
        self._silent_until = 0.0

    def answers(self, requests: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
        """What comes back for one document, up to the first answer that is none, of which one warning tells."""
        found: list[dict[str, Any]] = []
        if monotonic() < self._silent_until:
            return found
        try:
            for request in requests:
                found.append(_read(self._ask(request)))
        except _NoAnswer as problem:
            if problem.silent:
                self._silent_until = monotonic() + rules()["pause"]
            print(
                f"ai-figures: the model at {self._model.url} {problem}; figures stand without its proposals. Look at "
                "AI_FIGURES_MODEL_URL, _NAME, _KEY and _TIMEOUT (docs/settings.md), or unset the address",
                file=sys.stderr,
            )
        return found

    def _too_late(self) -> _NoAnswer:
        return _NoAnswer(f"did not answer within {self._model.timeout:g} s", silent=True)

    def _ask(self, request: dict[str, Any]) -> bytes:
        """One answer within the time; a thread, as the library's own limit is for every single piece of an answer."""
        messages = [
            {"role": "system", "content": rules()["prompt"]},
            {"role": "user", "content": json.dumps(request, ensure_ascii=False)},
        ]
        body = json.dumps({"model": self._model.name, "temperature": 0, "messages": messages}).encode()
        queue: Queue[bytes | _NoAnswer] = Queue()
        Thread(target=lambda: queue.put(self._post(body)), daemon=True).start()
        try:
            answer = queue.get(timeout=self._model.timeout)
        except Empty:
            raise self._too_late() from None
        if isinstance(answer, _NoAnswer):
            raise answer
        return answer

    def _post(self, body: bytes) -> bytes | _NoAnswer:
        headers = {"Content-Type": "application/json"}
        if self._model.key:
            headers["Authorization"] = f"Bearer {self._model.key}"
        limit = rules()["limits"]["answer"]
        try:
            request = urllib.request.Request(f"{self._model.url}/chat/completions", body, headers)
            with self._open(request, timeout=self._model.timeout) as response:
                content: bytes = response.read(limit + 1)
        except urllib.error.HTTPError as error:
            return _NoAnswer(f"answers with HTTP {error.code}", silent=True)
        except (OSError, HTTPException, ValueError) as error:  # their texts may hold what was sent
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            if isinstance(reason, TimeoutError):  # the library's limit may end a moment before ours
                return self._too_late()
            return _NoAnswer(f"cannot be reached ({type(reason).__name__})", silent=True)
        return content if len(content) <= limit else _NoAnswer(f"answers with more than {limit} bytes")


@lru_cache(maxsize=1)
def address_of(model: ModelSettings) -> Address:
    """One for the process, so that its silence is remembered."""
    return Address(model)


def _read(content: bytes) -> dict[str, Any]:
    """The object in the answer's text. Raises ``_NoAnswer`` when there is none of the shape asked for."""
    try:
        text = json.loads(content)["choices"][0]["message"]["content"]
        fenced = _FENCE.fullmatch(text)
        answer = json.loads(fenced[1] if fenced else text)
    except (ValueError, LookupError, TypeError, RecursionError):
        raise _NoAnswer("answers with something that is not the JSON asked for") from None
    if not isinstance(answer, dict) or not all(isinstance(answer.get(n, []), list) for n in ("fields", "figures")):
        raise _NoAnswer("answers with JSON of another shape than asked for")
    return answer


def proposals(answer: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """What an answer lists, as many as the limits allow: objects of plain values whose places are whole numbers."""

    def is_one(proposal: Any) -> bool:
        return isinstance(proposal, dict) and all(
            value is None or type(value) in ((int,) if key.endswith(("page", "line")) else (str, int, float))
            for key, value in proposal.items()
        )

    return list(filter(is_one, answer.get(name, [])[: rules()["limits"]["proposals"]]))


__all__ = ["Address", "address_of", "proposals", "rules"]
