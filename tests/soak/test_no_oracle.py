"""How long an answer takes tells nothing (threats A2): a household that lies elsewhere and a number that nobody has
are refused in the same time."""

import http.client
import statistics
import time

import pytest

pytestmark = pytest.mark.soak
TIMES, WARM = 200, 20
# Of two medians of the same thing on a busy machine; a second query or a page rendered would be far more.
APART = 0.15


def medians(person, addresses: list[str]) -> list[float]:
    """Milliseconds by address, asked in turn over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", person.server.port, timeout=60)
    cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    took: list[list[float]] = [[] for _ in addresses]
    for turn in range(TIMES + WARM):
        for place, address in enumerate(addresses):
            began = time.perf_counter()
            connection.request("GET", address, headers={"Cookie": cookies})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 404, (address, answer.status)
            if turn >= WARM:
                took[place].append((time.perf_counter() - began) * 1000)
    connection.close()
    return [statistics.median(each) for each in took]


def test_what_lies_elsewhere_takes_as_long_as_what_does_not_exist(server, person):
    ((elsewhere,),) = server.cluster.sql(
        "SELECT h.number FROM households_household h WHERE h.town_id <> (SELECT d.area_id FROM accounts_duty d"
        " JOIN accounts_user u ON u.id = d.user_id WHERE u.username = 'town' LIMIT 1) ORDER BY h.number LIMIT 1"
    )
    there, nowhere = medians(person("town"), [f"/households/{elsewhere}/", "/households/9999999999/"])
    print(f"median of {TIMES}: {there:.1f} ms elsewhere, {nowhere:.1f} ms nowhere")
    assert abs(there - nowhere) / max(there, nowhere) < APART
