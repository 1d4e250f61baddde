"""Somebody at a browser: signs in, asks, and keeps what the server acknowledged."""

import http.client
import http.cookies
from urllib.parse import urlencode

from tests.soak.processes import PASSWORD, Server


class Person:
    """One session; a new connection each time, since servers come and go. `ask` raises OSError or
    http.client.HTTPException where nobody answered."""

    def __init__(self, server: Server, username: str) -> None:
        self.server, self.username = server, username
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, address: str, timeout: float = 60, **fields: str) -> tuple[int, str, str]:
        """Status, body, and where to."""
        if method == "GET":
            return self._sent(method, address, None, "", timeout)
        body = urlencode({"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **fields})
        return self._sent(method, address, body.encode(), "application/x-www-form-urlencoded", timeout)

    def send(self, address: str, body: bytes, content_type: str) -> tuple[int, str]:
        """A form as it stands, with its files; status and body."""
        return self._sent("POST", address, body, content_type, 60)[:2]

    def _sent(
        self, method: str, address: str, body: bytes | None, content_type: str, timeout: float
    ) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=timeout)
        try:
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            if content_type:
                headers["Content-Type"] = content_type
            connection.request(method, address, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    for key, morsel in http.cookies.SimpleCookie(value).items():
                        self.cookies[key] = morsel.value
            return answer.status, text, answer.headers.get("Location", "")
        finally:
            connection.close()

    def sign_in(self) -> "Person":
        self.ask("GET", "/accounts/login/")
        status, text, _ = self.ask("POST", "/accounts/login/", username=self.username, password=PASSWORD)
        assert status == 303, (status, text[:300])
        return self

    def visit(self, household: str, name: str, timeout: float = 60) -> tuple[int, str]:
        """Records a visit by this visitor's name; 303 is the server's word that it is kept."""
        fields = {"visited_on": "2018-11-19", "way": "入户走访", "visitor": name, "notes": "演示走访"}
        status, text, _ = self.ask("POST", f"/households/{household}/visits/new/", timeout, **fields)
        return status, text
