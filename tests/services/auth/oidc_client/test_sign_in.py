import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts.access.caller import Role
from contracts.access.oidc import ConfiguredAdmin, Provider
from contracts.paging import PageRequest
from contracts.refusals import Conflict
from resources.oidc import OidcClient
from services.auth.module import AuthModule
from services.auth.oidc_client.identities import Identities
from services.auth.oidc_client.login_transactions import proofs_of
from services.auth.oidc_client.sign_in import SignIn
from tests.services.auth.browsing import (
    CURVE,
    ORIGIN,
    OURS,
    RSA,
    OwnProvider,
    Visit,
    public_jwk,
    visiting,
)
from tests.services.auth.conftest import Clock

Forge = Callable[[dict[str, Any]], str]


def _refused(answer: httpx.Response, code: str, status: int = 400) -> None:
    assert (answer.status_code, answer.headers["x-tipbench-code"]) == (status, code)
    assert "tipbench_session" not in str(answer.headers.get_list("set-cookie"))


def _rows(auth: AuthModule) -> int:
    return len(auth.users(PageRequest(first=1000)).rows)


def test_a_new_person_signs_in_and_is_the_same_the_next_time(auth: AuthModule, clock: Clock) -> None:
    """Role USER, the path asked for, one user, and a fresh session each time that ends the one before."""

    async def story(visit: Visit) -> None:
        first = await visit.back(await visit.login("/auth/login/own?next=/graphiql/?a=b"))
        assert (first.status_code, first.headers["location"]) == (303, "/graphiql/?a=b")
        before = visit.browser.cookies["tipbench_session"]
        me = await visit.me()
        assert (me["status"], me["role"]) == (200, "USER")
        assert (await visit.back(await visit.login())).headers["location"] == "/"
        assert visit.browser.cookies["tipbench_session"] != before
        assert (await visit.me())["subject"] == me["subject"]
        assert auth.by_session(before) is None
        assert visit.events == ["new", "known"]
        assert "tipbench_attempt" not in visit.browser.cookies

    visiting(auth, clock, story)


def test_what_the_provider_is_sent_is_bound_to_the_cookie(auth: AuthModule, clock: Clock, engine: sa.Engine) -> None:
    """S256 of a verifier that only the cookie's holder can make; the row holds none of it; the redirect is ours."""

    async def story(visit: Visit) -> None:
        sent = await visit.login()
        secret = visit.browser.cookies["tipbench_attempt"]
        proofs = proofs_of(secret)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(proofs.verifier.encode()).digest()).rstrip(b"=").decode()
        assert (sent["state"], sent["nonce"]) == (proofs.state, proofs.nonce)
        assert (sent["code_challenge"], sent["code_challenge_method"]) == (challenge, "S256")
        assert sent["redirect_uri"] == f"{ORIGIN}/auth/callback/own"
        with engine.connect() as connection:
            row = str(connection.execute(sa.text("SELECT * FROM auth_attempts")).one())
        assert not any(text in row for text in (secret, proofs.state, proofs.nonce, proofs.verifier))
        await visit.back(sent)
        assert visit.own is not None
        assert visit.own.forms[0]["code_verifier"] == proofs.verifier

    visiting(auth, clock, story)


def test_a_sign_in_that_this_browser_did_not_begin_is_refused(auth: AuthModule, clock: Clock) -> None:
    """State missing, another's, from another browser, used twice, or ten minutes old: 400, no session, nobody asked."""

    async def story(visit: Visit) -> None:
        sent = await visit.login()
        kept = visit.browser.cookies["tipbench_attempt"]
        _refused(await visit.back(sent, state=None), "ATTEMPT_GONE")
        assert "tipbench_attempt" not in visit.browser.cookies
        _refused(await visit.back(sent), "ATTEMPT_GONE")  # the victim's browser holds no cookie
        sent = await visit.login()
        _refused(await visit.back(sent, state=proofs_of(kept).state), "ATTEMPT_GONE")
        sent = await visit.login()
        late = visit.browser.cookies["tipbench_attempt"]
        clock.now += 600
        _refused(await visit.back(sent), "ATTEMPT_GONE")
        assert visit.own is not None
        assert "token" not in visit.own.asked
        sent = await visit.login()
        again = {"Cookie": f"tipbench_attempt={visit.browser.cookies['tipbench_attempt']}"}
        assert (await visit.back(sent)).status_code == 303
        visit.browser.cookies.clear()
        answer = await visit.browser.get(
            "/auth/callback/own", params={"code": "c", "state": sent["state"]}, headers=again
        )
        _refused(answer, "ATTEMPT_GONE")
        two = {"Cookie": f"tipbench_attempt={late}; tipbench_attempt={kept}"}
        _refused(await visit.browser.get("/auth/callback/own", params={"state": "x"}, headers=two), "ATTEMPT_GONE")

    visiting(auth, clock, story)
    assert _rows(auth) == 1


def test_an_attempt_at_one_provider_is_none_at_another(auth: AuthModule, clock: Clock) -> None:
    """The callback's name must be the one that was begun; an unknown one is a 404."""

    async def story(visit: Visit) -> None:
        sent = await visit.login()
        answer = await visit.browser.get("/auth/callback/other", params={"code": "c", "state": sent["state"]})
        _refused(answer, "NOT_FOUND", 404)
        assert (await visit.browser.get("/auth/login/other")).status_code == 404

    visiting(auth, clock, story)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": 7},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["us", "another"]},
        {"aud": []},
        {"aud": None},
        {"azp": "another"},
        {"exp": 1_800_000_000 - 61},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 1_800_000_000 + 61},
        {"iat": None},
        {"iat": True},
        {"nbf": 1_800_000_000 + 61},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_signs_nobody_in(auth: AuthModule, clock: Clock, claims: dict[str, Any]) -> None:
    """Each claim that binds the token to us, to now and to this sign-in is looked at."""

    async def story(visit: Visit) -> None:
        assert visit.own is not None
        visit.own.claims = claims
        _refused(await visit.back(await visit.login()), "SIGN_IN_REFUSED")
        assert (await visit.me())["status"] == 401

    visiting(auth, clock, story)
    assert _rows(auth) == 0


def _header(**header: Any) -> Forge:
    return lambda claims: jwt.encode(claims, RSA, "RS256", headers={"kid": "one", **header})


def _raw(header: dict[str, Any], claims: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """A token made by hand, of which PyJWT would refuse to make some."""
    parts = [json.dumps(part).encode() for part in (header, claims)]
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return (text + b"." + base64.urlsafe_b64encode(sign(text)).rstrip(b"=")).decode()


def _hmac(secret: bytes) -> Forge:
    """HS256 with what everybody knows as the secret."""
    header = {"alg": "HS256", "typ": "JWT", "kid": "one"}
    return lambda claims: _raw(header, claims, lambda text: hmac.digest(secret, text, "sha256"))


PEM = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
ES256 = {"alg": "ES256", "typ": "JWT", "kid": "curve"}
WRONG_LENGTHS: dict[str, Forge] = {
    "DER": lambda claims: _raw(ES256, claims, lambda text: CURVE.sign(text, ec.ECDSA(SHA256()))),
    "too short": lambda claims: jwt.encode(claims, CURVE, "ES256", headers={"kid": "curve"})[:-4],
    "too long": lambda claims: jwt.encode(claims, CURVE, "ES256", headers={"kid": "curve"}) + "AAAA",
    "nothing": lambda claims: _raw(ES256, claims, lambda _: b""),
    "zeros": lambda claims: _raw(ES256, claims, lambda _: bytes(64)),
}


def _cut(claims: dict[str, Any]) -> str:
    return _header()(claims)[:-20]


FORGERIES: dict[str, Forge] = {
    "alg none": lambda claims: jwt.encode(claims, "", "none", headers={"kid": "one"}),
    "HS256 with the public key": _hmac(json.dumps(public_jwk("one")).encode()),
    "HS256 with the public key as PEM": _hmac(PEM),
    "an encrypted token's header": lambda claims: _raw(
        {"alg": "RSA-OAEP", "enc": "A256GCM", "kid": "one"}, claims, lambda _: b"tag"
    ),
    "enc beside a signature": _header(enc="A256GCM"),
    "ES256, which is not listed": lambda claims: jwt.encode(claims, CURVE, "ES256", headers={"kid": "curve"}),
    "another algorithm's key": _header(kid="curve"),
    "unknown kid": _header(kid="two"),
    "kid is a path": _header(kid="../../etc/passwd"),
    "kid is an address": _header(kid="http://127.0.0.1:1/key"),
    "kid is too long": _header(kid="x" * 300),
    "no kid": lambda claims: jwt.encode(claims, RSA, "RS256"),
    "a key of its own": _header(jwk=public_jwk("one")),
    "jku": _header(jku="http://127.0.0.1:1/keys"),
    "x5u": _header(x5u="http://127.0.0.1:1/keys"),
    "crit": _header(crit=["exp"]),
    "a key for encryption": _header(kid="enc"),
    "a cut signature": _cut,
    "five parts": lambda claims: _header()(claims) + ".a.b",
    "rubbish": lambda _: "a.b.c",
    "empty": lambda _: "",
    "too long": lambda claims: _header()({**claims, "more": "x" * 20_000}),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_signs_nobody_in(auth: AuthModule, clock: Clock, name: str) -> None:
    """Algorithms come from the configuration, keys from the issuer, and nothing from the token's own header."""

    async def story(visit: Visit) -> None:
        assert visit.own is not None
        visit.own.keys = [public_jwk("one"), public_jwk("curve", CURVE), public_jwk("enc", use="enc")]
        visit.own.make = FORGERIES[name]
        _refused(await visit.back(await visit.login()), "SIGN_IN_REFUSED")

    visiting(auth, clock, story)
    assert _rows(auth) == 0


@pytest.mark.parametrize("name", WRONG_LENGTHS)
def test_an_es256_signature_of_another_length_signs_nobody_in(auth: AuthModule, clock: Clock, name: str) -> None:
    """64 bytes, and not DER; the same token with its own signature would."""

    async def story(visit: Visit) -> None:
        assert visit.own is not None
        visit.own.keys, visit.own.make = [public_jwk("curve", CURVE)], WRONG_LENGTHS[name]
        _refused(await visit.back(await visit.login()), "SIGN_IN_REFUSED")
        visit.own.make = lambda claims: jwt.encode(claims, CURVE, "ES256", headers={"kid": "curve"})
        assert (await visit.back(await visit.login())).status_code == 303

    visiting(auth, clock, story, algorithms=("ES256",))


def test_the_algorithms_are_those_of_the_provider(auth: AuthModule, clock: Clock) -> None:
    """ES256 counts where it is listed, and RS256 then does not."""

    async def story(visit: Visit) -> None:
        assert visit.own is not None
        visit.own.keys = [public_jwk("one"), public_jwk("curve", CURVE)]
        _refused(await visit.back(await visit.login()), "SIGN_IN_REFUSED")
        visit.own.make = FORGERIES["ES256, which is not listed"]
        assert (await visit.back(await visit.login())).status_code == 303

    visiting(auth, clock, story, algorithms=("ES256",))


def test_the_answer_names_its_issuer(auth: AuthModule, clock: Clock) -> None:
    """RFC 9207: a wrong `iss` is refused always, a missing one where the provider promises it."""

    async def story(visit: Visit) -> None:
        own = visit.own
        assert own is not None
        _refused(await visit.back(await visit.login(), iss="https://elsewhere.example"), "SIGN_IN_REFUSED")
        assert (await visit.back(await visit.login(), iss=own.issuer)).status_code == 303

    visiting(auth, clock, story)

    async def promised(visit: Visit) -> None:
        own = visit.own
        assert own is not None
        own.metadata = {"authorization_response_iss_parameter_supported": True}
        _refused(await visit.back(await visit.login()), "SIGN_IN_REFUSED")
        assert (await visit.back(await visit.login(), iss=own.issuer)).status_code == 303

    visiting(auth, clock, promised)


def test_an_answer_that_is_none_is_refused(auth: AuthModule, clock: Clock) -> None:
    """The provider's error, no code, a parameter twice, and a POST where none was asked for."""

    async def story(visit: Visit) -> None:
        _refused(await visit.back(await visit.login(), error="access_denied<script>"), "SIGN_IN_REFUSED")
        _refused(await visit.back(await visit.login(), code=None), "SIGN_IN_REFUSED")
        sent = await visit.login()
        twice = await visit.browser.get(f"/auth/callback/own?code=a&code=b&state={sent['state']}")
        _refused(twice, "SIGN_IN_REFUSED")
        sent = await visit.login()
        posted = await visit.browser.post("/auth/callback/own", data={"code": "a", "state": sent["state"]})
        _refused(posted, "SIGN_IN_REFUSED")
        assert "script" not in posted.headers["content-security-policy"]

    visiting(auth, clock, story)


def test_a_provider_that_answers_by_form_is_taken_by_post_alone(auth: AuthModule, clock: Clock) -> None:
    """Apple's way, with a foreign Origin: a GET with the same parameters is refused, "true" counts as verified."""
    admin = lambda issuer: [ConfiguredAdmin(issuer=issuer, email="Boss@example.org")]  # noqa: E731  # one expression

    async def story(visit: Visit) -> None:
        assert visit.own is not None
        visit.own.claims = {"email": "boss@example.org", "email_verified": "true"}
        sent = await visit.login()
        assert sent["response_mode"] == "form_post"
        _refused(await visit.back(sent), "SIGN_IN_REFUSED")
        sent = await visit.login()
        form = {"code": "a", "state": sent["state"], "user": '{"name": {"firstName": "<b>"}}'}
        headers = {"Origin": "https://appleid.apple.com"}
        assert (await visit.browser.post("/auth/callback/own", data=form, headers=headers)).status_code == 303
        assert (await visit.me())["role"] == "ADMIN"

    visiting(auth, clock, story, admins=admin, form_post=True, loose_verified=True)


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"sub": "boss"}, "ADMIN"),
        ({"email": "boss@example.org", "email_verified": True}, "ADMIN"),
        ({"email": "boss@example.org", "email_verified": False}, "USER"),
        ({"email": "boss@example.org", "email_verified": "true"}, "USER"),
        ({"email": "boss@example.org"}, "USER"),
        ({"sub": "boss@example.org"}, "USER"),
        ({"email": "boss@example.org.evil.example", "email_verified": True}, "USER"),
    ],
    ids=str,
)
def test_the_configuration_names_admins(auth: AuthModule, clock: Clock, claims: dict[str, Any], role: str) -> None:
    """By issuer and subject, or by an address that this issuer says is verified."""

    async def story(visit: Visit) -> None:
        assert visit.own is not None
        visit.own.claims = claims
        await visit.back(await visit.login())
        assert (await visit.me())["role"] == role

    def admins(issuer: str) -> list[ConfiguredAdmin]:
        return [
            ConfiguredAdmin(issuer=issuer, subject="boss"),
            ConfiguredAdmin(issuer=issuer, email="boss@example.org"),
            ConfiguredAdmin(issuer="https://elsewhere.example", subject="alice"),
        ]

    visiting(auth, clock, story, admins=admins)


def test_the_last_admin_stays_one(auth: AuthModule, clock: Clock) -> None:
    """An admin who came by a provider counts like any other."""

    async def story(visit: Visit) -> None:
        await visit.back(await visit.login())
        subject = (await visit.me())["subject"]
        with pytest.raises(Conflict):
            auth.grant(subject, Role.USER)

    visiting(auth, clock, story, admins=lambda issuer: [ConfiguredAdmin(issuer=issuer, subject="alice")])


def test_two_addresses_that_are_equal_are_two_users(auth: AuthModule, clock: Clock) -> None:
    """An address never joins accounts."""

    async def story(visit: Visit) -> None:
        own = visit.own
        assert own is not None
        for subject in ("one", "two"):
            own.claims = {"sub": subject, "email": "same@example.org", "email_verified": True}
            await visit.back(await visit.login())

    visiting(auth, clock, story)
    assert _rows(auth) == 2


def test_an_invitation_is_redeemed_by_signing_in(auth: AuthModule, clock: Clock) -> None:
    """Role and judge of the invitation, once; somebody who is a user already leaves it open."""
    link = auth.invite(Role.JUDGE, "anna", "local-admin")

    async def story(visit: Visit) -> None:
        own = visit.own
        assert own is not None
        own.claims = {"sub": "known"}
        await visit.back(await visit.login())
        body = json.dumps({"invitation": link.secret})
        assert (await visit.browser.post("/auth/login/own", content=body)).status_code == 403
        sent = visit.sent(await visit.browser.post("/auth/login/own", content=body, headers=OURS))
        _refused(await visit.back(sent), "CONFLICT", 409)
        own.claims = {"sub": "anna"}
        sent = visit.sent(await visit.browser.post("/auth/login/own", content=body, headers=OURS))
        assert link.secret not in str(sent)
        assert (await visit.back(sent)).status_code == 303
        me = await visit.me()
        assert (me["role"], me["judge"]) == ("JUDGE", "anna")
        assert (await visit.browser.post("/auth/login/own", content=body, headers=OURS)).status_code == 404
        local = json.dumps({"invitation": auth.local_link().secret})
        assert (await visit.browser.post("/auth/login/own", content=local, headers=OURS)).status_code == 400

    visiting(auth, clock, story)


def test_linking_needs_a_fresh_sign_in_to_both(auth: AuthModule, clock: Clock) -> None:
    """A session of ten minutes at most, and a provider that says when it asked; then both lead to one user."""

    async def story(visit: Visit) -> None:
        own = visit.own
        assert own is not None
        body = b'{"link": true}'
        assert (await visit.browser.post("/auth/login/own", content=body, headers=OURS)).status_code == 401
        await visit.back(await visit.login())
        user = (await visit.me())["subject"]
        own.claims = {"sub": "second"}
        sent = visit.sent(await visit.browser.post("/auth/login/own", content=body, headers=OURS))
        assert (sent["prompt"], sent["max_age"]) == ("login", "0")
        _refused(await visit.back(sent), "SIGN_IN_REFUSED")
        own.claims = {"sub": "second", "auth_time": clock.now - 601}
        sent = visit.sent(await visit.browser.post("/auth/login/own", content=body, headers=OURS))
        _refused(await visit.back(sent), "SIGN_IN_REFUSED")
        own.claims = {"sub": "second", "auth_time": clock.now}
        sent = visit.sent(await visit.browser.post("/auth/login/own", content=body, headers=OURS))
        assert (await visit.back(sent)).status_code == 303
        visit.browser.cookies.clear()
        await visit.back(await visit.login())
        assert (await visit.me())["subject"] == user
        clock.now += 601
        assert (await visit.browser.post("/auth/login/own", content=body, headers=OURS)).status_code == 409

    visiting(auth, clock, story)
    assert _rows(auth) == 1


def test_an_identity_of_another_user_is_not_taken_over(auth: AuthModule, clock: Clock) -> None:
    """409, and both stay who they were."""

    async def story(visit: Visit) -> None:
        own = visit.own
        assert own is not None
        own.claims = {"sub": "victim"}
        await visit.back(await visit.login())
        own.claims = {"sub": "thief"}
        await visit.back(await visit.login())
        own.claims = {"sub": "victim", "auth_time": clock.now}
        sent = visit.sent(await visit.browser.post("/auth/login/own", content=b'{"link": true}', headers=OURS))
        _refused(await visit.back(sent), "CONFLICT", 409)

    visiting(auth, clock, story)
    assert _rows(auth) == 2


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "%2f%2fevil.example", "https://evil.example", "/%2f%2fevil.example"]
)
def test_a_sign_in_leads_nowhere_else(auth: AuthModule, clock: Clock, path: str) -> None:
    """Refused when it begins, at every door that takes `next`."""

    async def story(visit: Visit) -> None:
        for policy in ("/auth/login/own", "/auth/sign-in"):
            answer = await visit.browser.get(policy, params={"next": path})
            assert (answer.status_code, answer.headers["x-tipbench-code"]) == (400, "INVALID_INPUT")
        body = json.dumps({"next": path})
        assert (await visit.browser.post("/auth/login/own", content=body, headers=OURS)).status_code == 400

    visiting(auth, clock, story)


def test_a_provider_that_is_away_signs_nobody_in(auth: AuthModule, clock: Clock) -> None:
    """502 when it begins and when it ends."""

    async def story(visit: Visit) -> None:
        own = visit.own
        assert own is not None
        own.keys = []
        own.metadata = {"jwks_uri": own.issuer + "/nowhere"}
        _refused(await visit.back(await visit.login()), "PROVIDER_AWAY", 502)

    visiting(auth, clock, story)


def test_a_providers_token_is_no_bearer_token_of_ours(auth: AuthModule, clock: Clock) -> None:
    """An ID token at our API is nobody."""
    own = OwnProvider(clock)
    claims = {"iss": "tipbench", "aud": "tipbench-admin", "sub": "local-admin", "iat": 1_800_000_000}
    token = own.make({**claims, "exp": 1_800_000_300, "jti": "token-1", "nbf": 1_800_000_000})
    assert auth.by_bearer(token) is None


def test_people_see_and_end_their_own_sessions_only(auth: AuthModule, clock: Clock) -> None:
    """The list marks the current one; another's is a 404; ending needs one of our pages; the end counts at once."""
    other = auth.redeem(auth.local_link().secret)

    async def story(visit: Visit) -> None:
        assert (await visit.browser.get("/auth/sessions")).status_code == 401
        await visit.back(await visit.login())
        old = visit.browser.cookies["tipbench_session"]
        visit.browser.cookies.clear()
        await visit.back(await visit.login())
        listed = (await visit.browser.get("/auth/sessions")).json()["sessions"]
        assert sorted(row["current"] for row in listed) == [False, True]
        (away,) = (row["id"] for row in listed if not row["current"])
        assert (await visit.browser.post(f"/auth/sessions/{away}/revoke")).status_code == 403
        ended = await visit.browser.post(f"/auth/sessions/{away}/revoke", headers=OURS)
        assert ended.json()["revoked_at"] is not None
        assert auth.by_session(old) is None
        foreign = await visit.browser.post(f"/auth/sessions/{other.caller.credential}/revoke", headers=OURS)
        assert foreign.status_code == 404

    visiting(auth, clock, story)
    assert auth.is_live(other.caller)


def test_of_many_callbacks_at_once_one_signs_in(auth: AuthModule, clock: Clock) -> None:
    """Twenty with one cookie and state: one session, and the provider is asked once."""

    async def story(visit: Visit) -> None:
        sent = await visit.login()
        answers = await asyncio.gather(*(visit.back(sent) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [303] + [400] * 19
        assert visit.own is not None
        assert visit.own.asked.count("token") == 1

    visiting(auth, clock, story)


def test_over_https_the_attempts_cookie_comes_back_from_another_site(
    auth: AuthModule, identities: Identities, clock: Clock
) -> None:
    """`__Host-`, Secure, SameSite=None, HttpOnly, ten minutes; the session's stays Lax; plain only on loopback."""

    async def run() -> None:
        origin = "https://tips.example"
        async with OwnProvider(clock).running() as own:
            provider = Provider(name="own", label="Own", issuer=own.issuer, client_id="us", form_post=True)
            sign_in = SignIn(auth, OidcClient(), [provider], origin, identities=identities, clock=clock)
            visit = Visit(sign_in, auth, own, origin)
            async with visit.browser:
                answer = await visit.browser.get("/auth/login/own")
                name, _, parts = answer.headers["set-cookie"].partition("=")
                assert name == "__Host-tipbench_attempt"
                shape = {part.strip() for part in parts.split(";")[1:]}
                assert shape == {"HttpOnly", "Max-Age=600", "Path=/", "SameSite=none", "Secure"}
                sent = visit.sent(answer)
                assert sent["redirect_uri"] == "https://tips.example/auth/callback/own"
                foreign = {"Origin": own.issuer}
                form = {"code": "c", "state": sent["state"]}
                back = await visit.browser.post("/auth/callback/own", data=form, headers=foreign)
                session, gone = back.headers.get_list("set-cookie")
                assert session.startswith("__Host-tipbench_session=")
                assert {"SameSite=lax", "Secure"} <= {part.strip() for part in session.split(";")}
                assert gone.startswith('__Host-tipbench_attempt="";')

    asyncio.run(run())


def test_the_sign_in_page_lists_the_providers(auth: AuthModule, clock: Clock) -> None:
    """A link a provider with the way on, and no script; the invitation's page has a button each."""

    async def story(visit: Visit) -> None:
        page = await visit.browser.get("/auth/sign-in?next=/graphiql/")
        assert '<a href="/auth/login/own?next=%2Fgraphiql%2F">Sign in with Own</a>' in page.text
        assert "script" not in page.headers["content-security-policy"] + page.text
        assert 'data-provider="own"' in (await visit.browser.get("/auth/invitation")).text
        assert 'data-provider="own"' not in (await visit.browser.get("/auth/link")).text

    visiting(auth, clock, story)
