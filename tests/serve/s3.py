"""An S3 of the tests: moto's server in a thread. It honours If-Match and If-None-Match; it takes any credentials."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
from moto.server import ThreadedMotoServer

BUCKET = "figures"


@dataclass(frozen=True, slots=True)
class S3:
    """The variables that a client of it needs."""

    environment: dict[str, str]


@contextmanager
def serve_s3() -> Iterator[S3]:
    """With one empty bucket."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        environment = {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "of-a-test",
            "AWS_SECRET_ACCESS_KEY": "of-a-test",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }
        boto3.client(
            "s3", endpoint_url=environment["AWS_ENDPOINT_URL"], region_name="us-east-1",
            aws_access_key_id="of-a-test", aws_secret_access_key="of-a-test",
        ).create_bucket(Bucket=BUCKET)  # fmt: skip
        yield S3(environment)
    finally:
        server.stop()
