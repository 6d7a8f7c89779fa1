"""A person on the providers' pages: reads the forms, fills them in, presses the button."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2

from quid_sandbox.plaid.banks import Numbers
from quid_sandbox.stripe.cards import BY_NAME
from tests.support.sandbox import Sandbox


@dataclass
class Form:
    """A form of a page, with what stands in it."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    button: str = ""


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._is_button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(known["action"]))
        elif tag == "input" and known.get("type") != "checkbox":
            self.found[-1].fields[known["name"]] = known.get("value", "")
        self._is_button = tag == "button"

    def handle_data(self, data: str) -> None:
        if self._is_button:
            self.found[-1].button = data
            self._is_button = False


class Visitor:
    """A browser that follows no redirect: where it would be led is what a test looks at."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._web = sandbox.web

    def link(
        self,
        url: str,
        user: str = "user_good",
        *,
        accounts: tuple[int, ...] = (0,),
        bank: str = "First Platypus Bank",
    ) -> str:
        """Link accounts of a bank's customer; gives where the browser is led then."""
        page = self._press(url, self._web.get(url), bank)
        page = self._press(url, page, "Log in", username=user, password="pass_good")
        chosen = {f"account{n}": "1" for n in accounts}
        return self._press(url, page, "Continue", **chosen).headers["location"]

    def type_numbers(self, url: str, numbers: Numbers, holder: str) -> str:
        """Type numbers on the provider's page."""
        page = self._press(url, self._web.get(url), "Type the numbers instead")
        own = {"routing": numbers.routing, "account": numbers.account}
        typed = {**own, "holder": holder, "kind": "checking"}
        return self._press(url, page, "Continue", **typed).headers["location"]

    def enter_code(self, url: str, code: str) -> httpx2.Response:
        """Type the code of a small deposit."""
        return self._press(url, self._web.get(url), "Verify", code=code)

    def sign_in_again(self, url: str, user: str) -> str:
        """Repair a link."""
        page = self._web.get(url)
        signed = self._press(url, page, "Log in", username=user, password="pass_good")
        return signed.headers["location"]

    def leave(self, url: str) -> str:
        """Leave a page without linking anything."""
        return self._press(url, self._web.get(url), "Leave").headers["location"]

    def save_card(self, url: str, name: str = "visa", *, expires: str = "12 / 40") -> str:
        """Enter a published card; gives where the browser is led then."""
        number = BY_NAME[name].number
        typed = {"number": number, "expires": expires, "cvc": "123", "name": "Ana"}
        return self._press(url, self._web.get(url), "Save card", **typed).headers["location"]

    def _press(self, url: str, page: httpx2.Response, button: str, **typed: str) -> httpx2.Response:
        parser = _Forms()
        parser.feed(page.text)
        [form] = [f for f in parser.found if f.button == button]
        answer = self._web.post(urljoin(url, form.action), data={**form.fields, **typed})
        assert answer.status_code in (200, 302, 303), answer.text
        return answer
