"""Behind a proxy that signs people in: only its requests are let in, each under the name that it gives."""

from __future__ import annotations

import os

from jupyter_server.auth.identity import IdentityProvider, User
from tornado.web import HTTPError, RequestHandler
from traitlets.config import Config

from workbench.authority.identity import passed_as, proxy_fault
from workbench.policy import IdentityPolicy


class ProxyIdentity(IdentityProvider):
    """Lets in who comes through the proxy; `rules` and `secret` are set before the server starts."""

    rules = IdentityPolicy()
    secret = ""

    def get_user(self, handler: RequestHandler) -> User:
        """Who signed in at the proxy.

        Raises HTTPError, with a sentence, for what did not come through it, and for a kernel of another's.
        """
        headers = handler.request.headers
        names = headers.get_list(self.rules.header)
        fault = proxy_fault(names, headers.get_list(self.rules.secret_header), self.rules, self.secret)
        fault = fault or self._of_another(handler, names[0])
        if fault is not None:
            status, sentence = fault
            handler.current_user = None  # or the page that says so would ask again
            raise HTTPError(status, reason=sentence)
        return User(username=names[0].strip())

    def _of_another(self, handler: RequestHandler, name: str) -> tuple[int, str] | None:
        """Why a visitor may not speak to the kernel that an address names: it was started for another."""
        kernels = handler.settings["kernel_manager"]
        for part in (*handler.path_args, *handler.path_kwargs.values()):
            if part in kernels:
                given = getattr(kernels.get_kernel(part).provisioner, "environment", {})
                if given.get(passed_as(self.rules.header)) != name:
                    return 403, "This page was opened by somebody else: open your own."
        return None

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
