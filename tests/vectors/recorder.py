"""A Twilio that notes what is posted: 201 for anything, 400 for one number, as when the cases were recorded."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

REFUSED = "+15005550001"


class Recorder(ThreadingHTTPServer):
    """Serves on a free port of the loopback address until closed."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sent: list[dict[str, str]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Recorder

    def do_POST(self) -> None:
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.server.sent.append(form)
        answer: dict[str, Any] = {"sid": f"SM{len(self.server.sent):032d}", "status": "queued", "num_segments": "1"}
        status = 201
        if form["To"] == REFUSED:
            status = 400
            answer = {"code": 21211, "message": f"Invalid 'To' Phone Number: {REFUSED}", "status": 400}
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests want no lines on stderr."""
