"""What pydantic finds is told in our words, of the field as the caller named it."""

import json
from typing import Annotated, Literal

import pytest
from fastapi.exceptions import RequestValidationError
from fastapi.requests import Request
from pydantic import AfterValidator, Field, ValidationError

from quid.kit.web import Strict, on_invalid


def _no_spaces(text: str) -> str:
    if " " in text:
        raise ValueError("no spaces")
    return text


class Body(Strict):
    """One field of each common kind."""

    number: Annotated[int, Field(ge=1, le=9)] = 1
    text: Annotated[str, Field(min_length=2, max_length=4), AfterValidator(_no_spaces)] = "ab"
    listed: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)] = ("a",)
    choice: Literal["a", "b"] = "a"
    query: bool = True


async def told(body: str, place: str = "body") -> tuple[str, str]:
    """Give the detail and the field of the answer."""
    with pytest.raises(ValidationError) as caught:
        Body.model_validate_json(body)
    found = [{**e, "loc": (place, *e["loc"])} for e in caught.value.errors()]
    request = Request({"type": "http", "method": "POST", "headers": []})
    answer = json.loads(bytes((await on_invalid(request, RequestValidationError(found))).body))
    return answer["detail"], answer["field"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"number": 0}', "number: must be at least 1"),
        ('{"number": 10}', "number: must be at most 9"),
        ('{"number": 1.5}', "number: must be a whole number"),
        ('{"number": "1"}', "number: must be a whole number"),
        ('{"text": 1}', "text: must be a text"),
        ('{"text": "a"}', "text: must have 2 or more characters"),
        ('{"text": "abcde"}', "text: must have at most 4 characters"),
        ('{"text": "a b"}', "text: no spaces"),
        ('{"listed": []}', "listed: must have 1 or more entries"),
        ('{"listed": 1}', "listed: must be a list"),
        ('{"choice": "c"}', "choice: must be 'a' or 'b'"),
        ('{"query": 1}', "query: must be true or false"),
        ('{"more": 1}', "more: unknown field"),
    ],
)
async def test_each_fault_is_told_in_our_words(body: str, words: str) -> None:
    detail, field = await told(body)
    assert detail == f"{words}. Nothing was changed."
    assert field == words.partition(":")[0]


@pytest.mark.parametrize("place", ["body", "query", "path", "header", "cookie"])
async def test_only_the_place_is_dropped_from_a_name(place: str) -> None:
    assert (await told('{"query": 1}', place))[1] == "query"


async def test_what_is_no_json_has_no_field() -> None:
    detail, field = await told('{"number": ')
    assert detail.startswith("body: not JSON: ")
    assert field == "body"
