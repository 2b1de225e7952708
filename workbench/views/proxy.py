"""Behind a proxy that signs people in: only its requests are let in, each under the name that it gives."""

from __future__ import annotations

import os

from jupyter_server.auth.identity import IdentityProvider, User
from tornado.web import HTTPError, RequestHandler
from traitlets.config import Config

from workbench.authority.identity import proxy_fault
from workbench.policy import IdentityPolicy


class ProxyIdentity(IdentityProvider):
    """Lets in who comes through the proxy; `rules` and `secret` are set before the server starts."""

    rules = IdentityPolicy()
    secret = ""

    def get_user(self, handler: RequestHandler) -> User:
        """Who signed in at the proxy. Raises HTTPError, with a sentence, for what did not come through it."""
        headers = handler.request.headers
        names = headers.get_list(self.rules.header)
        fault = proxy_fault(names, headers.get_list(self.rules.secret_header), self.rules, self.secret)
        if fault is not None:
            status, sentence = fault
            handler.current_user = None  # or the page that says so would ask again
            raise HTTPError(status, reason=sentence)
        return User(username=names[0].strip())

    @property
    def auth_enabled(self) -> bool:
        """Nobody is let in without having signed in."""
        return True

    @property
    def login_available(self) -> bool:
        """Signing in is the proxy's."""
        return False


def behind_proxy(config: Config, rules: IdentityPolicy) -> Config:
    """Voilà's settings, but for who may open a page: whom the proxy signed in, in place of a token.

    The secret is taken out of this process's environment, which the kernels of pages are given.
    """
    ProxyIdentity.rules, ProxyIdentity.secret = rules, os.environ.pop(rules.secret_variable)
    changed = Config(
        Voila={"token": "", "identity_provider_class": ProxyIdentity},
        VoilaConfiguration={"http_header_envs": [rules.header]},
    )
    config.merge(changed)
    return config
