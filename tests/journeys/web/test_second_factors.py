"""Second factors at the door: the authenticator app, recovery codes, passkeys."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pyotp
from playwright.sync_api import expect

from quid.kit import clock
from tests.journeys.web.conftest import App
from tests.journeys.web.entering import at_home, at_the_door, code_for, post, type_password
from tests.support.chrome import axe
from tests.support.system import System
from tests.support.visitors import PASSWORD, Json, Visitor

Stranger = Callable[[str], Visitor]
MAKE: Final = """async (options) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({publicKey})).toJSON();
}"""


def _prove(step_up: Callable[[Json], Json], nora: Visitor, system: System) -> None:
    """Prove who holds a session, as who has no second factor does."""
    email = f"{nora.handle}@example.org"
    used = code_for(system, email)
    challenge = step_up({})["challenge_id"]
    code = code_for(system, email, but=used)
    answer = {"challenge_id": challenge, "method": "email_code", "proof": code}
    assert step_up({**answer, "password": PASSWORD})["good_until"]


def test_9_an_app_and_a_recovery_code_open_the_door(
    app: App, stranger: Stranger, system: System
) -> None:
    nora = stranger("nora")
    _prove(lambda body: nora.do("POST", "auth/step-up", body), nora, system)
    totp = pyotp.TOTP(nora.do("POST", "auth/totp")["secret"])
    # The code of the step before is used up here, so that the one of now is left.
    codes = nora.do(
        "POST", "auth/totp/confirm", {"code": totp.at(clock.now() - timedelta(seconds=30))}
    )
    page = app()
    page.goto("/sign-in")
    type_password(page, nora.handle)
    page.get_by_label("Code from your authenticator app").fill("000000")
    expect(page.get_by_role("alert")).to_contain_text("tries left")
    assert axe(page) == []
    page.get_by_label("Code from your authenticator app").fill(totp.now())
    at_home(page)

    recovery = codes["recovery_codes"][0]
    for is_good in (True, False):
        page = app()
        page.goto("/sign-in")
        type_password(page, nora.handle)
        page.get_by_role("button", name="Use a recovery code").click()
        page.get_by_label("Recovery code").fill(recovery.upper())
        page.get_by_role("button", name="Confirm").click()
        if is_good:
            at_home(page)
        else:
            expect(page.get_by_role("alert")).to_contain_text("tries left")


def test_9_a_passkey_opens_the_door(app: App, stranger: Stranger, system: System) -> None:
    nora = stranger("nora")
    page = app(nora)
    page.goto("/settings")
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    device = cdp.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )["authenticatorId"]
    _prove(lambda body: post(page, "step-up", body), nora, system)
    asked = post(page, "passkey/register/options", {})
    made = {
        "challenge_id": asked["challenge_id"],
        "credential": page.evaluate(MAKE, asked["options"]),
    }
    assert post(page, "passkey/register/verify", made)["recovery_codes"]
    touched = {"authenticatorId": device, "enabled": False}
    cdp.send("WebAuthn.setAutomaticPresenceSimulation", touched)
    page.get_by_role("button", name="Sign out").click()
    at_the_door(page)
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()
    cdp.send("WebAuthn.setAutomaticPresenceSimulation", touched | {"enabled": True})
    page.get_by_role("button", name="Use a passkey").click()
    at_home(page)
    assert page.request.get("/v1/me").json()["has_passkey"]

    page.goto("/settings")
    page.get_by_role("button", name="Sign out").click()
    at_home(page)  # the device answers what the field offers, and nobody had to press
