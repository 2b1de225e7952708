"""A carrier's rate service on this machine that answers what a test tells it to, in order."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SLOW = "slow"
MALFORMED = "malformed"


class Carrier:
    """`plan`: what to do with each request: a status, SLOW, MALFORMED, or changes of every rate; the last
    one holds for all further requests. Without one: charge = 1 + weight in kg, dearer by service."""

    def __init__(self, *plan):
        self.plan, self.asked, self.tokens = list(plan), [], []
        self.url = ""

    def answer(self, body):
        """Status and text for one request."""
        turn = self.plan.pop(0) if len(self.plan) > 1 else self.plan[0] if self.plan else {}
        if turn == SLOW:
            time.sleep(0.4)
            return 200, json.dumps({"rates": []})
        if turn == MALFORMED:
            return 200, '{"rates": ['
        if isinstance(turn, int):
            return turn, "{}"
        rates = [
            {
                "carrier_name": "FAST",
                "carrier_id": "fast-1",
                "service": service,
                "total_charge": round(1 + body["parcels"][0]["weight"] + number, 3),
                "currency": "USD",
                "transit_days": 2,
                "extra_charges": [{"name": "fuel", "amount": 0.5, "currency": "USD"}],
                **turn,
            }
            for number, service in enumerate(body["services"])
        ]
        return 200, json.dumps({"rates": [{k: v for k, v in rate.items() if v != "gone"} for rate in rates]})


@contextmanager
def serving(carrier):
    """The carrier behind a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            carrier.asked.append(body)
            carrier.tokens.append(self.headers.get("Authorization"))
            status, text = carrier.answer(body)
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())
            except BrokenPipeError:
                pass  # who waits no longer has gone

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    carrier.url = f"http://127.0.0.1:{server.server_port}/v1/proxy/rates"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield carrier
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
